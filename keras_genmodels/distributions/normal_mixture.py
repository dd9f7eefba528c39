"""The head of a latent that may be in one of several places."""

import tensorflow as tf
import tensorflow_probability as tfp

from keras_genmodels import checks
from keras_genmodels.registry import register

from .heads import Head, positive, vector_size
from .normal import MIN_STDDEV, independent_normal

tfd = tfp.distributions


@register("normal_mixture", family="head")
class NormalMixtureHead(Head):
    """A mixture of diagonal normals, all of its numbers from the network.

        p(x) = sum_k pi_k N(x; mean_k, diag(softplus(s_k) + 1e-5)**2)

    What comes next may be one of several things, and their mean none of them: one
    normal would put its mass between. The network puts out K (1 + 2 d) numbers: K
    logits, then `(K, d)` means, then `(K, d)` scales, d the size of the event. Samples
    carry no gradient.

    Args:
        event_shape: `(d,)`, one axis.
        num_components: K >= 1. Default 8.

    Raises:
        ValueError: if `event_shape` has more than one axis or `num_components` is < 1.

    Example:
        >>> head = NormalMixtureHead((2,), num_components=3)
        >>> head.params_size
        15
        >>> head.distribution(tf.zeros((4, 15))).log_prob(tf.zeros((4, 2))).shape
        TensorShape([4])

    Reference: Bishop, "Mixture Density Networks", 1994.
    """

    def __init__(self, event_shape, num_components=8, **kwargs):
        super().__init__(event_shape, **kwargs)
        vector_size(self.event_shape, "a mixture of normals")
        self.num_components = checks.integer("num_components", num_components, least=1)

    @property
    def params_shape(self):
        return (self.num_components * (1 + 2 * self.event_shape[0]),)

    def _distribution(self, params, training):
        count, (d,) = self.num_components, self.event_shape
        logits, loc, scale = tf.split(params, [count, count * d, count * d], axis=-1)
        apart = tf.concat([tf.shape(logits), [d]], axis=0)  # (*batch, K, d)
        loc, scale = tf.reshape(loc, apart), tf.reshape(scale, apart)
        return tfd.MixtureSameFamily(
            tfd.Categorical(logits=logits),
            independent_normal(loc, positive(scale, MIN_STDDEV)),
        )

    def get_config(self):
        return {**super().get_config(), "num_components": self.num_components}
