"""Adversarial networks that are told, or find out, what to make; a paper each."""

from __future__ import annotations

from collections.abc import Sequence

from keras_genmodels import objectives
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.distributions import StructuredPrior
from keras_genmodels.models import GAN, CodeSharingGAN, Critic
from keras_genmodels.networks import classifier, code_decoder
from keras_genmodels.objectives.terms.reconstruction import Reconstruction
from keras_genmodels.zoo.gan_networks import (
    FILTERS,
    INITIAL,
    UNITS,
    encoder,
    networks,
)
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import (
    IMAGES,
    NO_CLIPS,
    needed_classes,
    needed_condition,
)


@recipe("cgan", kinds=NO_CLIPS, learning_rate=2e-4, beta_1=0.5)
def cgan(
    spec: DatasetSpec,
    latent_dim: int = 100,
    filters: Sequence[int] = FILTERS,
    units: Sequence[int] = UNITS,
    seed: int = 0,
) -> GAN:
    """Generator and critic both see the condition.

    Args:
        spec: of the data set, which has attributes.
        latent_dim: numbers that the generator sees beside the condition, >= 1. Default
            100.
        filters: as for `dcgan`, for images. Default (64, 128, 256).
        units: as for `dcgan`, for other data. Default (128, 128, 128).
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for a data set without attributes.

    Reference: Mirza & Osindero, "Conditional Generative Adversarial Nets", 2014; the
    networks of DCGAN, and the condition enters the critic as one more channel.
    """
    condition = needed_condition(spec, "cgan")
    generator, critic = networks(
        spec, latent_dim, filters, units, condition, critic_sees=condition
    )
    return GAN(spec, generator, Critic(critic, "non_saturating"), seed=seed)


@recipe("acgan", kinds=NO_CLIPS, learning_rate=2e-4, beta_1=0.5)
def acgan(
    spec: DatasetSpec,
    class_weight: float = 1.0,
    latent_dim: int = 100,
    filters: Sequence[int] = FILTERS,
    units: Sequence[int] = UNITS,
    seed: int = 0,
) -> GAN:
    """The generator sees the condition, and the critic says what it was.

    Args:
        spec: of the data set, which has attributes.
        class_weight: of the cross-entropy of the classes, >= 0. Default 1.
        latent_dim: numbers that the generator sees beside the condition, >= 1. Default
            100.
        filters: as for `dcgan`, for images. Default (64, 128, 256).
        units: as for `dcgan`, for other data. Default (128, 128, 128).
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for a data set without attributes.

    Reference: Odena, Olah, Shlens, "Conditional Image Synthesis with Auxiliary
    Classifier GANs", 2017.
    """
    condition = needed_condition(spec, "acgan")
    generator, critic = networks(
        spec,
        latent_dim,
        filters,
        units,
        condition,
        outputs={"classes": spec.condition_size},
    )
    attributes = [(a.start, a.stop) for a in spec.attributes]
    term = objectives.ClassTerm(attributes, class_weight)
    critic = Critic(critic, "non_saturating")
    return GAN(spec, generator, critic, terms=[term], seed=seed)


@recipe("am_gan", kinds=NO_CLIPS, learning_rate=2e-4, beta_1=0.5)
def am_gan(
    spec: DatasetSpec,
    dynamic: bool = False,
    class_weight: float = 1.0,
    latent_dim: int = 100,
    filters: Sequence[int] = FILTERS,
    units: Sequence[int] = UNITS,
    seed: int = 0,
) -> GAN:
    """The critic sorts into the classes and "generated"; one class is aimed at.

    What is real and of which class is one question of K + 1 answers, where `acgan` asks
    two. The generator raises the probability of one real class: the one asked for, or
    the one that the critic finds most likely.

    Args:
        spec: of the data set, which has one attribute.
        dynamic: whether the generator sees no class, and aims at the one that the
            critic finds most likely. Default False.
        class_weight: of the cross-entropy of the classes of real examples, >= 0.
            Default 1.
        latent_dim: numbers that the generator sees beside the condition, >= 1. Default
            100.
        filters: as for `dcgan`, for images. Default (64, 128, 256).
        units: as for `dcgan`, for other data. Default (128, 128, 128).
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for a data set without one attribute.

    Reference: Zhou et al., "Activation Maximization Generative Adversarial Nets", 2018,
    on the networks of DCGAN; the logit of the class of generated examples is 0, as in
    `improved_gan`.
    """
    classes = {"classes": needed_classes(spec, "am_gan")}
    condition = {} if dynamic else needed_condition(spec, "am_gan")
    generator, critic = networks(
        spec, latent_dim, filters, units, condition, outputs=classes
    )
    terms = [
        objectives.Supervised(weight=class_weight),
        objectives.ActivationMaximisation(dynamic=dynamic),
    ]
    critic = Critic(classifier.with_evidence(critic), "logistic")
    return GAN(spec, generator, critic, terms=terms, seed=seed)


