"""Heads for pixels: binary, nearly binary, or one of 256 levels."""

import tensorflow as tf
import tensorflow_probability as tfp

from keras_genmodels.registry import register

from .heads import Head

tfd = tfp.distributions


@register("bernoulli", family="head")
class BernoulliHead(Head):
    """A coin for every element: the likelihood of binary pictures.

        log p(x) = sum_i x_i log sigmoid(params_i) + (1 - x_i) log sigmoid(-params_i)

    The network puts out one logit an element. The mean lies in [0, 1], samples are 0 or
    1 in float32. Grey values in [0, 1] are accepted and read as probabilities of 1 (a
    cross-entropy); only for binary x is this a log-likelihood.

    Args:
        event_shape: the shape of one example.

    Example:
        >>> p = BernoulliHead((4, 4, 1)).distribution(tf.zeros((2, 4, 4, 1)))
        >>> float(p.log_prob(tf.ones((2, 4, 4, 1)))[0])  # 16 log 0.5
        -11.090354919433594
    """

    @property
    def params_shape(self):
        return self.event_shape

    def _distribution(self, params, training):
        coins = tfd.Bernoulli(logits=params, dtype=tf.float32)
        return tfd.Independent(coins, len(self.event_shape))
