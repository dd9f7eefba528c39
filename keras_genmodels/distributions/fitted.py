"""A prior for a model that has none: a normal fitted to the codes as they pass."""

import tensorflow as tf
import tensorflow_probability as tfp

from keras_genmodels import checks
from keras_genmodels.global_batch import batch_mean, device_sum
from keras_genmodels.registry import register

from .heads import weight
from .priors import Prior

tfd = tfp.distributions


@register("fitted_normal", family="prior")
class FittedNormalPrior(Prior):
    """A full-covariance normal that follows the codes of the training batches.

        mean   <- momentum * mean   + (1 - momentum) * batch mean of z
        second <- momentum * second + (1 - momentum) * batch mean of z z^T
        z ~ N(mean, second - mean mean^T)

    Both averages start at the first batch. No gradient passes through them.

    Args:
        latent_dim: the number of latents, an integer >= 1.
        momentum: share of the past, in [0, 1). Default 0.99.

    Raises:
        ValueError: if `momentum` is outside [0, 1).

    Example:
        >>> prior = FittedNormalPrior(2)
        >>> prior.update(tf.constant([[1.0, 0.0], [3.0, 0.0]]))
        >>> prior.distribution().mean().numpy().tolist()
        [2.0, 0.0]
    """

    def __init__(self, latent_dim, momentum=0.99, **kwargs):
        super().__init__(latent_dim, **kwargs)
        self.momentum = float(checks.share("momentum", momentum))
        self.mean = self._average("mean", (latent_dim,), "zeros")
        self.second = self._average("second_moment", (latent_dim,) * 2, "identity")
        self.begun = self._average("begun", (), "zeros")

    def _average(self, name, shape, initializer):
        kept = {"trainable": False, "aggregation": "mean"}
        return weight(self, name, shape, initializer, **kept)

    def update(self, z):
        """Move the averages towards a batch of codes, (batch, latent_dim)."""
        z = tf.stop_gradient(z)
        keep = self.momentum * self.begun
        rows = device_sum(tf.cast(tf.shape(z)[0], z.dtype))
        outer = device_sum(tf.matmul(z, z, transpose_a=True)) / rows
        self.mean.assign(keep * self.mean + (1 - keep) * batch_mean(z))
        self.second.assign(keep * self.second + (1 - keep) * outer)
        self.begun.assign(1.0)

    def distribution(self, condition=None, posterior=None):
        mean = tf.convert_to_tensor(self.mean)
        covariance = self.second - mean[:, None] * mean[None, :]
        jitter = 1e-4 * tf.eye(self.latent_dim) * (1 + tf.linalg.trace(covariance))
        scale = tf.linalg.cholesky(covariance + jitter)
        return tfd.MultivariateNormalTriL(mean, scale)

    def get_config(self):
        return {**super().get_config(), "momentum": self.momentum}
