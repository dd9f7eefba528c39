"""Adversarial networks made of several: levels of a pyramid, domains of a pair."""

from __future__ import annotations

from dataclasses import replace

from keras_genmodels import objectives
from keras_genmodels.models import CoupledGAN, Critic, LaplacianGAN, views
from keras_genmodels.networks import convolutional, coupled, pyramid
from keras_genmodels.registry import register
from keras_genmodels.zoo.adversaries import (
    FILTERS,
    INITIAL,
    STILL_ADAM,
    compiled,
    compiling,
    perceptrons,
)


@register("lapgan", family="recipe")
@compiling
def lapgan(
    spec,
    levels=2,
    latent_dim=100,
    units=(256, 512),
    filters=(64, 64),
    critic_filters=(64, 128),
    seed=0,
    **players,
):
    """A small image from perceptrons, then convolutions that double and refine it.

    Each level has a generator of the difference from the doubled image, given that
    image and a plane of noise, and a critic of its own.

    Reference: Denton et al., "Deep Generative Image Models using a Laplacian Pyramid of
    Adversarial Networks", 2015; without classes, and Adam.
    """
    _check_images(spec, "lapgan")
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
    model = LaplacianGAN(spec, generator, critics, seed=seed)
    return compiled(model, **players)


@register("cogan", family="recipe")
@compiling
def cogan(
    spec,
    domain="edges",
    penalty=0.0,
    latent_dim=100,
    filters=FILTERS,
    seed=0,
    **players,
):
    """Two generators that share all but their last layer, of images and their edges.

    The critics share all but their first layer. `domain` is "edges" or "negative".
    `penalty` weighs R1, the slope of the critics at the data, and then Adam is that of
    `r1_gan`.

    Reference: Liu & Tuzel, "Coupled Generative Adversarial Networks", 2016; the
    networks of DCGAN, without batch normalisation in the critics.
    """
    _check_images(spec, "cogan")
    images = {"x": spec.x_shape, "other": spec.x_shape}
    style = {"activation": "relu", "normalisation": "batch", "name": "generator"}
    generator = convolutional.decoder(
        {"latent": (latent_dim,)}, images, filters[::-1], **style, **INITIAL
    )
    critic = Critic(
        coupled.critic(spec.x_shape, filters, **INITIAL),
        penalties=[objectives.R1(penalty)] if penalty else (),
        view=views.Named("pair"),
    )
    model = CoupledGAN(spec, generator, critic, domain=domain, seed=seed)
    return compiled(model, **(STILL_ADAM if penalty else {}), **players)


def _check_images(spec, recipe):
    if not spec.is_image:
        raise ValueError(
            f"`{recipe}` needs images, (height, width, channels). "
            f"Received: {spec.name!r} of shape {tuple(spec.x_shape)}."
        )
