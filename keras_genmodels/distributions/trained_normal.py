"""Normals side by side that are trained: the approximate posterior of parameters."""

from __future__ import annotations

import math

import keras
import tensorflow as tf
import tensorflow_probability as tfp

from keras_genmodels.checks import integer, number
from keras_genmodels.distributions.heads import positive, weight
from keras_genmodels.distributions.normal import MIN_STDDEV, independent_normal
from keras_genmodels.distributions.priors import Prior
from keras_genmodels.registry import register

tfd = tfp.distributions


@register("trained_normal", family="prior")
class TrainedNormalPrior(Prior):
    """A mean and a standard deviation for every latent, all of them trained.

        z_i ~ N(loc_i, (softplus(raw_stddev_i) + 1e-5)**2)

    As the posterior of the parameters of a network it is the mean-field approximation.

    Args:
        latent_dim: the number of latents, an integer >= 1.
        spread: standard deviation of the first means, >= 0; they are normal about 0.
            Default 1.
        stddev: the first standard deviation, > 0. Default 1.
        seed: of the first means, an integer. Default 0.

    Raises:
        ValueError: for numbers out of their ranges.

    Example:
        >>> q = TrainedNormalPrior(2, spread=0.0, stddev=0.5).distribution()
        >>> q.mean().numpy().tolist(), q.stddev().numpy().round(3).tolist()
        ([0.0, 0.0], [0.5, 0.5])
    """

    def __init__(self, latent_dim, spread=1.0, stddev=1.0, seed=0, **kwargs):
        super().__init__(latent_dim, **kwargs)
        self.spread = number("spread", spread, least=0)
        self.stddev = number("stddev", stddev, above=MIN_STDDEV)
        self.seed = integer("seed", seed)
        first = keras.initializers.RandomNormal(stddev=self.spread, seed=self.seed)
        raw = math.log(math.expm1(self.stddev - MIN_STDDEV))
        raw = keras.initializers.Constant(raw)
        self.loc = weight(self, "loc", (self.latent_dim,), first)
        self.raw_stddev = weight(self, "raw_stddev", (self.latent_dim,), raw)

    def distribution(self, condition=None, posterior=None):
        stddev = positive(tf.convert_to_tensor(self.raw_stddev), MIN_STDDEV)
        return independent_normal(tf.convert_to_tensor(self.loc), stddev)

    def get_config(self):
        own = {"spread": self.spread, "stddev": self.stddev, "seed": self.seed}
        return {**super().get_config(), **own}


@register("trained_point", family="prior")
class TrainedPointPrior(Prior):
    """One point, which is trained: the posterior of a point estimate.

    Its divergence from another prior p is -log p(point), up to a constant that is
    infinite: to minimise it beside a cost of data is to seek the maximum a posteriori.

    Args:
        latent_dim: the number of latents, an integer >= 1.
        spread: standard deviation of the first numbers, >= 0; they are normal about 0.
            Default 1.
        seed: of these, an integer. Default 0.

    Raises:
        ValueError: for numbers out of their ranges.

    Example:
        >>> q = TrainedPointPrior(2, spread=0.0).distribution()
        >>> q.sample(3).numpy().tolist()
        [[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]
    """

    def __init__(self, latent_dim, spread=1.0, seed=0, **kwargs):
        super().__init__(latent_dim, **kwargs)
        self.spread = number("spread", spread, least=0)
        self.seed = integer("seed", seed)
        first = keras.initializers.RandomNormal(stddev=self.spread, seed=self.seed)
        self.loc = weight(self, "loc", (self.latent_dim,), first)

    def distribution(self, condition=None, posterior=None):
        return tfd.VectorDeterministic(tf.convert_to_tensor(self.loc))

    def get_config(self):
        own = {"spread": self.spread, "seed": self.seed}
        return {**super().get_config(), **own}
