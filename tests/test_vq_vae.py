"""The VQ-VAE: its codebook, its codes, and the prior that draws them."""

from __future__ import annotations

import itertools

import cases
import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_genmodels as kgm
from keras_genmodels.networks.quantisation import VectorQuantiser

SMALL = {
    "num_codes": 3,
    "size": 2,
    "filters": (3, 4),
    "blocks": 1,
    "prior_filters": 4,
    "prior_layers": 1,
}


@pytest.fixture(scope="module")
def digits():
    """Binary digits, 8 batches of 16, and their spec."""
    options = {"batch_size": 16, "num_examples": 128, "shuffle": False}
    return kgm.data.load("digits", binarise="static", **options)


def built(spec, **arguments):
    return kgm.zoo.build("vq_vae", spec, **{"preset": False, **SMALL, **arguments})


class TestVQVAE(cases.OnePlayerCase):
    @pytest.fixture
    def build(self, spec):
        return lambda **options: built(spec, seed=1, **options)


class TestConditionalVQVAE(cases.VariantCase):
    @pytest.fixture
    def build(self, spec):
        return lambda **options: built(spec, seed=1, conditional=True, **options)


# --- the codebook ---------------------------------------------------------------------


def test_the_nearest_code_is_found():
    quantiser = VectorQuantiser(7, 3, seed=1)
    z = np.random.default_rng(0).normal(size=(2, 4, 5, 3)).astype("float32")
    codes = quantiser.codebook.numpy()
    distance = ((z[..., None, :] - codes) ** 2).sum(axis=-1)
    found = quantiser.nearest(z)
    np.testing.assert_array_equal(found, distance.argmin(axis=-1))
    np.testing.assert_allclose(quantiser(found), codes[found.numpy()])


def test_codes_follow_the_means_of_what_is_nearest():
    quantiser = VectorQuantiser(2, 1, decay=0.0)
    quantiser.total.assign([[-1.0], [1.0]])
    z = np.array([[-3.0], [-1.0], [0.5], [1.5], [4.0]], "float32")
    quantiser.update(z, quantiser.nearest(z))
    np.testing.assert_allclose(quantiser.codebook, [[-2.0], [2.0]], rtol=1e-6)
    np.testing.assert_allclose(quantiser.count, [2.0, 3.0])


def test_the_past_decays():
    quantiser = VectorQuantiser(2, 1, decay=0.75)
    quantiser.total.assign([[-1.0], [1.0]])
    z = np.array([[-3.0], [2.0]], "float32")
    quantiser.update(z, quantiser.nearest(z))
    np.testing.assert_allclose(quantiser.total, [[-1.5], [1.25]])
    np.testing.assert_allclose(quantiser.count, [1.0, 1.0])


def test_a_code_that_nothing_is_near_to_splits_the_one_of_the_most():
    quantiser = VectorQuantiser(3, 1, decay=0.5)
    quantiser.total.assign([[0.0], [4.0], [100.0]])
    rng = np.random.default_rng(0)
    clusters = np.repeat([-1.0, 0.0, 4.0], 40) + rng.normal(0.0, 0.1, size=120)
    z = clusters[:, None].astype("float32")
    for _ in range(20):
        quantiser.update(z, quantiser.nearest(z))
    found = np.sort(quantiser.codebook.numpy()[:, 0])
    np.testing.assert_allclose(found, [-1.0, 0.0, 4.0], atol=0.1)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [((0, 2), ValueError), ((2, 0), ValueError), ((2.5, 2), TypeError)],
)
def test_sizes_of_a_codebook_are_checked(arguments, error):
    with pytest.raises(error, match="must be"):
        VectorQuantiser(*arguments)


# --- training -------------------------------------------------------------------------


