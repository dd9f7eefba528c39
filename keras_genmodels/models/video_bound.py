"""The evidence lower bound of a video VAE, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import tensorflow as tf

from keras_genmodels.distributed_random import draw, draw_rows
from keras_genmodels.distributions.recurrent import Unrolled
from keras_genmodels.models.time_axis import (
    condition_over_time,
    split_samples,
    swap_batch_and_time,
    tile_samples,
)
from keras_genmodels.models.video_distributions import (
    frame_likelihood,
    posterior_from_features,
    split_content,
)
from keras_genmodels.objectives.step_tensors import StepTensors


def sequence_bound(
    model: Any,
    x: tf.Tensor,
    condition: tf.Tensor | None,
    features: tf.Tensor,
    num_samples: int,
    seed: tf.Tensor,
    training: bool = False,
) -> tuple[dict[str, tf.Tensor], Any]:
    """Compute the terms of the objective, (batch,) nats a clip each.

    Args:
        model: a `VideoVAE`.
        x: (batch, time, height, width, channels).
        condition: (batch, [time,] condition_size), if a network declares it.
        features: of the frames, (batch, time, size).
        num_samples: draws of z a clip, >= 1.
        seed: int32 (2,).
        training: whether this is a training step.

    Returns:
        The terms, and the likelihood of frames, batch shape (num_samples * batch,
        time).
    """
    posterior = posterior_from_features(model, features, condition, training)
    z, q, p = draw_latents(model, posterior, num_samples, seed, training)
    likelihood = likelihood_of_draws(
        model, z, condition, tf.shape(x)[1], num_samples, training
    )
    log_likelihood = score_clips(likelihood, x, num_samples)  # (num_samples, batch)
    z = split_samples(z, num_samples)  # (steps, num_samples, batch, latent_dim)
    return model.objective(log_likelihood, q, p, z, model.step), likelihood


def draw_latents(
    model: Any, posterior: Unrolled, num_samples: int, seed: tf.Tensor, training: bool
) -> tuple[tf.Tensor, Any, Any]:
    """Draw latents from the posterior; return them with what the KL compares.

    In training the memory is updated with latents that have noise on them.

    Returns:
        z, (steps, num_samples * batch, latent_dim), and the distributions of every
        step, of the posterior and of the prior, given the same earlier latents: batch
        shape (steps, num_samples, batch).
    """

    def draw_step(distribution, seed):
        return draw(distribution, 1, seed)[0]  # (num_samples * batch, latent_dim)

    def memory_input(z, seed):
        return noisy_memory_input(z, model.memory_noise, seed)

    z, states = posterior.sample_with_states(
        seed,
        num_samples,
        draw_step,
        memory_input if training and model.memory_noise else None,
    )  # (steps, num_samples * batch, latent_dim), name to (..., size)
    q = posterior.step_distributions(states, num_samples)
    prior = model.latent_prior.unroll(posterior.inputs, training)
    return z, q, prior.step_distributions(states, num_samples)


def noisy_memory_input(z: tf.Tensor, deviation: float, seed: tf.Tensor) -> tf.Tensor:
    """Add normal noise to the latents of a step, the same on any number of devices.

    Args:
        z: (rows, latent_dim).
        deviation: of the noise, > 0.
        seed: int32 (2,).
    """
    noise = draw_rows(
        lambda shape: tf.random.stateless_normal(shape, seed), tf.unstack(tf.shape(z))
    )
    return z + deviation * noise


def likelihood_of_draws(
    model: Any,
    z: tf.Tensor,
    condition: tf.Tensor | None,
    frames: Any,
    num_samples: int,
    training: bool,
) -> Any:
    """Return p(x|z, a), batch shape (num_samples * batch, time).

    Args:
        model: a `VideoVAE`.
        z: (steps, num_samples * batch, latent_dim).
        condition: (batch, [time,] condition_size), if a network declares it.
        frames: how many.
        num_samples: draws of z a clip.
        training: whether this is a training step.
    """
    if condition is not None:
        condition = condition_over_time(condition, frames)
        condition = tile_samples(condition, num_samples)
    content, z = split_content(model, swap_batch_and_time(z))
    return frame_likelihood(model, content, z, condition, training)


def score_clips(likelihood: Any, x: tf.Tensor, num_samples: int) -> tf.Tensor:
    """Return log p(x|z) of whole clips, (num_samples, batch).

    Args:
        likelihood: of frames, batch shape (num_samples * batch, time).
        x: (batch, time, height, width, channels).
        num_samples: draws of z a clip.
    """
    nats = likelihood.log_prob(tile_samples(x, num_samples))
    nats = tf.reduce_sum(nats, axis=1)  # (num_samples * batch,)
    return tf.reshape(nats, (num_samples, tf.shape(x)[0]))


def added_costs(
    terms: Sequence[Any], batch: Mapping[str, tf.Tensor], likelihood: Any
) -> dict[str, tf.Tensor]:
    """Compute what terms add to the loss, name to (batch,).

    Args:
        terms: of a model, which compare clips with their reconstructions.
        batch: the named tensors of the real clips.
        likelihood: of frames, batch shape (num_samples * batch, time); the clips of the
            first draws are the reconstructions.
    """
    if not terms:
        return {}
    x = likelihood.mean()[: tf.shape(batch["x"])[0]]
    tensors = StepTensors(batch, {**batch, "x": x})
    return {term.name: term.generator_loss(tensors) for term in terms}
