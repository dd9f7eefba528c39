"""What an artefact keeps of a model's weights: what it uses, exact or in float16."""

import contextlib

import artefacts
import keras
import numpy as np
import pytest
import tensorflow as tf
from artefacts import SPEC

import keras_genmodels as kgm
from keras_genmodels.export import layout, weights
from keras_genmodels.export.signatures import Signature

SIZES = {"latent_dim": 8, "units": (256,), "seed": 3}


def rounded(model):
    """The model with its matrices as float16 has them."""
    for variable in model.variables:
        if len(variable.shape) > 1 and variable.dtype == "float32":
            variable.assign(np.float16(variable.numpy()))
    return model


@pytest.fixture(scope="module", params=["vae", "conditional_vae", "gan"])
def pair(request, tmp_path_factory):
    """Recipe, exact and half artefact of a model, and the model itself."""
    folder = tmp_path_factory.mktemp("models")
    model = kgm.zoo.build(request.param, SPEC, **SIZES)
    paths = [folder / name / "1" for name in ("exact", "half")]
    for path in paths:
        kgm.export.save(model, path, half=path.parent.name == "half")
    return request.param, *map(kgm.export.load, paths), model


def test_half_is_half_as_large_and_float32_outside(pair):
    _, exact, half, _ = pair
    kinds = {tuple(v.dtype.name for v in a.weights) for a in (exact, half)}
    assert {kind for found in kinds for kind in found} == {"float32", "float16"}
    sizes = [
        sum(v.dtype.size * v.shape.num_elements() for v in a.weights)
        for a in (exact, half)
    ]
    assert sizes[1] < 0.55 * sizes[0]
    assert [v.shape for v in half.weights] == [v.shape for v in exact.weights]
    assert (
        half.sample(condition=SPEC.condition(label="a", size="small"), n=2).dtype
        == np.float32
    )


def test_half_equals_the_model_with_rounded_weights(pair, tmp_path):
    recipe, _, half, model = pair
    kept = tmp_path / "model.keras"
    model.save(kept)
    again = rounded(keras.saving.load_model(kept))
    calls = artefacts.calls(recipe == "conditional_vae", np.random.default_rng(0))
    rng = np.random.default_rng(1)
    calls["decode"]["z"] = np.float32(rng.normal(size=(3, SIZES["latent_dim"])))
    del calls["interpolate"]
    for name in calls:
        if hasattr(half, name):
            expected = np.asarray(getattr(again, name)(**calls[name]))
            found = getattr(half, name)(**calls[name])
            np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_the_card_says_what_was_measured(pair):
    _, exact, half, _ = pair
    assert "half" not in exact.card
    measured = half.card["half"]
    assert (measured["samples"], measured["others"]) == (64, 0)
    assert 0 < measured["mean_difference"] < measured["largest_difference"] < 8 / 255
    given = {"n": 64, "seed": 0}
    if "condition" in exact.signatures["sample"]["inputs"]:
        turns = np.arange(64)
        given["condition"] = SPEC.condition(64, label=turns % 3, size=turns % 2)
    difference = np.abs(exact.sample(**given) - half.sample(**given))
    assert difference.max() == pytest.approx(measured["largest_difference"], abs=1e-6)


def test_the_model_is_as_it_was(pair):
    recipe, exact, _, model = pair
    calls = artefacts.calls(recipe == "conditional_vae", np.random.default_rng(0))
    for name in ("sample", "log_likelihood"):  # the latter runs a function of its own
        if hasattr(model, name):
            expected = getattr(exact, name)(**calls[name])
            found = np.asarray(getattr(model, name)(**calls[name]))
            np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)
    assert not tf.config.functions_run_eagerly()


def test_what_would_be_seen_is_refused(tmp_path, monkeypatch):
    model = kgm.zoo.build("gan", SPEC, **SIZES)
    path = tmp_path / "gan" / "1"
    with monkeypatch.context() as patched:
        patched.setattr(weights, "VISIBLE", 1e-6)
        with pytest.raises(ValueError, match=r"`half` must .*Received: 64 that do"):
            kgm.export.save(model, path, half=True)
    for variable in model.generator.trainable_variables:
        variable.assign(1e9 * variable)  # beyond float16
    with pytest.raises(ValueError, match=r"by 0\.0314 or more.* by up to nan"):
        kgm.export.save(model, path, half=True)
    assert not list(tmp_path.iterdir())


def drawn(x):
    """A signature that draws these pictures."""
    count, seed = (tf.TensorSpec(shape, "int32") for shape in ((), (2,)))
    function = tf.function(
        lambda count, seed: {"x": tf.constant(x)}, input_signature=[count, seed]
    )
    return Signature("sample", {"count": count, "seed": seed}, function)


def test_a_few_samples_may_become_others():
    x = np.random.default_rng(0).uniform(0.2, 0.8, (64, 4, 4, 1)).astype("float32")
    near = x + np.float32(0.01)
    near[:8, 0, 0] = 1.0
    measured = weights.compare(drawn(x), drawn(near), SPEC)
    assert measured["others"] == 8
    assert measured["largest_difference"] == pytest.approx(0.01, abs=1e-6)
    near[8, 0, 0] = 1.0
    with pytest.raises(ValueError, match=r"in at most 8 of 64.* Received: 9 that do"):
        weights.compare(drawn(x), drawn(near), SPEC)


def test_only_what_is_used_is_kept(tmp_path):
    model = kgm.zoo.build("gan", SPEC, **SIZES)
    artefact = kgm.export.load(kgm.export.save(model, tmp_path / "gan" / "1"))
    kept = sum(v.shape.num_elements() for v in artefact.weights)
    assert kept == model.generator.count_params()
    assert artefact.card["bytes"] == layout.size(tmp_path / "gan" / "1")


@pytest.mark.parametrize("trained", [False, True])
def test_averages_stand_in_the_places_of_weights(trained, tmp_path):
    model = kgm.zoo.build("gan", SPEC, ema=0.9, **SIZES)
    if trained:
        rng = np.random.default_rng(0)
        x = np.float32(rng.uniform(size=(32, *SPEC.x_shape)))
        condition = np.zeros((32, SPEC.condition_size), "float32")
        data = tf.data.Dataset.from_tensor_slices({"x": x, "condition": condition})
        model.fit(data.batch(8), epochs=2, verbose=0)
        model.generator_optimizer.use_ema = True
    before = [v.numpy() for v in model.variables]
    artefact = kgm.export.load(kgm.export.save(model, tmp_path / "gan" / "1"))
    np.testing.assert_allclose(artefact.sample(4), model.sample(4), atol=1e-6)
    kept = sum(v.shape.num_elements() for v in artefact.weights)
    assert kept == model.generator.count_params()
    for variable, value in zip(model.variables, before, strict=True):
        np.testing.assert_array_equal(variable.numpy(), value)
    assert model.generator_optimizer.use_ema
    assert model.sample(4).shape == (4, *SPEC.x_shape)


def test_a_context_that_fails_leaves_the_model_alone():
    model = kgm.zoo.build("gan", SPEC, ema=0.9, **SIZES)
    before = [v.numpy() for v in model.variables]
    with contextlib.suppress(KeyError), weights.settled(model):
        assert not model.generator_optimizer.use_ema
        raise KeyError
    assert model.generator_optimizer.use_ema
    for variable, value in zip(model.variables, before, strict=True):
        np.testing.assert_array_equal(variable.numpy(), value)
