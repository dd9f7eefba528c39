"""Likelihood of data under a model: bounds and their parts."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import tensorflow as tf

from keras_genmodels.distributions import divergences
from keras_genmodels.evaluation.batches import batches
from keras_genmodels.evaluation.measures.bits_per_dimension import bits_per_dimension
from keras_genmodels.evaluation.metrics import metric

_AT_ONCE = 2**28  # numbers that an ELBO decodes for one batch, one GiB
_QUICK = 1024  # numbers of an example, up to which five million are decoded in minutes


@metric("elbo", needs=("elbo", "posterior", "prior"))
def elbo(
    model: Any,
    dataset: Any,
    num_samples: int = 1,
    max_examples: int | None = None,
    levels: int = 1,
    seed: int = 0,
    verbose: int = 0,
) -> dict[str, float]:
    """Measure the evidence lower bound, split into reconstruction and KL.

        elbo = E_q[log p(x|z)] - KL(q(z|x) || p(z)) = -reconstruction - kl

    Args:
        model: with `elbo`, `posterior` and `prior`.
        dataset: batches of `{"x", "condition"}`.
        num_samples: draws of z an example, >= 1.
        max_examples: measure these first examples only, >= 1. Default: all.
        levels: of `bits_per_dimension`, >= 1.
        seed: of the draws.
        verbose: 1 shows a progress bar.

    Returns:
        `elbo`, `elbo/reconstruction` and `elbo/kl` in nats an example,
        `elbo/bits_per_dimension`, `elbo/examples`, `elbo/num_samples`.

    Raises:
        ValueError: if the draws of one batch have more than 2**28 numbers in all.
    """

    @tf.function(reduce_retracing=True, autograph=False)
    def rate(x, condition, key):
        posterior, prior = model.posterior(x, condition), model.prior(condition)
        z = posterior.sample(num_samples, seed=key)
        return divergences.kl(posterior, prior, z)

    bounds, divergence = [], []
    parts = enumerate(batches(model, dataset, max_examples, verbose))
    for index, (x, condition) in parts:
        _check_size(x, num_samples)
        draws = {"num_samples": num_samples, "seed": (seed, index)}
        bounds.append(model.elbo(x, condition, **draws))
        divergence.append(rate(x, condition, tf.constant([seed, index])))
    mean, kl = _concatenated(bounds).mean(), _concatenated(divergence).mean()
    dimensions = math.prod(model.spec.x_shape)
    return {
        "elbo": float(mean),
        "elbo/reconstruction": float(-mean - kl),
        "elbo/kl": float(kl),
        "elbo/bits_per_dimension": bits_per_dimension(mean, dimensions, levels),
        "elbo/examples": sum(len(bound) for bound in bounds),
        "elbo/num_samples": num_samples,
    }


def _check_size(x: np.ndarray, num_samples: int) -> None:
    if num_samples * x.size > _AT_ONCE:
        raise ValueError(
            f"`elbo` decodes at most {_AT_ONCE} numbers at once; take fewer samples or "
            f"smaller batches. Received: num_samples={num_samples} with a batch of "
            f"shape {x.shape}, {num_samples * x.size} numbers."
        )


def _small(model: Any, options: dict[str, Any]) -> bool:
    """Check whether the metric takes minutes at most."""
    return math.prod(model.spec.x_shape) <= _QUICK


@metric("log_likelihood", needs=("log_likelihood",), default=_small)
def log_likelihood(
    model: Any,
    dataset: Any,
    num_samples: int = 5000,
    max_examples: int | None = 1000,
    levels: int = 1,
    seed: int = 0,
    verbose: int = 0,
) -> dict[str, float]:
    """Measure the model's own estimate of log p(x), importance weighted for a VAE.

    Args:
        model: with `log_likelihood`.
        dataset: batches of `{"x", "condition"}`.
        num_samples: importance samples an example, >= 1.
        max_examples: measure these first examples only, >= 1; None measures all.
        levels: of `bits_per_dimension`, >= 1.
        seed: of the draws.
        verbose: 1 shows a progress bar.

    Returns:
        `log_likelihood` in nats an example, its `/standard_error` over examples,
        `/bits_per_dimension`, `/examples` and `/num_samples`.
    """
    found = _concatenated(
        model.log_likelihood(x, condition, num_samples=num_samples, seed=(seed, index))
        for index, (x, condition) in enumerate(
            batches(model, dataset, max_examples, verbose)
        )
    )
    figures = _of_examples("log_likelihood", found, model, levels)
    return {**figures, "log_likelihood/num_samples": num_samples}


@metric("log_prob", needs=("log_prob",))
def log_prob(
    model: Any,
    dataset: Any,
    max_examples: int | None = None,
    levels: int = 1,
    verbose: int = 0,
) -> dict[str, float]:
    """Measure the exact log p(x) of a model that knows it.

    Args:
        model: with `log_prob`.
        dataset: batches of `{"x", "condition"}`.
        max_examples: measure these first examples only, >= 1. Default: all.
        levels: of `bits_per_dimension`, >= 1.
        verbose: 1 shows a progress bar.

    Returns:
        `log_prob` in nats an example, its `/standard_error` over examples,
        `/bits_per_dimension` and `/examples`.
    """
    probability = tf.function(model.log_prob, reduce_retracing=True, autograph=False)
    found = _concatenated(
        probability(x, condition)
        for x, condition in batches(model, dataset, max_examples, verbose)
    )
    return _of_examples("log_prob", found, model, levels)


def _of_examples(
    name: str, found: np.ndarray, model: Any, levels: int
) -> dict[str, float]:
    """The mean of log-probabilities and what belongs to it, by name."""
    dimensions = math.prod(model.spec.x_shape)
    return {
        name: float(found.mean()),
        f"{name}/standard_error": float(found.std() / np.sqrt(len(found))),
        f"{name}/bits_per_dimension": bits_per_dimension(
            found.mean(), dimensions, levels
        ),
        f"{name}/examples": len(found),
    }


@metric("reconstruction_error", needs=("reconstruct",))
def reconstruction_error(
    model: Any, dataset: Any, max_examples: int | None = None, verbose: int = 0
) -> dict[str, float]:
    """Measure the mean squared difference of an example and its reconstruction.

        mean over examples and dimensions of (x - reconstruct(x))**2

    It compares models whose likelihoods do not: those of an autoencoder with one head
    and of another with a different one.

    Args:
        model: with `reconstruct`.
        dataset: batches of `{"x", "condition"}`.
        max_examples: measure these first examples only, >= 1. Default: all.
        verbose: 1 shows a progress bar.

    Returns:
        `reconstruction_error`, in squared units of x in [0, 1], and its `/examples`.
    """
    errors = _concatenated(
        np.square(x - np.asarray(model.reconstruct(x, condition)))
        .reshape(len(x), -1)
        .mean(axis=1)
        for x, condition in batches(model, dataset, max_examples, verbose)
    )
    return {
        "reconstruction_error": float(errors.mean()),
        "reconstruction_error/examples": len(errors),
    }


def _concatenated(parts: Any) -> np.ndarray:
    """Per-example numbers of all batches in float64: a mean no batch size changes."""
    return np.concatenate([np.asarray(part, np.float64) for part in parts])
