"""A run folder holds all that happened, and going on equals never having stopped."""

import dataclasses
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time

import cases
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_genmodels import data, training
from keras_genmodels.evaluation.figures import sample_pictures
from keras_genmodels.training import callbacks, checkpoints

TINY = {
    "batch_size": 8,
    "seed": 3,
    "arguments": {
        "latent_dim": 2,
        "units": (8,),
        "likelihood": "bernoulli",
        "warmup_steps": 0,
        "decay_steps": 0,
    },
    "data": {"num_examples": 32, "binarise": "dynamic", "dequantise": False},
}
# The preset's noise in the pixels, warm-up and decay stay: they must go on, too.
COMMAND = shlex.split(
    "train vae digits --epochs 6 --batch-size 1 --seed 3 --set latent_dim=2 units=[8] "
    "--data num_examples=64 --out"
)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run of two epochs that nothing disturbed; tests copy it."""
    out = tmp_path_factory.mktemp("runs") / "tiny"
    return training.train("vae", "digits", out=out, epochs=2, verbose=0, **TINY)


@pytest.fixture
def run(finished, tmp_path):
    shutil.copytree(finished.path, tmp_path / "run")
    return training.Run.open(tmp_path / "run")


def state(run, epoch):
    """Every number that training depends on, by name: weights, optimisers, seeds."""
    model = checkpoints.load(run.checkpoints / f"epoch-{epoch:04d}.keras")
    # Keras numbers layers by their order in the process: dense_3_kernel_momentum.
    variables = cases.all_state(model)
    return [(re.sub(r"_\d+", "", v.name), v.numpy()) for v in variables]


def assert_same(left, right):
    assert {"kernel", "iteration", "seed_generator_state"} <= {name for name, _ in left}
    assert [name for name, _ in left] == [name for name, _ in right]
    for (name, one), (_, other) in zip(left, right, strict=True):
        np.testing.assert_array_equal(one, other, err_msg=name)


def start(*words):
    command = [sys.executable, "-m", "keras_genmodels", *map(str, words)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True)


def finish(*words):
    process = start(*words)
    out, err = process.communicate()
    assert process.returncode == 0, err
    return out, err


# --- the folder -----------------------------------------------------------------------


def test_a_run_folder_holds_what_was_asked_and_what_came_of_it(finished):
    config = json.loads((finished.path / "config.json").read_text())
    assert config["recipe"] == "vae"
    assert config["dataset"] == "digits"
    assert config["arguments"]["units"] == [8]
    assert config["command"].startswith("keras-genmodels train vae digits --epochs 2 ")
    assert set(config["versions"]) >= {
        "python",
        "keras",
        "tensorflow",
        "keras_genmodels",
    }
    names = sorted(path.name for path in finished.checkpoints.iterdir())
    stems = ["epoch-0001", "epoch-0002"]
    assert names == [f"{s}.{kind}" for s in stems for kind in ("json", "keras")]
    assert list(finished.tensorboard.glob("events*"))
    for name in ("epoch-0002.png", "epoch-0002-reconstructions.png"):
        with Image.open(finished.samples / name) as picture:
            assert min(picture.size) > 90


def test_metrics_have_a_row_an_epoch(finished):
    rows = training.read_metrics(finished.metrics)
    assert [row["epoch"] for row in rows] == [1, 2]
    assert rows[1]["elbo"] == pytest.approx(-rows[1]["reconstruction"] - rows[1]["kl"])
    assert rows[1]["loss"] < rows[0]["loss"]
    assert min(row["seconds"] for row in rows) > 0


def test_the_report_measures_the_test_split(finished):
    report = finished.report
    assert report["epochs"] == 2
    assert report["metrics"]["elbo/examples"] == 32
    assert report["metrics"]["log_likelihood"] > report["metrics"]["elbo"]
    assert report["training_seconds"] > 0


def test_tensorboard_has_scalars_and_pictures(finished):
    (path,) = finished.tensorboard.glob("events*")
    found = {
        (value.tag, event.step)
        for event in tf.compat.v1.train.summary_iterator(str(path))
        for value in event.summary.value
    }
    tags = ("loss", "elbo", "kl", "samples", "reconstructions")
    assert found >= {(tag, step) for tag in tags for step in (1, 2)}


def test_a_run_on_clips_draws_clips(tmp_path):
    clips = {"num_examples": 16, "num_frames": 3, "image_size": 8}
    settings = TINY | {"data": clips, "epochs": 1, "verbose": 0}
    run = training.train("vae", "moving_shapes", out=tmp_path / "run", **settings)
    drawn = sorted(path.name for path in run.samples.iterdir())
    stem = "epoch-0001"
    assert drawn == [
        f"{stem}-reconstructions.png",
        f"{stem}-strips.png",
        f"{stem}.webp",
    ]
    edges = {}
    for name in drawn:
        with Image.open(run.samples / name) as picture:
            edges[name] = (picture.size, getattr(picture, "n_frames", 1))
    cell = 48 + 1  # pixels: 8 made six times as large, and the white between
    assert edges[f"{stem}.webp"] == ((4 * cell + 1, 4 * cell + 1), 3)
    assert edges[f"{stem}-strips.png"] == ((3 * cell + 1, 4 * cell + 1), 1)
    assert edges[f"{stem}-reconstructions.png"] == ((3 * cell + 1, 8 * cell + 1), 1)
    asked = {"shape": "disc", "colour": 2, "path": "up"}
    for name, frames in (("a.gif", 3), ("a.webp", 3), ("a.png", 1)):
        path = training.draw(run, tmp_path / name, 2, condition=asked)
        with Image.open(path) as picture:
            assert getattr(picture, "n_frames", 1) == frames
    assert training.draw(run, num_samples=2, seed=4).name == "seed-4.webp"


def test_pictures_do_not_move(run, tmp_path):
    with pytest.raises(ValueError, match=r"`model` must sample clips .*\(16, 16, 1\)"):
        training.draw(run, tmp_path / "a.gif")


def test_the_default_folders_are_numbered(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config = {"recipe": "vae", "dataset": "folder:my/pictures"}
    names = [training.Run.create(None, config).path.name for _ in range(2)]
    assert names == ["vae-folder-my-pictures-1", "vae-folder-my-pictures-2"]


def test_only_the_last_two_checkpoints_are_kept(run):
    model = training.restore(run)
    checkpoints.save(model, run.checkpoints, 3)
    kept = sorted(path.stem for path in run.checkpoints.glob("*.keras"))
    assert kept == ["epoch-0002", "epoch-0003"]


def test_settings_reach_the_model(tmp_path):
    job = training.prepare(
        "vae",
        "digits",
        out=tmp_path / "run",
        epochs=1,
        dtype="mixed_bfloat16",
        jit_compile=True,
        **TINY,
    )
    job.finish(verbose=0)
    model = training.restore(job.run)
    assert model.jit_compile
    assert model.encoder.layers[-1].compute_dtype == "bfloat16"
    assert model.latent_dim == 2
    assert "--dtype mixed_bfloat16 --jit-compile" in job.run.config["command"]


def test_the_learning_rate_decays_over_the_run_unless_told_otherwise(tmp_path):
    settings = {**TINY, "arguments": {"latent_dim": 2, "units": (8,)}}
    job = training.prepare("vae", "digits", out=tmp_path / "a", epochs=3, **settings)
    assert job.run.config["arguments"]["decay_steps"] == 3 * 32 // 8
    assert job.model.optimizer.get_config()["learning_rate"]["class_name"] == (
        "CosineDecay"
    )
    job = training.prepare("vae", "digits", out=tmp_path / "b", epochs=3, **TINY)
    assert job.run.config["arguments"]["decay_steps"] == 0


# --- going on -------------------------------------------------------------------------


def test_a_finished_run_is_left_as_it_is(run):
    before = {p: p.stat().st_mtime_ns for p in run.path.rglob("*") if p.is_file()}
    training.resume(run.path, verbose=0)
    assert before == {p: p.stat().st_mtime_ns for p in before}


def test_more_epochs_train_on(run, tmp_path):
    training.resume(run.path, epochs=3, verbose=0)
    out = tmp_path / "at-once"
    at_once = training.train("vae", "digits", out=out, epochs=3, verbose=0, **TINY)
    assert_same(state(run, 3), state(at_once, 3))
    rows, expected = map(training.read_metrics, (run.metrics, at_once.metrics))
    for row in rows + expected:
        del row["seconds"]
    assert rows == expected
    assert run.report["epochs"] == 3
    assert run.config["epochs"] == 3


def test_a_missing_report_is_made_again(run):
    report = run.report
    (run.path / "report.json").unlink()
    training.resume(run.path, verbose=0)
    assert run.report["metrics"] == report["metrics"]


def test_a_run_killed_before_its_first_checkpoint_starts_again(run, finished):
    shutil.rmtree(run.checkpoints)
    (run.path / "report.json").unlink()
    training.resume(run.path, verbose=0)
    assert_same(state(run, 2), state(finished, 2))
    assert [row["epoch"] for row in training.read_metrics(run.metrics)] == [1, 2]


def test_two_processes_do_not_train_one_run(run):
    with run.lock(), pytest.raises(ValueError, match="another process is training"):
        training.resume(run.path, epochs=3, verbose=0)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """What a process of its own trained, undisturbed."""
    out = tmp_path_factory.mktemp("runs") / "whole"
    finish(*COMMAND, out)
    return training.Run.open(out)


def kill_in_mid_epoch(out, *words):
    """Start a run of six epochs and kill it without warning after two; how many are."""
    process = start(*words, out)
    while not (out / "checkpoints" / "epoch-0002.json").is_file():
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.005)
    time.sleep(0.05)  # into epoch 3
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert not (out / "report.json").exists()
    return len(training.read_metrics(out / "metrics.csv"))


def assert_ends_alike(killed, whole):
    """Two runs of six epochs have the same weights, states and numbers."""
    assert_same(state(killed, 6), state(whole, 6))
    rows, expected = map(training.read_metrics, (killed.metrics, whole.metrics))
    assert [row["epoch"] for row in rows] == [*range(1, 7)]
    for row in rows + expected:
        del row["seconds"]
    assert rows == expected
    assert killed.report["metrics"] == whole.report["metrics"]


def test_a_run_killed_in_mid_epoch_ends_like_one_that_was_not(whole, tmp_path):
    killed = tmp_path / "killed"
    assert 2 <= kill_in_mid_epoch(killed, *COMMAND) < 6
    out, _ = finish("resume", killed)
    assert re.match(rf"Going on in {re.escape(str(killed))} after epoch \d of 6", out)
    assert_ends_alike(training.Run.open(killed), whole)


GAMES = {  # with what is a state of their own: a penalty's noise, k, a condition
    "wgan_gp": {"critic_steps": 2},
    "began": {"rate": 0.1},
    "acgan": {},
}


def kill_and_resume(recipe, dataset, folder, **settings):
    """A run that is killed in mid-epoch and goes on ends like one that is not."""
    settings |= {"epochs": 6, "batch_size": 4, "seed": 3}
    whole = training.train(recipe, dataset, out=folder / "whole", verbose=0, **settings)
    words = shlex.split(whole.config["command"])[1:]
    killed = folder / "killed"
    assert 2 <= kill_in_mid_epoch(killed, *words, "--out") < 6
    training.resume(killed, verbose=0)
    assert_ends_alike(training.Run.open(killed), whole)
    return whole


@pytest.mark.parametrize("recipe", GAMES)
def test_a_game_killed_in_mid_epoch_ends_like_one_that_was_not(recipe, tmp_path):
    """Both optimisers and the averaged generator go on, too, bit for bit."""
    arguments = {"latent_dim": 3, "filters": [3, 4], "ema": 0.9, **GAMES[recipe]}
    options = {"arguments": arguments, "data": {"num_examples": 128}}
    whole = kill_and_resume(recipe, "digits", tmp_path, **options)
    names = {re.sub(r"_\d+", "", name) for name, _ in state(whole, 6)}
    assert {"average", "velocity"} <= {name.split("_")[-1] for name in names}


VIDEO = {  # what makes each small; the memory's draws and a frame's are states, too
    "video_vae": {
        "latent_dim": 3,
        "features": 6,
        "memory": 5,
        "filters": [3, 4],
        "decoder_filters": [4, 3],
        "warmup_steps": 50,
        "memory_noise": 0.1,
        "decay_steps": 90,
    },
    "mocogan": {"content_dim": 3, "motion_dim": 2, "filters": [3, 4], "ema": 0.9},
}


@pytest.mark.parametrize("recipe", VIDEO)
def test_a_video_model_killed_in_mid_epoch_ends_like_one_that_was_not(recipe, tmp_path):
    data = {"num_examples": 64, "num_frames": 3, "image_size": 16}
    options = {"arguments": VIDEO[recipe], "data": data}
    if recipe == "video_vae":
        options["fit_data"] = {"num_frames": 5}
    kill_and_resume(recipe, "moving_shapes", tmp_path, **options)


def test_longer_clips_are_fitted_than_measured(tmp_path):
    settings = {
        "data": {"num_examples": 8, "num_frames": 3, "image_size": 16},
        "fit_data": {"num_frames": 5, "num_examples": 4},
        "arguments": VIDEO["video_vae"],
        "batch_size": 2,
    }
    out = tmp_path / "run"
    job = training.prepare("video_vae", "moving_shapes", **settings, out=out)
    assert job.model.spec.x_shape == (3, 16, 16, 3)
    shapes = [next(iter(d))["x"].shape for d in (job.train, job.test)]
    assert shapes == [(2, 5, 16, 16, 3), (2, 3, 16, 16, 3)]
    assert len(job.train) == 2
    assert "--fit-data num_frames=5 num_examples=4" in job.run.config["command"]


def test_a_gan_of_clips_is_fitted_to_those_it_is_measured_on(tmp_path):
    data = {"num_examples": 8, "num_frames": 3, "image_size": 16}
    settings = {"data": data, "arguments": VIDEO["mocogan"], "batch_size": 2}
    settings["fit_data"] = {"num_frames": 5}
    job = training.prepare(
        "mocogan", "moving_shapes", **settings, epochs=1, out=tmp_path / "run"
    )
    match = r"shape \(batch, 3, 16, 16, 3\). Received: \(2, 5, 16, 16, 3\)"
    with pytest.raises(ValueError, match=match):
        job.finish(verbose=0)


def test_a_truncated_checkpoint_falls_back_to_the_one_before(whole, tmp_path):
    folder = shutil.copytree(whole.path, tmp_path / "run")
    newest = folder / "checkpoints" / "epoch-0006.keras"
    newest.write_bytes(newest.read_bytes()[:10_000])
    (folder / "report.json").unlink()
    out, err = finish("resume", folder)
    assert out.startswith(f"Going on in {folder} after epoch 5 of 6\n")
    assert re.search(r"epoch-0006\.keras is damaged .* back to epoch-0005\.keras", err)
    assert_same(state(training.Run.open(folder), 6), state(whole, 6))


@pytest.mark.parametrize("flaw", ["altered", "no sidecar"])
def test_a_doubtful_checkpoint_is_not_taken(run, finished, flaw):
    newest = run.checkpoints / "epoch-0002.keras"
    content = newest.read_bytes()
    if flaw == "altered":
        newest.write_bytes(content[:-9] + b"?" + content[-8:])
    else:
        newest.with_suffix(".json").unlink()
    (run.checkpoints / "partial.keras").write_bytes(content[:99])
    (run.path / "report.json").unlink()
    with pytest.warns(RuntimeWarning, match=r"epoch-0002\.keras .* back to epoch-0001"):
        training.resume(run.path, verbose=0)
    assert_same(state(run, 2), state(finished, 2))
    assert not (run.checkpoints / "partial.keras").exists()


# --- what must not go on --------------------------------------------------------------


def test_a_term_that_is_not_finite_stops_training_by_name(run):
    job = training.proceed(run, epochs=4)

    def spoil(index, batch):
        return {**batch, "x": tf.where(index == 1, np.nan, batch["x"])}

    job = dataclasses.replace(job, train=job.train.enumerate().map(spoil))
    with pytest.raises(
        training.NonFiniteError, match=r"Epoch 3: .*reconstruction = nan"
    ):
        job.finish(verbose=0)
    assert checkpoints.newest(run.checkpoints)[1] == 2
    assert len(training.read_metrics(run.metrics)) == 2


def test_weights_spoilt_by_the_last_step_are_not_saved(run):
    model = training.restore(run)
    kernel = model.trainable_variables[0]
    kernel.assign(kernel * np.inf)
    watch = callbacks.StopOnNonFinite()
    watch.set_model(model)
    watch.on_train_batch_end(0, {"loss": 1.0})
    with pytest.raises(training.NonFiniteError, match=f"weight {kernel.path}"):
        watch.on_epoch_end(0)


def test_sample_pictures_do_not_touch_the_training(run):
    model = training.restore(run)
    before = [v.numpy() for v in model.variables]
    test, _ = data.load("digits", split="test", batch_size=8)
    picture = sample_pictures.overview(model, next(iter(test)))["samples"]
    again = sample_pictures.overview(model, next(iter(test)))["samples"]
    np.testing.assert_array_equal(picture, again)
    for value, variable in zip(before, model.variables, strict=True):
        np.testing.assert_array_equal(value, variable.numpy())


def test_what_is_asked_of_the_data_is_fitted_whatever_the_preset_fits():
    clips = "video_vae", "weizmann_actions"
    assert training.configure(*clips)["fit_data"] == {"num_frames": 20}
    shorter = training.configure(*clips, data={"num_frames": 5})
    assert shorter["data"] == {"num_frames": 5}
    assert shorter["fit_data"] == {}
    both = training.configure(
        *clips, data={"num_frames": 5}, fit_data={"num_frames": 8}
    )
    assert both["fit_data"] == {"num_frames": 8}
    others = training.configure(*clips, data={"holdout": 0.25})
    assert others["fit_data"] == {"num_frames": 20}


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"epochs": 0}, ValueError, "`epochs` must be >= 1. Received: epochs=0"),
        ({"epochs": 1.5}, TypeError, "`epochs` must be an integer"),
        ({"batch_size": -1}, ValueError, "`batch_size` must be >= 1"),
        ({"seed": -1}, ValueError, "`seed` must be >= 0"),
        ({"arguments": {"latent_dims": 2}}, ValueError, "Did you mean 'latent_dim'"),
        ({"data": {"binarize": "dynamic"}}, ValueError, "Did you mean 'binarise'"),
        ({"data": {"batch_size": 3}}, ValueError, "Unknown key 'batch_size' in `data`"),
        ({"arguments": {"beta": {1, 2}}}, TypeError, "`arguments` must hold what JSON"),
        ({"recipe": "vea"}, ValueError, "Did you mean 'vae'"),
    ],
)
def test_bad_settings_are_refused(change, error, message):
    with pytest.raises(error, match=message):
        training.configure(**{"recipe": "vae", "dataset": "digits", **change})
