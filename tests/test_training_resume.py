"""Going on with a run equals never having stopped, wherever it was killed."""

import errno
import re
import shutil

import numpy as np
import pytest
from runs import (
    COMMAND,
    TINY,
    VIDEO,
    assert_ends_alike,
    assert_same,
    finish,
    kill_and_resume,
    kill_in_mid_epoch,
    state,
)

from keras_genmodels import checkpoints, training
from keras_genmodels.training import callbacks


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
    "cogan": {},
}


@pytest.mark.slow
@pytest.mark.parametrize("recipe", list(GAMES))
def test_a_game_killed_in_mid_epoch_ends_like_one_that_was_not(recipe, tmp_path):
    """Both optimisers and the averaged generator go on, too, bit for bit."""
    arguments = {"latent_dim": 3, "filters": [3, 4], "ema": 0.9, **GAMES[recipe]}
    options = {"arguments": arguments, "data": {"num_examples": 128}}
    options["validation"] = 0.25  # which draws nothing that training depends on
    whole = kill_and_resume(recipe, "digits", tmp_path, **options)
    names = {re.sub(r"_\d+", "", name) for name, _ in state(whole, 6)}
    assert {"average", "velocity"} <= {name.split("_")[-1] for name in names}


@pytest.mark.slow
@pytest.mark.parametrize("recipe", list(VIDEO))
def test_a_video_model_killed_in_mid_epoch_ends_like_one_that_was_not(recipe, tmp_path):
    data = {"num_examples": 64, "num_frames": 3, "image_size": 16}
    options = {"arguments": VIDEO[recipe], "data": data}
    if recipe == "video_vae":
        options["fit_data"] = {"num_frames": 5}
    kill_and_resume(recipe, "moving_shapes", tmp_path, **options)


def test_a_truncated_checkpoint_falls_back_to_the_one_before(whole, tmp_path):
    folder = shutil.copytree(whole.path, tmp_path / "run")
    newest = folder / "checkpoints" / "epoch-0006.keras"
    newest.write_bytes(newest.read_bytes()[:10_000])
    (folder / "report.json").unlink()
    # In a process of its own, as `whole` was: TensorFlow, which this one may have
    # imported before the package, would round otherwise without oneDNN.
    _, errors = finish("resume", folder)
    told = r"epoch-0006\.keras is damaged .* back to epoch-0005\.keras"
    assert re.search(told, errors)
    assert_same(state(training.Run.open(folder), 6), state(whole, 6))


@pytest.mark.parametrize("flaw", ["altered", "no sidecar"])
def test_a_doubtful_checkpoint_is_not_taken(run, finished, flaw):
    newest = run.checkpoints / "epoch-0002.keras"
    content = newest.read_bytes()
    if flaw == "altered":
        newest.write_bytes(content[:-9] + b"?" + content[-8:])
    else:
        newest.with_suffix(".json").unlink()
    left = run.checkpoints / ".partial-epoch-0003.keras"
    left.write_bytes(content[:99])
    (run.path / "report.json").unlink()
    with pytest.warns(RuntimeWarning, match=r"epoch-0002\.keras .* back to epoch-0001"):
        training.resume(run.path, verbose=0)
    assert_same(state(run, 2), state(finished, 2))
    assert not left.exists()


# --- a disk that is full --------------------------------------------------------------


@pytest.mark.parametrize(("name", "epoch"), [("metrics.csv", 2), ("report.json", 3)])
def test_a_full_disk_costs_one_sentence_and_no_finished_epoch(run, name, epoch):
    """It says what is safe and what goes on, and the run does."""
    (run.path / f".partial-{name}").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left on device") as caught:
        training.resume(run.path, epochs=3, verbose=0)
    assert caught.value.errno == errno.ENOSPC
    told = caught.value.strerror
    saved = run.checkpoints / f"epoch-000{epoch}.keras"
    assert f"safe up to epoch {epoch}, in {saved}. Free some space; then" in told
    assert told.endswith(f"`keras-genmodels resume {run.path}` goes on.")
    assert not list(run.path.rglob("*partial*"))
    training.resume(run.path, verbose=0)
    assert run.report["epochs"] == 3


def test_a_full_disk_is_told_before_an_epoch_is_finished(tmp_path):
    job = training.prepare("vae", "digits", out=tmp_path / "a b", epochs=1, **TINY)
    (job.run.path / ".partial-metrics.csv").symlink_to("/dev/full")
    again = f"`keras-genmodels resume '{job.run.path}'` goes on"
    with pytest.raises(OSError, match=f"No epoch was finished yet.* {again}"):
        job.finish(verbose=0)


def test_a_run_that_cannot_be_begun_leaves_no_folder(tmp_path, monkeypatch):
    def full(*paths):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(ValueError, match=r"`out` must be a folder.*No space left"):
        training.prepare("vae", "digits", out=tmp_path / "run", epochs=1, **TINY)
    assert not (tmp_path / "run").exists()


# --- what must not go on --------------------------------------------------------------


def test_a_term_that_is_not_finite_stops_training_by_name(run):
    job = training.proceed(run, epochs=4)
    bias = job.model.trainable_variables[-1]
    bias.assign(np.nan * bias)
    with pytest.raises(
        training.NonFiniteError, match=r"Epoch 3: .*reconstruction = nan"
    ):
        job.finish(verbose=0)
    assert "Stopped: Epoch 3: " in run.page.read_text()
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
