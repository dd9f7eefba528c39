"""A run folder holds all that was asked and all that came of it."""

import json
import time

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from runs import TINY, VIDEO, assert_same, state

from keras_genmodels import checkpoints, data, training, zoo
from keras_genmodels.evaluation.figures import sample_pictures
from keras_genmodels.training import precision

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
    assert list(finished.tensorboard.glob("train/events*"))
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


class Sleeper:
    """A model whose steps take as long as they are told."""

    def __init__(self, seconds):
        self.seconds = seconds

    def train_step(self, batch):
        def wait(x):
            time.sleep(self.seconds)
            return x

        return {"loss": tf.numpy_function(wait, [batch["x"]], tf.float32)}


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [  # in float32 and in mixed precision
        ((0.01, 0.05), "float32"),
        ((0.05, 0.01), "mixed_bfloat16"),
        ((0.04, 0.039), "float32"),  # is not worth the rounding
    ],
)
def test_the_faster_precision_is_found_by_steps(seconds, expected):
    taking = dict(zip(precision.POLICIES, seconds, strict=True))
    chosen, best = precision.faster(lambda dtype: Sleeper(taking[dtype]), {"x": 1.0})
    assert chosen == expected
    for policy, found in best.items():
        assert taking[policy] <= found < taking[policy] + 0.03


def test_a_measured_precision_is_as_if_it_were_asked_for(tmp_path):
    job = training.prepare(
        "vae", "digits", out=tmp_path / "run", epochs=1, dtype="auto", **TINY
    )
    found = job.run.config["dtype"]
    assert found in precision.POLICIES
    assert "auto" not in job.run.config["command"]
    job.finish(verbose=0)
    twin = training.train(
        "vae", "digits", out=tmp_path / "twin", epochs=1, dtype=found, verbose=0, **TINY
    )
    assert_same(state(job.run, 1), state(twin, 1))


def test_the_learning_rate_decays_over_the_run_unless_told_otherwise(tmp_path):
    settings = {**TINY, "arguments": {"latent_dim": 2, "units": (8,)}}
    job = training.prepare("vae", "digits", out=tmp_path / "a", epochs=3, **settings)
    assert job.run.config["arguments"]["decay_steps"] == 3 * 32 // 8
    assert job.model.optimizer.get_config()["learning_rate"]["class_name"] == (
        "CosineDecay"
    )
    job = training.prepare("vae", "digits", out=tmp_path / "b", epochs=3, **TINY)
    assert job.run.config["arguments"]["decay_steps"] == 0


def test_longer_clips_are_fitted_than_measured(tmp_path):
    settings = {
        "data": {"num_examples": 8, "num_frames": 3, "image_size": 16},
        "fit_data": {"num_frames": 5, "num_examples": 4},
        "arguments": VIDEO["video_vae"],
        "batch_size": 2,
        "validation": 0.25,
    }
    out = tmp_path / "run"
    job = training.prepare("video_vae", "moving_shapes", **settings, out=out)
    assert job.model.spec.x_shape == (3, 16, 16, 3)
    parts = (job.train, job.validation, job.test)
    shapes = [next(iter(part))["x"].shape for part in parts]
    assert shapes == [(2, 5, 16, 16, 3), (1, 5, 16, 16, 3), (2, 3, 16, 16, 3)]
    assert len(job.train) == 1  # of four examples one is kept for validation
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
        ({"validation": 1.0}, ValueError, r"`validation` must be in \[0, 1\)"),
        ({"dtype": "int7"}, ValueError, "`dtype` must be a dtype policy of Keras"),
        ({"dtype": 16}, TypeError, "`dtype` must be"),
        ({"jit_compile": "no"}, TypeError, "`jit_compile` must be True or False"),
        ({"validation": "all"}, TypeError, "`validation` must be a number"),
        ({"data": {"validation": 0.1}}, ValueError, "Unknown key 'validation'"),
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


def test_a_trained_classifier_lends_its_features(finished, tmp_path):
    """Distances by the features of a classifier of one's own, by where it lies."""
    small, spec = data.load("digits", num_examples=64, batch_size=64)
    classifier = zoo.build("classifier", spec, preset=False, filters=(3, 4))
    classifier.save(tmp_path / "own.keras")
    place = str(tmp_path / "own.keras")
    found = training.measure(
        finished, ["frechet_distance"], extractor=place, num_samples=64
    )
    assert found["frechet_distance"] > 0
    assert any("own.keras" in key for key in found)
    judge = training.BorrowedFeatures(place)
    features = judge.features(next(iter(small))["x"])
    assert features.shape == (64, judge.feature_size)
    assert features.std() > 0
    with pytest.raises(ValueError, match=r"folder of a run, or a .keras file"):
        training.measure(finished, ["frechet_distance"], extractor="runs/nowhere")
