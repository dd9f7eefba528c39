"""Keras' callbacks, `compile` and files, with models that have losses of their own."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from test_gans import SMALL

import keras_genmodels as kgm


def build(recipe, spec, **more):
    small = SMALL.get(recipe, {"preset": False, "units": (8,), "latent_dim": 2})
    model = kgm.zoo.build(recipe, spec, seed=1, **{**small, **more})
    model.run_eagerly = True
    return model


@pytest.fixture(params=["vae", "gan"])
def model(request, spec):
    return build(request.param, spec)


def rates(model):
    if not isinstance(model, kgm.models.GAN):
        return [float(model.optimizer.learning_rate)]
    players = (model.generator_optimizer, model.critic_optimizer)
    return [float(player.learning_rate) for player in players]


# --- callbacks ------------------------------------------------------------------------


@pytest.mark.parametrize("player", ["generator", "critic"])
def test_training_ends_at_a_loss_that_is_not_finite(spec, batches, player):
    model = build("gan", spec)
    network = model.generator if player == "generator" else model.critics[0].network
    weight = network.trainable_variables[-1]
    weight.assign(np.full(weight.shape, np.nan))
    stop = keras.callbacks.TerminateOnNaN()
    logs = model.fit(batches, epochs=3, callbacks=[stop], verbose=0).history
    assert len(logs["loss"]) == 1
    assert not np.isfinite(logs["loss"][0])


def test_the_loss_of_a_game_is_the_sum_of_the_players(spec, batches):
    model = build("gan", spec)
    logs = model.evaluate(batches, verbose=0, return_dict=True)
    total = logs["critic_loss"] + logs["generator_loss"]
    assert logs["loss"] == pytest.approx(total, rel=1e-6)


def test_a_schedule_sets_the_rates_in_proportion(spec, batches):
    model = build("gan", spec, learning_rate=1e-3, generator_learning_rate=4e-3)
    schedule = keras.callbacks.LearningRateScheduler(lambda _, rate: rate / 2)
    logs = model.fit(batches.take(1), callbacks=[schedule], verbose=0).history
    assert rates(model) == pytest.approx([2e-3, 5e-4])
    assert logs["learning_rate"] == pytest.approx([2e-3])
    for rate in (0.0, 4e-3):
        model.optimizer.learning_rate = rate
    assert rates(model) == pytest.approx([4e-3, 1e-3])


def test_a_schedule_of_the_optimiser_is_not_overwritten(spec, batches):
    model = build("gan", spec, decay_steps=5)
    before = rates(model)
    schedule = keras.callbacks.LearningRateScheduler(lambda _, rate: rate / 2)
    with pytest.raises(TypeError, match="learning rate is not settable"):
        model.fit(batches.take(1), callbacks=[schedule], verbose=0)
    assert rates(model) == before


def test_a_plateau_lowers_the_rates(model, batches):
    before = rates(model)
    plateau = keras.callbacks.ReduceLROnPlateau("loss", 0.5, 1, min_delta=1e9)
    model.fit(batches.take(1), epochs=2, callbacks=[plateau], verbose=0)
    assert rates(model) == pytest.approx([rate / 2 for rate in before])


@pytest.mark.parametrize(
    ("recipe", "term", "direction"),
    [
        ("vae", "elbo", "max"),
        ("vae", "val_elbo", "max"),
        ("vae", "kl", "min"),
        ("gan", "val_generator_loss", "min"),
        ("began", "convergence", "min"),
        ("began", "k", None),
        ("gan", "elbo", None),
    ],
)
def test_terms_have_directions(spec, batches, recipe, term, direction):
    model = build(recipe, spec)
    assert model.direction(term) == direction
    stop = keras.callbacks.EarlyStopping(term)
    options = {"validation_data": batches.take(1), "callbacks": stop, "verbose": 0}
    if direction is None:
        with pytest.raises(ValueError, match="isn't able to automatically determine"):
            model.fit(batches.take(1), **options)
    else:
        model.fit(batches.take(1), **options)
        assert stop.mode == direction


def test_every_number_has_a_name(model, batches):
    named = model.evaluate(batches, verbose=0, return_dict=True)
    listed = model.evaluate(batches, verbose=0)
    assert dict(zip(model.metrics_names, listed, strict=True)) == named


@pytest.mark.parametrize("form", ["one", "tuple", "list", "nothing"])
def test_callbacks_in_every_form(model, batches, form):
    history = keras.callbacks.History()
    forms = {"one": history, "tuple": (history,), "list": [history], "nothing": None}
    found = model.fit(batches, callbacks=forms[form], verbose=0)
    assert len(found.history["loss"]) == 1
    if form != "nothing":
        assert history.history == found.history


def test_a_list_of_callbacks_is_left_as_it_was(spec):
    data, _ = kgm.data.load("digits", batch_size=16, num_examples=32, seed=4)
    model, twin = (build("vae", spec) for _ in range(2))
    callbacks = keras.callbacks.CallbackList(
        [], add_history=True, model=model, epochs=2, steps=2
    )
    before = list(callbacks.callbacks)
    model.fit(data, epochs=2, callbacks=callbacks, verbose=0)
    assert callbacks.callbacks == before
    twin.fit(data, epochs=2, verbose=0)  # of the same order
    for ours, theirs in zip(model.weights, twin.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)


# --- compile --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"loss": "mse"}, r"`loss` must be left out of `compile`.*`likelihood`"),
        ({"loss": keras.losses.Huber()}, r"`loss` must be left out.*CONTRIBUTING"),
        ({"metrics": ["mae"]}, r"`metrics` must be left out.*evaluation.evaluate"),
        ({"weighted_metrics": ["mae"]}, r"`weighted_metrics` must be left out"),
        ({"jit_compile": "mse"}, r"`jit_compile` must be True, False or 'auto'"),
    ],
)
def test_what_compile_would_ignore_is_refused(model, arguments, message):
    with pytest.raises(ValueError, match=message):
        model.compile(**arguments)


@pytest.mark.parametrize("optimizer", ["sgd", keras.optimizers.SGD(0.25)])
def test_one_optimiser_is_one_for_each_player(spec, batches, optimizer, tmp_path):
    model = build("gan", spec)
    model.compile(optimizer=optimizer, run_eagerly=True)
    assert type(model.generator_optimizer) is keras.optimizers.SGD
    assert model.generator_optimizer is not model.critic_optimizer
    assert rates(model)[0] == rates(model)[1]
    model.fit(batches.take(1), verbose=0)
    model.save(tmp_path / "model.keras")
    twin = keras.saving.load_model(tmp_path / "model.keras")
    assert rates(twin) == rates(model)
    assert int(twin.optimizer.iterations) == 1


def test_one_optimiser_or_two(spec):
    with pytest.raises(ValueError, match=r"`optimizer` must be given in place of"):
        build("gan", spec).compile("sgd", optimizer="adam")


# --- files ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["model.h5", "model.hdf5"])
def test_files_that_could_not_be_read_are_not_written(model, name, tmp_path):
    with pytest.raises(ValueError, match=r"must end in '.keras'.*Received: .*model"):
        model.save(tmp_path / name)
    assert not (tmp_path / name).exists()


def test_keras_export_names_that_of_the_package(model, tmp_path):
    with pytest.raises(NotImplementedError, match=r"keras_genmodels.export.save\(mod"):
        model.export(tmp_path / "model")
    assert not (tmp_path / "model").exists()
