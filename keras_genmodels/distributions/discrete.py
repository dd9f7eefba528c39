"""Heads for pixels: binary, nearly binary, or one of 256 levels."""

import tensorflow as tf
import tensorflow_probability as tfp

from keras_genmodels import checks
from keras_genmodels.registry import register

from .heads import Head, positive

tfd = tfp.distributions

LEVELS = 256
MIN_SCALE = 0.1 / (LEVELS - 1)  # a tenth of a level


@register("bernoulli", family="head")
class BernoulliHead(Head):
    """A coin for every element: the likelihood of binary pictures.

        log p(x) = sum_i x_i log sigmoid(a_i) + (1 - x_i) log sigmoid(-a_i)

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
        coins = Coin(logits=params, dtype=tf.float32)
        return tfd.Independent(coins, len(self.event_shape))


class Coin(tfd.Bernoulli):
    """A Bernoulli of finite logits: half the work of TFP's, which guards 0 * inf."""

    def _log_prob(self, x):
        return x * self.logits - tf.math.softplus(self.logits)


@register("categorical", family="head")
class CategoricalHead(Head):
    """One of several classes at every place: the likelihood of one-hots, such as codes.

        log p(x) = sum_i sum_k x_ik log softmax(a_i)_k

    The last axis of an example is that of the classes; the network puts out a logit for
    each. The mean is the classes' probabilities, samples are one-hots in float32.

    Args:
        event_shape: the shape of one example, its classes last.

    Example:
        >>> p = CategoricalHead((3, 4)).distribution(tf.zeros((1, 12)))
        >>> float(p.log_prob(tf.one_hot([[0, 3, 1]], 4))[0])  # 3 log 1/4
        -4.158883094787598
    """

    @property
    def params_shape(self):
        return self.event_shape

    def _distribution(self, params, training):
        classes = tfd.OneHotCategorical(logits=params, dtype=tf.float32)
        return tfd.Independent(classes, len(self.event_shape) - 1)


@register("continuous_bernoulli", family="head")
class ContinuousBernoulliHead(Head):
    """A density on [0, 1] for every element: the Bernoulli of grey values, normalised.

        log p(x) = sum_i x_i log sigmoid(a_i) + (1 - x_i) log sigmoid(-a_i) + log C(a_i)
        C(a) = a / tanh(a / 2), which tends to 2 at a = 0

    The network puts out one logit an element. Mean and samples lie in [0, 1]; the mean
    is not sigmoid(a).

    Args:
        event_shape: the shape of one example.

    Example:
        >>> p = ContinuousBernoulliHead((4,)).distribution(tf.zeros((1, 4)))
        >>> float(p.log_prob([[0.1, 0.2, 0.3, 1.0]])[0])  # a = 0 is uniform
        0.0

    Reference: Loaiza-Ganem and Cunningham, "The continuous Bernoulli: fixing a
    pervasive error in variational autoencoders", 2019.
    """

    @property
    def params_shape(self):
        return self.event_shape

    def _distribution(self, params, training):
        elements = tfd.ContinuousBernoulli(logits=params)
        return tfd.Independent(elements, len(self.event_shape))


class DiscretisedLogistic(tfd.Distribution):
    """A logistic rounded to the levels 0/255, 1/255, ..., 255/255.

    With F(y) = sigmoid((y - loc) / scale) and h half a level, the inner levels have

        p(x) = F(x + h) - F(x - h)

    and the edge levels take the tails: p(0) = F(h), p(1) = 1 - F(1 - h). The difference
    of sigmoids is computed as a product, exact however far x lies in a tail:

        sigmoid(u) - sigmoid(v) = sigmoid(u) sigmoid(-v) (1 - exp(v - u))

    `log_prob` reads x as the nearest level, in nats, no density. `mean` is the exact
    mean of the levels, a loop over the 255 thresholds in constant memory.

    Args:
        loc: the centre, any real number.
        scale: > 0, in the unit of x.
    """

    def __init__(self, loc, scale, name="DiscretisedLogistic"):
        parameters = dict(locals())
        self.loc, self.scale = loc, scale
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
        element = tfp.util.ParameterProperties
        return {"loc": element(), "scale": element()}

    def _event_shape(self):
        return tf.TensorShape([])

    def _event_shape_tensor(self):
        return tf.constant([], tf.int32)

    def _log_prob(self, x):
        level = _nearest_level(x)
        half = 0.5 / (LEVELS - 1)
        x = level / (LEVELS - 1)
        below_top = tf.math.log_sigmoid((x + half - self.loc) / self.scale)
        above_bottom = tf.math.log_sigmoid((self.loc - x + half) / self.scale)
        width = tf.math.log(-tf.math.expm1(-2 * half / self.scale))
        inner = below_top + above_bottom + width
        edge = tf.where(level == 0, below_top, above_bottom)
        return tf.where((level == 0) | (level == LEVELS - 1), edge, inner)

    def _sample_n(self, n, seed=None):
        y = tfd.Logistic(self.loc, self.scale).sample(n, seed=seed)
        return _nearest_level(y) / (LEVELS - 1)

    def _mean(self):
        """sum_k P(level > k) / 255, for k = 0, ..., 254."""

        def add(k, total):
            threshold = (k + 0.5) / (LEVELS - 1)
            return k + 1, total + tf.sigmoid((self.loc - threshold) / self.scale)

        start = (0.0, tf.zeros_like(self.loc + self.scale))
        _, total = tf.while_loop(
            lambda k, _: k < LEVELS - 1, add, start, maximum_iterations=LEVELS - 1
        )
        return total / (LEVELS - 1)