def test_the_gradient_passes_the_codebook_as_if_it_were_not_there(spec, batches):
    """The encoder learns from the reconstruction, and from the commitment, too."""
    sizes = []
    for commitment in (0.0, 1e3):
        model = built(spec, commitment=commitment)
        with tf.GradientTape() as tape:
            terms = model.terms(model.unpack(next(iter(batches))), training=True)
            loss = tf.reduce_sum(terms["loss"])
        gradients = tape.gradient(loss, model.encoder.trainable_weights)
        sizes.append(max(float(tf.reduce_max(tf.abs(g))) for g in gradients))
    assert 0 < 10 * sizes[0] < sizes[1] < np.inf


def test_what_the_prior_learns_changes_no_code(spec, batches):
    batch = next(iter(batches))
    model = built(spec)
    with tf.GradientTape() as tape:
        nats = tf.reduce_sum(model.terms(model.unpack(batch), True)["kl"])
    others = [*model.encoder.trainable_weights, *model.decoder.trainable_weights]
    own = model.code_prior.trainable_weights
    found = tape.gradient(nats, [*others, *own])
    assert all(gradient is None for gradient in found[: len(others)])
    assert any(np.any(gradient != 0) for gradient in found[len(others) :])


def test_probabilities_of_all_maps_of_codes_add_up_to_one(spec):
    """Of 1x2 codes, which pictures of 4x8 pixels have."""
    wide = kgm.data.DatasetSpec("wide", (4, 8, 1))
    model = built(wide)
    for weight in model.code_prior.trainable_weights:
        weight.assign(np.random.default_rng(0).normal(0.0, 0.5, weight.shape))
    maps = np.array([*itertools.product(range(3), repeat=2)]).reshape(-1, 1, 2)
    nats = model.code_prior.log_prob(np.eye(3, dtype="float32")[maps])
    assert float(tf.reduce_sum(tf.exp(nats))) == pytest.approx(1.0, abs=1e-5)


def test_the_bound_is_the_sum_of_what_it_costs(spec, batches):
    batch = next(iter(batches))
    terms = built(spec, commitment=0.5).terms(batch, training=False)
    expected = terms["reconstruction"] + terms["kl"]
    np.testing.assert_allclose(-terms["elbo"], expected, rtol=1e-6)
    expected += 0.5 * terms["commitment"]
    np.testing.assert_allclose(terms["loss"], expected, rtol=1e-6)
    assert 1 <= float(terms["perplexity"][0]) <= 3


# --- codes ----------------------------------------------------------------------------


def test_codes_say_all_of_a_reconstruction(spec, batches):
    model, x = built(spec), next(iter(batches))["x"]
    codes = model.codes(x)
    assert (codes.shape, codes.dtype) == ((16, 4, 4), tf.int32)
    np.testing.assert_array_equal(model.decode_codes(codes), model.reconstruct(x))
    drawn = model.sample_codes(5, seed=3)
    assert drawn.shape == (5, 4, 4)
    np.testing.assert_allclose(
        model.decode_codes(drawn), model.sample(5, seed=3), atol=1e-6
    )


def test_an_export_samples_and_reconstructs_as_the_model_does(spec, batches, tmp_path):
    model, x = built(spec), next(iter(batches))["x"].numpy()
    kgm.export.save(model, tmp_path / "codes" / "1")
    artefact = kgm.export.load(tmp_path / "codes")
    np.testing.assert_allclose(artefact.sample(4, seed=2), model.sample(4, seed=2))
    np.testing.assert_allclose(artefact.reconstruct(x), model.reconstruct(x), atol=1e-5)


def test_a_prior_of_other_codes_is_refused(spec):
    model, other = built(spec), built(spec, num_codes=4)
    config = {**model.get_config(), "prior": other.get_config()["prior"]}
    with pytest.raises(ValueError, match="and the prior be of"):
        type(model).from_config(config)


def test_a_file_holds_the_codebook(spec, batches, tmp_path):
    model = built(spec)
    model.fit(batches, epochs=1, verbose=0)
    model.save(tmp_path / "codes.keras")
    twin = keras.saving.load_model(tmp_path / "codes.keras")
    np.testing.assert_array_equal(twin.quantiser.codebook, model.quantiser.codebook)
    np.testing.assert_array_equal(twin.sample(3, seed=1), model.sample(3, seed=1))
