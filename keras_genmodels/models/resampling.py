"""Conditions of which some attributes are drawn anew."""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf

from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.distributed_random import draw_rows

_fold_in = tf.random.experimental.stateless_fold_in


def resampled_columns(
    spec: DatasetSpec, names: Sequence[str], condition: tf.Tensor, seed: tf.Tensor
) -> tf.Tensor:
    """The condition with some attributes drawn anew, each class or value as likely.

    Args:
        spec: of the dataset.
        names: of the attributes that are drawn; the others stay.
        condition: (batch, condition_size).
        seed: int32 (2,).

    Returns:
        (batch, condition_size).
    """
    rows = [tf.shape(condition)[0]]
    parts = []
    for place, attribute in enumerate(spec.attributes):
        part = condition[:, attribute.start : attribute.stop]
        if attribute.name in names:
            own = _fold_in(
                seed, place + 2
            )  # 0 and 1 are the latent's and the encoder's
            uniform = draw_rows(
                lambda shape, own=own: tf.random.stateless_uniform(shape, own), rows
            )
            part = _as_columns(uniform, attribute)
        parts.append(part)
    return tf.concat(parts, axis=1)


def _as_columns(uniform, attribute):
    """Uniform numbers in [0, 1), (batch,), as an attribute's columns."""
    if attribute.is_real:
        return uniform[:, None]
    count = len(attribute.classes)
    return tf.one_hot(tf.cast(uniform * count, tf.int32), count)
