"""The last step from a generator's output to a sample."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.registry import register


@register("sigmoid", family="output")
def sigmoid(x: tf.Tensor) -> tf.Tensor:
    """The sigmoid of logits: samples in (0, 1)."""
    return tf.sigmoid(x)


@register("clip", family="output")
def clip(x: tf.Tensor) -> tf.Tensor:
    """Pixels as they are, clipped to [0, 1]; outside there is no gradient."""
    return tf.clip_by_value(x, 0.0, 1.0)


@register("rectified", family="output")
def rectified(x: tf.Tensor) -> tf.Tensor:
    """The positive part, for quantities that are exactly 0 in many places."""
    return tf.nn.relu(x)


@register("linear", family="output")
def linear(x: tf.Tensor) -> tf.Tensor:
    """The output as it is, of any range."""
    return x
