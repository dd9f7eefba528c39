"""What latents are drawn from: the prior of a VAE, the noise of a GAN."""

import keras
import tensorflow as tf
import tensorflow_probability as tfp

from keras_genmodels.registry import register

from .normal import independent_normal

tfd = tfp.distributions


class Prior(keras.layers.Layer):
    """A distribution over latents of shape `(latent_dim,)`.

    A sub-class says `distribution`, which builds a new distribution on every call,
    inside the gradient tape of the step that asks. All its weights exist from the
    start, in float32.

    Args:
        latent_dim: the number of latents, an integer >= 1.
        **kwargs: `name`, `dtype` and `trainable` of `keras.layers.Layer`.

    Raises:
        ValueError: if `latent_dim` is below 1.
    """

    def __init__(self, latent_dim, **kwargs):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        if latent_dim < 1:
            raise ValueError(
                f"`latent_dim` must be >= 1. Received: latent_dim={latent_dim}."
            )
        self.latent_dim = int(latent_dim)
        self.built = True

    def distribution(self, condition=None, posterior=None):
        """The prior as a `tfd.Distribution` with event shape `(latent_dim,)`.

        Args:
            condition: float32 `(batch, condition_size)`, for priors that look at it.
            posterior: a callable, x to `tfd.Distribution`, for priors made of it.
        """
        raise NotImplementedError

    def get_config(self):
        return {**super().get_config(), "latent_dim": self.latent_dim}


@register("standard_normal", family="prior")
class StandardNormalPrior(Prior):
    """Independent normals of mean 0 and variance 1: z ~ N(0, I).

    Args:
        latent_dim: the number of latents, an integer >= 1.

    Example:
        >>> z = StandardNormalPrior(2).distribution().sample(3, seed=(0, 1))
        >>> z.shape
        TensorShape([3, 2])
    """

    def distribution(self, condition=None, posterior=None):
        zeros = tf.zeros((self.latent_dim,))
        return independent_normal(zeros, tf.ones_like(zeros), zeros.shape)
