"""Generative adversarial networks that differ in their objective, a paper each.

All but `gan` share the networks of DCGAN at the image's size, or perceptrons where the
data are no images, so that what differs between two recipes is what their papers
differ in.
"""

from __future__ import annotations

from collections.abc import Sequence

from keras_genmodels import objectives
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.models import GAN, Critic
from keras_genmodels.objectives import AdversarialObjective
from keras_genmodels.zoo.gan_networks import FILTERS, UNITS, networks, perceptrons
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import NO_CLIPS


@recipe("gan", learning_rate=2e-4, beta_1=0.5)
def gan(
    spec: DatasetSpec,
    objective: str | AdversarialObjective = "non_saturating",
    latent_dim: int = 64,
    units: Sequence[int] = (256, 512),
    seed: int = 0,
) -> GAN:
    """The generative adversarial network, fully connected.

    Args:
        spec: of the data set.
        objective: the game, by name, config or instance: "non_saturating", "minimax",
            "least_squares", "hinge", ... Default "non_saturating".
        latent_dim: numbers that the generator sees, >= 1. Default 64.
        units: widths of the generator's hidden layers, each >= 1; the critic mirrors
            them. Default (256, 512).
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Goodfellow et al., "Generative Adversarial Nets", 2014; rectifiers and
    leaky rectifiers here, Adam, and no dropout.
    """
    generator, critic = perceptrons(spec, latent_dim, units)
    return GAN(spec, generator, Critic(critic, objective), seed=seed)


@recipe("dcgan", kinds=NO_CLIPS, learning_rate=2e-4, beta_1=0.5)
def dcgan(
    spec: DatasetSpec,
    objective: str | AdversarialObjective = "non_saturating",
    latent_dim: int = 100,
    filters: Sequence[int] = FILTERS,
    units: Sequence[int] = UNITS,
    seed: int = 0,
) -> GAN:
    """Strided convolutions and batch normalisation, and what else the paper found.

    No pooling, no dense hidden layers, batch normalisation but in the generator's last
    and the critic's first layer, rectifiers below and leaky ones above, weights from
    N(0, 0.02), Adam with a momentum of 0.5.

    Args:
        spec: of the data set.
        objective: the game, by name, config or instance: "non_saturating", "minimax",
            "least_squares", "hinge", ... Default "non_saturating".
        latent_dim: numbers that the generator sees, >= 1. Default 100.
        filters: channels of the critic's convolutions, each >= 1; the generator mirrors
            them. For images. Default (64, 128, 256).
        units: widths of the perceptrons, each >= 1, for data that are no images.
            Default (128, 128, 128).
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Radford, Metz, Chintala, "Unsupervised Representation Learning with Deep
    Convolutional Generative Adversarial Networks", 2016; normal latents in place of
    uniform ones, and a sigmoid where they end in tanh, which is the same up to a scale.
    """
    generator, critic = networks(spec, latent_dim, filters, units)
    return GAN(spec, generator, Critic(critic, objective), seed=seed)


@recipe("lsgan", kinds=NO_CLIPS, learning_rate=2e-4, beta_1=0.5)
def lsgan(
    spec: DatasetSpec,
    latent_dim: int = 100,
    filters: Sequence[int] = FILTERS,
    units: Sequence[int] = UNITS,
    seed: int = 0,
) -> GAN:
    """DCGAN whose critic regresses scores on labels.

    Args:
        spec: of the data set.
        latent_dim: numbers that the generator sees, >= 1. Default 100.
        filters: as for `dcgan`, for images. Default (64, 128, 256).
        units: as for `dcgan`, for other data. Default (128, 128, 128).
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Mao et al., "Least Squares Generative Adversarial Networks", 2017.
    """
    return dcgan(spec, objectives.LeastSquares(), latent_dim, filters, units, seed)


@recipe("geometric_gan", kinds=NO_CLIPS, learning_rate=2e-4, beta_1=0.5)
def geometric_gan(
    spec: DatasetSpec,
    latent_dim: int = 100,
    filters: Sequence[int] = FILTERS,
    units: Sequence[int] = UNITS,
    seed: int = 0,
) -> GAN:
    """DCGAN whose critic is a support vector machine: the hinge loss.

    Args:
        spec: of the data set.
        latent_dim: numbers that the generator sees, >= 1. Default 100.
        filters: as for `dcgan`, for images. Default (64, 128, 256).
        units: as for `dcgan`, for other data. Default (128, 128, 128).
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Lim & Ye, "Geometric GAN", 2017; Adam instead of RMSprop.
    """
    return dcgan(spec, objectives.Hinge(), latent_dim, filters, units, seed)


