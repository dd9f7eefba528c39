"""Adversarial networks whose critic is kept smooth, a paper each.

They share the networks of DCGAN, as `gans` does, without batch normalisation in the
critic: what is bounded is its gradient at single examples.
"""

from __future__ import annotations

from collections.abc import Sequence

from keras_genmodels import objectives
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.models import GAN, Critic
from keras_genmodels.objectives import AdversarialObjective
from keras_genmodels.zoo.gan_networks import FILTERS, UNITS, clipped, networks
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import NO_CLIPS


@recipe("wgan", kinds=NO_CLIPS, optimizer="rmsprop", learning_rate=5e-5)
def wgan(
    spec: DatasetSpec,
    clip: float = 0.01,
    critic_steps: int = 5,
    latent_dim: int = 100,
    filters: Sequence[int] = FILTERS,
    units: Sequence[int] = UNITS,
    seed: int = 0,
) -> GAN:
    """The Wasserstein GAN: a critic of clipped weights, five steps ahead.

    Args:
        spec: of the data set.
        clip: the greatest absolute value of the critic's weights, > 0. Default 0.01.
        critic_steps: of the critic for each of the generator, >= 1. Default 5.
        latent_dim: numbers that the generator sees, >= 1. Default 100.
        filters: as for `dcgan`, for images. Default (64, 128, 256).
        units: as for `dcgan`, for other data. Default (128, 128, 128).
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Arjovsky, Chintala, Bottou, "Wasserstein Generative Adversarial
    Networks", 2017; no batch normalisation in the critic, whose scales no clipping
    would bound, and the five steps see the same real batch.
    """
    style = {"critic_normalisation": None, **clipped(clip)}
    generator, critic = networks(spec, latent_dim, filters, units, **style)
    critic = Critic(critic, "wasserstein")
    return GAN(spec, generator, critic, critic_steps=critic_steps, seed=seed)


@recipe("wgan_gp", kinds=NO_CLIPS, learning_rate=1e-4, beta_1=0.0, beta_2=0.9)
def wgan_gp(
    spec: DatasetSpec,
    penalty: float = 10.0,
    critic_steps: int = 5,
    latent_dim: int = 100,
    filters: Sequence[int] = FILTERS,
    units: Sequence[int] = UNITS,
    seed: int = 0,
) -> GAN:
    """The Wasserstein GAN whose critic is penalised for a gradient norm other than 1.

    Args:
        spec: of the data set.
        penalty: weight of the gradient penalty, >= 0. Default 10.
        critic_steps: of the critic for each of the generator, >= 1. Default 5.
        latent_dim: numbers that the generator sees, >= 1. Default 100.
        filters: as for `dcgan`, for images. Default (64, 128, 256).
        units: as for `dcgan`, for other data. Default (128, 128, 128).
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Gulrajani et al., "Improved Training of Wasserstein GANs", 2017; the
    networks of DCGAN without batch normalisation in the critic, and the five steps see
    the same real batch.
    """
    generator, critic = networks(
        spec, latent_dim, filters, units, critic_normalisation=None
    )
    critic = Critic(critic, "wasserstein", [objectives.GradientPenalty(penalty)])
    return GAN(spec, generator, critic, critic_steps=critic_steps, seed=seed)


@recipe("sn_gan", kinds=NO_CLIPS, learning_rate=2e-4, beta_1=0.5)
def sn_gan(
    spec: DatasetSpec,
    objective: str | AdversarialObjective = "hinge",
    latent_dim: int = 100,
    filters: Sequence[int] = FILTERS,
    units: Sequence[int] = UNITS,
    seed: int = 0,
) -> GAN:
    """DCGAN whose critic's gradient is bounded: each kernel is divided by its norm.

    Args:
        spec: of the data set.
        objective: the game, by name, config or instance. Default "hinge".
        latent_dim: numbers that the generator sees, >= 1. Default 100.
        filters: as for `dcgan`, for images. Default (64, 128, 256).
        units: as for `dcgan`, for other data. Default (128, 128, 128).
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Miyato et al., "Spectral Normalization for Generative Adversarial
    Networks", 2018; the critic of DCGAN without batch normalisation.
    """
    generator, critic = networks(
        spec, latent_dim, filters, units, critic_normalisation=None, spectral=True
    )
    return GAN(spec, generator, Critic(critic, objective), seed=seed)


@recipe("r1_gan", kinds=NO_CLIPS, learning_rate=2e-4, beta_1=0.0, beta_2=0.99)
def r1_gan(
    spec: DatasetSpec,
    objective: str | AdversarialObjective = "non_saturating",
    penalty: float = 1.0,
    latent_dim: int = 100,
    filters: Sequence[int] = FILTERS,
    units: Sequence[int] = UNITS,
    seed: int = 0,
) -> GAN:
    """DCGAN whose critic is penalised for any gradient at the data, and so converges.

    Args:
        spec: of the data set.
        objective: the game, by name, config or instance. Default "non_saturating".
        penalty: weight of R1, half the squared gradient norm, >= 0. Default 1.
        latent_dim: numbers that the generator sees, >= 1. Default 100.
        filters: as for `dcgan`, for images. Default (64, 128, 256).
        units: as for `dcgan`, for other data. Default (128, 128, 128).
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Mescheder, Geiger, Nowozin, "Which Training Methods for GANs do actually
    Converge?", 2018, where the weight is 10; the networks of DCGAN without batch
    normalisation in the critic in place of residual ones, and Adam in place of RMSProp.
    """
    generator, critic = networks(
        spec, latent_dim, filters, units, critic_normalisation=None
    )
    critic = Critic(critic, objective, [objectives.R1(penalty)])
    return GAN(spec, generator, critic, seed=seed)
