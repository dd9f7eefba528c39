"""Pixels whose channels depend on each other: the likelihood of PixelCNN++."""

import tensorflow as tf
import tensorflow_probability as tfp

from keras_genmodels.registry import register

from .discrete import DiscretisedLogistic, LogisticMixtureHead

tfd = tfp.distributions


class CoupledLogistics(tfd.Distribution):
    """A mixture of rounded logistics whose centres heed the channels before.

        p(x) = sum_k pi_k product_c p(x_c | loc_kc + sum_(j < c) w_kcj (x_j - 1/2))

    Every factor is a `DiscretisedLogistic`, so that `log_prob` is that of a discrete
    distribution, in nats. It has no mean in closed form.

    Args:
        logits: of the components, (*batch, K).
        loc: (*batch, K, C).
        scale: > 0, (*batch, K, C).
        weights: (*batch, K, C, C), row c and column j, 0 but below the diagonal.
    """

    def __init__(self, logits, loc, scale, weights, name="CoupledLogistics"):
        parameters = dict(locals())
        self.logits, self.loc, self.scale = logits, loc, scale
        self.weights = weights
        super().__init__(
            dtype=loc.dtype,
            reparameterization_type=tfd.NOT_REPARAMETERIZED,
            validate_args=False,
            allow_nan_stats=True,
            parameters=parameters,
            name=name,
        )

    @classmethod
    def _parameter_properties(cls, dtype, num_classes=None):
        properties = tfp.util.ParameterProperties
        names = {"logits": 1, "loc": 2, "scale": 2, "weights": 3}
        return {name: properties(event_ndims=n) for name, n in names.items()}

    def _event_shape(self):
        return self.loc.shape[-1:]

    def _event_shape_tensor(self):
        return tf.shape(self.loc)[-1:]

    def _log_prob(self, x):
        loc = self.loc + tf.linalg.matvec(self.weights, x[..., None, :] - 0.5)
        channels = DiscretisedLogistic(loc, self.scale).log_prob(x[..., None, :])
        log_pi = tf.nn.log_softmax(self.logits)
        return tf.reduce_logsumexp(log_pi + tf.reduce_sum(channels, -1), axis=-1)

    def _sample_n(self, n, seed=None):
        of_component, *of_channels = tfp.random.split_seed(
            seed, n=1 + self.event_shape[-1]
        )
        chosen = tfd.OneHotCategorical(logits=self.logits, dtype=self.dtype).sample(
            n, seed=of_component
        )  # (n, *batch, K)
        loc, scale = (self._of(chosen, part) for part in (self.loc, self.scale))
        weights = self._of(chosen, self.weights)
        seeds = iter(of_channels)
        return _in_turn(loc, scale, weights, lambda p: p.sample(seed=next(seeds)))

    def _of(self, chosen, part):
        """The part of the chosen component, (n, *batch, ...)."""
        axis = tf.rank(chosen) - 1
        further = part.shape.rank - self.logits.shape.rank
        return tf.reduce_sum(chosen[(..., *[None] * further)] * part, axis)

    def expected(self):
        """The mean over components, each channel's given the means before it.

        Where a channel is near 0 or 1 its mean is no linear function of those before
        it, and this is no exact mean.
        """
        made = _in_turn(self.loc, self.scale, self.weights, lambda p: p.mean())
        return tf.reduce_sum(tf.nn.softmax(self.logits)[..., None] * made, axis=-2)


def _in_turn(loc, scale, weights, value):
    """The value of each channel's distribution, given those of the ones before it."""
    made = []
    for c in range(loc.shape[-1]):
        centre = loc[..., c]
        for j, before in enumerate(made):
            centre += weights[..., c, j] * (before - 0.5)
        made.append(value(DiscretisedLogistic(centre, scale[..., c])))
    return tf.stack(made, axis=-1)


@register("coupled_logistic_mixture", family="head")
class CoupledLogisticMixtureHead(LogisticMixtureHead):
    """One of 256 levels in [0, 1], by a mixture in which a channel heeds those before.

        p(x) = product over pixels of sum_k pi_k product_c p_k(x_c | x_1, ..., x_(c-1))

    The centre of channel c in component k is a linear function of the channels before
    it, with weights tanh(.). The network puts out K (1 + 2 C + C (C - 1) / 2) numbers a
    pixel: K logits, `(K, C)` centres and `(K, C)` scales, read as by
    "logistic_mixture", then the weights, `(K, C (C - 1) / 2)`, row by row below the
    diagonal.

    Args:
        event_shape: the shape of one example, the channels last.
        num_components: K >= 1. Default 5.

    Raises:
        ValueError: if `num_components` is below 1.

    Example:
        >>> CoupledLogisticMixtureHead((8, 8, 3), num_components=5).map_shape
        (8, 8, 50)

    Reference: Salimans et al., "PixelCNN++", 2017, with 10 components.
    """

    @property
    def params_shape(self):
        *sites, channels = self.event_shape
        below = channels * (channels - 1) // 2
        return (*sites, self.num_components * (1 + 2 * channels + below))

    def _distribution(self, params, training):
        logits, loc, scale, rest = self._components(params)
        channels = self.event_shape[-1]
        below = tf.concat([tf.shape(logits), [channels * (channels - 1) // 2]], axis=0)
        weights = _below_diagonal(tf.tanh(tf.reshape(rest, below)), channels)
        pixels = CoupledLogistics(logits, loc, scale, weights)
        return tfd.Independent(pixels, len(self.event_shape) - 1)

    def point(self, distribution):
        return distribution.distribution.expected()


def _below_diagonal(numbers, size):
    """Matrices with these numbers below the diagonal, row by row, and 0 elsewhere."""
    zeros = tf.zeros_like(tf.reduce_sum(numbers, axis=-1, keepdims=True))
    rows, used = [], 0
    for c in range(size):
        row = [numbers[..., used : used + c], *[zeros] * (size - c)]
        rows.append(tf.concat(row, axis=-1))
        used += c
    return tf.stack(rows, axis=-2)
