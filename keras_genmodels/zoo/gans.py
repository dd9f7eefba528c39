"""Generative adversarial networks, a paper each.

All but `gan` share the networks of DCGAN at the image's size, or perceptrons where the
data are no images, so that what differs between two recipes is what their papers
differ in. The learning rates, their decay and the moving average of the generator are
those of `adversaries.compiled`.
"""

from __future__ import annotations

import keras

from keras_genmodels import objectives
from keras_genmodels.models import GAN, Critic
from keras_genmodels.registry import register
from keras_genmodels.zoo.adversaries import (
    FILTERS,
    STILL_ADAM,
    UNITS,
    autoencoder,
    compiled,
    compiling,
    networks,
    perceptrons,
)
from keras_genmodels.zoo.arguments import handing_on


@register("gan", family="recipe")
@compiling
def gan(
    spec,
    objective="non_saturating",
    latent_dim=64,
    units=(256, 512),
    seed=0,
    **players,
):
    """The generative adversarial network, fully connected.

    Reference: Goodfellow et al., "Generative Adversarial Nets", 2014; rectifiers and
    leaky rectifiers here, Adam, and no dropout.
    """
    generator, critic = perceptrons(spec, latent_dim, units)
    model = GAN(spec, generator, Critic(critic, objective), seed=seed)
    return compiled(model, **players)


@register("dcgan", family="recipe")
@compiling
def dcgan(
    spec,
    objective="non_saturating",
    latent_dim=100,
    filters=FILTERS,
    units=UNITS,
    seed=0,
    **players,
):
    """Strided convolutions and batch normalisation, and what else the paper found.

    No pooling, no dense hidden layers, batch normalisation but in the generator's last
    and the critic's first layer, rectifiers below and leaky ones above, weights from
    N(0, 0.02), Adam with a momentum of 0.5.

    Reference: Radford, Metz, Chintala, "Unsupervised Representation Learning with Deep
    Convolutional Generative Adversarial Networks", 2016; a sigmoid where they end in
    tanh, which is the same up to a scale.
    """
    generator, critic = networks(spec, latent_dim, filters, units)
    model = GAN(spec, generator, Critic(critic, objective), seed=seed)
    return compiled(model, **players)


@register("lsgan", family="recipe")
@handing_on(dcgan, but=["objective"])
def lsgan(spec, **arguments):
    """DCGAN whose critic regresses scores on labels.

    Reference: Mao et al., "Least Squares Generative Adversarial Networks", 2017.
    """
    return dcgan(spec, objectives.LeastSquares(), **arguments)


@register("geometric_gan", family="recipe")
@handing_on(dcgan, but=["objective"])
def geometric_gan(spec, **arguments):
    """DCGAN whose critic is a support vector machine: the hinge loss.

    Reference: Lim & Ye, "Geometric GAN", 2017; Adam instead of RMSprop.
    """
    return dcgan(spec, objectives.Hinge(), **arguments)


@register("f_gan", family="recipe")
@handing_on(dcgan, but=["objective"])
def f_gan(
    spec,
    divergence="jensen_shannon",
    saturating=False,
    **arguments,
):
    """DCGAN that minimises any f-divergence: "kl", "pearson", "total_variation", ...

    Reference: Nowozin, Cseke, Tomioka, "f-GAN: Training Generative Neural Samplers
    using Variational Divergence Minimization", 2016.
    """
    return dcgan(spec, objectives.FDivergence(divergence, saturating), **arguments)


@register("bs_gan", family="recipe")
@handing_on(dcgan, but=["objective"])
def bs_gan(spec, **arguments):
    """DCGAN whose generator seeks the critic's decision boundary.

    Reference: Hjelm et al., "Boundary-Seeking Generative Adversarial Networks", 2018;
    for continuous data.
    """
    return dcgan(spec, objectives.BoundarySeeking(), **arguments)


@register("wgan", family="recipe")
@compiling
def wgan(
    spec,
    clip=0.01,
    critic_steps=5,
    latent_dim=100,
    filters=FILTERS,
    units=UNITS,
    learning_rate=5e-5,
    seed=0,
    **players,
):
    """The Wasserstein GAN: a critic of clipped weights, five steps ahead.

    Reference: Arjovsky, Chintala, Bottou, "Wasserstein Generative Adversarial
    Networks", 2017; no batch normalisation in the critic, whose scales no clipping
    would bound, and the five steps see the same real batch.
    """
    held = objectives.WeightClipping(clip)
    generator, critic = networks(
        spec,
        latent_dim,
        filters,
        units,
        critic_normalisation=None,
        kernel_constraint=held,
        bias_constraint=held,
    )
    critic = Critic(critic, "wasserstein")
    model = GAN(spec, generator, critic, critic_steps=critic_steps, seed=seed)
    rmsprop = keras.optimizers.RMSprop
    return compiled(model, learning_rate, optimizer=rmsprop, **players)


