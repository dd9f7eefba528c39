"""Layers that Keras lacks, or has in a form that an adversarial game cannot use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import keras
import tensorflow as tf

from keras_genmodels.distributed_random import draw_rows
from keras_genmodels.networks.normalisation import (
    BatchNormalization,
    VirtualBatchNormalization,
)
from keras_genmodels.networks.weight_normalisation import (
    SpectralNormalization,
    WeightNormalization,
)
from keras_genmodels.registry import register, suggest

BATCH_STATISTICS = {"momentum": 0.9, "epsilon": 1e-5}  # of batch normalisation
_NORMALISATIONS = {
    "batch": lambda: BatchNormalization(**BATCH_STATISTICS),
    "layer": lambda: keras.layers.LayerNormalization(epsilon=1e-5),
    "virtual": VirtualBatchNormalization,
    "instance": lambda: keras.layers.GroupNormalization(groups=-1, epsilon=1e-5),
}


def block(
    hidden: keras.KerasTensor,
    layer: Callable[..., keras.layers.Layer],
    activation: str | None = None,
    normalisation: str | None = None,
    spectral: bool = False,
    weight_normalisation: Mapping[str, Any] | None = None,
    noise: float = 0.0,
    **arguments: Any,
) -> keras.KerasTensor:
    """Noise, a layer, what normalises it, and its activation, one after another.

    Args:
        hidden: what the layer is called with.
        layer: a class or function that makes the layer from `arguments`.
        activation: a Keras name, or `None`.
        normalisation: "batch", "layer", "instance" or "virtual" (see
            `normalisation.with_reference`), of the layer's output, which then has no
            bias; or `None`.
        spectral: whether the layer's kernel is divided by its spectral norm.
        weight_normalisation: arguments of `WeightNormalization`, which trains length
            and direction of a unit's weights apart; or `None`.
        noise: standard deviation, in [0, 1], of normal noise in training. Default 0.
        **arguments: of `layer`.

    Raises:
        ValueError: for an unknown normalisation.
    """
    if normalisation not in (None, *_NORMALISATIONS):
        raise ValueError(
            f"Unknown normalisation {normalisation!r}. "
            f"{suggest(normalisation, list(_NORMALISATIONS))}"
        )
    if noise:
        hidden = keras.layers.GaussianNoise(noise)(hidden)
    made = layer(use_bias=normalisation is None, **arguments)
    if weight_normalisation is not None:
        made = WeightNormalization(made, **weight_normalisation)
    hidden = (SpectralNormalization(made) if spectral else made)(hidden)
    if normalisation is not None:
        hidden = _NORMALISATIONS[normalisation]()(hidden)
    return keras.layers.Activation(activation)(hidden) if activation else hidden


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


@register("class_evidence", family="layer")
class ClassEvidence(keras.layers.Layer):
    """The score of a critic that tells classes: how much speaks for any of them.

        score = log sum_k exp(logit_k)

    That is the logit of "real" where one more class, of generated examples, has the
    logit 0: sigmoid(score) is the probability of the K real classes together.

    Shapes: (batch, classes) to (batch, 1), float32.

    Reference: Salimans et al., "Improved Techniques for Training GANs", 2016.

    Example:
        >>> ClassEvidence()(tf.zeros((1, 10))).numpy().round(2)
        array([[2.3]], dtype=float32)
    """

    def __init__(self, **kwargs):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)

    def call(self, inputs):
        return tf.reduce_logsumexp(tf.cast(inputs, tf.float32), axis=-1, keepdims=True)


@register("seeded_dropout", family="layer")
class SeededDropout(keras.layers.Layer):
    """Dropout whose mask is a function of a seed that the network is given.

    It is active outside of training, too: the noise of a translator, which has no
    latent, is its dropout, and the same seed gives the same picture.

    Args:
        rate: share of the numbers that are set to 0, in [0, 1); the others are divided
            by 1 - rate.
        place: of this layer among those of the network that share a seed; layers of
            different places draw different masks.
        **kwargs: `name` and `dtype`.

    Shapes: called with a tensor (batch, ...) and a seed, int32 (2,).

    Raises:
        ValueError: for a rate outside [0, 1).

    Reference: Isola et al., "Image-to-Image Translation with Conditional Adversarial
    Networks", 2017.

    Example:
        >>> layer = SeededDropout(0.5)
        >>> ones, seed = keras.ops.ones((1, 64)), keras.ops.array([0, 1], "int32")
        >>> once, again = layer(ones, seed), layer(ones, seed)
        >>> bool(keras.ops.all(once == again)), bool(keras.ops.any(once == 0))
        (True, True)
    """

    def __init__(self, rate, place=0, **kwargs):
        super().__init__(**kwargs)
        if not 0 <= rate < 1:
            raise ValueError(f"`rate` must be in [0, 1). Received: rate={rate}.")
        self.rate = rate
        self.place = place
        self.built = True

    def call(self, x, seed):
        own = tf.random.experimental.stateless_fold_in(seed, self.place)
        uniform = draw_rows(
            lambda shape: tf.random.stateless_uniform(shape, own),
            tf.unstack(tf.shape(x)),
        )
        kept = tf.cast(uniform >= self.rate, x.dtype)
        return x * kept / (1.0 - self.rate)

    def compute_output_spec(self, x, seed):
        return keras.KerasTensor(x.shape, dtype=self.compute_dtype)

    def get_config(self):
        return {**super().get_config(), "rate": self.rate, "place": self.place}
