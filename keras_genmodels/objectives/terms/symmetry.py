"""The term of pictures whose halves mirror each other."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.objectives.adversarial import per_example
from keras_genmodels.objectives.terms.reconstruction import of_fake
from keras_genmodels.objectives.terms.term import Term
from keras_genmodels.registry import register


@register("symmetry", family="term")
class Symmetry(Term):
    """The left half of what is generated mirrors the right one: weight |G - flip G|.

    It is the mean over the numbers of a picture.

    Args:
        weight: of the term, >= 0. Default 1.
        key: of the generated pictures in the fake batch. Default "x".
        name: of the metric. Default "symmetry".

    Shapes: the pictures are (batch, height, width, channels).

    Reference: Yin et al., "Towards Large-Pose Face Frontalization in the Wild", 2017.
    """

    name = "symmetry"

    def __init__(self, weight=1.0, key="x", name=None):
        super().__init__(weight, name=name)
        self.key = key

    def generator_loss(self, step):
        x = of_fake(self, step, self.key)
        return self.weight * per_example(tf.abs(x - tf.reverse(x, axis=[2])))

    def get_config(self):
        return {"weight": self.weight, "key": self.key, **self._own_name()}
