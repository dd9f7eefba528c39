"""Recipes of classifiers whose weights are random: posteriors of small networks."""

from __future__ import annotations

from collections.abc import Sequence

from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.distributions.trained_normal import (
    TrainedNormalPrior,
    TrainedPointPrior,
)
from keras_genmodels.models import BayesianClassifier, Critic, ImplicitModel
from keras_genmodels.models.bayesian import PARAMETERS
from keras_genmodels.networks import given_parameters
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import needed_classes


@recipe("bayesian_gan", learning_rate=3e-3)
def bayesian_gan(
    spec: DatasetSpec,
    units: Sequence[int] = (50,),
    point: bool = False,
    prior_stddev: float = 4.0,
    kl_weight: float = 0.1,
    scale: float = 10.0,
    draws: int = 4,
    critic_units: Sequence[int] = (64, 64),
    critic_steps: int = 4,
    steps_per_epoch: int | None = None,
    seed: int = 0,
) -> ImplicitModel:
    """A classifier that draws classes, and a posterior of its weights by a game.

    A perceptron with random weights draws a class for every x; a critic tells that from
    the true one, and its log-ratio stands in for the likelihood, which nobody computes.

    Args:
        spec: of a data set with one attribute, which has classes.
        units: widths of the perceptron's hidden layers, each >= 1. Default (50,).
        point: whether its weights are one point in place of a posterior. Default False.
        prior_stddev: of every weight, times the root of the number of a unit's inputs,
            and of every bias, > 0. Default 4.
        kl_weight: of the distance of the posterior from the prior, >= 0; 1 is that of
            the paper. Default 0.1.
        scale: by which x - 0.5 is multiplied, > 0. Default 10, which gives tabular data
            a standard deviation of 1.
        draws: of the weights in a step, >= 1, each for all examples. Default 4.
        critic_units: widths of the critic's hidden layers, each >= 1. Default (64, 64).
        critic_steps: of the critic for each of the posterior, >= 1. Default 4.
        steps_per_epoch: batches of a pass over the data, >= 1. Default None: the
            spec's.
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for data without one attribute that has classes.

    Reference: Tran, Ranganath, Blei, "Hierarchical Implicit Models and Likelihood-Free
    Variational Inference", 2017, where the noise goes into the perceptron; here it is
    added to the logits, of which the greatest is the class. The critic sees what
    probabilities the weights give, in place of the weights. A `kl_weight` below 1 is
    ours: a mean-field posterior with the whole divergence explains few examples worse
    than one point.
    """
    network = _perceptron(spec, "bayesian_gan", units, prior_stddev, scale)
    classes = spec.condition_size
    critic = given_parameters.ratio_critic(spec.x_shape, classes, critic_units, scale)
    return ImplicitModel(
        spec,
        given_parameters.simulator(network),
        Critic(critic, "log_ratio"),
        critic_steps=critic_steps,
        posterior=_posterior(network, point, prior_stddev, seed),
        draws=draws,
        kl_weight=kl_weight,
        steps_per_epoch=steps_per_epoch,
        seed=seed,
    )


@recipe("bayesian_classifier", learning_rate=3e-3)
def bayesian_classifier(
    spec: DatasetSpec,
    units: Sequence[int] = (50,),
    point: bool = False,
    prior_stddev: float = 4.0,
    kl_weight: float = 0.1,
    scale: float = 10.0,
    draws: int = 4,
    steps_per_epoch: int | None = None,
    seed: int = 0,
) -> BayesianClassifier:
    """The perceptron of `bayesian_gan`, with a posterior by the likelihood of classes.

    With `point=True` and `kl_weight=1` it is the maximum a posteriori.

    Args:
        spec: of a data set with one attribute, which has classes.
        units: widths of the hidden layers, each >= 1. Default (50,).
        point: whether the weights are one point in place of a posterior. Default False.
        prior_stddev: of every weight, times the root of the number of a unit's inputs,
            and of every bias, > 0. Default 4.
        kl_weight: of the distance of the posterior from the prior, >= 0. Default 0.1.
        scale: by which x - 0.5 is multiplied, > 0. Default 10.
        draws: of the weights in a step, >= 1, each for all examples. Default 4.
        steps_per_epoch: batches of a pass over the data, >= 1. Default None: the
            spec's.
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for data without one attribute that has classes.

    Reference: Blundell, Cornebise, Kavukcuoglu, Wierstra, "Weight Uncertainty in Neural
    Networks", 2015, with a normal prior.
    """
    network = _perceptron(spec, "bayesian_classifier", units, prior_stddev, scale)
    return BayesianClassifier(
        spec,
        network,
        posterior=_posterior(network, point, prior_stddev, seed),
        draws=draws,
        kl_weight=kl_weight,
        steps_per_epoch=steps_per_epoch,
        seed=seed,
    )


def _perceptron(spec, recipe, units, prior_stddev, scale):
    """The classifier whose weights are an input."""
    classes = needed_classes(spec, recipe)
    return given_parameters.classifier(
        spec.x_shape, classes, units, prior_stddev, scale
    )


def _posterior(network, point, prior_stddev, seed):
    """A posterior that begins narrow, at weights as those of a network usually are."""
    size, spread = network.input[PARAMETERS].shape[-1], 1.0 / prior_stddev
    if point:
        return TrainedPointPrior(size, spread, seed)
    return TrainedNormalPrior(size, spread, 0.1 * spread, seed)
