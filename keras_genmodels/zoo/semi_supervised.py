"""Adversarial networks trained as classifiers, from few labels; a paper each.

`data.load(..., num_labels=100)` makes the batches: an example whose condition is all
zeros has no label.
"""

from __future__ import annotations

import math

from keras_genmodels import objectives
from keras_genmodels.models import Critic, SemiSupervisedGAN
from keras_genmodels.networks import classifier, dense, layers, normalisation
from keras_genmodels.registry import register
from keras_genmodels.zoo import adversaries
from keras_genmodels.zoo.adversaries import FILTERS, compiled, compiling, networks

UNITS = (500, 500)
CRITIC_UNITS = (1000, 500, 250, 250, 250)


@register("catgan", family="recipe")
@compiling
def catgan(
    spec,
    label_weight=1.0,
    latent_dim=100,
    filters=FILTERS,
    units=adversaries.UNITS,
    seed=0,
    **players,
):
    """The critic is sure of the class of real examples and unsure of generated ones.

    Reference: Springenberg, "Unsupervised and Semi-supervised Learning with Categorical
    Generative Adversarial Networks", 2016; the networks of DCGAN. `label_weight` 0 is
    the unsupervised game. Where the critic is quite unsure of what is generated the
    game has no slope left, so its slope is bounded here as that of `sn_gan`, instead of
    batch normalisation.
    """
    generator, critic = networks(
        spec,
        latent_dim,
        filters,
        units,
        outputs={"score": spec.condition_size},
        critic_normalisation=None,
        spectral=True,
    )
    model = SemiSupervisedGAN(
        spec,
        generator,
        Critic(classifier.sorting(critic), "categorical"),
        prior="uniform",
        terms=[objectives.Supervised(weight=label_weight)],
        seed=seed,
    )
    return compiled(model, **players)


@register("improved_gan", family="recipe")
@compiling
def improved_gan(
    spec,
    label_weight=1.0,
    historical_averaging=0.0,
    normalisation="batch",
    latent_dim=100,
    units=UNITS,
    critic_units=CRITIC_UNITS,
    learning_rate=3e-3,
    seed=0,
    **players,
):
    """A critic of K classes and one more of generated examples; features are matched.

    A dense generator with batch normalisation, a dense critic with noise and weight
    normalisation.

    The logit of the further class is 0, so that the others say both what is seen and
    whether it is real. The generator matches the means of the critic's last hidden
    layer. `normalisation` of the generator is "batch" or "virtual".

    Reference: Salimans et al., "Improved Techniques for Training GANs", 2016; no
    initialisation by data, and all real examples count as unlabelled ones, too.
    """
    critic = classifier.noisy_mlp(
        {"x": spec.x_shape},
        spec.condition_size,
        layers.ClassEvidence(name="score"),
        critic_units,
    )
    terms = [objectives.Supervised(weight=label_weight), objectives.FeatureMatching()]
    if historical_averaging:
        terms.append(objectives.HistoricalAveraging(historical_averaging))
    model = SemiSupervisedGAN(
        spec,
        _generator(spec, latent_dim, units, normalisation),
        Critic(critic, "logistic", weight=0.5),  # of each of its two halves
        prior="uniform",
        terms=terms,
        seed=seed,
    )
    return compiled(model, learning_rate, **players)


def _generator(spec, latent_dim, units, normalised):
    sizes = {"latent": (latent_dim,)}, {"x": math.prod(spec.x_shape)}
    style = {"activation": "softplus", "normalisation": normalised, "name": "generator"}
    network = dense.mlp(*sizes, units, **style)
    virtual = normalised == "virtual"
    return normalisation.with_reference(network) if virtual else network
