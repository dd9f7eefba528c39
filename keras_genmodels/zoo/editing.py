"""Adversarial networks that change one thing of a picture; a paper each."""

from __future__ import annotations

from collections.abc import Sequence

from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.distributions import NormalHead
from keras_genmodels.models import (
    Critic,
    EditingGAN,
    IdentityGAN,
    IntrospectiveGAN,
    Rebuilt,
)
from keras_genmodels.networks import dense
from keras_genmodels.objectives import KLTerm, Reconstruction, Similarity
from keras_genmodels.objectives.terms.inversion import (
    AttributeEncoding,
    LatentDistance,
    SelfReconstruction,
)
from keras_genmodels.zoo.borrowing import borrow
from keras_genmodels.zoo.gan_networks import FILTERS, UNITS, encoder, networks
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import IMAGES, NO_CLIPS, needed_condition


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
    return EditingGAN(
        spec,
        generator,
        encoder(spec, outputs, filters, units),
        Critic(critic, "non_saturating"),
        terms=_inversion(spec, latent_weight, attribute_weight),
        seed=seed,
    )


@recipe("age_cgan", kinds=IMAGES, learning_rate=2e-4, beta_1=0.5)
def age_cgan(
    spec: DatasetSpec,
    start: str | None = None,
    search_steps: int = 50,
    latent_weight: float = 1.0,
    attribute_weight: float = 1.0,
    latent_dim: int = 64,
    filters: Sequence[int] = FILTERS,
    seed: int = 0,
) -> IdentityGAN:
    """An `icgan` whose edits begin with a search for the person in the picture.

    What the encoder finds need not be the same person. A network that knows people, and
    had no part in the training, guides a search from there; then another age is asked
    for, or another class of any attribute.

    Args:
        spec: of the data set, which has attributes.
        start: a run folder, or a `.keras` file, of a network of pictures like x: of
            `classifier`, say. Default None, which is refused.
        search_steps: of the search at each edit, >= 0. Default 50.
        latent_weight: as for `icgan`. Default 1.
        attribute_weight: as for `icgan`. Default 1.
        latent_dim: as for `icgan`. Default 64.
        filters: as for `dcgan`. Default (64, 128, 256).
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for a data set without attributes, or no `start` with the features
            of such pictures.

    Reference: Antipov, Baccouche, Dugelay, "Face Aging with Conditional Generative
    Adversarial Networks", 2017; the encoder learns beside the game.
    """
    condition = needed_condition(spec, "age_cgan")
    known = borrow(start)
    generator, critic = networks(
        spec, latent_dim, filters, (), condition, critic_sees=condition
    )
    outputs = {"latent": latent_dim, "classes": spec.condition_size}
    return IdentityGAN(
        spec,
        generator,
        encoder(spec, outputs, filters, ()),
        Critic(critic, "non_saturating"),
        known,
        search_steps,
        terms=_inversion(spec, latent_weight, attribute_weight),
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


@recipe("ian", kinds=NO_CLIPS, learning_rate=2e-4, beta_1=0.5)
def ian(
    spec: DatasetSpec,
    reconstruction: float = 3.0,
    similarity: float = 1.0,
    kl_weight: float = 0.01,
    latent_dim: int = 64,
    head_units: Sequence[int] = (),
    filters: Sequence[int] = FILTERS,
    units: Sequence[int] = UNITS,
    seed: int = 0,
) -> IntrospectiveGAN:
    """A VAE and a GAN of which the encoder sees what the critic has learned to see.

    The critic says of which of three origins a picture is: real, rebuilt or generated.
    The encoder is a head on its features, so that one network of convolutions serves
    both; what is rebuilt has the pixels and the features of the real one.

    Args:
        spec: of the data set.
        reconstruction: weight of the absolute difference of pixels, the mean, >= 0.
            Default 3.
        similarity: weight of the squared difference of the critic's features, the
            mean, >= 0. Default 1.
        kl_weight: of the KL divergence from the prior, in nats, >= 0. Default 0.01.
        latent_dim: numbers that the generator sees and the head finds, >= 1. Default
            64.
        head_units: widths of the head's hidden layers, each >= 1. Default ().
        filters: as for `dcgan`, for images. Default (64, 128, 256).
        units: as for `dcgan`, for other data. Default (128, 128, 128).
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Brock, Lim, Ritchie, Weston, "Neural Photo Editing with Introspective
    Adversarial Networks", 2017, without its multiscale convolutions, orthogonal
    regularisation and autoregressive posterior; the critic's layers are normalised over
    an example, so that it sees the same in training and outside.
    """
    generator, critic = networks(
        spec,
        latent_dim,
        filters,
        units,
        outputs={"score": 3},
        critic_normalisation="layer",
        features=True,
    )
    seen = {"features": tuple(critic.output["features"].shape[1:])}
    head = NormalHead((latent_dim,))
    finder = dense.mlp(
        seen, {"posterior": head.params_size}, head_units, "leaky_relu", name="encoder"
    )
    return IntrospectiveGAN(
        spec,
        generator,
        finder,
        Critic(critic, "which", negatives=[Rebuilt()]),
        posterior=head,
        terms=[
            Reconstruction(reconstruction, key="rebuilt"),
            Similarity(similarity, negatives=0),
            KLTerm(kl_weight),
        ],
        seed=seed,
    )


def _inversion(spec, latent_weight, attribute_weight):
    """The terms of an encoder of latents and attributes."""
    attributes = [(a.start, a.stop) for a in spec.attributes]
    return [
        LatentDistance(latent_weight),
        AttributeEncoding(attributes, attribute_weight),
    ]
