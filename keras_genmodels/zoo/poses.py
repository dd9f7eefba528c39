"""Adversarial networks that turn what a picture shows; a paper each."""

from __future__ import annotations

from collections.abc import Sequence

from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.models import GAN, Critic, RepresentationGAN
from keras_genmodels.networks.frontal import frontal
from keras_genmodels.networks.turning import turner
from keras_genmodels.objectives import ClassTerm, Perceptual, Reconstruction, Smoothness
from keras_genmodels.objectives.terms.symmetry import Symmetry
from keras_genmodels.zoo.borrowing import borrow
from keras_genmodels.zoo.gan_networks import INITIAL, encoder
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
    outputs = {"score": 1, "classes": spec.condition_size}
    critic = encoder(spec, outputs, critic_filters, (), name="critic")
    attributes = [(a.start, a.stop) for a in spec.attributes]
    return RepresentationGAN(
        spec,
        generator,
        Critic(critic, "non_saturating"),
        terms=[ClassTerm(attributes, class_weight)],
        resampled=tuple(poses),
        seed=seed,
    )


@recipe("ff_gan", kinds=IMAGES, learning_rate=2e-4, beta_1=0.5)
def ff_gan(
    spec: DatasetSpec,
    start: str | None = None,
    reconstruction: float = 10.0,
    regression: float = 1.0,
    symmetry: float = 1.0,
    smoothness: float = 0.01,
    identity: float = 1.0,
    adversarial: float = 0.1,
    code_dim: int = 128,
    filters: Sequence[int] = (32, 64, 128),
    critic_filters: Sequence[int] = (32, 64, 128),
    seed: int = 0,
) -> GAN:
    """The front of a thing is drawn from any view of it, by what is measured of it.

    A part of the generator measures the shape and the direction of what it sees, and
    the front is drawn of these numbers and a code. It is to be the true one in its
    pixels, to a network that knows such things, and to a critic; its left half is to
    mirror its right half.

    Args:
        spec: of a data set whose batches have "source" and "coefficients", as
            `chair_views` has them with `frontal=True`.
        start: a run folder, or a `.keras` file, of a network of pictures like x: of
            `classifier`, say. Default None, which is refused unless `identity` is 0.
        reconstruction: weight of |x - G|, the mean, >= 0. Default 10.
        regression: weight of the squared error of what is measured, the mean, >= 0; at
            0 the numbers mean nothing. Default 1.
        symmetry: weight of |G - flip G|, the mean, >= 0. Default 1.
        smoothness: weight of the total variation, >= 0. Default 0.01.
        identity: weight of the squared difference of the borrowed network's features,
            the mean, >= 0. Default 1.
        adversarial: weight of the critic, >= 0. Default 0.1.
        code_dim: numbers of the code, >= 1. Default 128.
        filters: channels of the encoders' convolutions, each >= 1; the decoder mirrors
            them. Default (32, 64, 128).
        critic_filters: channels of the critic's convolutions, each >= 1. Default (32,
            64, 128).
        seed: of the initial weights. Default 0.

    Raises:
        ValueError: for data without these tensors, or no `start` where it is needed.

    Reference: Yin et al., "Towards Large-Pose Face Frontalization in the Wild", 2017,
    which measures faces by a morphable model; what is measured learns with all else
    here, and the network that knows identities stands still.
    """
    seen = needed_tensors(spec, "ff_gan", "source", "coefficients")
    (size,), x = seen.pop("coefficients"), {"x": spec.x_shape}
    terms = [
        Reconstruction(reconstruction),
        Reconstruction(regression, "coefficients", "coefficients", 2, "regression"),
        Symmetry(symmetry),
        Smoothness(smoothness),
    ]
    if identity:
        terms.append(Perceptual(borrow(start), identity, name="identity"))
    critic = encoder(spec, {"score": 1}, critic_filters, (), name="critic")
    return GAN(
        spec,
        frontal(seen, x, size, code_dim, filters, **INITIAL),
        Critic(critic, "non_saturating", weight=adversarial),
        terms=terms,
        seed=seed,
    )
