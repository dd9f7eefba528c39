"""The PixelVAE: its bound, its pictures, and what its latent is for."""

from __future__ import annotations

import itertools

import cases
import numpy as np
import pytest
import tensorflow as tf
from test_autoregressive import stirred

import keras_genmodels as kgm
from keras_genmodels.networks import convolutional
from keras_genmodels.networks.causal_blocks import GatedConvolution

SMALL = {
    "latent_dim": 3,
    "encoder_filters": (3, 4),
    "units": (5,),
    "map_channels": 2,
    "filters": 4,
    "layers": 1,
}
TINY = kgm.data.DatasetSpec("tiny", (2, 2, 1))


@pytest.fixture(scope="module")
def digits():
    """Binary digits, 8 batches of 8, and their spec."""
    options = {"batch_size": 8, "num_examples": 64, "shuffle": False}
    return kgm.data.load("digits", binarise="static", **options)


def built(spec, **arguments):
    return kgm.zoo.build("pixel_vae", spec, **{"preset": False, **SMALL, **arguments})


class TestPixelVAE(cases.OnePlayerCase):
    @pytest.fixture
    def build(self, spec):
        return lambda **options: built(spec, seed=1, **options)


def pictures():
    """All 16 binary pictures of 2x2 pixels."""
    rows = np.array([*itertools.product([0.0, 1.0], repeat=4)], np.float32)
    return rows.reshape(16, 2, 2, 1)


def test_probabilities_of_all_pictures_sum_to_one_for_each_latent():
    model = stirred(built(TINY))
    for z in np.random.default_rng(0).normal(size=(3, 3)).astype("float32"):
        rows = np.tile(z, (16, 1))
        nats = model.likelihood(rows, {"x": pictures()}).log_prob(pictures())
        assert np.exp(nats).sum() == pytest.approx(1.0, abs=1e-5)


def test_the_bound_is_below_the_probability_and_tightens_towards_it():
    """log p(x) by 40,000 draws of the prior; its error is a hundredth at most."""
    model = stirred(built(TINY))
    for weight in model.encoder.weights:
        weight.assign(tf.zeros_like(weight))
    raw = [0.2, 0.8]  # q is a little wider than the prior, so that weights are bounded
    model.encoder.get_layer("posterior").bias.assign(3 * raw)
    x = pictures()
    z = model.prior().sample(40_000, seed=cases.as_seed(1))
    exact = []
    for picture in x:
        told = {"x": tf.repeat(picture[None], len(z), axis=0)}
        nats = model.likelihood(z, told).log_prob(told["x"])
        exact.append(float(tf.reduce_logsumexp(nats)) - np.log(len(z)))
    found = model.log_likelihood(x, num_samples=2000, seed=2).numpy()
    np.testing.assert_allclose(found, exact, atol=0.05)
    assert np.all(model.elbo(x, num_samples=500, seed=3) <= np.array(exact) + 0.05)


def test_pictures_of_a_latent_have_its_probabilities():
    """Of 16 pictures, 20,000 draws: chi-squared of 15 degrees, 1 in 10^5 is wrong."""
    model = stirred(built(TINY))
    z = np.tile(np.float32([0.5, -1.0, 2.0]), (20_000, 1))
    places = 2 ** np.arange(4)[::-1]
    drawn = model.decode(z, seed=3).numpy().reshape(-1, 4) @ places
    nats = model.likelihood(z[:16], {"x": pictures()}).log_prob(pictures())
    expected = 20_000 * np.exp(nats)
    counts = np.bincount(drawn.astype(int), minlength=16)
    assert ((counts - expected) ** 2 / expected).sum() < 48.5


def test_an_export_decodes_what_the_model_does(spec, batches, tmp_path):
    model = built(spec)
    kgm.export.save(model, tmp_path / "pixels" / "1")
    artefact = kgm.export.load(tmp_path / "pixels")
    x = next(iter(batches))["x"].numpy()
    z = artefact.encode(x)
    np.testing.assert_allclose(z, model.encode(x), atol=1e-5)
    assert np.mean(artefact.decode(z) != model.decode(z)) < 0.01
    assert set(np.unique(artefact.sample(4, seed=1))) <= {0.0, 1.0}


def test_free_bits_keep_the_latent_in_use(spec, batches):
    rates = []
    for free_bits in (0.0, 2.0):  # a dimension, of which there are three
        model = built(spec, free_bits=free_bits, learning_rate=1e-2)
        logs = model.fit(batches, epochs=25, verbose=0).history
        rates.append(logs["kl"][-1])
    assert rates[0] < 1
    assert rates[1] > 2


def test_a_decoder_that_cannot_draw_is_refused(spec):
    latent = {"latent": (3,)}
    encoder = convolutional.encoder({"x": spec.x_shape}, {"posterior": 6}, (3,))
    decoder = convolutional.decoder(latent, {"likelihood": spec.x_shape}, (3,))
    with pytest.raises(ValueError, match="must have a layer named 'spread'"):
        kgm.models.PixelVAE(spec, encoder, decoder)
    with pytest.raises(ValueError, match="`kernel_size` must be odd"):
        GatedConvolution(3, kernel_size=4)
