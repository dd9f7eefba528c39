"""Adversarial networks that turn what a picture shows; a paper each."""

from __future__ import annotations

from collections.abc import Sequence

from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.models import Critic, RepresentationGAN
from keras_genmodels.networks import convolutional
from keras_genmodels.networks.turning import turner
from keras_genmodels.objectives import ClassTerm
from keras_genmodels.zoo.gan_networks import INITIAL
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import (
    IMAGES,
    needed_attributes,
    needed_condition,
    needed_tensors,
)


@recipe(
    "dr_gan",
    kinds=IMAGES,
    learning_rate=2e-4,
    generator_learning_rate=4e-4,
    beta_1=0.5,
)
def dr_gan(
    spec: DatasetSpec,
    poses: Sequence[str] = ("azimuth", "elevation"),
    class_weight: float = 1.0,
    latent_dim: int = 16,
    code_dim: int = 64,
    filters: Sequence[int] = (32, 64, 128),
    critic_filters: Sequence[int] = (64, 128, 256),
    seed: int = 0,
) -> RepresentationGAN:
    """A code says who or what is in a picture, whatever the side it is seen from.

    The generator brings a picture to a code and draws it as seen from a side that is
    asked for; the critic names side and identity of what it is shown, and learns what
    is real. So a code need not hold the side, and has to hold all else.

    Args:
        spec: of a data set with attributes whose batches have "source", the picture
            itself, as `source="same"` gives it.
        poses: names of the attributes that are asked for; the others are identity.
            Default ("azimuth", "elevation").
        class_weight: of the cross-entropy of all attributes, >= 0. Default 1.
        latent_dim: numbers of the noise, >= 1. Default 16.
        code_dim: numbers of the code, >= 1. Default 64.
        filters: channels of the encoder's convolutions, each >= 1; the decoder mirrors
            them. Default (32, 64, 128).
        critic_filters: channels of the critic's convolutions, each >= 1. Default (64,
            128, 256).
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for data without "source", or without these attributes.

    Reference: Tran, Yin, Liu, "Disentangled Representation Learning GAN for
    Pose-Invariant Face Recognition", 2017. Identity is what the other attributes say,
    there a person's number; the critic names the classes of generated pictures, too.
    """
    seen = {
        **needed_tensors(spec, "dr_gan", "source"),
        **needed_condition(spec, "dr_gan"),
        "latent": (latent_dim,),
    }
    asked = needed_attributes(spec, "dr_gan", *poses)
    x = {"x": spec.x_shape}
    columns = [(a.start, a.stop) for a in asked]
    generator = turner(seen, x, columns, code_dim, filters, **INITIAL)
    critic = convolutional.encoder(
        x,
        {"score": 1, "classes": spec.condition_size},
        critic_filters,
        activation="leaky_relu",
        name="critic",
        normalisation="batch",
        centre=True,
        **INITIAL,
    )
    attributes = [(a.start, a.stop) for a in spec.attributes]
    return RepresentationGAN(
        spec,
        generator,
        Critic(critic, "non_saturating"),
        terms=[ClassTerm(attributes, class_weight)],
        resampled=tuple(poses),
        seed=seed,
    )
