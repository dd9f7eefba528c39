"""The term of differences between neighbouring pixels."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.objectives.terms.term import Term
from keras_genmodels.registry import register


@register("gradient_difference", family="term")
class GradientDifference(Term):
    """The differences of neighbouring pixels should be those of the real picture.

        weight * sum over pixels | |dx| - |dx^| |,   d along height and along width

    A blurred reconstruction is right on the average and wrong in all of its edges.

    Args:
        weight: of the term, in nats a level of 1, >= 0. Default 1.
        name: of the metric. Default "gradient_difference".

    Shapes: "x" of both sides is (batch, [time,] height, width, channels).

    Reference: Mathieu, Couprie, LeCun, "Deep Multi-Scale Video Prediction beyond Mean
    Square Error", 2016, with alpha = 1.

    Example:
        >>> from keras_genmodels.objectives import StepTensors
        >>> real, fake = tf.constant([0.0, 1.0]), tf.constant([0.5, 0.5])
        >>> sides = [{"x": tf.reshape(x, (1, 1, 2, 1))} for x in (real, fake)]
        >>> GradientDifference(2.0).generator_loss(StepTensors(*sides)).numpy()
        array([2.], dtype=float32)
    """

    name = "gradient_difference"

    def __init__(self, weight=1.0, name=None):
        super().__init__(weight, name=name)

    def generator_loss(self, step):
        pairs = zip(_edges(step.real["x"]), _edges(step.fake["x"]), strict=True)
        return self.weight * sum(
            tf.reduce_sum(tf.abs(ours - theirs), axis=list(range(1, ours.shape.rank)))
            for ours, theirs in pairs
        )

    def get_config(self):
        return {"weight": self.weight, **self._own_name()}


def _edges(x):
    """How much neighbours differ, down and to the right."""
    down = x[..., 1:, :, :] - x[..., :-1, :, :]
    right = x[..., :, 1:, :] - x[..., :, :-1, :]
    return tf.abs(down), tf.abs(right)
