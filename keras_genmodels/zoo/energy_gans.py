"""Adversarial networks whose critic is an autoencoder, a paper each."""

from __future__ import annotations

from collections.abc import Sequence

from keras_genmodels import objectives
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.models import GAN, Critic
from keras_genmodels.zoo.gan_networks import FILTERS, UNITS, autoencoder, networks
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import NO_CLIPS


@recipe("ebgan", kinds=NO_CLIPS, learning_rate=2e-4, beta_1=0.5)
def ebgan(
    spec: DatasetSpec,
    margin: float = 0.1,
    pulling_away: float = 0.1,
    latent_dim: int = 100,
    code_dim: int = 32,
    filters: Sequence[int] = FILTERS,
    units: Sequence[int] = UNITS,
    seed: int = 0,
) -> GAN:
    """The critic is an autoencoder, and generated examples are to be rebuilt badly.

    Args:
        spec: of the data set.
        margin: the energy from which on a generated example costs the critic nothing,
            >= 0. Default 0.1.
        pulling_away: weight of the term that holds the codes of generated examples
            apart, >= 0. Default 0.1.
        latent_dim: numbers that the generator sees, >= 1. Default 100.
        code_dim: numbers between the critic's encoder and its decoder, >= 1. Default
            32.
        filters: as for `dcgan`, for images. Default (64, 128, 256).
        units: as for `dcgan`, for other data. Default (128, 128, 128).
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Zhao, Mathieu, LeCun, "Energy-based Generative Adversarial Network",
    2017; the energy is the mean squared error of a number in [0, 1].
    """
    generator, _ = networks(spec, latent_dim, filters, units)
    critic = autoencoder(spec, code_dim, filters, units, power=2)
    return GAN(
        spec,
        generator,
        Critic(critic, objectives.EnergyBased(margin)),
        terms=[objectives.PullingAway(pulling_away)],
        seed=seed,
    )


@recipe("began", kinds=NO_CLIPS, learning_rate=1e-4, beta_1=0.5, decay_steps=0)
def began(
    spec: DatasetSpec,
    diversity: float = 0.5,
    rate: float = 1e-3,
    patience: int = 1000,
    power: int = 1,
    normalisation: str | None = None,
    latent_dim: int = 64,
    filters: Sequence[int] = FILTERS,
    units: Sequence[int] = UNITS,
    seed: int = 0,
) -> GAN:
    """An autoencoder as critic, held in balance with the generator.

    Generator and decoder are the same network of exponential linear units, and the
    latent is uniform on [-1, 1]. The learning rates are halved when the measure of
    convergence stalls; a decay of their own, `decay_steps`, needs a `patience` of 0.

    Where most of a picture is black, so is the autoencoder of `power` 1, and for good.
    There the generator needs `normalisation` "batch", too, which the paper does
    without, and a higher learning rate than the critic.

    Args:
        spec: of the data set.
        diversity: the energy of generated examples as a share of that of real ones, in
            (0, 1]. Default 0.5.
        rate: of the feedback that corrects the balance k, >= 0. Default 1e-3.
        patience: steps, >= 0, of which the measure's mean is to be below that of the
            best as many before; 0 never halves the rates. Default 1000.
        power: of the autoencoder's error, 1 or 2. Default 1.
        normalisation: of the generator: "batch", "layer" or None. Default None.
        latent_dim: numbers that the generator sees, and of the critic's code, >= 1.
            Default 64.
        filters: as for `dcgan`, for images. Default (64, 128, 256).
        units: as for `dcgan`, for other data. Default (128, 128, 128).
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Berthelot, Schumm, Metz, "BEGAN: Boundary Equilibrium Generative
    Adversarial Networks", 2017; strided convolutions where they up- and downsample.
    """
    generator, _ = networks(
        spec, latent_dim, filters, units, normalisation=normalisation, activation="elu"
    )
    critic = autoencoder(spec, latent_dim, filters, units, power, activation="elu")
    game = objectives.BoundaryEquilibrium(diversity, rate, patience)
    return GAN(spec, generator, Critic(critic, game), prior="uniform", seed=seed)
