"""Adversarial networks that are told, or find out, what to make; a paper each."""

from __future__ import annotations

from keras_genmodels import objectives
from keras_genmodels.distributions import StructuredPrior
from keras_genmodels.models import GAN, Critic
from keras_genmodels.registry import register
from keras_genmodels.zoo.adversaries import (
    FILTERS,
    UNITS,
    compiled,
    compiling,
    needed_condition,
    networks,
)


@register("cgan", family="recipe")
@compiling
def cgan(
    spec,
    latent_dim=100,
    filters=FILTERS,
    units=UNITS,
    seed=0,
    **players,
):
    """Generator and critic both see the condition.

    Reference: Mirza & Osindero, "Conditional Generative Adversarial Nets", 2014; the
    networks of DCGAN, and the condition enters the critic as one more channel.
    """
    condition = needed_condition(spec, "cgan")
    generator, critic = networks(
        spec, latent_dim, filters, units, condition, critic_sees=condition
    )
    model = GAN(spec, generator, Critic(critic, "non_saturating"), seed=seed)
    return compiled(model, **players)


@register("acgan", family="recipe")
@compiling
def acgan(
    spec,
    class_weight=1.0,
    latent_dim=100,
    filters=FILTERS,
    units=UNITS,
    seed=0,
    **players,
):
    """The generator sees the condition, and the critic says what it was.

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
    model = GAN(spec, generator, critic, terms=[term], seed=seed)
    return compiled(model, **players)


@register("infogan", family="recipe")
@compiling
def infogan(
    spec,
    categorical=(10,),
    continuous=2,
    code_weight=1.0,
    continuous_weight=0.1,
    latent_dim=74,
    filters=FILTERS,
    units=UNITS,
    joint=(256,),
    generator_learning_rate=1e-3,
    seed=0,
    **players,
):
    """Part of the latent is a code that the critic must be able to read.

    Score and code share the hidden layers `joint` behind the critic's convolutions, as
    in the paper. Read straight off the convolutions, a code mixes digits up more often.

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
    model = GAN(spec, generator, critic, prior, [term], seed=seed)
    return compiled(model, generator_learning_rate=generator_learning_rate, **players)
