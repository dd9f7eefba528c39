"""Attributes of frames: probabilities, cross-entropy, and conditions made whole.

An encoder with the output "attributes" gives a logit for every column of the condition.
Real attributes have no classes: they are neither inferred nor drawn.
"""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf

from keras_genmodels.data.attributes import Attribute
from keras_genmodels.models.time_axis import condition_over_time
from keras_genmodels.objectives.class_cross_entropy import class_cross_entropy


def attribute_probabilities(
    attributes: Sequence[Attribute], logits: tf.Tensor
) -> dict[str, tf.Tensor]:
    """Return the probabilities of each attribute's classes.

    Args:
        attributes: of the data set.
        logits: (..., condition_size).

    Returns:
        Name to (..., classes).
    """
    return {
        a.name: tf.nn.softmax(logits[..., a.start : a.stop])
        for a in attributes
        if not a.is_real
    }


def attribute_cross_entropy(
    attributes: Sequence[Attribute], logits: tf.Tensor, condition: tf.Tensor
) -> tf.Tensor:
    """Return the cross-entropy of all attributes, summed over frames, (batch,) nats.

    Args:
        attributes: of the data set.
        logits: (batch, time, condition_size).
        condition: the true classes, (batch, [time,] condition_size); an attribute
            whose columns are all 0 costs nothing.
    """
    condition = condition_over_time(condition, tf.shape(logits)[1])
    costs = [
        class_cross_entropy(
            condition[..., a.start : a.stop], logits[..., a.start : a.stop]
        )
        for a in attributes
        if not a.is_real
    ]
    return tf.reduce_sum(sum(costs, tf.zeros(tf.shape(logits)[:2])), axis=1)


def complete_condition(
    attributes: Sequence[Attribute],
    condition: tf.Tensor,
    logits: tf.Tensor | None,
    seed: tf.Tensor,
) -> tf.Tensor:
    """Fill in the attributes that are not given, those whose columns are all 0.

    Args:
        attributes: of the data set.
        condition: (n, time, condition_size).
        logits: of a first frame, (n, 1, condition_size), whose likeliest classes are
            filled in, or None: then classes are drawn, each as likely as the others.
        seed: of the draws, int32 (2,).

    Returns:
        (n, time, condition_size).
    """
    parts, rows = [condition[..., :0]], tf.shape(condition)[0]
    for index, a in enumerate(attributes):
        given = condition[..., a.start : a.stop]  # (n, time, classes)
        if a.is_real:
            parts.append(given)
            continue
        size = a.stop - a.start
        if logits is not None:
            chosen = tf.argmax(logits[:, 0, a.start : a.stop], axis=-1)
        else:
            own = tf.random.experimental.stateless_fold_in(seed, index)
            chosen = tf.random.stateless_uniform(
                (rows,), own, maxval=size, dtype=tf.int32
            )
        missing = tf.reduce_sum(given, axis=-1, keepdims=True) == 0
        parts.append(tf.where(missing, tf.one_hot(chosen, size)[:, None], given))
    return tf.concat(parts, axis=-1)


def replace_improbable(
    attributes: Sequence[Attribute], condition: tf.Tensor, logits: tf.Tensor
) -> tf.Tensor:
    """Replace the classes that a frame makes improbable by its likeliest ones.

    A class is improbable if its probability is less than half of an even chance.

    Args:
        attributes: of the data set.
        condition: (n, 1, condition_size), every attribute given.
        logits: of the frame, (n, 1, condition_size).

    Returns:
        (n, 1, condition_size).
    """
    parts = [condition[..., :0]]
    for a in attributes:
        given, size = condition[..., a.start : a.stop], a.stop - a.start
        p = tf.nn.softmax(logits[..., a.start : a.stop])
        improbable = tf.reduce_sum(p * given, -1, keepdims=True) < 0.5 / size
        likeliest = tf.one_hot(tf.argmax(p, axis=-1), size)
        replaced = tf.where(improbable, likeliest, given)
        parts.append(given if a.is_real else replaced)
    return tf.concat(parts, axis=-1)
