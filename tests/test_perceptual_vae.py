"""VAEs whose reconstructions are to look right to a borrowed classifier, too."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import keras_genmodels as kgm
from keras_genmodels.zoo.borrowing import borrow

WEIGHT = 1e4  # so much that little else counts in training
SMALL = {
    "conv_vae": {"latent_dim": 3, "filters": (3,), "units": (8,)},
    "ladder_vae": {"latents": (2, 1), "filters": 4},
}


@pytest.fixture(scope="module")
def digits():
    options = {"batch_size": 16, "num_examples": 64, "shuffle": False}
    return kgm.data.load("digits", **options)


@pytest.fixture(scope="module")
def start(tmp_path_factory, digits):
    """A file of a classifier of digits."""
    path = tmp_path_factory.mktemp("classifiers") / "classifier.keras"
    options = {"preset": False, "filters": (3, 4), "seed": 2}
    kgm.zoo.build("classifier", digits[1], **options).save(path)
    return str(path)


@pytest.mark.parametrize("recipe", ["conv_vae", "ladder_vae"])
def test_the_loss_has_the_distance_of_features_and_the_bound_has_not(
    recipe, digits, start, tmp_path
):
    batches, spec = digits
    options = {"preset": False, "seed": 1, **SMALL[recipe]}
    plain = kgm.zoo.build(recipe, spec, **options)
    model = kgm.zoo.build(recipe, spec, perceptual=WEIGHT, start=start, **options)
    for ours, theirs in zip(model.networks, plain.networks, strict=True):
        ours.set_weights(theirs.get_weights())
    x = next(iter(batches))["x"]
    ours, theirs = (m.terms({"x": x}, training=False) for m in (model, plain))
    network = borrow(start)

    def features(x):
        return np.asarray(network({"x": x})["features"])

    z = model.posterior(x).sample([1], seed=(0, 1))  # as without training
    assert set(ours) == {*theirs, "perceptual"}
    for name in ("elbo", "kl", "reconstruction"):
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-5)
    moved = features(x) - features(model.decode(z[0]))
    expected = WEIGHT * np.mean(moved**2, axis=1)
    np.testing.assert_allclose(ours["perceptual"], expected, rtol=1e-4)
    added = ours["loss"] - theirs["loss"]
    np.testing.assert_allclose(added, expected, rtol=1e-3, atol=1e-2)

    held = model.perceptual.network.get_weights()
    logs = model.fit(batches, epochs=6, verbose=0).history
    assert logs["perceptual"][-1] < logs["perceptual"][0]
    for before, now in zip(held, model.perceptual.network.get_weights(), strict=True):
        np.testing.assert_array_equal(before, now)
    model.save(tmp_path / "model.keras")
    twin = keras.saving.load_model(tmp_path / "model.keras")
    again = twin.terms({"x": x}, training=False)["perceptual"]
    now = model.terms({"x": x}, training=False)["perceptual"]
    np.testing.assert_allclose(again, now, rtol=1e-5)


def test_features_are_borrowed_only_where_they_are_used(digits):
    model = kgm.zoo.build("conv_vae", digits[1], preset=False, **SMALL["conv_vae"])
    assert model.perceptual is None
    assert "start_sha256" not in model.recipe
    with pytest.raises(ValueError, match=r"`start` must be .*start=None"):
        kgm.zoo.build("conv_vae", digits[1], preset=False, perceptual=1.0)
