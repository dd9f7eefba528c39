"""Adversarial networks trained as classifiers, from few labels; a paper each.

`data.load(..., num_labels=100)` makes the batches: an example whose condition is all
zeros has no label.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from keras_genmodels import objectives
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.models import Critic, SemiSupervisedGAN
from keras_genmodels.networks import classifier, dense, layers, normalisation
from keras_genmodels.zoo import gan_networks
from keras_genmodels.zoo.gan_networks import FILTERS
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import NO_CLIPS, needed_classes

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
    )
    terms = [objectives.Supervised(weight=label_weight), objectives.FeatureMatching()]
    if historical_averaging:
        terms.append(objectives.HistoricalAveraging(historical_averaging))
    return SemiSupervisedGAN(
        spec,
        _generator(spec, latent_dim, units, normalisation),
        Critic(critic, "logistic", weight=0.5),  # of each of its two halves
        prior="uniform",
        terms=terms,
        seed=seed,
    )


def _generator(spec, latent_dim, units, normalised):
    sizes = {"latent": (latent_dim,)}, {"x": math.prod(spec.x_shape)}
    style = {"activation": "softplus", "normalisation": normalised, "name": "generator"}
    network = dense.mlp(*sizes, units, **style)
    virtual = normalised == "virtual"
    return normalisation.with_reference(network) if virtual else network
