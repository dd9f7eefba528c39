"""Weight normalisation, virtual batch normalisation, and noise before a layer."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_genmodels.networks import classifier, dense, layers
from keras_genmodels.networks.normalisation import (
    BatchNormalization,
    ReferenceBatch,
    VirtualBatchNormalization,
    with_reference,
)
from keras_genmodels.networks.weight_normalisation import WeightNormalization


def normal(shape, seed=0):
    return tf.random.stateless_normal(shape, (seed, 1))


# --- weight normalisation -------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "shape"),
    [
        (lambda: keras.layers.Dense(4), (3, 5)),
        (lambda: keras.layers.Conv2D(4, 3), (2, 6, 6, 2)),
    ],
)
def test_it_starts_as_the_layer_itself(make, shape):
    layer, x = WeightNormalization(make()), normal(shape)
    np.testing.assert_allclose(layer(x), layer.layer(x), atol=1e-5)


def test_only_the_scale_is_the_length():
    layer = WeightNormalization(keras.layers.Dense(2, use_bias=False))
    layer.build((None, 3))
    layer.layer.kernel.assign([[3.0, 0.0], [0.0, 2.0], [4.0, 0.0]])
    layer.g.assign([10.0, 0.5])
    expected = [[6.0, 0.0], [0.0, 0.5], [8.0, 0.0]]
    np.testing.assert_allclose(layer(tf.eye(3)), expected, rtol=1e-6)


def test_the_gradient_turns_the_direction_only():
    """Along v itself the slope is 0; that of the scale is w' times the direction."""
    layer = WeightNormalization(keras.layers.Dense(4))
    layer.build((None, 5))
    x, weights = normal((3, 5)), normal((3, 4), 2)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(weights * layer(x))
    v, g = layer.layer.kernel, layer.g
    slopes = tape.gradient(loss, [v.value, g.value, layer.layer.bias.value])
    along = tf.reduce_sum(slopes[0] * v.value, axis=0)
    np.testing.assert_allclose(along, np.zeros(4), atol=1e-4)
    straight = tf.reduce_sum(tf.matmul(x, weights, transpose_a=True) * v.value, axis=0)
    np.testing.assert_allclose(
        slopes[1], straight / tf.norm(v.value, axis=0), rtol=1e-4
    )
    np.testing.assert_allclose(slopes[2], tf.reduce_sum(weights, axis=0), rtol=1e-5)


def test_a_fixed_length_stays():
    layer = WeightNormalization(keras.layers.Dense(2), scale=3.0, train_scale=False)
    y = layer(tf.eye(4))
    np.testing.assert_allclose(tf.norm(y, axis=0), [3.0, 3.0], rtol=1e-5)
    assert [v.name for v in layer.trainable_variables] == ["kernel", "bias"]
    with pytest.raises(ValueError, match=r"`scale` must be > 0 or None.*scale=0"):
        WeightNormalization(keras.layers.Dense(2), scale=0)


def test_a_layer_without_kernel_is_refused():
    with pytest.raises(ValueError, match=r"`layer` must have a `kernel`.*ReLU"):
        WeightNormalization(keras.layers.ReLU()).build((1, 2))


# --- batch normalisation --------------------------------------------------------------


def pair(shape, **arguments):
    """Keras' layer and ours with the same weights, and what they are called with."""
    ours = BatchNormalization(momentum=0.9, **arguments)
    theirs = keras.layers.BatchNormalization(momentum=0.9, **arguments)
    ours.build(shape)
    theirs.build(shape)
    weights = [np.random.default_rng(0).uniform(0.5, 2, w.shape) for w in ours.weights]
    ours.set_weights(weights)
    theirs.set_weights(weights)
    return theirs, ours, 3 * normal(shape) + 1


@pytest.mark.parametrize("shape", [(6, 3), (4, 5, 5, 3), (2, 3, 4, 4, 3), (1, 3)])
@pytest.mark.parametrize(
    "arguments", [{}, {"scale": False}, {"center": False}, {"epsilon": 0.1}]
)
def test_one_operation_is_keras_batch_normalisation(shape, arguments):
    """Values, slopes of any order and the averages that it keeps for inference."""
    found = []
    theirs, ours, x = pair(shape, **arguments)
    for layer in (theirs, ours):
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = layer(x, training=True)
                loss = tf.reduce_sum(tf.sin(y))
            weights = [w.value for w in layer.trainable_variables]
            slopes = inner.gradient(loss, [x, *weights])
            steepness = tf.reduce_sum(slopes[0] ** 2)
        curve = outer.gradient(steepness, x)
        after = layer(x, training=False)
        found.append([y, *slopes, curve, after, *layer.non_trainable_variables])
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-3, atol=1e-4)


def test_batch_normalisation_in_bfloat16_and_what_keras_does_alone():
    theirs, ours, x = pair((8, 4, 4, 3), dtype="mixed_bfloat16")
    y = ours(x, training=True)
    assert y.dtype == tf.bfloat16
    np.testing.assert_allclose(
        tf.cast(y, tf.float32), tf.cast(theirs(x, training=True), tf.float32), atol=0.05
    )
    np.testing.assert_allclose(ours.moving_variance, theirs.moving_variance, rtol=1e-2)
    theirs, ours, x = pair((2, 3, 4), axis=1)
    np.testing.assert_allclose(ours(x, training=True), theirs(x, training=True))
    ours.trainable = theirs.trainable = False
    np.testing.assert_allclose(ours(x, training=True), theirs(x, training=True))


# --- virtual batch normalisation ------------------------------------------------------


