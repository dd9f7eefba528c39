"""Layers that Keras lacks, or has in a form that an adversarial game cannot use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from keras_genmodels.registry import register, suggest

_NORMALISATIONS = {
    "batch": lambda: keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5),
    "layer": lambda: keras.layers.LayerNormalization(epsilon=1e-5),
}


def block(
    hidden: keras.KerasTensor,
    layer: Callable[..., keras.layers.Layer],
    activation: str | None = None,
    normalisation: str | None = None,
    spectral: bool = False,
    **arguments: Any,
) -> keras.KerasTensor:
    """A layer, what normalises it, and its activation, one after another.

    Args:
        hidden: what the layer is called with.
        layer: a class or function that makes the layer from `arguments`.
        activation: a Keras name, or `None`.
        normalisation: "batch" or "layer", of the layer's output, which then has no
            bias; or `None`.
        spectral: whether the layer's kernel is divided by its spectral norm.
        **arguments: of `layer`.

    Raises:
        ValueError: for an unknown normalisation.
    """
    if normalisation not in (None, *_NORMALISATIONS):
        raise ValueError(
            f"Unknown normalisation {normalisation!r}. "
            f"{suggest(normalisation, list(_NORMALISATIONS))}"
        )
    made = layer(use_bias=normalisation is None, **arguments)
    hidden = (SpectralNormalization(made) if spectral else made)(hidden)
    if normalisation is not None:
        hidden = _NORMALISATIONS[normalisation]()(hidden)
    return keras.layers.Activation(activation)(hidden) if activation else hidden


@register("spectral_normalization", family="layer")
class SpectralNormalization(keras.layers.Wrapper):
    """A layer whose kernel is divided by its largest singular value.

        W' = W / sigma(W),    sigma(W) = u^T W v

    with u and v from power iteration, constants to the gradient, as in the paper; W
    itself is not, so that the gradient flows through sigma: what is trained is W, and
    what is used is W', in every call. `keras.layers.SpectralNormalization` overwrites
    W instead. Here a call in training moves u alone, a weight that is not trained;
    a model that must not move it, such as a GAN in the generator's step, discards that.

    Args:
        layer: with a `kernel` whose last axis is that of the outputs, such as `Dense`
            and `Conv2D`.
        power_iterations: a training call, an integer >= 1. Default 1.

    Raises:
        ValueError: for `power_iterations` below 1, or a layer without a `kernel`.

    Reference: Miyato et al., "Spectral Normalization for Generative Adversarial
    Networks", 2018.
    """

    def __init__(self, layer, power_iterations=1, **kwargs):
        super().__init__(layer, **kwargs)
        if power_iterations < 1:
            raise ValueError(
                "`power_iterations` must be >= 1. "
                f"Received: power_iterations={power_iterations}."
            )
        self.power_iterations = int(power_iterations)

    def build(self, input_shape=None):
        super().build(input_shape)  # builds the layer inside
        kernel = getattr(self.layer, "kernel", None)
        if kernel is None:
            raise ValueError(
                "`layer` must have a `kernel` to be normalised. "
                f"Received: layer={self.layer!r}."
            )
        self.u = self.add_weight(
            name="u",
            shape=(kernel.shape[-1],),
            initializer=keras.initializers.RandomNormal(stddev=1.0),
            trainable=False,
            dtype="float32",
            autocast=False,
            aggregation="mean",  # the same on every replica
        )

    def call(self, inputs, training=False):
        kernel = self.layer.kernel
        normalised = kernel / tf.cast(self._sigma(training), kernel.dtype)
        values = [normalised if w is kernel else w for w in self._inner_weights()]
        mapping = zip(self._inner_weights(), values, strict=True)
        with keras.StatelessScope(state_mapping=list(mapping)):
            return self.layer(inputs)

    def _inner_weights(self):
        return self.layer.trainable_variables

    def _sigma(self, training):
        """The largest singular value of the kernel, as the power iteration knows it."""
        w = tf.cast(self.layer.kernel, tf.float32)
        w = tf.reshape(w, (-1, w.shape[-1]))  # (inputs, outputs)
        fixed, u = tf.stop_gradient(w), tf.convert_to_tensor(self.u)
        v = tf.math.l2_normalize(tf.linalg.matvec(fixed, u))
        for _ in range(self.power_iterations if training else 0):
            u = tf.math.l2_normalize(tf.linalg.matvec(fixed, v, transpose_a=True))
            v = tf.math.l2_normalize(tf.linalg.matvec(fixed, u))
        if training:
            self.u.assign(u)
        u = tf.math.l2_normalize(u)
        return tf.tensordot(v, tf.linalg.matvec(w, u), 1)

    def get_config(self):
        return {**super().get_config(), "power_iterations": self.power_iterations}


@register("minibatch_discrimination", family="layer")
class MinibatchDiscrimination(keras.layers.Layer):
    """How near each example is to the others of its batch, appended to its features.

        o_b(x_i) = sum over j != i of exp(-|M_ib - M_jb|_1),    M_i = x_i T

    A critic that sees it knows a generator by examples that look alike.

    Args:
        num_kernels: B, numbers appended, >= 1. Default 50.
        kernel_dim: C, of the space of each, >= 1. Default 5.

    Shapes: (batch, features) to (batch, features + num_kernels); memory grows as
    batch**2 * num_kernels * kernel_dim. On several replicas a batch is the replica's.

    Raises:
        ValueError: for arguments below 1.

    Reference: Salimans et al., "Improved Techniques for Training GANs", 2016. The sum
    leaves out the example itself, a constant 1.
    """

    def __init__(self, num_kernels=50, kernel_dim=5, **kwargs):
        super().__init__(**kwargs)
        for name, value in {
            "num_kernels": num_kernels,
            "kernel_dim": kernel_dim,
        }.items():
            if value < 1:
                raise ValueError(f"`{name}` must be >= 1. Received: {name}={value}.")
        self.num_kernels = int(num_kernels)
        self.kernel_dim = int(kernel_dim)

    def build(self, input_shape):
        self.kernel = self.add_weight(
            name="kernel",
            shape=(input_shape[-1], self.num_kernels * self.kernel_dim),
            initializer="glorot_uniform",
        )

    def call(self, inputs):
        shape = (-1, self.num_kernels, self.kernel_dim)
        m = tf.reshape(tf.matmul(inputs, self.kernel), shape)  # (batch, B, C)
        distance = tf.reduce_sum(tf.abs(m[:, None] - m[None]), axis=-1)
        near = tf.reduce_sum(tf.exp(-distance), axis=1) - 1  # (batch, B)
        return tf.concat([inputs, near], axis=-1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], input_shape[-1] + self.num_kernels)

    def get_config(self):
        own = {"num_kernels": self.num_kernels, "kernel_dim": self.kernel_dim}
        return {**super().get_config(), **own}


@register("reconstruction_score", family="layer")
class ReconstructionScore(keras.layers.Layer):
    """The score of an autoencoding critic: minus the mean error of its reconstruction.

        score = -mean |x - sigmoid(logits)|**power

    Args:
        power: 1 or 2. Default 1.

    Shapes: `[x, logits]`, (batch, ...) each, to (batch, 1), float32, at most 0.

    Raises:
        ValueError: for another power.
    """

    def __init__(self, power=1, **kwargs):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        if power not in (1, 2):
            raise ValueError(f"`power` must be 1 or 2. Received: power={power}.")
        self.power = power

    def call(self, inputs):
        x, logits = inputs
        error = tf.abs(tf.cast(x, tf.float32) - tf.sigmoid(tf.cast(logits, tf.float32)))
        error = tf.reduce_mean(error**self.power, axis=list(range(1, error.shape.rank)))
        return -error[:, None]

    def compute_output_shape(self, input_shape):
        return (input_shape[0][0], 1)

    def get_config(self):
        return {**super().get_config(), "power": self.power}
