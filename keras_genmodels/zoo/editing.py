"""Adversarial networks that change one thing of a picture; a paper each."""

from __future__ import annotations

from collections.abc import Sequence

from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.models import Critic, EditingGAN
from keras_genmodels.objectives.terms.inversion import (
    AttributeEncoding,
    LatentDistance,
    SelfReconstruction,
)
from keras_genmodels.zoo.gan_networks import FILTERS, UNITS, encoder, networks
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import NO_CLIPS, needed_condition


@recipe("icgan", kinds=NO_CLIPS, learning_rate=2e-4, beta_1=0.5)
def icgan(
    spec: DatasetSpec,
    latent_weight: float = 1.0,
    attribute_weight: float = 1.0,
    latent_dim: int = 64,
    filters: Sequence[int] = FILTERS,
    units: Sequence[int] = UNITS,
    seed: int = 0,
) -> EditingGAN:
    """A conditional game, and an encoder that finds the latent and the attributes.

    An edited picture is drawn from the latent that the encoder finds, with other
    attributes than those that it reads.

    Args:
        spec: of the data set, which has attributes.
        latent_weight: of the squared distance of found latents, >= 0. Default 1.
        attribute_weight: of the cross-entropy of the attributes that the encoder reads,
            >= 0. Default 1.
        latent_dim: numbers that the generator sees beside the condition, >= 1. Default
            64.
        filters: as for `dcgan`, for images. Default (64, 128, 256).
        units: as for `dcgan`, for other data. Default (128, 128, 128).
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for a data set without attributes.

    Reference: Perarnau, van de Weijer, Raducanu, Alvarez, "Invertible Conditional GANs
    for Image Editing", 2016; one encoder with two heads, which learns beside the game.
    """
    condition = needed_condition(spec, "icgan")
    generator, critic = networks(
        spec, latent_dim, filters, units, condition, critic_sees=condition
    )
    outputs = {"latent": latent_dim, "classes": spec.condition_size}
    attributes = [(a.start, a.stop) for a in spec.attributes]
    return EditingGAN(
        spec,
        generator,
        encoder(spec, outputs, filters, units),
        Critic(critic, "non_saturating"),
        terms=[
            LatentDistance(latent_weight),
            AttributeEncoding(attributes, attribute_weight),
        ],
        seed=seed,
    )


@recipe("aegan", kinds=NO_CLIPS, learning_rate=2e-4, beta_1=0.5)
def aegan(
    spec: DatasetSpec,
    weight: float = 100.0,
    latent_dim: int = 64,
    filters: Sequence[int] = FILTERS,
    units: Sequence[int] = UNITS,
    seed: int = 0,
) -> EditingGAN:
    """An encoder before a generator that stands still: an autoencoder of its samples.

    Args:
        spec: of the data set.
        weight: of |G(z) - G(E(G(z)))|, the mean over the numbers of an example, >= 0.
            Default 100.
        latent_dim: numbers that the generator sees and the encoder finds, >= 1. Default
            64.
        filters: as for `dcgan`, for images. Default (64, 128, 256).
        units: as for `dcgan`, for other data. Default (128, 128, 128).
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Luo, Xu, Tang, Lv, "Learning Inverse Mapping by Autoencoder based
    Generative Adversarial Nets", 2017; the encoder learns beside the game.
    """
    generator, critic = networks(spec, latent_dim, filters, units)
    return EditingGAN(
        spec,
        generator,
        encoder(spec, {"latent": latent_dim}, filters, units),
        Critic(critic, "non_saturating"),
        terms=[SelfReconstruction(weight)],
        seed=seed,
    )