def test_virtual_normalisation_by_hand():
    reference = np.array([[1.0], [3.0], [2.0]], "float32")  # mean 2, of squares 14 / 3
    x = np.array([[6.0]], "float32")
    layer = VirtualBatchNormalization(size=3, epsilon=1e-5)
    y = layer(np.concatenate([reference, x])).numpy()
    stddev = np.sqrt(14 / 3 - 4 + 1e-5)
    np.testing.assert_allclose(y[:3, 0], np.array([-1, 1, 0]) / stddev, atol=1e-4)
    mean, squares = (3 * 2 + 6) / 4, (14 + 36) / 4
    expected = (6 - mean) / np.sqrt(squares - mean**2)
    assert y[3, 0] == pytest.approx(expected, rel=1e-4)


def test_images_are_averaged_over_their_places():
    x = normal((5, 3, 2, 4)).numpy()
    layer = VirtualBatchNormalization(size=3)
    y = layer(x).numpy()
    reference, own = x[:3].reshape(-1, 4), x[3].reshape(-1, 4)
    mean = (3 * reference.mean(axis=0) + own.mean(axis=0)) / 4
    squares = (3 * (reference**2).mean(axis=0) + (own**2).mean(axis=0)) / 4
    expected = (x[3] - mean) / np.sqrt(squares - mean**2 + 1e-5)
    np.testing.assert_allclose(y[3], expected, atol=1e-4)


@pytest.fixture
def network():
    """A perceptron with two layers that refer to a batch."""
    sizes = {"latent": (3,)}, {"x": 4}
    return with_reference(
        dense.mlp(*sizes, (6, 5), "relu", "maker", normalisation="virtual")
    )


def test_examples_do_not_see_each_other_and_training_is_sampling(network):
    z = normal((4, 3))
    together = network({"latent": z})["x"]
    assert together.shape == (4, 4)
    for i in range(4):
        alone = network({"latent": z[i : i + 1]}, training=True)["x"]
        np.testing.assert_allclose(alone[0], together[i], atol=1e-5)


def test_the_reference_goes_through_the_same_weights(network):
    """What refers to a batch that is changed is another network."""
    z = normal((4, 3))
    before = network({"latent": z})["x"].numpy()
    found = [x for x in network.layers if isinstance(x, ReferenceBatch)]
    assert [tuple(x.reference.shape) for x in found] == [(64, 3)]
    assert network.trainable_variables
    assert all(v is not found[0].reference for v in network.trainable_variables)
    found[0].reference.assign(2.0 * found[0].reference + 1.0)
    assert np.any(np.abs(network({"latent": z})["x"] - before) > 1e-3)


def test_gradients_reach_every_weight(network):
    z, aim = normal((4, 3)), normal((4, 4), 3)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(aim * network({"latent": z})["x"])
    for slope in tape.gradient(loss, network.trainable_variables):
        assert np.all(np.isfinite(slope))
        assert np.any(slope != 0)


def test_the_reference_is_saved(network, tmp_path):
    z = {"latent": normal((4, 3))}
    network.save(tmp_path / "network.keras")
    twin = keras.saving.load_model(tmp_path / "network.keras")
    np.testing.assert_array_equal(network(z)["x"], twin(z)["x"])
    config = json.dumps(network.get_config())
    again = keras.Model.from_config(json.loads(config))
    assert json.dumps(again.get_config()) == config


def test_graph_and_xla_equal_eager(network):
    z = {"latent": normal((4, 3))}
    expected = network(z)["x"]
    for jit in (False, True):
        got = tf.function(lambda z: network(z)["x"], jit_compile=jit)(z)
        np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-5)


def test_what_cannot_be_a_reference_is_refused():
    with pytest.raises(ValueError, match=r"`size` must be >= 2. Received: size=1"):
        VirtualBatchNormalization(size=1)
    plain = dense.mlp({"latent": (3,)}, {"x": 4}, (5,), name="plain")
    with pytest.raises(
        ValueError, match=r"a batch of one size. .*'plain', with .*\[\]"
    ):
        with_reference(plain)


# --- a critic of classes --------------------------------------------------------------


def test_noise_is_there_in_training_alone():
    x = keras.Input((3,))
    hidden = layers.block(x, keras.layers.Dense, units=4, noise=0.5)
    model = keras.Model(x, hidden)
    ones = tf.ones((2, 3))
    np.testing.assert_array_equal(model(ones), model(ones))
    first, second = (model(ones, training=True) for _ in range(2))
    assert np.any(first != second)
    assert np.any(first[0] != first[1])


def test_class_evidence_is_the_logit_of_not_being_generated():
    logits = normal((5, 3), 4)
    score = layers.ClassEvidence()(logits)
    padded = tf.concat([logits, tf.zeros((5, 1))], axis=-1)  # one more class
    real = 1 - tf.nn.softmax(padded)[:, -1]
    np.testing.assert_allclose(tf.sigmoid(score)[:, 0], real, rtol=1e-5)


def test_a_critic_of_classes_survives_the_file(tmp_path):
    network = classifier.noisy_mlp(
        {"x": (4, 4, 1)},
        3,
        layers.ClassEvidence(name="score"),
        (6, 5),
    )
    x = {"x": normal((2, 4, 4, 1))}
    outputs = network(x)
    shapes = {name: tuple(value.shape) for name, value in outputs.items()}
    assert shapes == {"score": (2, 1), "classes": (2, 3), "features": (2, 5)}
    network.save(tmp_path / "network.keras")
    twin = keras.saving.load_model(tmp_path / "network.keras")
    for name, value in twin(x).items():
        np.testing.assert_array_equal(outputs[name], value)
