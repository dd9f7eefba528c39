"""Adversarial networks made of several: levels of a pyramid, domains of a pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from keras_genmodels import objectives
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.models import CoupledGAN, Critic, LaplacianGAN, views
from keras_genmodels.networks import convolutional, coupled, pyramid
from keras_genmodels.zoo.gan_networks import FILTERS, INITIAL, perceptrons
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import IMAGES


@recipe("lapgan", kinds=IMAGES, learning_rate=2e-4, beta_1=0.5)
def lapgan(
    spec: DatasetSpec,
    levels: int = 2,
    latent_dim: int = 100,
    units: Sequence[int] = (256, 512),
    filters: Sequence[int] = (64, 64),
    critic_filters: Sequence[int] = (64, 128),
    seed: int = 0,
) -> LaplacianGAN:
    """A small image from perceptrons, then convolutions that double and refine it.

    Each level has a generator of the difference from the doubled image, given that
    image and a plane of noise, and a critic of its own.

    Args:
        spec: of the data set, of images.
        levels: of the pyramid, the small image among them, >= 2; the small image must
            keep sides of 4 or more. Default 2.
        latent_dim: numbers that the generator of the small image sees, >= 1. Default
            100.
        units: widths of its hidden layers, each >= 1; its critic mirrors them. Default
            (256, 512).
        filters: channels of each generator of a difference, each >= 1. Default
            (64, 64).
        critic_filters: channels of each critic's convolutions, each >= 1. Default
            (64, 128).
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for a data set of anything but images, or too many levels.

    Reference: Denton et al., "Deep Generative Image Models using a Laplacian Pyramid of
    Adversarial Networks", 2015; without classes, and Adam.
    """
    shapes = pyramid.shapes(spec.x_shape, levels)
    smallest = replace(spec, x_shape=shapes[-1])
    first, last_critic = perceptrons(smallest, latent_dim, units)
    generator = pyramid.generator(first, spec.x_shape, levels, filters)
    style = {"activation": "leaky_relu", "name": "critic", "centre": True, **INITIAL}
    networks = [
        convolutional.encoder({"x": shape}, {"score": 1}, critic_filters, **style)
        for shape in shapes[:-1]
    ]
    critics = [
        Critic(
            network,
            view=views.Named(f"level_{k}") if k else None,
            name=f"level_{k}",
        )
        for k, network in enumerate([*networks, last_critic])
    ]
    return LaplacianGAN(spec, generator, critics, seed=seed)


@recipe("cogan", kinds=IMAGES, learning_rate=2e-4, beta_1=0.5)
def cogan(
    spec: DatasetSpec,
    domain: str | None = None,
    penalty: float = 0.0,
    latent_dim: int = 100,
    filters: Sequence[int] = FILTERS,
    seed: int = 0,
) -> CoupledGAN:
    """Two generators that share all but their last layer, of images in two domains.

    The critics share all but their first layer. The second domain is "y" of the data,
    such as `y="contours"` or `domains` of `data.load`, whose pictures are not paired
    with x; of data without it, it is made of x itself. With a `penalty` Adam's momenta
    are best those of `r1_gan`, beta_1 0 and beta_2 0.99, as in the preset of "mnist".

    Args:
        spec: of the data set, of images.
        domain: of data without "y", what is made of x: "contours" or "negative".
            Default None: contours, where there is no "y".
        penalty: weight of R1, half the squared gradient norm of each domain's critic
            at its images, the mean over both domains as that of their losses, >= 0.
            Default 0: none.
        latent_dim: numbers that both generators see, >= 1. Default 100.
        filters: channels of the critics' convolutions, each >= 1; the generators mirror
            them. Default (64, 128, 256).
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for a data set of anything but images, another domain, or a "y" of
            another shape than x.

    Reference: Liu & Tuzel, "Coupled Generative Adversarial Networks", 2016; the
    networks of DCGAN, without batch normalisation in the critics.
    """
    images = {"x": spec.x_shape, "other": spec.x_shape}
    style = {"activation": "relu", "normalisation": "batch", "name": "generator"}
    generator = convolutional.decoder(
        {"latent": (latent_dim,)}, images, filters[::-1], **style, **INITIAL
    )
    critic = Critic(
        coupled.critic(spec.x_shape, filters, **INITIAL),
        # A pair's score is the mean of two: its squared gradient norm is half theirs.
        penalties=[objectives.R1(2 * penalty)] if penalty else (),
        view=views.Named("pair"),
    )
    return CoupledGAN(spec, generator, critic, domain=domain, seed=seed)
