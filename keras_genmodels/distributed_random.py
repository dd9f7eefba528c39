"""Random numbers that do not depend on how many devices share a batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_genmodels.global_batch import is_alone


def draw(distribution, num_samples: int, seed: tf.Tensor) -> tf.Tensor:
    """Samples, (num_samples, batch, ...), that do not depend on the number of replicas.

    Every replica draws the noise of the whole global batch and keeps its share, so that
    training on several devices follows training on one.
    """
    return _own_share(
        lambda replicas: distribution.sample([num_samples, *replicas], seed=seed), 1
    )


def draw_rows(sample, shape: Sequence[Any]) -> tf.Tensor:
    """`sample(shape)`, rows that do not depend on the number of replicas either.

    Args:
        sample: a function from a shape to random numbers, (*shape, ...).
        shape: of what one replica needs, its share of the batch first.
    """
    return _own_share(lambda replicas: sample([*replicas, *shape]), 0)


def _own_share(sample, axis: int) -> tf.Tensor:
    """`sample([])` on one device; of several devices, the own slice of the axis."""
    if is_alone():
        return sample([])
    context = tf.distribute.get_replica_context()
    shares = sample([context.num_replicas_in_sync])
    return tf.gather(shares, context.replica_id_in_sync_group, axis=axis)
