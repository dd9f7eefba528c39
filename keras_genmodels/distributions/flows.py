"""Invertible maps of latents, by which a simple distribution becomes a richer one."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp

from keras_genmodels import checks
from keras_genmodels.registry import register

from .heads import about_one
from .perceptron import call_on_vectors

tfb = tfp.bijectors

_LEAST = 1e-3  # of a scale


@register("made", family="layer")
class MADE(keras.layers.Layer):
    """A perceptron whose output i depends on the inputs before i alone.

    Every hidden unit has a number m in 1 .. size - 1 and sees inputs, or units, of
    numbers up to m; output i sees units of numbers below i.

    Args:
        size: of the input, >= 1.
        units: width of each of the two hidden layers, >= 1. Default 128.
        context_size: of a vector that all outputs may depend on, >= 0. Default 0.
        reverse: whether the last input is the first in order. Default False.
        **kwargs: `name` and `dtype`.

    Shapes: (..., size), and a context (..., context_size), to (..., size, 2), two
    numbers for each input.

    Reference: Germain, Gregor, Murray, Larochelle, "MADE: Masked Autoencoder for
    Distribution Estimation", 2015.

    Example:
        >>> made = MADE(3, units=8)
        >>> x = tf.constant([[1.0, 2.0, 3.0], [1.0, 2.0, -3.0]])
        >>> bool(tf.reduce_all(made(x)[0] == made(x)[1]))  # nothing sees the last one
        True
    """

    def __init__(self, size, units=128, context_size=0, reverse=False, **kwargs):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        self.size = checks.integer("size", size, least=1)
        self.units = checks.integer("units", units, least=1)
        self.context_size = checks.integer("context_size", context_size, least=0)
        self.reverse = reverse
        order = np.arange(1, size + 1)[:: -1 if reverse else 1]
        hidden = 1 + np.arange(units) % max(1, size - 1)
        sees = [hidden[None] >= order[:, None], hidden[None] >= hidden[:, None]]
        last = order[None] > hidden[:, None]
        self._masks = [
            mask.astype("float32") for mask in (*sees, np.repeat(last, 2, axis=1))
        ]
        self._kernels = [
            self._weight(f"kernel_{i}", mask.shape, "glorot_uniform")
            for i, mask in enumerate(self._masks[:2])
        ]
        # Nothing at first, so that the map that is made of it is the identity.
        self._kernels += [self._weight("kernel_2", self._masks[2].shape, "zeros")]
        self._biases = [
            self._weight(f"bias_{i}", mask.shape[1:], "zeros")
            for i, mask in enumerate(self._masks)
        ]
        self._told = None
        if context_size:
            shape = (context_size, units)
            self._told = self._weight("kernel_context", shape, "glorot_uniform")
        self.built = True

    def _weight(self, name, shape, initializer):
        return self.add_weight(name=name, shape=shape, initializer=initializer)

    def call(self, x, context=None):
        parts = zip(self._kernels, self._masks, self._biases, strict=True)
        hidden = x
        for place, (kernel, mask, bias) in enumerate(parts):
            hidden = tf.tensordot(hidden, kernel * mask, 1) + bias
            if place == 0 and self._told is not None:
                hidden += tf.tensordot(context, self._told, 1)
            if place < 2:
                hidden = tf.nn.elu(hidden)
        shape = tf.concat([tf.shape(hidden)[:-1], [self.size, 2]], axis=0)
        return tf.reshape(hidden, shape)

    def get_config(self):
        own = {"size": self.size, "units": self.units, "reverse": self.reverse}
        return {**super().get_config(), **own, "context_size": self.context_size}


class _VectorBijector(tfb.Bijector):
    """The base of maps of vectors, of a batch that what they are made of may have."""

    def __init__(self, name, parameters):
        super().__init__(
            forward_min_event_ndims=1,
            inverse_min_event_ndims=1,
            dtype=tf.float32,
            parameters=parameters,
            name=name,
        )

    @classmethod
    def _parameter_properties(cls, dtype):
        return {}

    def _inverse_log_det_jacobian(self, y):
        return -self._forward_log_det_jacobian(self._inverse(y))


class InverseAutoregressive(_VectorBijector):
    """y_i = s_i(x_1, ..., x_(i-1)) x_i + m_i(x_1, ..., x_(i-1)), at once; back in turn.

    Args:
        made: the network of m and of the logits of s.
        context: float32 (*batch, made.context_size), or None.
    """

    def __init__(self, made, context=None, name="inverse_autoregressive"):
        parameters = dict(locals())
        self.made, self.context = made, context
        super().__init__(name, parameters)

    def _shift_and_scale(self, x):
        shift, raw = tf.unstack(self.made(x, self.context), axis=-1)
        return shift, about_one(raw, _LEAST)

    def _forward(self, x):
        shift, scale = self._shift_and_scale(x)
        return scale * x + shift

    def _inverse(self, y):
        def nearer(place, x):
            shift, scale = self._shift_and_scale(x)
            return place + 1, (y - shift) / scale

        # After k turns the first k numbers, in the network's order, are right.
        size = self.made.size
        start = (0, tf.zeros_like(y + self._shift_and_scale(y)[0]))
        _, x = tf.while_loop(
            lambda place, _: place < size, nearer, start, maximum_iterations=size
        )
        return x

    def _forward_log_det_jacobian(self, x):
        _, scale = self._shift_and_scale(x)
        return tf.reduce_sum(tf.math.log(scale), axis=-1)


class Planar(_VectorBijector):
    """y = x + u tanh(w x + b), which squeezes and stretches space at a plane.

    u is moved along w as far as it must, so that w u > -1 and the map is invertible.

    Args:
        u: float32 (*batch, size).
        w: likewise.
        b: (*batch,).

    Reference: Rezende & Mohamed, "Variational Inference with Normalizing Flows", 2015.
    """

    def __init__(self, u, w, b, name="planar"):
        parameters = dict(locals())
        along = tf.reduce_sum(u * w, axis=-1, keepdims=True)
        wanted = about_one(along, _LEAST) - 1
        square = tf.reduce_sum(w * w, axis=-1, keepdims=True) + 1e-12
        self.u, self.w, self.b = u + (wanted - along) * w / square, w, b
        self.along = tf.reduce_sum(self.u * w, axis=-1)  # > -1
        super().__init__(name, parameters)

    def _height(self, x):
        return tf.reduce_sum(self.w * x, axis=-1)

    def _forward(self, x):
        return x + self.u * tf.tanh(self._height(x) + self.b)[..., None]

    def _inverse(self, y):
        """Find the height a = w x first, of which a + w u tanh(a + b) = w y."""
        wanted = self._height(y)
        reach = tf.abs(self.along)

        def halve(low, high):
            middle = (low + high) / 2
            below = middle + self.along * tf.tanh(middle + self.b) < wanted
            return tf.where(below, middle, low), tf.where(below, high, middle)

        low, high = tf.while_loop(
            lambda *_: True,
            halve,
            (wanted - reach - 1e-3, wanted + reach + 1e-3),
            maximum_iterations=60,
        )
        # No gradient comes through halving; a step of Newton's has the right one.
        height = tf.stop_gradient((low + high) / 2)
        bend = tf.tanh(height + self.b)
        excess = height + self.along * bend - wanted
        height -= excess / (1 + self.along * (1 - bend**2))
        return y - self.u * tf.tanh(height + self.b)[..., None]

    def _forward_log_det_jacobian(self, x):
        slope = 1 - tf.tanh(self._height(x) + self.b) ** 2
        return tf.math.log1p(self.along * slope)


class Coupling(_VectorBijector):
    """Half of the numbers stay, and say how the others are scaled and shifted.

        y = x where mask is 1, elsewhere s(mask x) x + t(mask x)

    Args:
        network: from (..., size) to (..., 2 size), logits of s beside t.
        mask: float32 (size,) of 0 and 1.

    Reference: Dinh, Sohl-Dickstein, Bengio, "Density Estimation Using Real NVP", 2017.
    """

    def __init__(self, network, mask, name="coupling"):
        parameters = dict(locals())
        self.network, self.mask = network, tf.constant(mask, tf.float32)
        super().__init__(name, parameters)

    def _scale_and_shift(self, x):
        seen = x * self.mask
        told = call_on_vectors(self.network, seen)
        raw, shift = tf.split(told, 2, axis=-1)
        scale = about_one(raw, _LEAST)
        moved = 1 - self.mask
        return scale * moved + self.mask, shift * moved

    def _forward(self, x):
        scale, shift = self._scale_and_shift(x)
        return scale * x + shift

    def _inverse(self, y):
        scale, shift = self._scale_and_shift(y)  # of what stays, which y has, too
        return (y - shift) / scale

    def _forward_log_det_jacobian(self, x):
        return tf.reduce_sum(tf.math.log(self._scale_and_shift(x)[0]), axis=-1)


def halves(size: int, count: int) -> list[np.ndarray]:
    """Masks of every other number, and of the others, in turn."""
    return [(np.arange(size) + i) % 2 for i in range(count)]


def alternating(size: int, count: int, units: int, context_size: int = 0) -> list[MADE]:
    """Make networks of which each has the other order than the one before."""
    return [MADE(size, units, context_size, reverse=bool(i % 2)) for i in range(count)]


def transformed(normal, maps):
    """The distribution of what maps, the first one first, make of a normal."""
    return tfp.distributions.TransformedDistribution(normal, tfb.Chain(maps[::-1]))
