"""Variational autoencoders with other objectives than the bound, a paper each."""

from __future__ import annotations

from collections.abc import Sequence

from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.distributions import Head
from keras_genmodels.models import VAE
from keras_genmodels.objectives import MMD, BetaTC, Capacity
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import IMAGES
from keras_genmodels.zoo.vae_networks import convolutional_vae, warm_up


@recipe("beta_tc_vae", kinds=IMAGES, learning_rate=1e-3)
def beta_tc_vae(
    spec: DatasetSpec,
    beta: float = 6.0,
    latent_dim: int = 10,
    filters: Sequence[int] = (32, 64),
    units: Sequence[int] = (256,),
    activation: str = "relu",
    likelihood: str | Head = "bernoulli",
    seed: int = 0,
) -> VAE:
    """Latents that depend on each other cost more, so that each says a thing alone.

    Args:
        spec: of the data set, of images.
        beta: weight of the total correlation of the latents, >= 1; 1 is the bound.
            Default 6.
        latent_dim: numbers of the latent, >= 1. Default 10.
        filters: channels of the encoder's convolutions, each >= 1; the decoder mirrors
            them. Default (32, 64).
        units: widths of the dense layers behind them, each >= 1, mirrored likewise.
            Default (256,).
        activation: of the hidden layers, a name that Keras knows. Default "relu".
        likelihood: head of x, by name, config or instance. Default "bernoulli".
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Chen, Li, Grosse, Duvenaud, "Isolating Sources of Disentanglement in
    VAEs", 2018; how it is estimated differs, see the objective "beta_tc".
    """
    sizes = latent_dim, filters, units, activation
    return convolutional_vae(spec, *sizes, likelihood, BetaTC(beta), seed)


@recipe("wae", kinds=IMAGES, learning_rate=1e-3)
def wae(
    spec: DatasetSpec,
    weight: float = 1000.0,
    beta: float = 0.0,
    latent_dim: int = 10,
    filters: Sequence[int] = (32, 64),
    units: Sequence[int] = (256,),
    activation: str = "relu",
    likelihood: str | Head = "bernoulli",
    seed: int = 0,
) -> VAE:
    """The Wasserstein autoencoder: all latents together are to be as the prior.

    Those of one example may be known exactly. With a `beta` between 0 and 1 it is the
    InfoVAE.

    Args:
        spec: of the data set, of images.
        weight: of the maximum mean discrepancy of latents and prior, in nats, >= 0.
            Default 1000.
        beta: of the KL divergence of each example, >= 0. Default 0.
        latent_dim: numbers of the latent, >= 1. Default 10.
        filters: channels of the encoder's convolutions, each >= 1; the decoder mirrors
            them. Default (32, 64).
        units: widths of the dense layers behind them, each >= 1, mirrored likewise.
            Default (256,).
        activation: of the hidden layers, a name that Keras knows. Default "relu".
        likelihood: head of x, by name, config or instance. Default "bernoulli".
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Tolstikhin, Bousquet, Gelly, Schoelkopf, "Wasserstein Auto-Encoders",
    2018, with a random encoder; with a `beta`: Zhao, Song, Ermon, "InfoVAE", 2019.
    """
    sizes = latent_dim, filters, units, activation
    return convolutional_vae(spec, *sizes, likelihood, MMD(weight, beta), seed)


@recipe("capacity_vae", kinds=IMAGES, learning_rate=1e-3)
def capacity_vae(
    spec: DatasetSpec,
    capacity: float = 25.0,
    capacity_steps: int = 20_000,
    gamma: float = 100.0,
    latent_dim: int = 10,
    filters: Sequence[int] = (32, 64),
    units: Sequence[int] = (256,),
    activation: str = "relu",
    likelihood: str | Head = "bernoulli",
    seed: int = 0,
) -> VAE:
    """The KL follows a number that grows: one factor after another is let in.

    Args:
        spec: of the data set, of images.
        capacity: nats, >= 0, that the latents carry in the end. Default 25.
        capacity_steps: steps, >= 0, over which they grow from 0; 0 for at once.
            Default 20000.
        gamma: weight of the KL's distance from them, >= 0. Default 100.
        latent_dim: numbers of the latent, >= 1. Default 10.
        filters: channels of the encoder's convolutions, each >= 1; the decoder mirrors
            them. Default (32, 64).
        units: widths of the dense layers behind them, each >= 1, mirrored likewise.
            Default (256,).
        activation: of the hidden layers, a name that Keras knows. Default "relu".
        likelihood: head of x, by name, config or instance. Default "bernoulli".
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Burgess et al., "Understanding disentangling in beta-VAE", 2018.
    """
    sizes = latent_dim, filters, units, activation
    objective = Capacity(warm_up(capacity, capacity_steps), gamma)
    return convolutional_vae(spec, *sizes, likelihood, objective, seed)
