"""The term of smooth pictures."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.checks import number
from keras_genmodels.objectives.adversarial import per_example
from keras_genmodels.objectives.terms.reconstruction import of_fake
from keras_genmodels.objectives.terms.term import Term
from keras_genmodels.registry import register

_TINY = 1e-12  # under a root, whose slope at 0 is infinite


@register("smoothness", family="term")
class Smoothness(Term):
    """Neighbouring pixels of what is generated are alike: the total variation.

        weight * mean over pixels of (dx**2 + dy**2)**(power / 2)

    with the differences dx and dy to the neighbours on the right and below.

    Args:
        weight: of the term, >= 0. Default 1.
        key: of the generated pictures in the fake batch. Default "x".
        power: >= 1; 1 keeps edges, 2 does not. Default 1.
        name: of the metric. Default "smoothness".

    Shapes: the pictures are (batch, height, width, channels).

    Reference: Rudin, Osher, Fatemi, "Nonlinear Total Variation Based Noise Removal
    Algorithms", 1992; Taigman, Polyak, Wolf, "Unsupervised Cross-Domain Image
    Generation", 2017, with a sum over pixels.
    """

    name = "smoothness"

    def __init__(self, weight=1.0, key="x", power=1, name=None):
        super().__init__(weight, name=name)
        self.key = key
        self.power = number("power", power, least=1)

    def generator_loss(self, step):
        x = of_fake(self, step, self.key)
        right = x[:, :-1, 1:] - x[:, :-1, :-1]
        down = x[:, 1:, :-1] - x[:, :-1, :-1]
        squares = tf.square(right) + tf.square(down)
        variation = tf.pow(squares + _TINY, self.power / 2)
        return self.weight * per_example(variation)

    def get_config(self):
        own = {"weight": self.weight, "key": self.key, "power": self.power}
        return {**own, **self._own_name()}
