"""Random seeds made of all that a random number may depend on, and random orders."""

from __future__ import annotations

import tensorflow as tf

# What a random number is for: folded into the seed, so that no two uses share one.
ORDER, BINARISE, DEQUANTISE, BEGIN, LABELS, REPEAT, DERIVE, SECOND = range(8)


def key(seed: int, purpose: int, *numbers: tf.Tensor) -> tf.Tensor:
    """Make an int64 (2,) seed of everything that a random number may depend on."""
    made = tf.constant([seed, purpose], tf.int64)
    for number in numbers:
        made = fold_in(made, number)
    return made


def fold_in(seed: tf.Tensor, number: tf.Tensor | int) -> tf.Tensor:
    """Make another int64 (2,) seed of one and a number."""
    return tf.random.experimental.stateless_fold_in(seed, number, alg="philox")


def shuffled(rows: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Put the rows into an order that the seed decides."""
    return tf.random.experimental.stateless_shuffle(rows, seed, alg="philox")