@recipe("f_gan", kinds=NO_CLIPS, learning_rate=2e-4, beta_1=0.5)
def f_gan(
    spec: DatasetSpec,
    divergence: str = "jensen_shannon",
    saturating: bool = False,
    latent_dim: int = 100,
    filters: Sequence[int] = FILTERS,
    units: Sequence[int] = UNITS,
    seed: int = 0,
) -> GAN:
    """DCGAN that minimises any f-divergence: "kl", "pearson", "total_variation", ...

    Args:
        spec: of the data set.
        divergence: "kl", "reverse_kl", "pearson", "squared_hellinger", "jensen_shannon"
            or "total_variation". Default "jensen_shannon".
        saturating: whether the generator minimises the bound itself. Default False,
            section 3.2 of the paper: a gradient also where the critic is sure.
        latent_dim: numbers that the generator sees, >= 1. Default 100.
        filters: as for `dcgan`, for images. Default (64, 128, 256).
        units: as for `dcgan`, for other data. Default (128, 128, 128).
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Nowozin, Cseke, Tomioka, "f-GAN: Training Generative Neural Samplers
    using Variational Divergence Minimization", 2016.
    """
    objective = objectives.FDivergence(divergence, saturating)
    return dcgan(spec, objective, latent_dim, filters, units, seed)


@recipe("b_gan", kinds=NO_CLIPS, learning_rate=2e-4, beta_1=0.5)
def b_gan(
    spec: DatasetSpec,
    divergence: str = "jensen_shannon",
    latent_dim: int = 100,
    filters: Sequence[int] = FILTERS,
    units: Sequence[int] = UNITS,
    seed: int = 0,
) -> GAN:
    """DCGAN whose critic estimates the density ratio of data and generator.

    The critic's step lowers a Bregman divergence of its estimate r from the true ratio,
    which is the critic's step of `f_gan`. The generator minimises the mean of f(r), an
    estimate of the f-divergence; `f_gan` minimises a bound on it. Where the critic is
    sure that an example is generated, r is near 0 and the generator's gradient, too: on
    pictures, with the networks of DCGAN, it falls behind for good.

    Args:
        spec: of the data set.
        divergence: "jensen_shannon", "squared_hellinger" or "reverse_kl", with which
            the game is that of a saturating `f_gan`; or "kl" or "pearson", whose
            generators leave the data's places again, and lose every mode of
            `gaussian_ring`. Default "jensen_shannon".
        latent_dim: numbers that the generator sees, >= 1. Default 100.
        filters: as for `dcgan`, for images. Default (64, 128, 256).
        units: as for `dcgan`, for other data. Default (128, 128, 128).
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Uehara, Sato, Suzuki, Nakayama, Matsuo, "Generative Adversarial Nets from
    a Density Ratio Estimation Perspective", 2016, without its relative ratios; of the
    functions f that belong to one divergence, those that fall with r, if there are any.
    """
    objective = objectives.FDivergence(divergence, generator="ratio")
    return dcgan(spec, objective, latent_dim, filters, units, seed)


@recipe("bs_gan", kinds=NO_CLIPS, learning_rate=2e-4, beta_1=0.5)
def bs_gan(
    spec: DatasetSpec,
    latent_dim: int = 100,
    filters: Sequence[int] = FILTERS,
    units: Sequence[int] = UNITS,
    seed: int = 0,
) -> GAN:
    """DCGAN whose generator seeks the critic's decision boundary.

    Args:
        spec: of the data set.
        latent_dim: numbers that the generator sees, >= 1. Default 100.
        filters: as for `dcgan`, for images. Default (64, 128, 256).
        units: as for `dcgan`, for other data. Default (128, 128, 128).
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Hjelm et al., "Boundary-Seeking Generative Adversarial Networks", 2018;
    for continuous data.
    """
    return dcgan(spec, objectives.BoundarySeeking(), latent_dim, filters, units, seed)
