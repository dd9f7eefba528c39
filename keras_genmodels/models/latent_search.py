"""The descent of a cost in the latents of a model, in a graph."""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf

_DECAYS, _EPSILON = (0.9, 0.999), 1e-7  # of Adam


def best_latents(
    cost: Callable[[tf.Tensor], tf.Tensor],
    z: tf.Tensor,
    steps: int | tf.Tensor,
    learning_rate: float,
) -> tf.Tensor:
    """Minimise a cost by Adam, each row by itself; return the best latents on the way.

    Args:
        cost: from latents (rows, latent_dim) to their costs, (rows,).
        z: where the rows start.
        steps: of Adam, >= 0.
        learning_rate: of Adam, > 0, in units of the latent.
    """
    near, far = _DECAYS

    def step(i, z, mean, square, best, lowest):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(z)
            costs = cost(z)
        gradient = tape.gradient(costs, z)
        better = costs < lowest
        best = tf.where(better[:, None], z, best)
        mean = near * mean + (1 - near) * gradient
        square = far * square + (1 - far) * tf.square(gradient)
        count = tf.cast(i + 1, tf.float32)
        size = tf.sqrt(square / (1 - far**count)) + _EPSILON
        z = z - learning_rate * mean / (1 - near**count) / size
        return i + 1, z, mean, square, best, tf.minimum(costs, lowest)

    zero, lowest = tf.zeros_like(z), tf.fill(tf.shape(z)[:1], float("inf"))
    state = (0, z, zero, zero, z, lowest)
    _, last, _, _, best, lowest = tf.while_loop(
        lambda i, *_: i < steps, step, state, parallel_iterations=1
    )
    better = cost(last) < lowest
    return tf.where(better[:, None], last, best)
