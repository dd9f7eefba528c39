"""What watches a model while it learns, and touches nothing that it learns from."""

import logging

import cases
import numpy as np
import pytest
from PIL import Image

from keras_genmodels import data, evaluation, registry, training, zoo
from keras_genmodels.evaluation import callbacks

SMALL = {"latent_dim": 3, "filters": (3, 4)}


@pytest.fixture(scope="module")
def splits():
    """A few digits, and others to compare samples with."""
    load = {"batch_size": 16, "num_examples": 48, "shuffle": False}
    train, spec = data.load("digits", "train", **load)
    return train, data.load("digits", "test", **load)[0], spec


def trained(splits, epochs, *watchers):
    train, _, spec = splits
    model = zoo.build("dcgan", spec, preset=False, seed=1, **SMALL)
    history = model.fit(train, epochs=epochs, verbose=0, callbacks=list(watchers))
    return model, history.history


def test_it_measures_and_draws_every_few_epochs_and_at_the_end(splits, tmp_path):
    options = {"metrics": ["diversity", "frechet_distance"], "num_samples": 50}
    watch = evaluation.Evaluation(
        splits[1], every=3, folder=tmp_path, seed=5, **options
    )
    model, history = trained(splits, 5, watch)
    assert len(history["critic_loss"]) == 5
    assert len(history["diversity"]) == 2  # after epochs 3 and 5
    expected = evaluation.evaluate(model, splits[1], seed=5, **options)
    assert {name: history[name][-1] for name in expected} == expected
    drawn = sorted(tmp_path.iterdir())
    assert [p.name for p in drawn] == ["epoch-0003.png", "epoch-0005.png"]
    with Image.open(drawn[-1]) as picture:
        assert min(picture.size) > 8 * 16


def test_it_draws_the_same_latents_each_time(splits, tmp_path):
    watch = evaluation.Evaluation(splits[1], [], folder=tmp_path)
    model = trained(splits, 1, watch)[0]
    first = (tmp_path / "epoch-0001.png").read_bytes()
    watch.on_epoch_end(1)
    assert (tmp_path / "epoch-0002.png").read_bytes() == first
    model.generator.trainable_variables[0].assign_add(
        np.ones(model.generator.trainable_variables[0].shape)
    )
    watch.on_epoch_end(2)
    assert (tmp_path / "epoch-0003.png").read_bytes() != first


def test_a_model_that_is_watched_learns_the_same(splits, tmp_path):
    watch = evaluation.Evaluation(splits[1], folder=tmp_path, num_samples=20)
    watched, history = trained(splits, 2, watch, evaluation.CollapseAlarm())
    alone, plain = trained(splits, 2)
    assert set(plain) < set(history)
    pairs = zip(cases.all_state(watched), cases.all_state(alone), strict=True)
    for ours, theirs in pairs:
        np.testing.assert_array_equal(ours, theirs, err_msg=ours.path)


def alarms(caplog, values, **arguments):
    """What the alarm says of a number over the epochs."""
    alarm = evaluation.CollapseAlarm({"diversity": 0.5}, **arguments)
    caplog.clear()
    with caplog.at_level(logging.WARNING, "keras_genmodels"):
        for epoch, value in enumerate(values):
            alarm.on_epoch_end(epoch, {} if value is None else {"diversity": value})
    return [record.getMessage() for record in caplog.records]


def test_the_alarm_names_number_threshold_and_epoch(caplog):
    assert alarms(caplog, [0.9, 0.6, 0.3]) == [
        "Epoch 3: mode collapse? diversity = 0.300, below 0.500."
    ]


def test_the_alarm_speaks_once_a_fall(caplog):
    said = alarms(caplog, [0.9, 0.3, 0.2, None, 0.1, 0.7, 0.4])
    assert [message[:7] for message in said] == ["Epoch 2", "Epoch 7"]


def test_a_young_generator_has_time_to_learn(caplog):
    assert alarms(caplog, [0.1, 0.1, 0.2, 0.9], grace=3) == []
    assert alarms(caplog, [0.1, 0.1, 0.2, 0.2], grace=3) == [
        "Epoch 4: mode collapse? diversity = 0.200, below 0.500."
    ]


def test_a_generator_that_collapses_is_told(splits, caplog):
    """All weights but the last bias are lost: one picture whatever the latent."""
    _, test, spec = splits
    model = zoo.build("dcgan", spec, preset=False, seed=1, **SMALL)
    for weight in model.generator.trainable_variables[:-1]:
        weight.assign(np.zeros(weight.shape))
    look = evaluation.Evaluation(test, **evaluation.cheap_look(model))
    alarm = evaluation.CollapseAlarm(grace=0)
    for watcher in (look, alarm):
        watcher.set_model(model)
        watcher.set_params({"epochs": 9})
    logs = {}
    with caplog.at_level(logging.WARNING, "keras_genmodels"):
        look.on_epoch_end(3, logs)
        alarm.on_epoch_end(3, logs)
    said = sorted(record.getMessage() for record in caplog.records)
    assert said == [
        "Epoch 4: mode collapse? diversity = 0.000, below 0.500.",
        "Epoch 4: mode collapse? diversity/class_entropy = 0.000, below 0.500.",
    ]


def test_a_run_of_an_adversarial_model_is_watched(tmp_path):
    run = training.train(
        "dcgan",
        "digits",
        out=tmp_path / "run",
        epochs=2,
        batch_size=16,
        arguments=SMALL,
        data={"num_examples": 32},
        verbose=0,
    )
    rows = training.read_metrics(run.metrics)
    assert [row["epoch"] for row in rows] == [1, 2]
    for name in ("frechet_distance", "frechet_distance/floor", "diversity"):
        assert all(row[name] > 0 for row in rows)
    assert {"critic_loss", "generator_loss"} <= rows[0].keys()
    assert rows[-1]["frechet_distance/samples"] == 16
    assert (run.samples / "epoch-0002.png").is_file()
    metrics = run.report["metrics"]
    for name in ("frechet_distance", "classifier_score", "class_coverage"):
        assert name in metrics


def test_columns_that_only_some_epochs_have(tmp_path):
    clock = training.callbacks.Clock()
    file = training.callbacks.MetricsFile(tmp_path / "metrics.csv", clock)
    for epoch, logs in enumerate([{"loss": 1.0}, {"loss": 2.0, "rare": 3.0}]):
        clock.on_epoch_begin(epoch)
        clock.on_epoch_end(epoch)
        file.on_epoch_end(epoch, logs)
    header, first, _ = (tmp_path / "metrics.csv").read_text().splitlines()
    assert header == "epoch,seconds,loss,rare"
    assert first.endswith(",1.0,")
    rows = training.read_metrics(tmp_path / "metrics.csv")
    assert [row.get("rare") for row in rows] == [None, 3.0]


def test_other_models_are_drawn_and_not_measured(splits):
    _, _, spec = splits
    assert evaluation.cheap_look(zoo.build("vae", spec)) == {"metrics": []}
    ring = data.load("gaussian_ring")[1]
    look = evaluation.cheap_look(zoo.build("gan", ring))
    assert "mode_coverage" in look["metrics"]


def test_both_are_found_by_name():
    names = registry.names("callback")
    assert names == ["collapse_alarm", "evaluation"]
    assert registry.lookup("evaluation", "callback") is callbacks.Evaluation


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: evaluation.Evaluation([], every=0),
            "`every` must be >= 1. Received: every=0",
        ),
        (
            lambda: evaluation.CollapseAlarm(grace=-1),
            "`grace` must be >= 0. Received: grace=-1",
        ),
    ],
)
def test_bad_arguments_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