def _nearest_level(x):
    return tf.clip_by_value(tf.math.floor(x * (LEVELS - 1) + 0.5), 0, LEVELS - 1)


@register("discretised_logistic", family="head")
class DiscretisedLogisticHead(Head):
    """One of 256 levels in [0, 1] for every element, by a rounded logistic.

        y ~ Logistic(loc=0.5 + a / 2, scale=softplus(b) / 2 + 1 / 2550)
        x = the level in 0/255, ..., 255/255 that is nearest to y

    The network puts out `2 * prod(event_shape)` numbers: `(*event_shape, 2)` in
    row-major order, a and b of an element side by side. `log_prob` is that of a
    discrete distribution: `-log_prob / (D log 2)` are bits per dimension.

    Args:
        event_shape: the shape of one example.

    Example:
        >>> p = DiscretisedLogisticHead((1,)).distribution(tf.zeros((1, 2)))
        >>> levels = tf.reshape(tf.range(256.0) / 255, (256, 1, 1))
        >>> round(float(tf.reduce_sum(p.prob(levels))), 4)
        1.0

    Reference: Kingma et al., "Improved Variational Inference with Inverse
    Autoregressive Flow", 2016. Their scale is exp(.), and one for the whole picture.
    """

    @property
    def params_shape(self):
        return (*self.event_shape, 2)

    def _distribution(self, params, training):
        a, b = tf.unstack(params, axis=-1)  # (*batch, *event_shape)
        levels = DiscretisedLogistic(0.5 + a / 2, positive(b, 2 * MIN_SCALE) / 2)
        return tfd.Independent(levels, len(self.event_shape))


@register("logistic_mixture", family="head")
class LogisticMixtureHead(Head):
    """One of 256 levels in [0, 1], by a mixture of rounded logistics at every pixel.

        p(x) = product over pixels of sum_k pi_k product over channels of p_k(x)

    The channels of a pixel share the component k and are independent given it, so that
    they are correlated. Component k starts centred at (k + 0.5) / num_components. The
    network puts out K (1 + 2 C) numbers a pixel: K logits, then `(K, C)` centres, then
    `(K, C)` scales, each read as by "discretised_logistic".

    Args:
        event_shape: the shape of one example, the channels last.
        num_components: K >= 1. Default 5.

    Raises:
        ValueError: if `num_components` is below 1.

    Example:
        >>> head = LogisticMixtureHead((8, 8, 3), num_components=5)
        >>> head.map_shape
        (8, 8, 35)
        >>> head.distribution(tf.zeros((2, 8, 8, 35))).mean().shape
        TensorShape([2, 8, 8, 3])

    Reference: Salimans et al., "PixelCNN++", 2017. There a channel's centre depends
    linearly on the channels before it; here it does not, so that the mean is exact.
    """

    def __init__(self, event_shape, num_components=5, **kwargs):
        super().__init__(event_shape, **kwargs)
        self.num_components = checks.integer("num_components", num_components, least=1)

    @property
    def params_shape(self):
        *sites, channels = self.event_shape
        return (*sites, self.num_components * (1 + 2 * channels))

    def _distribution(self, params, training):
        logits, loc, scale, _ = self._components(params)
        levels = DiscretisedLogistic(loc, scale)
        pixels = tfd.MixtureSameFamily(
            tfd.Categorical(logits=logits), tfd.Independent(levels, 1)
        )
        return tfd.Independent(pixels, len(self.event_shape) - 1)

    def _components(self, params):
        """Logits (..., K), centres and scales (..., K, C), and what is left."""
        count, channels = self.num_components, self.event_shape[-1]
        sizes = [count, count * channels, count * channels, -1]
        logits, a, b, rest = tf.split(params, sizes, axis=-1)
        by_channel = tf.concat([tf.shape(logits), [channels]], axis=0)
        a, b = tf.reshape(a, by_channel), tf.reshape(b, by_channel)
        centres = (tf.range(count, dtype=tf.float32)[:, None] + 0.5) / count
        return logits, centres + a / 2, positive(b, 2 * MIN_SCALE) / 2, rest

    def get_config(self):
        return {**super().get_config(), "num_components": self.num_components}
