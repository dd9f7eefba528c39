"""Objectives that heed the posteriors of a whole batch together, by hand and learnt."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_probability as tfp

from keras_genmodels import registry
from keras_genmodels.objectives import ELBO, MMD, BetaTC, Capacity
from keras_genmodels.objectives.aggregate_posterior import (
    maximum_mean_discrepancy,
    total_correlation,
)

tfd = tfp.distributions
BATCH, SIZE = 6, 3


def normals(mean, stddev):
    return tfd.Independent(tfd.Normal(tf.constant(mean, tf.float32), stddev), 1)


PRIOR = normals([0.0] * SIZE, 1.0)


def spread(seed=0):
    return np.random.default_rng(seed).normal(size=(BATCH, SIZE))


def test_equal_posteriors_are_independent():
    q = normals(np.zeros((BATCH, SIZE)), 0.7)
    z = q.sample(4, seed=(0, 1))
    np.testing.assert_allclose(total_correlation(q, z), 0.0, atol=1e-5)


def test_posteriors_on_a_diagonal_by_hand():
    """Any one dimension says which example it is, and so do all: (d - 1) log B."""
    places = np.repeat(np.arange(BATCH)[:, None], SIZE, axis=1)
    q = normals(places, 1e-3)
    z = q.sample(2, seed=(0, 1))
    expected = (SIZE - 1) * np.log(BATCH)
    np.testing.assert_allclose(total_correlation(q, z), expected, atol=1e-4)


def test_posteriors_on_a_grid_are_independent():
    places = np.stack(np.meshgrid([0, 9], [0, 9], [0, 9]), -1).reshape(-1, 3)
    q = normals(places, 1e-2)
    z = q.sample(2, seed=(0, 1))
    np.testing.assert_allclose(total_correlation(q, z), 0.0, atol=1e-4)


def test_the_discrepancy_is_that_of_the_pairs_by_hand():
    a, b = np.array([[0.0, 0.0], [1.0, 0.0]]), np.array([[3.0, 0.0], [3.0, 4.0]])

    def kernel(x, y):
        constants = [4 * s**2 for s in (0.1, 0.2, 0.5, 1, 2, 5, 10)]
        return sum(c / (c + np.sum((x - y) ** 2)) for c in constants)

    cross = np.mean([kernel(x, y) for x in a for y in b])
    expected = kernel(*a) + kernel(*b) - 2 * cross
    found = maximum_mean_discrepancy(np.float32(a), np.float32(b))
    assert float(found) == pytest.approx(expected, rel=1e-5)


def test_the_discrepancy_of_equal_distributions_is_0_on_average():
    """The mean of 400 lies within five standard errors: 1 in 10^6 is wrong."""
    noise = np.random.default_rng(0).normal(size=(400, 2, 20, 2)).astype("float32")
    found = np.array([maximum_mean_discrepancy(a, b) for a, b in noise])
    assert abs(found.mean()) < 5 * found.std() / 20
    shifted = np.array([maximum_mean_discrepancy(a, b + 1) for a, b in noise])
    assert shifted.mean() > 10 * shifted.std() / 20


def losses(objective, mean, step=0):
    q = normals(mean, 0.5)
    z = q.sample(1, seed=(0, 1))
    return objective(tf.zeros((1, len(mean))), q, PRIOR, z, step)


def test_without_their_weight_they_are_the_bound():
    plain = losses(ELBO(), spread())["loss"]
    np.testing.assert_allclose(losses(BetaTC(1.0), spread())["loss"], plain, rtol=1e-6)
    np.testing.assert_allclose(
        losses(MMD(0.0, beta=1.0), spread())["loss"], plain, rtol=1e-6
    )
    extra = losses(BetaTC(3.0), spread())["loss"] - plain
    q = normals(spread(), 0.5)
    expected = 2 * total_correlation(q, q.sample(1, seed=(0, 1)))
    np.testing.assert_allclose(extra, expected, rtol=1e-4, atol=1e-5)


def test_the_discrepancy_draws_anew_in_every_step_and_pulls_towards_the_prior():
    objective = MMD(10.0)
    one, again, other = (
        losses(objective, spread() + 2, step)["loss"].numpy() for step in (3, 3, 4)
    )
    np.testing.assert_array_equal(one, again)
    assert np.any(one != other)
    mean = tf.Variable(tf.constant(spread() + 2, tf.float32))
    with tf.GradientTape() as tape:
        q = tfd.Independent(tfd.Normal(mean, 0.5), 1)
        z = q.sample(1, seed=(0, 1))
        loss = objective(tf.zeros((1, BATCH)), q, PRIOR, z, 0)["loss"]
    assert np.all(tape.gradient(loss, mean).numpy().mean(axis=0) > 0)


def test_the_divergence_is_held_at_the_capacity():
    plain = losses(ELBO(), spread())
    held = losses(Capacity(2.0, gamma=10.0), spread())
    expected = plain["reconstruction"] + 10.0 * np.abs(plain["kl"] - 2.0)
    np.testing.assert_allclose(held["loss"], expected, rtol=1e-5)
    for capacity, sign in ((0.1, 1), (1e3, -1)):  # nats too many, and too few
        width = tf.Variable(0.5)
        with tf.GradientTape() as tape:
            q = tfd.Independent(tfd.Normal(tf.zeros((BATCH, SIZE)), width), 1)
            z = q.sample(1, seed=(0, 1))
            objective = Capacity(capacity, gamma=1.0)
            loss = objective(tf.zeros((1, BATCH)), q, PRIOR, z, 0)["loss"]
        # A posterior nearer to the prior, which is wider, knows less.
        assert sign * np.sum(tape.gradient(loss, width)) < 0


def test_a_capacity_grows_with_the_steps():
    schedule = keras.optimizers.schedules.PolynomialDecay(0.0, 100, 8.0, power=1.0)
    growing = Capacity(schedule, gamma=3.0)
    for step, capacity in ((0, 0.0), (25, 2.0), (500, 8.0)):
        expected = losses(Capacity(capacity, gamma=3.0), spread())["loss"]
        found = losses(growing, spread(), step)["loss"]
        np.testing.assert_allclose(found, expected, rtol=1e-5)
    twin = Capacity(**growing.get_config())
    np.testing.assert_allclose(twin.capacity(25), 2.0)


OBJECTIVES = [BetaTC(4.0, 2), MMD(5.0, 0.5), Capacity(3.0, 2.0)]


@pytest.mark.parametrize("objective", OBJECTIVES, ids=lambda one: type(one).__name__)
def test_a_config_brings_them_back(objective):
    config = keras.saving.serialize_keras_object(objective)
    twin = keras.saving.deserialize_keras_object(config)
    assert twin.get_config() == objective.get_config()
    assert type(registry.get(config, "objective")) is type(objective)


def test_what_they_cannot_use_is_refused():
    with pytest.raises(ValueError, match=r"`beta` must be >= 1. Received: beta=0.5"):
        BetaTC(0.5)
    with pytest.raises(ValueError, match=r"`weight` must be >= 0. Received: weight=-1"):
        MMD(-1)
    with pytest.raises(ValueError, match=r"`capacity` must be >= 0. Received: capacit"):
        Capacity(-1)
    with pytest.raises(ValueError, match=r"`gamma` must be >= 0. Received: gamma=-1"):
        Capacity(gamma=-1)
    full = tfd.MultivariateNormalTriL(tf.zeros((BATCH, SIZE)), tf.eye(SIZE))
    with pytest.raises(TypeError, match=r"needs a posterior of normals side by side"):
        total_correlation(full, full.sample(1, seed=(0, 1)))
