"""A part of the training split is measured after each epoch and never trained on."""

import dataclasses
import itertools
import json
import types

import pytest
import tensorflow as tf
from runs import TINY, assert_same, state

from keras_genmodels import cli, training
from keras_genmodels.training import callbacks

# Sixteen steps in one call, and more than one call an epoch.
STEPS = TINY | {"batch_size": 1, "validation": 0.25}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "validated"
    return training.train("vae", "digits", out=out, epochs=2, verbose=0, **STEPS)


def scalars(folder):
    """The (tag, step) of each number in the event files of a folder."""
    (path,) = folder.glob("events*")
    return {
        (value.tag, event.step)
        for event in tf.compat.v1.train.summary_iterator(str(path))
        for value in event.summary.value
    }


def test_each_term_has_a_number_of_training_and_of_validation(run):
    rows = training.read_metrics(run.metrics)
    terms = ("loss", "elbo", "reconstruction", "kl")
    for row, term in itertools.product(rows, terms):
        assert row[term] != row[f"val_{term}"]
    assert rows[1]["val_loss"] == pytest.approx(rows[1]["loss"], rel=0.2)
    assert run.config["validation"] == 0.25
    assert " --validation 0.25 " in run.config["command"]


def test_tensorboard_shows_both_in_one_chart(run):
    train, validation = (
        scalars(run.tensorboard / part) for part in ("train", "validation")
    )
    tags = ("loss", "elbo", "kl")
    assert validation >= {(tag, step) for tag in tags for step in (1, 2)}
    assert train >= validation
    pictures = ("samples", "reconstructions")
    assert train >= {(tag, step) for tag in pictures for step in (1, 2)}


def test_validation_leaves_the_training_as_it_is(run, tmp_path):
    job = training.prepare("vae", "digits", out=tmp_path / "a", epochs=2, **STEPS)
    dataclasses.replace(job, validation=None).fit(verbose=0)
    assert_same(state(job.run, 2), state(run, 2))


def test_the_validation_part_can_be_measured(run, capsys):
    found = training.measure(run, ["elbo"], split="validation")
    assert found["elbo/examples"] == 8
    assert training.measure(run, ["elbo"], split="train")["elbo/examples"] == 24
    words = ["evaluate", str(run.path), "--split", "validation", "--metrics", "elbo"]
    assert cli.main(words) == 0
    assert capsys.readouterr().out.startswith("validation elbo ")


@pytest.mark.parametrize(
    ("recipe", "dataset", "asked", "share"),
    [
        ("vae", "digits", {}, 0.0),  # its released numbers are of the whole split
        ("vae", "moving_shapes", {}, 0.1),
        ("vae", "folder:pictures", {}, 0.1),
        ("vae", "digits", {"validation": 0.2}, 0.2),
        ("vae", "moving_shapes", {"validation": 0}, 0.0),
    ],
)
def test_the_share_is_a_tenth_where_no_preset_stands(recipe, dataset, asked, share):
    assert training.configure(recipe, dataset, **asked)["validation"] == share


def test_a_run_from_before_has_no_validation(tmp_path):
    settings = TINY | {"out": tmp_path / "run", "epochs": 1}
    run = training.train("vae", "digits", verbose=0, **settings)
    config = run.config
    del config["validation"]
    (run.path / "config.json").write_text(json.dumps(config))
    job = training.proceed(run, epochs=2)
    assert job.validation is None
    assert len(job.train) == 32 // 8


def test_a_first_picture_comes_within_an_epoch(run, tmp_path, monkeypatch, capsys):
    """It is 12 seconds later whenever the clock is read; the weights are the same."""
    ticks = itertools.count(step=12.0)
    clock = types.SimpleNamespace(perf_counter=lambda: next(ticks))
    job = training.prepare("vae", "digits", out=tmp_path / "a", epochs=2, **STEPS)
    with monkeypatch.context() as patch:
        patch.setattr(callbacks, "time", clock)
        job.fit(verbose=2)
    (path,) = job.run.samples.glob("step-*")
    assert path.name == "step-000016.png"  # after one call, of 24 steps an epoch
    line = f"First samples, after 16 steps: {path}"
    assert capsys.readouterr().out.splitlines().count(line) == 1
    assert_same(state(job.run, 2), state(run, 2))


def test_the_picture_of_an_epoch_may_be_the_first(tmp_path, capsys):
    settings = TINY | {"out": tmp_path / "run", "epochs": 2}
    run = training.train("vae", "digits", verbose=2, **settings)
    line = f"First samples, after epoch 1: {run.samples / 'epoch-0001.png'}"
    assert capsys.readouterr().out.splitlines().count(line) == 1
    assert not list(run.samples.glob("step-*"))
