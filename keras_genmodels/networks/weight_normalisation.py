"""Layers that normalise the weights of another layer, whatever it is called with."""

from __future__ import annotations

import keras
import tensorflow as tf

from keras_genmodels.registry import register


def _called(layer, kernel, inputs):
    """The outputs of a layer with another value for its kernel."""
    weights = layer.trainable_variables
    values = [kernel if w is layer.kernel else w for w in weights]
    mapping = list(zip(weights, values, strict=True))
    with keras.StatelessScope(state_mapping=mapping):
        return layer(inputs)


def _check_kernel(layer):
    if getattr(layer, "kernel", None) is None:
        raise ValueError(
            f"`layer` must have a `kernel` to be normalised. Received: layer={layer!r}."
        )


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
        _check_kernel(self.layer)
        self.u = self.add_weight(
            name="u",
            shape=(self.layer.kernel.shape[-1],),
            initializer=keras.initializers.RandomNormal(stddev=1.0),
            trainable=False,
            dtype="float32",
            autocast=False,
            aggregation="mean",  # the same on every replica
        )

    def call(self, inputs, training=False):
        kernel = self.layer.kernel
        normalised = kernel / tf.cast(self._sigma(training), kernel.dtype)
        return _called(self.layer, normalised, inputs)

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


@register("weight_normalization", family="layer")
class WeightNormalization(keras.layers.Wrapper):
    """A layer whose units have a length and a direction that are trained apart.

        w = g v / |v|

    with v the layer's kernel, |v| the norm of a unit's weights, and g a number a unit.
    It conditions the gradient without making examples of a batch depend on each other,
    as batch normalisation does. The longer v, the slower its direction turns.

    Args:
        layer: with a `kernel` whose last axis is that of the outputs, such as `Dense`
            and `Conv2D`.
        scale: what g starts at, > 0. Default: the norms of the initial kernel.
        train_scale: whether g is trained; if not, no unit's weights can grow. Default
            True.

    Raises:
        ValueError: for a layer without a `kernel`, or a scale that is not positive.

    Reference: Salimans & Kingma, "Weight Normalization: A Simple Reparameterization to
    Accelerate Training of Deep Neural Networks", 2016; no initialisation by data.
    """

    def __init__(self, layer, scale=None, train_scale=True, **kwargs):
        super().__init__(layer, **kwargs)
        if scale is not None and not scale > 0:
            raise ValueError(f"`scale` must be > 0 or None. Received: scale={scale}.")
        self.scale = scale
        self.train_scale = bool(train_scale)

    def build(self, input_shape=None):
        super().build(input_shape)  # builds the layer inside
        _check_kernel(self.layer)
        start = self._norms if self.scale is None else lambda: float(self.scale)
        self.g = self.add_weight(
            name="g",
            shape=(self.layer.kernel.shape[-1],),
            initializer=lambda shape, dtype: tf.ones(shape, dtype) * start(),
            trainable=self.train_scale,
        )

    def call(self, inputs):
        kernel = self.layer.kernel
        factor = tf.cast(self.g, tf.float32) / self._norms()
        return _called(self.layer, kernel * tf.cast(factor, kernel.dtype), inputs)

    def _norms(self):
        """|v| of every unit, (outputs,)."""
        v = tf.cast(self.layer.kernel, tf.float32)
        return tf.norm(tf.reshape(v, (-1, v.shape[-1])), axis=0)

    def get_config(self):
        own = {"scale": self.scale, "train_scale": self.train_scale}
        return {**super().get_config(), **own}
