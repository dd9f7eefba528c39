"""Invertible maps: there and back, their determinants, densities that sum to one."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_probability as tfp
from cases import as_seed, plane_grid

import keras_genmodels as kgm
from keras_genmodels import registry
from keras_genmodels.distributions.divergences import kl
from keras_genmodels.distributions.flows import (
    MADE,
    Coupling,
    InverseAutoregressive,
    Planar,
)
from keras_genmodels.objectives import ELBO

tfd, tfb = tfp.distributions, tfp.bijectors
SIZE, BATCH = 4, 3
SMALL = {name: {"units": 12, "context_size": 2} for name in ("iaf", "maf")}
SMALL["planar"] = {"layers": 2}


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def bent(layer):
    """A layer with weights that are always the same."""
    for place, weight in enumerate(layer.trainable_weights):
        weight.assign(0.4 * normal(*weight.shape, seed=place))
    return layer


def perceptron(size):
    layers = [keras.Input((size,)), keras.layers.Dense(8, "tanh")]
    return bent(keras.Sequential([*layers, keras.layers.Dense(2 * size)]))


MAPS = {
    "inverse autoregressive": lambda size: InverseAutoregressive(
        bent(MADE(size, 9, context_size=2)), normal(BATCH, 2, seed=5)
    ),
    "reversed": lambda size: InverseAutoregressive(bent(MADE(size, 9, reverse=True))),
    "planar": lambda size: Planar(
        2 * normal(BATCH, size, seed=1), 2 * normal(BATCH, size, seed=2), normal(BATCH)
    ),
    "coupling": lambda size: Coupling(perceptron(size), np.arange(size) % 2),
    "two": lambda size: tfb.Chain(
        [
            tfb.Invert(InverseAutoregressive(bent(MADE(size, 9)))),
            Coupling(perceptron(size), np.arange(size) % 2),
        ]
    ),
}


@pytest.mark.parametrize("name", MAPS)
def test_a_map_leads_back_and_its_determinant_is_that_of_its_jacobian(name):
    make, x = MAPS[name], tf.constant(normal(BATCH, SIZE, seed=7))
    one, other = make(SIZE), make(SIZE)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = one.forward(x)
    jacobian = tape.batch_jacobian(y, x)
    _, expected = np.linalg.slogdet(jacobian)
    # Another map and copies of the tensors: nothing is remembered.
    np.testing.assert_allclose(other.inverse(tf.identity(y)), x, atol=1e-4)
    there = other.forward_log_det_jacobian(tf.identity(x))
    back = other.inverse_log_det_jacobian(tf.identity(y))
    np.testing.assert_allclose(there, expected, atol=1e-4)
    np.testing.assert_allclose(back, -expected, atol=1e-3)


@pytest.mark.parametrize("reverse", [False, True])
def test_a_number_depends_on_those_before_it_and_on_the_context(reverse):
    made = bent(MADE(5, 16, context_size=2, reverse=reverse))
    x, context = tf.constant(normal(6, 5)), tf.constant(normal(6, 2, seed=1))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([x, context])
        y = made(x, context)
    seen = np.abs(tape.batch_jacobian(y, x)).max(axis=(0, 2)) > 0
    expected = np.tril(np.ones((5, 5), bool), -1)
    np.testing.assert_array_equal(seen, expected[::-1, ::-1] if reverse else expected)
    told = np.abs(tape.batch_jacobian(y, context)).max(axis=(0, 2))
    first = 4 if reverse else 0  # which sees no hidden unit at all
    assert np.all(np.delete(told, first, axis=0) > 0)


@pytest.mark.parametrize("name", ["iaf", "maf", "planar"])
def test_the_density_of_a_posterior_integrates_to_one(name):
    head = bent(registry.get(name, "head", event_shape=(2,), **SMALL[name]))
    params = tf.constant(0.5 * normal(1, head.params_size))
    points, area = plane_grid(9.0, 300)
    density = head.distribution(params).prob(points[:, None])
    assert float(tf.reduce_sum(density)) * area == pytest.approx(1, abs=5e-3)


@pytest.mark.parametrize("name", ["iaf", "maf", "planar"])
def test_a_sample_is_scored_as_any_other_point(name):
    head = bent(registry.get(name, "head", event_shape=(3,), **SMALL[name]))
    params = tf.constant(normal(2, head.params_size))
    q, twin = head.distribution(params), head.distribution(params)
    z = q.sample(4, seed=as_seed(1))  # of which what they were made of is remembered
    np.testing.assert_allclose(
        q.log_prob(z), twin.log_prob(tf.identity(z)), atol=1e-3, rtol=1e-4
    )


@pytest.mark.parametrize("name", ["real_nvp", "autoregressive", "iaf"])
def test_a_map_is_the_identity_at_first(name):
    z = tf.constant(normal(5, 4))
    if name == "iaf":
        head = registry.get(name, "head", event_shape=(4,))
        q = head.distribution(tf.zeros((1, head.params_size)))
        expected = tfd.MultivariateNormalDiag(
            scale_diag=tf.fill([4], np.float32(np.log(2)))
        )
    else:
        q = registry.get(name, "prior", latent_dim=4).distribution()
        expected = tfd.MultivariateNormalDiag(scale_diag=tf.ones(4))
    np.testing.assert_allclose(q.log_prob(z), expected.log_prob(z), atol=0.05)


# --- in a VAE -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("posterior", "prior"),
    [("iaf", "real_nvp"), ("planar", "autoregressive"), ("maf", "standard_normal")],
)
def test_a_vae_with_flows_learns_and_comes_back_bit_for_bit(posterior, prior, tmp_path):
    train, spec = kgm.data.load(
        "digits", "test", batch_size=32, num_examples=128, binarise="dynamic"
    )
    options = {"posterior": posterior, "prior": prior, "latent_dim": 3, "units": (16,)}
    model = kgm.zoo.build("vae", spec, preset=False, learning_rate=1e-2, **options)
    before = [v.numpy() for v in model.trainable_weights]
    loss = model.fit(train, epochs=5, verbose=0).history["loss"]
    assert loss[-1] < loss[0]
    for old, weight in zip(before, model.trainable_weights, strict=True):
        assert np.any(old != weight), weight.path
    model.save(tmp_path / "vae.keras")
    twin = keras.saving.load_model(tmp_path / "vae.keras")
    for ours, theirs in zip(model.variables, twin.variables, strict=True):
        np.testing.assert_array_equal(ours, theirs, err_msg=ours.path)
    x = next(iter(train))["x"]
    np.testing.assert_array_equal(model.sample(3, seed=1), twin.sample(3, seed=1))
    np.testing.assert_array_equal(model.encode(x), twin.encode(x))
    nats = model.log_likelihood(x, num_samples=20, seed=2)
    np.testing.assert_array_equal(nats, twin.log_likelihood(x, num_samples=20, seed=2))
    assert np.all(np.isfinite(nats))
    assert np.mean(nats) >= np.mean(model.elbo(x, num_samples=20, seed=3)) - 0.5


def test_free_bits_are_of_the_whole_where_dimensions_have_no_divergence():
    head = bent(registry.get("iaf", "head", event_shape=(3,), **SMALL["iaf"]))
    q = head.distribution(tf.constant(normal(5, head.params_size)))
    p = tfd.MultivariateNormalDiag(tf.zeros(3))
    z = q.sample(2, seed=as_seed(2))
    mean = float(np.mean(kl(q, p, z)))
    for share, expected in ((0.5, mean), (2.0, 2 * mean)):
        free = ELBO(free_bits=share * mean / 3)
        terms = free(tf.zeros((2, 5)), q, p, z, 0)
        np.testing.assert_allclose(terms["loss"], expected, rtol=1e-5)


def test_latents_that_no_flow_fits_are_refused():
    with pytest.raises(ValueError, match=r"`event_shape` must have one axis, \(d,\)"):
        registry.get("iaf", "head", event_shape=(2, 2))
    with pytest.raises(ValueError, match=r"`latent_dim` must be >= 2 for couplings"):
        registry.get("real_nvp", "prior", latent_dim=1)
    with pytest.raises(ValueError, match=r"`layers` must be >= 1. Received: layers=0"):
        registry.get("planar", "head", event_shape=(2,), layers=0)
