"""A term that wants edges where the real picture has them."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.objectives.terms import Term
from keras_genmodels.registry import register


@register("gradient_difference", family="term")
class GradientDifference(Term):
    """The differences of neighbouring pixels should be those of the real picture.

        weight * sum over pixels | |dx| - |dx^| |,   d along height and along width

    A blurred reconstruction is right on the average and wrong in all of its edges.

    Args:
        weight: of the term, in nats a level of 1, >= 0. Default 1.

    Shapes: "x" of both sides is (batch, [time,] height, width, channels).

    Reference: Mathieu, Couprie, LeCun, "Deep Multi-Scale Video Prediction beyond Mean
    Square Error", 2016, with alpha = 1.

    Example:
        >>> from keras_genmodels.objectives import Play
        >>> real, fake = tf.constant([0.0, 1.0]), tf.constant([0.5, 0.5])
        >>> sides = [{"x": tf.reshape(x, (1, 1, 2, 1))} for x in (real, fake)]
        >>> GradientDifference(2.0).generator_loss(Play(*sides, judges=())).numpy()
        array([2.], dtype=float32)
    """

    name = "gradient_difference"

    def __init__(self, weight=1.0):
        super().__init__(weight)

    def generator_loss(self, play):
        pairs = zip(_edges(play.real["x"]), _edges(play.fake["x"]), strict=True)
        return self.weight * sum(
            tf.reduce_sum(tf.abs(ours - theirs), axis=list(range(1, ours.shape.rank)))
            for ours, theirs in pairs
        )

    def get_config(self):
        return {"weight": self.weight}


def _edges(x):
    """How much neighbours differ, down and to the right."""
    down = x[..., 1:, :, :] - x[..., :-1, :, :]
    right = x[..., :, 1:, :] - x[..., :, :-1, :]
    return tf.abs(down), tf.abs(right)
