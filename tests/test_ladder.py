"""Latent maps in levels: what each sees, and the densities that they make."""

from __future__ import annotations

import math

import cases
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_probability as tfp

import keras_genmodels as kgm
from keras_genmodels.distributions import HierarchicalPrior
from keras_genmodels.networks import ladder

tfd = tfp.distributions
LEVELS = [(1, 2, 3), (2, 3, 2), (4, 6, 1)]
SIZES = [math.prod(level) for level in LEVELS]


def built(spec, **arguments):
    """A small model, of whose weights none is 0 for good."""
    options = {"preset": False, "latents": (3, 2), "filters": 4, "seed": 1}
    model = kgm.zoo.build("ladder_vae", spec, **{**options, **arguments})
    cases.without_zeros(model.trainable_weights)
    return model


class TestLadderVAE(cases.OnePlayerCase):
    @pytest.fixture
    def build(self, spec):
        return lambda **options: built(spec, **options)


@pytest.fixture
def prior():
    networks = [ladder.level_prior(LEVELS[:i], LEVELS[i], 4) for i in (1, 2)]
    prior = HierarchicalPrior(sum(SIZES), SIZES, networks=networks)
    noise = np.random.default_rng(0)
    for weight in prior.trainable_weights:
        weight.assign(0.3 * noise.normal(size=weight.shape))
    return prior


@pytest.mark.parametrize("shape", [(28, 28, 1), (18, 17, 3)])
def test_pictures_of_any_size_have_maps_of_their_halvings(shape):
    model = built(kgm.data.DatasetSpec("any", shape), latents=(3, 2, 1))
    sides = ladder.level_shapes(shape[:2], (3, 2, 1))
    assert model.latent_dim == sum(math.prod(side) for side in sides)
    x = np.random.default_rng(0).random((2, *shape), np.float32)
    assert model.reconstruct(x).shape == x.shape
    assert model.sample(2).shape == x.shape


def test_a_level_is_normal_given_all_those_above(prior):
    z = np.random.default_rng(0).normal(size=(5, sum(SIZES))).astype("f")
    parts = np.split(z, np.cumsum(SIZES)[:-1], axis=1)
    total = tfd.Normal(0.0, 1.0).log_prob(parts[0]).numpy().sum(1)
    for place in (1, 2):
        above = np.concatenate(parts[:place], axis=1)
        given = prior.networks[place - 1]({"latent": above})["given"].numpy()
        mean, raw = np.split(given, 2, axis=1)
        stddev = np.float32(np.log1p(np.exp(raw + np.log(np.e - 1))) + 1e-5)
        total += tfd.Normal(mean, stddev).log_prob(parts[place]).numpy().sum(1)
    found = prior.distribution()
    np.testing.assert_allclose(found.log_prob(z), total, rtol=1e-5)
    np.testing.assert_allclose(found.log_prob(z[0]), total[0], rtol=1e-5)
    # A number of the top moves both levels below it.
    moved = z.copy()
    moved[:, 0] += 1
    for place in (1, 2):
        above = [np.split(v, np.cumsum(SIZES)[:-1], axis=1)[:place] for v in (z, moved)]
        told = [prior._tell(place, part).numpy() for part in above]
        assert np.abs(told[0] - told[1]).max() > 1e-3


def test_levels_begin_as_standard_normals():
    networks = [ladder.level_prior(LEVELS[:i], LEVELS[i], 4) for i in (1, 2)]
    prior = HierarchicalPrior(sum(SIZES), SIZES, networks=networks)
    z = np.random.default_rng(0).normal(size=(5, sum(SIZES))).astype("f")
    normal = tfd.MultivariateNormalDiag(tf.zeros(z.shape[1]), tf.ones(z.shape[1]))
    np.testing.assert_allclose(
        prior.distribution().log_prob(z), normal.log_prob(z), rtol=1e-4
    )


def test_samples_of_many_posteriors_are_of_their_densities(prior):
    """E_q[p / q] = 1 of a narrow p; error rate 1e-6, Bonferroni."""
    noise = np.random.default_rng(1)
    shape = (3, sum(SIZES))
    mean = noise.normal(size=shape).astype("f")
    stddev = noise.uniform(0.2, 0.6, size=shape).astype("f")
    both = prior.combine(tfd.Independent(tfd.Normal(mean, stddev), 1))
    z = both.sample(4000, seed=cases.as_seed(1))
    assert z.shape == (4000, *shape)
    near = prior.combine(tfd.Independent(tfd.Normal(mean, 0.9 * stddev), 1))
    cases.check_mean_is(np.exp(near.log_prob(z) - both.log_prob(z)), np.ones(3))


def test_a_prior_of_networks_comes_back_from_its_config(prior):
    twin = HierarchicalPrior.from_config(prior.get_config())
    for own, other in zip(twin.weights, prior.weights, strict=True):
        own.assign(other)
    z = prior.distribution().sample(4, seed=(0, 1))
    np.testing.assert_allclose(twin.distribution().sample(4, seed=(0, 1)), z, atol=1e-6)


def test_networks_of_other_sizes_are_refused():
    networks = [ladder.level_prior(LEVELS[:1], LEVELS[2], 4)]
    with pytest.raises(ValueError, match=r"must be from and to \[\(6, 24\)\]"):
        HierarchicalPrior(18, (6, 12), networks=networks)
    spec = kgm.data.DatasetSpec("any", (16, 16, 1))
    with pytest.raises(ValueError, match="two or more maps"):
        kgm.zoo.build("ladder_vae", spec, preset=False, latents=(4,))


def test_an_export_draws_and_rebuilds_as_the_model_does(spec, batches, tmp_path):
    model = built(spec)
    kgm.export.save(model, tmp_path / "ladder" / "1")
    artefact = kgm.export.load(tmp_path / "ladder")
    x = next(batches.as_numpy_iterator())["x"]
    np.testing.assert_allclose(artefact.reconstruct(x), model.reconstruct(x), atol=1e-5)
    np.testing.assert_allclose(
        artefact.sample(3, seed=4), model.sample(3, seed=4), atol=1e-5
    )
