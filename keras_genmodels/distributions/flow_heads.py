"""Posteriors that a flow bends: a normal, moved by maps that keep its volume known."""

import tensorflow as tf
import tensorflow_probability as tfp

from keras_genmodels import checks
from keras_genmodels.registry import register

from .flows import InverseAutoregressive, Planar, alternating, transformed
from .heads import Head, positive, vector_size
from .normal import MIN_STDDEV, independent_normal

tfb = tfp.bijectors


class FlowHead(Head):
    """The base of the heads of flows; a subclass says which maps there are.

        z = f_K(... f_1(e)),  e ~ N(a, (softplus(b) + 1e-5)**2)
        log q(z) = log N(e) - sum_k log |det f_k'|

    The density at samples of its own costs nothing more, for what they were made of is
    remembered. At other points the maps are inverted. It has no mean; `point` is the
    image of the normal's.

    Args:
        event_shape: `(d,)`, one axis.
        layers: maps one after another, >= 1.
        **kwargs: as for `Head`.

    Raises:
        ValueError: for an event of more axes, or `layers` below 1.
    """

    def __init__(self, event_shape, layers, **kwargs):
        super().__init__(event_shape, **kwargs)
        self.size = vector_size(self.event_shape, "a flow")
        self.layers = checks.integer("layers", layers, least=1)

    def _distribution(self, params, training):
        raw_loc, raw_stddev, rest = tf.split(params, [self.size, self.size, -1], -1)
        normal = independent_normal(raw_loc, positive(raw_stddev, MIN_STDDEV))
        return transformed(normal, self.maps(rest))

    def maps(self, rest):
        """The maps, the first one first, of the parameters that are left."""
        raise NotImplementedError

    def point(self, distribution):
        return distribution.bijector.forward(distribution.distribution.mean())

    def get_config(self):
        return {**super().get_config(), "layers": self.layers}


class _AutoregressiveHead(FlowHead):
    """The base of the two whose maps are MADEs, told a context by the encoder.

    Args:
        event_shape: `(d,)`.
        layers: maps, each in the other order than the one before, >= 1. Default 2.
        units: width of the two hidden layers of each, >= 1. Default 128.
        context_size: numbers that the encoder tells all maps, >= 0. Default 32.
        **kwargs: as for `Head`.
    """

    def __init__(self, event_shape, layers=2, units=128, context_size=32, **kwargs):
        super().__init__(event_shape, layers, **kwargs)
        self.units, self.context_size = units, context_size
        self.mades = alternating(self.size, self.layers, units, context_size)

    @property
    def params_shape(self):
        return (2 * self.size + self.context_size,)

    def maps(self, rest):
        context = rest if self.context_size else None
        return [InverseAutoregressive(made, context) for made in self.mades]

    def get_config(self):
        own = {"units": self.units, "context_size": self.context_size}
        return {**super().get_config(), **own}


@register("iaf", family="head")
class IAFHead(_AutoregressiveHead):
    """The inverse autoregressive flow: its samples take one pass of each network.

        z_i = s_i(e_1, ..., e_(i-1), h) e_i + m_i(e_1, ..., e_(i-1), h)

    s and m are those of a MADE, h is a context from the encoder, and the order is
    turned round from one map to the next.

    Args:
        event_shape: `(d,)`, one axis.
        layers: maps, >= 1. Default 2.
        units: width of the two hidden layers of each MADE, >= 1. Default 128.
        context_size: of h, >= 0. Default 32.

    Example:
        >>> q = IAFHead((3,), units=8, context_size=2).distribution(tf.zeros((4, 8)))
        >>> q.log_prob(q.sample(seed=(0, 1))).shape
        TensorShape([4])

    Reference: Kingma et al., "Improved Variational Inference with Inverse
    Autoregressive Flow", 2016. There s and m are of a map in which s is a gate.
    """


@register("maf", family="head")
class MAFHead(_AutoregressiveHead):
    """The masked autoregressive flow: its density takes one pass of each network.

        z_i = (e_i - m_i(z_1, ..., z_(i-1), h)) / s_i(z_1, ..., z_(i-1), h)

    A sample is made number by number, d passes of each network, so that it is the
    slower posterior of the two.

    Args:
        event_shape: `(d,)`, one axis.
        layers: maps, >= 1. Default 2.
        units: width of the two hidden layers of each MADE, >= 1. Default 128.
        context_size: of h, >= 0. Default 32.

    Reference: Papamakarios, Pavlakou, Murray, "Masked Autoregressive Flow for Density
    Estimation", 2017.
    """

    def maps(self, rest):
        return [tfb.Invert(one) for one in super().maps(rest)]


@register("planar", family="head")
class PlanarHead(FlowHead):
    """The planar flow, all of whose numbers come from the encoder.

        f(x) = x + u tanh(w x + b)

    Args:
        event_shape: `(d,)`, one axis.
        layers: maps, >= 1. Default 4.

    Reference: Rezende & Mohamed, "Variational Inference with Normalizing Flows", 2015.
    """

    def __init__(self, event_shape, layers=4, **kwargs):
        super().__init__(event_shape, layers, **kwargs)

    @property
    def params_shape(self):
        return (2 * self.size + self.layers * (2 * self.size + 1),)

    def maps(self, rest):
        maps = []
        for numbers in tf.split(rest, self.layers, axis=-1):
            u, w, b = tf.split(numbers, [self.size, self.size, 1], axis=-1)
            maps.append(Planar(u, w, b[..., 0]))
        return maps
