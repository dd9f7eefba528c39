"""Annealed importance sampling: an estimate of log p(x) that needs no encoder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp

from keras_genmodels import checks
from keras_genmodels.evaluation.batches import batches
from keras_genmodels.evaluation.metrics import metric
from keras_genmodels.seeds import seed_pair

SEGMENTS = 10  # straight pieces that the curve of temperatures is made of
POWER = 3.0  # of that curve: most steps are near the prior, where most changes
ACCEPTANCE = 0.65  # what the step size is tuned towards, the best rate for HMC


class AnnealedEstimate(NamedTuple):
    """The estimate of each example and how reliable it is.

    `log_likelihood` (batch,) nats; `spread` (batch,), the standard deviation of the log
    weights over the chains, in nats: well below 1 the estimate is good, far above it is
    a loose lower bound; `acceptance` (batch,), of the last transition, over the chains.
    """

    log_likelihood: np.ndarray
    spread: np.ndarray
    acceptance: np.ndarray


class _Reheated(tfp.mcmc.HamiltonianMonteCarlo):
    """HMC that evaluates its target anew before each step.

    TFP keeps the density and gradient of the last step, which in an annealed chain are
    those of the temperature before: the acceptance test would compare two targets.
    """

    def one_step(self, current_state, previous_kernel_results, seed=None):
        density, gradient = tfp.math.value_and_gradient(
            self.target_log_prob_fn, current_state
        )
        accepted = previous_kernel_results.accepted_results._replace(
            target_log_prob=density, grads_target_log_prob=[gradient]
        )
        results = previous_kernel_results._replace(accepted_results=accepted)
        return super().one_step(current_state, results, seed=seed)


def annealed_importance_sampling(
    model: Any,
    x: Any,
    condition: Any = None,
    num_chains: int = 16,
    num_steps: int = 1000,
    num_leapfrog_steps: int = 5,
    seed: int | tuple[int, int] = 0,
) -> AnnealedEstimate:
    """Estimate log p(x) of a latent-variable model without its encoder.

    The importance-weighted bound is loose where the posterior q(z|x) is poor, and
    cannot say so. Here chains walk from the prior to the true posterior, with one
    Hamiltonian Monte Carlo transition at each of T = `num_steps` temperatures.

        f_t(z) = p(z) p(x|z)^b_t with 0 = b_0 < ... < b_T = 1,  z_t by HMC under f_t
        log w  = sum_t (b_t - b_(t-1)) log p(x|z_(t-1))
        log p(x) ~ log mean over chains of w

    Args:
        model: with `prior(condition)` and `likelihood(z, condition)`.
        x: (batch, *x_shape) in [0, 1].
        condition: (batch, condition_size), if the model looks at it.
        num_chains: independent chains an example, >= 2.
        num_steps: temperatures, a multiple of 10 (else rounded down to one), >= 10;
            more of them narrow the spread.
        num_leapfrog_steps: of each transition, >= 1.
        seed: an int or two ints.

    Returns:
        An `AnnealedEstimate` of arrays (batch,).

    Raises:
        ValueError: for counts below the least that is named above.

    Reference:
        Neal, Annealed Importance Sampling, 2001; Wu et al., On the Quantitative
        Analysis of Decoder-Based Generative Models, 2017. Our b_t follows (t/T)^3 in
        ten straight pieces; the step size of each example follows its acceptance rate.
    """
    sampler = _sampler(model, num_chains, num_steps, num_leapfrog_steps)
    return _estimate(sampler, x, condition, seed)


@metric("ais", needs=("prior", "likelihood"), default=lambda model, options: False)
def ais(
    model: Any,
    dataset: Any,
    num_chains: int = 16,
    num_steps: int = 1000,
    num_leapfrog_steps: int = 5,
    max_examples: int | None = 64,
    seed: int = 0,
    verbose: int = 0,
) -> dict[str, float]:
    """Measure the mean log p(x) by `annealed_importance_sampling`.

    Args:
        model: with `prior` and `likelihood`.
        dataset: batches of `{"x", "condition"}`.
        num_chains: independent chains an example, >= 2.
        num_steps: temperatures, a multiple of 10, >= 10.
        num_leapfrog_steps: of each transition, >= 1.
        max_examples: measure these first examples only, >= 1; None measures all.
        seed: of the chains.
        verbose: 1 shows a progress bar.

    Returns:
        `ais` in nats an example, its `/standard_error` over examples, `/spread` (the
        mean over examples), `/acceptance`, `/examples`, `/num_chains`, `/num_steps`.
    """
    sampler = _sampler(model, num_chains, num_steps, num_leapfrog_steps)
    found = [
        _estimate(sampler, x, condition, (seed, index))
        for index, (x, condition) in enumerate(
            batches(model, dataset, max_examples, verbose)
        )
    ]
    nats, spread, acceptance = map(np.concatenate, zip(*found, strict=True))
    return {
        "ais": float(nats.mean()),
        "ais/standard_error": float(nats.std() / np.sqrt(len(nats))),
        "ais/spread": float(spread.mean()),
        "ais/acceptance": float(acceptance.mean()),
        "ais/examples": len(nats),
        "ais/num_chains": num_chains,
        "ais/num_steps": num_steps,
    }


def _estimate(sampler, x, condition, seed) -> AnnealedEstimate:
    weights, acceptance = sampler(
        tf.convert_to_tensor(x, tf.float32),
        None if condition is None else tf.convert_to_tensor(condition, tf.float32),
        seed_pair(seed),
    )
    weights = weights.numpy().astype(np.float64)  # (chains, batch)
    nats = np.logaddexp.reduce(weights, axis=0) - np.log(len(weights))
    return AnnealedEstimate(nats, weights.std(axis=0, ddof=1), acceptance.numpy())


def _sampler(model, num_chains, num_steps, num_leapfrog_steps) -> Callable[..., Any]:
    """A compiled function from x, condition and seed to log weights and acceptance."""
    _check(num_chains, num_steps, num_leapfrog_steps)
    steps = num_steps // SEGMENTS, num_leapfrog_steps

    @tf.function(autograph=False)
    def sampler(x, condition, seed):
        prior, seeds = model.prior(condition), tf.random.split(seed, SEGMENTS + 1)
        shape = (num_chains,) if prior.batch_shape.rank else (num_chains, x.shape[0])
        z = prior.sample(shape, seed=seeds[SEGMENTS])  # (chains, batch, latent)

        @_for_pairs
        def log_likelihood(z):
            return model.likelihood(z, condition).log_prob(x)

        def tempered(power):
            return lambda z: prior.log_prob(z) + power * log_likelihood(z)

        return _annealed(z, tempered, steps, seeds)

    return sampler


def _annealed(z, tempered, steps, seeds):
    """Log weights (chains, batch) and acceptance (batch,) of chains that start at z."""
    powers = tf.linspace(0.0, 1.0, SEGMENTS + 1) ** POWER
    chains, batch, _ = z.shape
    num_steps, num_leapfrog_steps = steps

    def segment(index, z, weights, step_size, ratio):
        z, added, results = tfp.mcmc.sample_annealed_importance_chain(
            num_steps,
            tempered(powers[index]),
            tempered(powers[index + 1]),
            z,
            lambda target: _transition(target, step_size, num_leapfrog_steps),
            seed=seeds[index],
        )
        adapted = results.inner_results
        ratio = adapted.inner_results.log_accept_ratio
        return index + 1, z, weights + added, adapted.new_step_size, ratio

    zeros = tf.zeros((chains, batch))
    start = (0, z, zeros, tf.fill((1, batch, 1), 0.1), zeros)
    end = tf.while_loop(lambda index, *_: index < SEGMENTS, segment, start)
    _, _, weights, _, ratio = end
    return weights, tf.reduce_mean(tf.exp(tf.minimum(ratio, 0.0)), axis=0)


def _for_pairs(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, whose result is kept for one more call with the same tensor.

    TFP evaluates both ends of a segment at each z, and the decoder is all the cost. A
    result serves one pair of calls only: a later one may be under another tape.
    """
    results: dict[Any, Any] = {}

    def once_for_two(z):
        known = results.pop(z.ref(), None)
        if known is None:
            known = results[z.ref()] = function(z)
        return known

    return once_for_two


def _transition(target, step_size, num_leapfrog_steps):
    """HMC whose step size, one an example, follows the acceptance of its chains."""
    hmc = _Reheated(target, step_size, num_leapfrog_steps)
    forever = np.iinfo(np.int32).max
    return tfp.mcmc.SimpleStepSizeAdaptation(
        hmc, forever, ACCEPTANCE, adaptation_rate=0.02
    )


def _check(num_chains: int, num_steps: int, num_leapfrog_steps: int) -> None:
    checks.integer("num_chains", num_chains, 2)
    checks.integer("num_steps", num_steps, SEGMENTS)
    checks.integer("num_leapfrog_steps", num_leapfrog_steps, 1)