@register("wgan_gp", family="recipe")
@compiling
def wgan_gp(
    spec,
    penalty=10.0,
    critic_steps=5,
    latent_dim=100,
    filters=FILTERS,
    units=UNITS,
    learning_rate=1e-4,
    seed=0,
    **players,
):
    """The Wasserstein GAN whose critic pays for a slope other than 1.

    Reference: Gulrajani et al., "Improved Training of Wasserstein GANs", 2017; the
    networks of DCGAN without batch normalisation in the critic, and the five steps see
    the same real batch.
    """
    generator, critic = networks(
        spec, latent_dim, filters, units, critic_normalisation=None
    )
    critic = Critic(critic, "wasserstein", [objectives.GradientPenalty(penalty)])
    model = GAN(spec, generator, critic, critic_steps=critic_steps, seed=seed)
    return compiled(model, learning_rate, beta_1=0.0, beta_2=0.9, **players)


@register("sn_gan", family="recipe")
@compiling
def sn_gan(
    spec,
    objective="hinge",
    latent_dim=100,
    filters=FILTERS,
    units=UNITS,
    seed=0,
    **players,
):
    """DCGAN whose critic's slope is bounded: every kernel by its spectral norm.

    Reference: Miyato et al., "Spectral Normalization for Generative Adversarial
    Networks", 2018; the critic of DCGAN without batch normalisation.
    """
    generator, critic = networks(
        spec, latent_dim, filters, units, critic_normalisation=None, spectral=True
    )
    model = GAN(spec, generator, Critic(critic, objective), seed=seed)
    return compiled(model, **players)


@register("r1_gan", family="recipe")
@compiling
def r1_gan(
    spec,
    objective="non_saturating",
    penalty=1.0,
    latent_dim=100,
    filters=FILTERS,
    units=UNITS,
    seed=0,
    **players,
):
    """DCGAN whose critic pays for any slope at the data, so that the game converges.

    Reference: Mescheder, Geiger, Nowozin, "Which Training Methods for GANs do actually
    Converge?", 2018; the networks of DCGAN without batch normalisation in the critic.
    """
    generator, critic = networks(
        spec, latent_dim, filters, units, critic_normalisation=None
    )
    critic = Critic(critic, objective, [objectives.R1(penalty)])
    model = GAN(spec, generator, critic, seed=seed)
    return compiled(model, **STILL_ADAM, **players)


@register("ebgan", family="recipe")
@compiling
def ebgan(
    spec,
    margin=0.1,
    pulling_away=0.1,
    latent_dim=100,
    code_dim=32,
    filters=FILTERS,
    units=UNITS,
    seed=0,
    **players,
):
    """The critic is an autoencoder, and generated examples are to be rebuilt badly.

    Reference: Zhao, Mathieu, LeCun, "Energy-based Generative Adversarial Network",
    2017; the energy is the mean squared error of a number in [0, 1].
    """
    generator, _ = networks(spec, latent_dim, filters, units)
    critic = autoencoder(spec, code_dim, filters, units, power=2)
    model = GAN(
        spec,
        generator,
        Critic(critic, objectives.EnergyBased(margin)),
        terms=[objectives.PullingAway(pulling_away)],
        seed=seed,
    )
    return compiled(model, **players)


@register("began", family="recipe")
@compiling
def began(
    spec,
    diversity=0.5,
    rate=1e-3,
    power=1,
    normalisation=None,
    latent_dim=64,
    filters=FILTERS,
    units=UNITS,
    learning_rate=1e-4,
    seed=0,
    **players,
):
    """An autoencoder as critic, held in balance with the generator.

    Generator and decoder are the same network, and the latent is uniform on [-1, 1].
    `power`, 1 or 2, is that of the error: where most of a picture is black, so is the
    autoencoder of 1, and for good. There the generator needs `normalisation` "batch",
    too, which the paper does without, and a higher learning rate than the critic.

    Reference: Berthelot, Schumm, Metz, "BEGAN: Boundary Equilibrium Generative
    Adversarial Networks", 2017; strided convolutions where they up- and downsample.
    """
    generator, _ = networks(
        spec, latent_dim, filters, units, normalisation=normalisation
    )
    critic = autoencoder(spec, latent_dim, filters, units, power)
    game = objectives.BoundaryEquilibrium(diversity, rate)
    model = GAN(
        spec,
        generator,
        Critic(critic, game),
        prior="uniform",
        seed=seed,
    )
    return compiled(model, learning_rate, **players)