@recipe("art_gan", kinds=IMAGES, learning_rate=2e-4, beta_1=0.5)
def art_gan(
    spec: DatasetSpec,
    reconstruction: float = 10.0,
    class_weight: float = 1.0,
    latent_dim: int = 100,
    filters: Sequence[int] = FILTERS,
    seed: int = 0,
) -> CodeSharingGAN:
    """The game of `am_gan`; the generator's second half decodes the critic's features.

    What the critic sees in a real picture is a code of it, and the half of the
    generator that makes pictures of codes makes that picture again.

    Args:
        spec: of the data set, of images with one attribute.
        reconstruction: weight of the squared difference of real pictures and of those
            decoded from the critic's features, the mean over the numbers of a picture,
            >= 0; 0 leaves it out. Default 10.
        class_weight: as for `am_gan`, >= 0. Default 1.
        latent_dim: numbers that the generator sees beside the condition, >= 1. Default
            100.
        filters: channels of the critic's convolutions, each >= 1; the generator mirrors
            them. Default (64, 128, 256).
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for data without one attribute.

    Reference: Tan, Chan, Aguirre, Tanaka, "ArtGAN: Artwork Synthesis with Conditional
    Categorical GANs", 2017, on networks of DCGAN's size; classes of fakes are those of
    the real batch, and the reconstruction moves the decoder alone.
    """
    classes = {"classes": needed_classes(spec, "art_gan")}
    condition = needed_condition(spec, "art_gan")
    seen = {"latent": (latent_dim,), **condition}
    generator = code_decoder.generator(seen, spec.x_shape, filters[::-1], **INITIAL)
    critic = encoder(spec, classes, filters, (), name="critic", features=True)
    critic = Critic(classifier.with_evidence(critic), "logistic")
    terms = [
        objectives.Supervised(weight=class_weight),
        objectives.ActivationMaximisation(),
    ]
    if reconstruction:
        terms.append(Reconstruction(reconstruction, key="rebuilt", power=2))
    return CodeSharingGAN(spec, generator, critic, terms=terms, seed=seed)


@recipe(
    "infogan",
    kinds=NO_CLIPS,
    learning_rate=2e-4,
    generator_learning_rate=1e-3,
    beta_1=0.5,
)
def infogan(
    spec: DatasetSpec,
    categorical: Sequence[int] = (10,),
    continuous: int = 2,
    code_weight: float = 1.0,
    continuous_weight: float = 0.1,
    latent_dim: int = 74,
    filters: Sequence[int] = FILTERS,
    units: Sequence[int] = UNITS,
    joint: Sequence[int] = (256,),
    seed: int = 0,
) -> GAN:
    """Part of the latent is a code that the critic must be able to read.

    Score and code share the hidden layers `joint` behind the critic's convolutions, as
    in the paper. Read straight off the convolutions, a code mixes digits up more often.

    Args:
        spec: of the data set.
        categorical: classes of each categorical code, each >= 2. Default (10,).
        continuous: the number of continuous codes, >= 0. Default 2.
        code_weight: of the codes' cross-entropy in nats, >= 0. Default 1.
        continuous_weight: of the continuous codes against the categorical ones, >= 0.
            Default 0.1.
        latent_dim: numbers that the generator sees, those of the codes among them, >=
            their number. Default 74.
        filters: as for `dcgan`, for images. Default (64, 128, 256).
        units: as for `dcgan`, for other data. Default (128, 128, 128).
        joint: widths of the hidden layers that score and code share, each >= 1, for
            images. Default (256,).
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for a `latent_dim` that has no room for the codes.

    Reference: Chen et al., "InfoGAN: Interpretable Representation Learning by
    Information Maximizing Generative Adversarial Nets", 2016.
    """
    weights = code_weight, continuous_weight
    term = objectives.CodeTerm(categorical, continuous, *weights)
    generator, critic = networks(
        spec,
        latent_dim,
        filters,
        units,
        outputs={"code": term.output_size},
        joint=joint,
    )
    critic = Critic(critic, "non_saturating")
    prior = StructuredPrior(latent_dim, categorical, continuous)
    return GAN(spec, generator, critic, prior, [term], seed=seed)
