"""Adversarial networks that change one thing of a picture; a paper each."""

from __future__ import annotations

from collections.abc import Sequence

from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.distributions import NormalHead
from keras_genmodels.models import (
    Critic,
    EditingGAN,
    IntrospectiveGAN,
    Rebuilt,
    Transfiguration,
)
from keras_genmodels.networks import dense
from keras_genmodels.networks.splitting import remover
from keras_genmodels.objectives import (
    KLTerm,
    Nothing,
    Parallelogram,
    Reconstruction,
    Similarity,
    WeightClipping,
)
from keras_genmodels.objectives.terms.inversion import (
    AttributeEncoding,
    LatentDistance,
    SelfReconstruction,
)
from keras_genmodels.zoo.domain_critics import domains_of, patch_critics
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


@recipe("gene_gan", kinds=IMAGES, optimizer="rmsprop", learning_rate=2e-4)
def gene_gan(
    spec: DatasetSpec,
    reconstruction: float = 20.0,
    nothing: float = 1.0,
    parallelogram: float = 0.01,
    share: float = 0.25,
    clip: float = 0.1,
    field: int = 16,
    normalisation: str = "layer",
    filters: Sequence[int] = (64, 128, 128),
    critic_filters: Sequence[int] = (32, 64, 128, 128),
    critic_steps: int = 1,
    seed: int = 0,
) -> Transfiguration:
    """A thing is taken off one picture and put on another, from unpaired sets of both.

    Every picture is split into two parts, of which one is the thing. Joined crosswise,
    pictures with the thing lose it and others gain it; a critic of each set judges
    both, and joined again as they were they are the pictures that they were.

    Args:
        spec: of a data set whose batches have "y", the pictures with the thing, as
            `domains=` or `unpaired:` gives; x are those without.
        reconstruction: weight of |x - x_again| and the same of y, the means over the
            pictures, >= 0. Default 20.
        nothing: weight of |e|, the mean, of the thing that is found on pictures that
            have none, >= 0. Default 1.
        parallelogram: weight of |x + y - x_made - y_made|, the mean, >= 0. Default
            0.01.
        share: of the channels in the middle that is the thing's, in (0, 1). Default
            0.25.
        clip: the critics' weights stay in [-clip, clip], > 0. Default 0.1.
        field: as for `cycle_gan`: 7, 16, 34 or 70. Default 16.
        normalisation: of the hidden layers of splitter and joiner, "layer" or "batch".
            Default "layer".
        filters: channels of each halving, each >= 1; the doublings mirror them.
            Default (64, 128, 128).
        critic_filters: channels of the critics' convolutions, each >= 1. Default (32,
            64, 128, 128).
        critic_steps: of the critics for each of the others, >= 1. Default 1.
        seed: of the initial weights. Default 0.

    Raises:
        ValueError: for data without "y", or a share that leaves a part no channels.

    Reference: Zhou et al., "GeneGAN: Learning Object Transfiguration and Attribute
    Subspace from Unpaired Data", 2017; layers are normalised over the channels of each
    place, and the critics judge patches.
    """
    domains_of(spec, "gene_gan")
    held = WeightClipping(clip)
    clipped = {"kernel_constraint": held, "bias_constraint": held}
    critics = patch_critics(
        spec, "wasserstein", field, critic_filters, normalisation=None, **clipped
    )
    return Transfiguration(
        spec,
        remover("y", spec.shapes["y"], filters, share, normalisation),
        critics,
        terms=[
            Reconstruction(reconstruction, "x_again"),
            Reconstruction(reconstruction, "y_again", target="y"),
            Nothing(nothing),
            Parallelogram(parallelogram),
        ],
        critic_steps=critic_steps,
        seed=seed,
    )
