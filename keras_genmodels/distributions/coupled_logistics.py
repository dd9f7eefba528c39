"""Pixels whose channels depend on each other: the likelihood of PixelCNN++."""

import tensorflow as tf
import tensorflow_probability as tfp

from keras_genmodels import checks
from keras_genmodels.registry import register

from .discrete import MIN_SCALE, DiscretisedLogistic
from .heads import Head, positive

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
        made = []
        for c, own in enumerate(of_channels):
            centre = loc[..., c]
            for j, before in enumerate(made):
                centre += weights[..., c, j] * (before - 0.5)
            made.append(DiscretisedLogistic(centre, scale[..., c]).sample(seed=own))
        return tf.stack(made, axis=-1)

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
        made = []
        for c in range(self.event_shape[-1]):
            centre = self.loc[..., c]
            for j, before in enumerate(made):
                centre += self.weights[..., c, j] * (before - 0.5)
            made.append(DiscretisedLogistic(centre, self.scale[..., c]).mean())
        pi = tf.nn.softmax(self.logits)[..., None]
        return tf.reduce_sum(pi * tf.stack(made, axis=-1), axis=-2)


@register("coupled_logistic_mixture", family="head")
class CoupledLogisticMixtureHead(Head):
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

    def __init__(self, event_shape, num_components=5, **kwargs):
        super().__init__(event_shape, **kwargs)
        self.num_components = checks.integer("num_components", num_components, least=1)

    @property
    def params_shape(self):
        *sites, channels = self.event_shape
        below = channels * (channels - 1) // 2
        return (*sites, self.num_components * (1 + 2 * channels + below))

    def _distribution(self, params, training):
        count, channels = self.num_components, self.event_shape[-1]
        sizes = [count, count * channels, count * channels, -1]
        logits, a, b, w = tf.split(params, sizes, axis=-1)
        leading = tf.shape(logits)  # (*batch, *sites, K)
        by_channel = tf.concat([leading, [channels]], axis=0)
        a, b = tf.reshape(a, by_channel), tf.reshape(b, by_channel)
        centres = (tf.range(count, dtype=tf.float32)[:, None] + 0.5) / count
        w = tf.tanh(tf.reshape(w, tf.concat([leading, [-1]], axis=0)))
        pixels = CoupledLogistics(
            logits,
            centres + a / 2,
            positive(b, 2 * MIN_SCALE) / 2,
            _below_diagonal(w, channels),
        )
        return tfd.Independent(pixels, len(self.event_shape) - 1)

    def point(self, distribution):
        return distribution.distribution.expected()

    def get_config(self):
        return {**super().get_config(), "num_components": self.num_components}


def _below_diagonal(numbers, size):
    """Matrices with these numbers below the diagonal, row by row, and 0 elsewhere."""
    zeros = tf.zeros_like(tf.reduce_sum(numbers, axis=-1, keepdims=True))
    rows, used = [], 0
    for c in range(size):
        row = [numbers[..., used : used + c], *[zeros] * (size - c)]
        rows.append(tf.concat(row, axis=-1))
        used += c
    return tf.stack(rows, axis=-2)
