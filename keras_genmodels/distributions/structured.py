"""Latents with parts that mean something: the code of InfoGAN."""

import tensorflow as tf
import tensorflow_probability as tfp

from keras_genmodels.registry import register

from .normal import independent_normal
from .priors import Prior

tfd = tfp.distributions


@register("structured", family="prior")
class StructuredPrior(Prior):
    """One-hot codes, then uniform codes on [-1, 1], then normal noise, side by side.

    A critic that reads the codes from samples (`objectives.CodeTerm`) makes a generator
    keep them apart: a digit's class, its slant, its width.

    Args:
        latent_dim: the number of latents in all, at least that of the codes.
        categorical: the size of each one-hot, integers >= 2. Default `(10,)`.
        continuous: how many uniform codes, an integer >= 0. Default 2.

    Raises:
        ValueError: if `latent_dim` has no room for the codes, or a size is too small.

    Example:
        >>> prior = StructuredPrior(5, categorical=(2,), continuous=1)
        >>> z = prior.distribution().sample(100, seed=(0, 1)).numpy()
        >>> z.shape, sorted(set(z[:, :2].sum(axis=1)))
        ((100, 5), [np.float32(1.0)])

    Reference: Chen et al., "InfoGAN: Interpretable Representation Learning by
    Information Maximizing Generative Adversarial Nets", 2016.
    """

    def __init__(self, latent_dim, categorical=(10,), continuous=2, **kwargs):
        super().__init__(latent_dim, **kwargs)
        self.categorical = tuple(int(n) for n in categorical)
        self.continuous = int(continuous)
        if min(self.categorical, default=2) < 2 or self.continuous < 0:
            raise ValueError(
                "`categorical` must hold integers >= 2, and `continuous` must be >= 0. "
                f"Received: {self.categorical} and {self.continuous}."
            )
        codes = sum(self.categorical) + self.continuous
        if self.latent_dim < codes:
            raise ValueError(
                f"`latent_dim` must be >= {codes}, the size of the codes. "
                f"Received: latent_dim={self.latent_dim}."
            )

    def distribution(self, condition=None, posterior=None):
        parts = [
            tfd.OneHotCategorical(logits=tf.zeros((size,)), dtype=tf.float32)
            for size in self.categorical
        ]
        ones = tf.ones((self.continuous,))
        if self.continuous:
            parts.append(tfd.Independent(tfd.Uniform(-ones, ones), 1))
        noise = self.latent_dim - sum(self.categorical) - self.continuous
        if noise:
            parts.append(independent_normal(tf.zeros((noise,)), tf.ones((noise,))))
        return tfd.Blockwise(parts)

    def get_config(self):
        own = {"categorical": list(self.categorical), "continuous": self.continuous}
        return {**super().get_config(), **own}
