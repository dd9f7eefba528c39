"""Adversarial networks trained as classifiers, from few labels; a paper each.

`data.load(..., num_labels=100)` makes the batches: an example whose condition is all
zeros has no label.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import keras

from keras_genmodels import objectives
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.models import Critic, SemiSupervisedGAN
from keras_genmodels.networks import (
    classifier,
    convolutional,
    dense,
    inpainting,
    layers,
    normalisation,
    translation,
)
from keras_genmodels.objectives.terms.reconstruction import Reconstruction
from keras_genmodels.zoo import gan_networks
from keras_genmodels.zoo.gan_networks import FILTERS, INITIAL
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import (
    IMAGES,
    NO_CLIPS,
    needed_classes,
    needed_tensors,
)

UNITS = (500, 500)
CRITIC_UNITS = (1000, 500, 250, 250, 250)


@recipe("catgan", kinds=NO_CLIPS, learning_rate=2e-4, beta_1=0.5)
def catgan(
    spec: DatasetSpec,
    label_weight: float = 1.0,
    latent_dim: int = 100,
    filters: Sequence[int] = FILTERS,
    units: Sequence[int] = gan_networks.UNITS,
    seed: int = 0,
) -> SemiSupervisedGAN:
    """The critic is sure of the class of real examples and unsure of generated ones.

    Args:
        spec: of the data set, which has one attribute.
        label_weight: of the cross-entropy of labelled examples, >= 0; 0 is the
            unsupervised game. Default 1.
        latent_dim: numbers that the generator sees, >= 1. Default 100.
        filters: as for `dcgan`, for images. Default (64, 128, 256).
        units: as for `dcgan`, for other data. Default (128, 128, 128).
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for a data set without one attribute.

    Reference: Springenberg, "Unsupervised and Semi-supervised Learning with Categorical
    Generative Adversarial Networks", 2016; the networks of DCGAN. Where the critic is
    quite unsure of what is generated the generator has no gradient left, so the
    critic's is bounded here as that of `sn_gan`, instead of batch normalisation.
    """
    generator, critic = gan_networks.networks(
        spec,
        latent_dim,
        filters,
        units,
        outputs={"score": needed_classes(spec, "catgan")},
        critic_normalisation=None,
        spectral=True,
    )
    return SemiSupervisedGAN(
        spec,
        generator,
        Critic(classifier.sorting(critic), "categorical"),
        prior="uniform",
        terms=[objectives.Supervised(weight=label_weight)],
        seed=seed,
    )


@recipe("improved_gan", learning_rate=3e-3, beta_1=0.5)
def improved_gan(
    spec: DatasetSpec,
    label_weight: float = 1.0,
    historical_averaging: float = 0.0,
    label_smoothing: float = 0.0,
    minibatch_discrimination: int = 0,
    normalisation: str = "batch",
    latent_dim: int = 100,
    units: Sequence[int] = UNITS,
    critic_units: Sequence[int] = CRITIC_UNITS,
    seed: int = 0,
) -> SemiSupervisedGAN:
    """A critic of K classes and one more of generated examples; features are matched.

    A dense generator with batch normalisation, a dense critic with noise and weight
    normalisation. The logit of the further class is 0, so that the others say both what
    is seen and whether it is real. The generator matches the means of the critic's last
    hidden layer.

    Args:
        spec: of the data set, which has one attribute.
        label_weight: of the cross-entropy of labelled examples, >= 0. Default 1.
        historical_averaging: weight of the squared distance of the weights from their
            past mean, >= 0. Default 0: none.
        label_smoothing: s in [0, 1): real examples are labelled 1 - s as real ones.
            Default 0: none.
        minibatch_discrimination: numbers, >= 0, that tell the critic how near an
            example is to the others of its batch, on which its answer depends then.
            Default 0: none.
        normalisation: of the generator: "batch" or "virtual". Default "batch".
        latent_dim: numbers that the generator sees, >= 1. Default 100.
        units: widths of the generator's hidden layers, each >= 1. Default (500, 500).
        critic_units: widths of the critic's, each >= 1. Default (1000, 500, 250, 250,
            250).
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for a data set without one attribute.

    Reference: Salimans et al., "Improved Techniques for Training GANs", 2016; no
    initialisation by data, and all real examples count as unlabelled ones, too.
    """
    critic = classifier.noisy_mlp(
        {"x": spec.x_shape},
        needed_classes(spec, "improved_gan"),
        layers.ClassEvidence(name="score"),
        critic_units,
        kernels=minibatch_discrimination,
    )
    objective = objectives.Logistic(label_smoothing)
    terms = [objectives.Supervised(weight=label_weight), objectives.FeatureMatching()]
    if historical_averaging:
        terms.append(objectives.HistoricalAveraging(historical_averaging))
    return SemiSupervisedGAN(
        spec,
        _generator(spec, latent_dim, units, normalisation),
        Critic(critic, objective, weight=0.5),  # of each of its two halves
        prior="uniform",
        terms=terms,
        seed=seed,
    )


@recipe("cc_gan", kinds=IMAGES, learning_rate=2e-4, beta_1=0.5)
def cc_gan(
    spec: DatasetSpec,
    label_weight: float = 1.0,
    adversarial: float = 1.0,
    reconstruction: float = 0.0,
    filters: Sequence[int] = (32, 64, 128),
    critic_filters: Sequence[int] = FILTERS,
    seed: int = 0,
) -> SemiSupervisedGAN:
    """A hole in a picture is filled so that a classifier of few labels finds it real.

    The generator sees the picture around the hole; what it puts there is pasted, and
    the critic tells such pictures from whole ones by the evidence for all classes. What
    it must know of pictures for that helps it to tell classes.

    Args:
        spec: of a data set with one attribute whose batches have "source" and "mask",
            as `source="hidden"` gives them.
        label_weight: of the cross-entropy of labelled examples, >= 0. Default 1.
        adversarial: weight of the game, >= 0; 0 leaves the classifier alone with its
            labels. Default 1.
        reconstruction: weight of |x - G|, the mean over the picture, >= 0. Default 0:
            none, as there.
        filters: channels of the generator's halvings, each >= 1. Default (32, 64, 128).
        critic_filters: channels of the critic's convolutions, each >= 1. Default (64,
            128, 256).
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for data without one attribute, or without a hole.

    Reference: Denton, Gross, Fergus, "Semi-Supervised Learning with Context-Conditional
    Generative Adversarial Networks", 2016. There "real" is a further output beside the
    classes; here it is their evidence, as in `improved_gan`.
    """
    classes = {"classes": needed_classes(spec, "cc_gan")}
    seen, x = needed_tensors(spec, "cc_gan", "source", "mask"), {"x": spec.x_shape}
    generator = inpainting.pasted(translation.unet(seen, x, filters))
    style = {"activation": "leaky_relu", "name": "critic", "centre": True, **INITIAL}
    critic = convolutional.encoder(x, classes, critic_filters, spectral=True, **style)
    terms = [objectives.Supervised(weight=label_weight)]
    if reconstruction:
        terms.append(Reconstruction(reconstruction))
    critics = Critic(classifier.with_evidence(critic), weight=adversarial)
    kwargs = {"terms": terms, "output": "clip", "seed": seed}
    return SemiSupervisedGAN(spec, generator, critics, **kwargs)


def _generator(spec, latent_dim, units, normalised):
    sizes = {"latent": (latent_dim,)}, {"x": math.prod(spec.x_shape)}
    style = {"activation": "softplus", "normalisation": normalised, "name": "generator"}
    network = dense.mlp(*sizes, units, **style)
    if normalised != "virtual":
        return network
    as_the_prior = keras.initializers.RandomUniform(-1.0, 1.0)
    return normalisation.with_reference(network, as_the_prior)
