"""The head of the sigma-VAE: the noise of the pictures in closed form."""

import tensorflow as tf
import tensorflow_probability as tfp

from keras_genmodels import checks
from keras_genmodels.global_batch import batch_mean
from keras_genmodels.registry import register

from .heads import weight
from .normal import MIN_STDDEV, ActivatedHead, independent_normal

tfd = tfp.distributions


@register("optimal_normal", family="head")
class OptimalNormalHead(ActivatedHead):
    """A normal whose one variance is the best for the batch: no weight between terms.

    In training, `log_prob(x)` takes the variance that maximises it:

        sigma**2 = mean of (x - mean)**2 over batch, pixels and replicas
        log p(x) = sum over pixels of log N(x; mean, sigma**2)

    The gradient flows through sigma. With `training=False` sigma is the average over
    the past training batches, kept with the weights, so that an example's likelihood
    does not depend on its neighbours; before the first batch it is 1. `sample` and
    `stddev` use the kept one always.

    Args:
        event_shape: the shape of one example.
        momentum: share of the past in the average of sigma**2, in [0, 1). Default 0.99.
        activation: of the mean. Default "sigmoid", so that it lies in [0, 1].

    Raises:
        ValueError: if `momentum` is outside [0, 1).

    Example:
        >>> p = OptimalNormalHead((2,)).distribution(tf.zeros((1, 2)), training=True)
        >>> log_prob = p.log_prob([[0.6, 0.4]])  # sigma = 0.1: -log(2 pi 0.1**2) - 1
        >>> round(float(log_prob[0]), 4)
        1.7673

    Reference: Rybkin, Daniilidis and Levine, "Simple and Effective VAE Training with
    Calibrated Decoders", 2021. We keep an average for evaluation; they take the optimum
    of the test batch there, too.
    """

    def __init__(self, event_shape, momentum=0.99, activation="sigmoid", **kwargs):
        super().__init__(event_shape, activation, **kwargs)
        self.momentum = float(checks.share("momentum", momentum))
        kept = {"trainable": False, "aggregation": "mean"}
        self.moving_error = weight(self, "moving_error", (), "zeros", **kept)
        self.moving_count = weight(self, "moving_count", (), "zeros", **kept)

    @property
    def params_shape(self):
        return self.event_shape

    def _distribution(self, params, training):
        kept = self._normal(params, self._kept_stddev())
        return BatchOptimalNormal(kept, self._follow) if training else kept

    def _kept_stddev(self):
        count = tf.convert_to_tensor(self.moving_count)
        error = tf.convert_to_tensor(self.moving_error)
        variance = tf.where(count > 0, error / tf.maximum(count, 1e-12), 1.0)
        return tf.sqrt(tf.maximum(variance, MIN_STDDEV**2))

    def _follow(self, error):
        """Move the average towards the squared error of a training batch.

        Both numbers start at 0, so their ratio is an average of what was seen alone.
        """
        new = 1.0 - self.momentum
        self.moving_error.assign(self.momentum * self.moving_error + new * error)
        self.moving_count.assign(self.momentum * self.moving_count + new)

    def get_config(self):
        return {**super().get_config(), "momentum": self.momentum}


class BatchOptimalNormal(tfd.Distribution):
    """Normals side by side whose `log_prob` chooses their one variance by the values.

    Args:
        kept: the `Independent(Normal)` that says mean, samples and everything else.
        follow: called with the mean squared error, a scalar, at every `log_prob`.
    """

    def __init__(self, kept, follow, name="BatchOptimalNormal"):
        parameters = dict(locals())
        self._kept, self._follow = kept, follow
        super().__init__(
            dtype=kept.dtype,
            reparameterization_type=kept.reparameterization_type,
            validate_args=False,
            allow_nan_stats=True,
            parameters=parameters,
            name=name,
        )

    @classmethod
    def _parameter_properties(cls, dtype, num_classes=None):
        return {"kept": tfp.util.BatchedComponentProperties()}

    def _log_prob(self, x):
        loc = self._kept.distribution.loc
        error = batch_mean(tf.math.squared_difference(x, loc), axis=None)
        self._follow(tf.stop_gradient(error))
        stddev = tf.sqrt(tf.maximum(error, MIN_STDDEV**2))
        return independent_normal(loc, stddev, self.event_shape.rank).log_prob(x)

    def _sample_n(self, n, seed=None):
        return self._kept.sample(n, seed=seed)

    def _mean(self):
        return self._kept.mean()

    def _stddev(self):
        return self._kept.stddev()

    def _event_shape(self):
        return self._kept.event_shape

    def _event_shape_tensor(self):
        return self._kept.event_shape_tensor()
