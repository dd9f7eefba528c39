"""Priors that a flow bends, learned with the model."""

import tensorflow as tf
import tensorflow_probability as tfp

from keras_genmodels import checks
from keras_genmodels.registry import register

from .flows import (
    Coupling,
    InverseAutoregressive,
    alternating,
    halves,
    transformed,
)
from .normal import independent_normal
from .perceptron import Perceptron
from .priors import Prior

tfb = tfp.bijectors


class FlowPrior(Prior):
    """The base of the priors of flows; a subclass says which maps there are.

    Args:
        latent_dim: the number of latents, an integer >= 1.
        layers: maps one after another, >= 1.
        units: width of the two hidden layers of each network, >= 1. Default 128.
        **kwargs: as for `Prior`.

    Raises:
        ValueError: for a number below 1.
    """

    def __init__(self, latent_dim, layers, units=128, **kwargs):
        super().__init__(latent_dim, **kwargs)
        self.layers = checks.integer("layers", layers, least=1)
        self.units = checks.integer("units", units, least=1)

    def distribution(self, condition=None, posterior=None):
        zeros = tf.zeros((self.latent_dim,))
        normal = independent_normal(zeros, tf.ones_like(zeros))
        return transformed(normal, self.maps())

    def maps(self):
        """The maps from the normal to the latents, the first one first."""
        raise NotImplementedError

    def get_config(self):
        own = {"layers": self.layers, "units": self.units}
        return {**super().get_config(), **own}


@register("real_nvp", family="prior")
class RealNVPPrior(FlowPrior):
    """Couplings: every other latent stays, and says how the others are moved.

    Samples and density take one pass of each network.

    Args:
        latent_dim: the number of latents, an integer >= 2.
        layers: couplings, >= 1; two move all latents once. Default 4.
        units: width of the two hidden layers of each network, >= 1. Default 128.

    Raises:
        ValueError: for a single latent, which could not be split, or a number below 1.

    Reference: Dinh, Sohl-Dickstein, Bengio, "Density Estimation Using Real NVP", 2017.

    Example:
        >>> p = RealNVPPrior(4, layers=2, units=8).distribution()
        >>> p.log_prob(p.sample(3, seed=(0, 1))).shape
        TensorShape([3])
    """

    def __init__(self, latent_dim, layers=4, units=128, **kwargs):
        super().__init__(latent_dim, layers, units, **kwargs)
        if self.latent_dim < 2:
            raise ValueError(
                "`latent_dim` must be >= 2 for couplings. "
                f"Received: latent_dim={latent_dim}."
            )
        self.couplings = [
            Perceptron(self.latent_dim, 2 * self.latent_dim, self.units)
            for _ in range(self.layers)
        ]

    def maps(self):
        masks = halves(self.latent_dim, self.layers)
        return [Coupling(*pair) for pair in zip(self.couplings, masks, strict=True)]


@register("autoregressive", family="prior")
class AutoregressivePrior(FlowPrior):
    """A masked autoregressive flow: every latent depends on those before it.

    The density takes one pass of each network, a sample one for every latent.

    Args:
        latent_dim: the number of latents, an integer >= 1.
        layers: maps, each in the other order than the one before, >= 1. Default 2.
        units: width of the two hidden layers of each MADE, >= 1. Default 128.

    Raises:
        ValueError: for a number below 1.

    References: Papamakarios, Pavlakou, Murray, "Masked Autoregressive Flow for Density
    Estimation", 2017; as the prior of a VAE: Chen et al., "Variational Lossy
    Autoencoder", 2017.
    """

    def __init__(self, latent_dim, layers=2, units=128, **kwargs):
        super().__init__(latent_dim, layers, units, **kwargs)
        self.mades = alternating(self.latent_dim, self.layers, self.units)

    def maps(self):
        return [tfb.Invert(InverseAutoregressive(made)) for made in self.mades]
