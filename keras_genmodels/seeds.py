"""Seeds in the one form that TensorFlow Probability and TensorFlow Serving take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tensorflow as tf


def seed_pair(seed: int | Sequence[int] | tf.Tensor) -> tf.Tensor:
    """Convert a seed to int32 of shape (2,); an int s becomes [0, s].

    Raises:
        ValueError: for anything but an int or two of them.
    """
    import tensorflow as tf

    pair = tf.cast(tf.convert_to_tensor(seed), tf.int32)
    if pair.shape == ():
        return tf.stack([0, pair])
    if pair.shape != (2,):
        raise ValueError(f"`seed` must be an int or two ints. Received: seed={seed}.")
    return pair
