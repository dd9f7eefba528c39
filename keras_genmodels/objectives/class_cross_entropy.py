"""Cross-entropy of classes of which some are unknown."""

from __future__ import annotations

import tensorflow as tf


def is_labelled(one_hot: tf.Tensor) -> tf.Tensor:
    """Return whether a class is given, bool (...), for one-hots (..., classes)."""
    return tf.reduce_any(one_hot > 0, axis=-1)


def class_cross_entropy(one_hot: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Return -log softmax(logits) of the classes, nats, (...); 0 where none is given.

    An empty one-hot, all zeros, stands for a class that nobody knows: it costs nothing
    and no gradient comes from it. TensorFlow's own cross-entropy is 0 there, too, but
    its gradient is the softmax.

    Args:
        one_hot: (..., classes), float32.
        logits: (..., classes), float32.

    Example:
        >>> one_hot = tf.constant([[0.0, 1.0], [0.0, 0.0]])
        >>> class_cross_entropy(one_hot, tf.zeros((2, 2))).numpy().round(2)
        array([0.69, 0.  ], dtype=float32)
    """
    cost = tf.nn.softmax_cross_entropy_with_logits(one_hot, logits)
    return tf.where(is_labelled(one_hot), cost, 0.0)
