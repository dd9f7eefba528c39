"""Latents in levels: densities by hand, and the posterior that heeds the prior."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_probability as tfp
from cases import as_seed, check_mean_is, plane_grid

import keras_genmodels as kgm
from keras_genmodels.distributions import HierarchicalPrior

tfd = tfp.distributions


def bent(prior):
    """A prior whose levels depend on each other, always in the same way."""
    noise = np.random.default_rng(2)
    for weight in prior.trainable_weights:
        weight.assign(0.5 * noise.normal(size=weight.shape))
    return prior


def said(batch=3, size=2, seed=0):
    """What an encoder may say of latents, normals side by side."""
    noise = np.random.default_rng(seed)
    mean = noise.normal(size=(batch, size)).astype("float32")
    stddev = noise.uniform(0.3, 1.5, size=(batch, size)).astype("float32")
    return tfd.Independent(tfd.Normal(mean, stddev), 1)


def test_levels_are_standard_normals_at_first():
    z = np.random.default_rng(0).normal(size=(5, 4)).astype("float32")
    normal = tfd.MultivariateNormalDiag(tf.zeros(4), tf.ones(4))
    found = HierarchicalPrior(4).distribution().log_prob(z)
    np.testing.assert_allclose(found, normal.log_prob(z), rtol=1e-5)


def test_a_level_is_normal_given_the_one_above():
    prior = bent(HierarchicalPrior(5, sizes=(1, 2, 2), units=3))
    z = np.random.default_rng(0).normal(size=(4, 5)).astype("float32")
    total = tfd.Normal(0.0, 1.0).log_prob(z[:, 0]).numpy()
    for network, above, level in zip(
        prior.networks, (z[:, :1], z[:, 1:3]), (z[:, 1:3], z[:, 3:]), strict=True
    ):
        mean, raw = np.split(network(above).numpy(), 2, axis=1)
        stddev = np.float32(np.log1p(np.exp(raw + np.log(np.e - 1))) + 1e-5)
        total += tfd.Normal(mean, stddev).log_prob(level).numpy().sum(axis=1)
    np.testing.assert_allclose(prior.distribution().log_prob(z), total, rtol=1e-5)


def test_a_lower_level_is_the_product_of_two_normals():
    """Bayes' rule on a grid: what the encoder says times what the prior gives."""
    prior, q = bent(HierarchicalPrior(2, units=3)), said()
    both = prior.combine(q)
    places = np.linspace(-12, 12, 4801, dtype="float32")
    top = 0.7
    z = np.stack([np.full_like(places, top), places], axis=1)
    for row in range(3):
        mean, stddev = (
            part[row, 1] for part in (q.distribution.loc, q.distribution.scale)
        )
        product = np.exp(
            prior.distribution().log_prob(z) + tfd.Normal(mean, stddev).log_prob(places)
        )
        product /= product.sum()
        found = np.exp(both.log_prob(z[:, None])[:, row])
        np.testing.assert_allclose(found / found.sum(), product, atol=1e-6)


def test_the_top_level_is_as_the_encoder_says_and_all_sums_to_one():
    prior, q = bent(HierarchicalPrior(2, units=3)), said()
    both = prior.combine(q)
    points, cell = plane_grid(9.0, 401)
    density = np.exp(both.log_prob(points[:, None])).reshape(401, 401, 3)
    np.testing.assert_allclose(density.sum(axis=(0, 1)) * cell, 1.0, atol=1e-3)


def test_samples_of_the_posterior_are_of_its_density():
    """E_q[p / q] = 1; error rate 1e-6: z-tests of the batch, Bonferroni."""
    prior, q = bent(HierarchicalPrior(3, sizes=(2, 1), units=3)), said(size=3)
    both = prior.combine(q)
    z = both.sample(20_000, seed=as_seed(1))
    assert z.shape == (20_000, 3, 3)
    inner = tfd.Independent(tfd.Normal(both.point(), 0.2), 1)  # narrower than q
    check_mean_is(np.exp(inner.log_prob(z) - both.log_prob(z)), np.ones(3))
    np.testing.assert_array_equal(z[:7], both.sample(20_000, seed=as_seed(1))[:7])


def test_a_point_is_the_mean_of_each_level_given_the_one_above():
    prior, q = bent(HierarchicalPrior(2, units=3)), said()
    both = prior.combine(q)
    point = both.point().numpy()
    np.testing.assert_allclose(point[:, 0], q.distribution.loc[:, 0])
    places = np.linspace(-6, 6, 24_001, dtype="float32")
    for row in range(3):
        z = np.stack([np.full_like(places, point[row, 0]), places], axis=1)
        best = places[np.argmax(both.log_prob(z[:, None])[:, row])]
        assert best == pytest.approx(point[row, 1], abs=1e-3)


# --- as the prior of a VAE ------------------------------------------------------------


@pytest.fixture(scope="module")
def digits():
    options = {"batch_size": 64, "binarise": "static", "num_examples": 640}
    return kgm.data.load("digits", "train", shuffle=False, **options)


@pytest.fixture(scope="module")
def trained(digits):
    batches, spec = digits
    options = {"latent_dim": 6, "units": (32,), "learning_rate": 3e-3, "preset": False}
    model = kgm.zoo.build("vae", spec, prior="hierarchical", **options, seed=1)
    model.fit(batches, epochs=15, verbose=0)
    return model


def test_the_prior_learns_and_the_bound_is_below_the_tighter_one(trained, digits):
    batch = next(iter(digits[0]))
    x = batch["x"][:32]
    assert any(
        np.abs(w).max() > 0.1
        for w in trained.latent_prior.networks[0].get_weights()[-2:]
    )
    bound, tight = (
        trained.elbo(x, num_samples=64),
        trained.log_likelihood(x, num_samples=256),
    )
    assert np.mean(bound) < np.mean(tight)
    codes = trained.encode(x)
    assert codes.shape == (32, 6)
    assert trained.sample(3, seed=0).shape == (3, *x.shape[1:])


def test_a_file_brings_it_back(trained, digits, tmp_path):
    x = next(iter(digits[0]))["x"][:8]
    trained.save(tmp_path / "model.keras")
    twin = keras.saving.load_model(tmp_path / "model.keras")
    for name in ("encode", "reconstruct"):
        np.testing.assert_allclose(
            getattr(twin, name)(x), getattr(trained, name)(x), rtol=1e-5, atol=1e-6
        )
    np.testing.assert_allclose(twin.elbo(x), trained.elbo(x), rtol=1e-5)
    np.testing.assert_allclose(
        twin.sample(4, seed=2), trained.sample(4, seed=2), atol=1e-6
    )


@pytest.mark.parametrize("sizes", [(5,), (2, 2), (0, 5), (6, -1)])
def test_sizes_that_do_not_add_up_are_refused(sizes):
    with pytest.raises(ValueError, match=r"`sizes` must be two or more .*latent_dim=5"):
        HierarchicalPrior(5, sizes=sizes)


def test_a_single_latent_has_no_levels():
    with pytest.raises(ValueError, match=r"`sizes` must be two or more"):
        HierarchicalPrior(1)


def test_another_posterior_is_refused():
    full = tfd.MultivariateNormalTriL(tf.zeros((3, 2)), tf.eye(2))
    with pytest.raises(ValueError, match=r"`posterior` must be 'normal', normals side"):
        HierarchicalPrior(2).combine(full)
