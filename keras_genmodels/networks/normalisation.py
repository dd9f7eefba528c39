"""Layers that normalise activations: by their batch, or by one that never changes."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from keras_genmodels.networks.conditioning import named_inputs
from keras_genmodels.registry import register

REFERENCE = 64  # examples in the batch that virtual batch normalisation refers to


@register("batch_normalization", family="layer")
class BatchNormalization(keras.layers.BatchNormalization):
    """Keras' batch normalisation, in training as one operation instead of a dozen.

    Weights, arguments and values are those of `keras.layers.BatchNormalization`, up to
    rounding. The statistics are float32 whatever the dtype; the activations are not
    widened for them, which is what makes it fast in mixed precision.

    Args:
        **arguments: of `keras.layers.BatchNormalization`, which also does what the one
            operation cannot: masks, `renorm`, `synchronized` and another axis than the
            last.
    """

    def call(self, inputs, training=None, mask=None):
        last = self.axis in (-1, len(inputs.shape) - 1)
        plain = last and mask is None and not (self.renorm or self.synchronized)
        if not (plain and training and self.trainable):
            return super().call(inputs, training=training, mask=mask)
        size = inputs.shape[-1]
        rows = tf.reshape(tf.cast(inputs, self.compute_dtype), (-1, 1, 1, size))
        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=rows,
            scale=_float32(self.gamma) if self.scale else tf.ones(size),
            offset=_float32(self.beta) if self.center else tf.zeros(size),
            mean=tf.zeros(0),
            variance=tf.zeros(0),
            epsilon=self.epsilon,
            exponential_avg_factor=1.0,
            is_training=True,
        )
        count = tf.cast(tf.shape(rows)[0], tf.float32)
        variance *= (count - 1) / count  # the operation gives the unbiased one
        self._move(self.moving_mean, mean)
        self._move(self.moving_variance, variance)
        return tf.reshape(outputs, tf.shape(inputs))

    def _move(self, average, value):
        kept = _float32(average) * self.momentum
        average.assign(kept + value * (1 - self.momentum))


def _float32(weight):
    """The value of a weight, whatever the dtype a layer is called in."""
    return tf.cast(weight.value, tf.float32)


@register("virtual_batch_normalization", family="layer")
class VirtualBatchNormalization(keras.layers.Layer):
    """Every example is normalised by a reference batch and itself, by no other.

        y = gamma (x - mean) / sqrt(variance + epsilon) + beta
        mean = (n E reference + E x) / (n + 1),    likewise the mean of squares

    E is the mean over the places of an image and, for the reference, over its n
    examples. It makes the samples of a batch independent of each other, and training
    and sampling the same. The reference batch goes through the network before every
    batch: it is the first `size` rows of what the layer is called with, see
    `with_reference`.

    Args:
        size: n, an integer >= 2. Default 64.
        epsilon: > 0. Default 1e-5.

    Shapes: (size + batch, ..., channels) to the same.

    Raises:
        ValueError: for a `size` below 2.

    Reference: Salimans et al., "Improved Techniques for Training GANs", 2016.
    """

    def __init__(self, size=REFERENCE, epsilon=1e-5, **kwargs):
        super().__init__(**kwargs)
        if size < 2:
            raise ValueError(f"`size` must be >= 2. Received: size={size}.")
        self.size = int(size)
        self.epsilon = float(epsilon)

    def build(self, input_shape):
        channels = (input_shape[-1],)
        self.gamma = self.add_weight(name="gamma", shape=channels, initializer="ones")
        self.beta = self.add_weight(name="beta", shape=channels, initializer="zeros")

    def call(self, inputs):
        x = tf.cast(inputs, tf.float32)
        mean = self._mean(x)
        variance = tf.nn.relu(self._mean(tf.square(x)) - tf.square(mean))
        scale = tf.cast(self.gamma, tf.float32) * tf.math.rsqrt(variance + self.epsilon)
        y = scale * (x - mean) + tf.cast(self.beta, tf.float32)
        return tf.cast(y, inputs.dtype)

    def _mean(self, x):
        """The reference's mean, and for the rows after it a share of their own."""
        rank = x.shape.rank
        reference = tf.reduce_mean(x[: self.size], list(range(rank - 1)), keepdims=True)
        own = tf.reduce_mean(x[self.size :], list(range(1, rank - 1)), keepdims=True)
        mixed = reference + (own - reference) / (self.size + 1)
        first = tf.repeat(reference, self.size, axis=0)
        return tf.concat([first, mixed], axis=0)

    def get_config(self):
        own = {"size": self.size, "epsilon": self.epsilon}
        return {**super().get_config(), **own}


@register("reference_batch", family="layer")
class ReferenceBatch(keras.layers.Layer):
    """Puts a batch that never changes before every batch.

    It is a weight, `reference`, that is not trained and is saved with the network;
    drawn when the layer is built. For a network that looks at data, assign it some.

    Args:
        size: its examples, an integer >= 1. Default 64.
        initializer: of Keras, which draws as the prior of the latents does; by default
            from N(0, 1).

    Shapes: (batch, ...) to (size + batch, ...).
    """

    def __init__(self, size=REFERENCE, initializer=None, **kwargs):
        super().__init__(**kwargs)
        self.size = int(size)
        normal = keras.initializers.RandomNormal(stddev=1.0)
        self.initializer = keras.initializers.get(initializer or normal)

    def build(self, input_shape):
        self.reference = self.add_weight(
            name="reference",
            shape=(self.size, *input_shape[1:]),
            initializer=self.initializer,
            trainable=False,
            aggregation="mean",  # the same on every replica
        )

    def call(self, inputs):
        return tf.concat([tf.cast(self.reference, inputs.dtype), inputs], axis=0)

    def compute_output_shape(self, input_shape):
        return (None, *input_shape[1:])

    def get_config(self):
        initializer = keras.initializers.serialize(self.initializer)
        return {**super().get_config(), "size": self.size, "initializer": initializer}


def with_reference(network: keras.Model, initializer: Any = None) -> keras.Model:
    """A network with virtual batch normalisation, as one that takes batches alone.

    Args:
        network: made with `normalisation="virtual"`, with named inputs and outputs.
        initializer: of Keras, which draws the reference as `ReferenceBatch` does. Give
            one that draws as the latents' prior does.

    Returns:
        A functional model of the same name, inputs and outputs. It holds the reference
        batch, puts it before every batch and takes its outputs away.

    Raises:
        ValueError: if no layer refers to a batch, or two to some of different sizes.

    Example:
        >>> from keras_genmodels.networks import dense
        >>> sizes = {"latent": (3,)}, {"x": 4}
        >>> network = with_reference(dense.mlp(*sizes, normalisation="virtual"))
        >>> network({"latent": tf.zeros((5, 3))})["x"].shape
        TensorShape([5, 4])
    """
    layers = [x for x in network.layers if isinstance(x, VirtualBatchNormalization)]
    sizes = {layer.size for layer in layers}
    if len(sizes) != 1:
        raise ValueError(
            f"`network` must have layers that refer to a batch of one size. Received: "
            f"{network.name!r}, with sizes {sorted(sizes)}."
        )
    size = sizes.pop()
    tensors = named_inputs({k: v.shape[1:] for k, v in network.input.items()})
    joined = {
        key: ReferenceBatch(size, initializer)(tensor)
        for key, tensor in tensors.items()
    }
    outputs = {
        key: keras.layers.Identity(name=key)(value[size:,])
        for key, value in network(joined).items()
    }
    return keras.Model(tensors, outputs, name=network.name)
