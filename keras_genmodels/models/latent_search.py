"""The descent of a cost in the latents of a model, in a graph."""

from __future__ import annotations

import functools
from collections.abc import Callable

import tensorflow as tf

from keras_genmodels.objectives.adversarial import per_example

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


def searched(
    cost: Callable[[tf.Tensor], tf.Tensor],
    z: tf.Tensor,
    steps: int | tf.Tensor,
    learning_rate: float,
) -> tf.Tensor:
    """`best_latents`, found in a graph.

    Args:
        cost: as for `best_latents`, like what else has its name there.
        z: where the rows start.
        steps: of Adam, >= 0.
        learning_rate: of Adam.
    """
    search = tf.function(
        functools.partial(best_latents, cost, learning_rate=learning_rate),
        autograph=False,
    )
    return search(z, steps=tf.convert_to_tensor(steps))


def seen_again(
    see: Callable[[tf.Tensor], tf.Tensor],
    x: tf.Tensor,
    decode: Callable[[tf.Tensor], tf.Tensor],
) -> Callable[[tf.Tensor], tf.Tensor]:
    """The cost of latents in which a network does not see what it sees in pictures.

    Args:
        see: from pictures to features.
        x: the pictures.
        decode: from latents to pictures.

    Returns:
        A function from latents to mean (see(x) - see(decode(z)))**2, (rows,).
    """
    wanted = see(x)
    return lambda z: per_example(tf.square(wanted - see(decode(z))))
