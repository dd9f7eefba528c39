"""Terms of models that take a thing off one picture and put it on another."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.objectives.adversarial import per_example
from keras_genmodels.objectives.terms.reconstruction import of_fake, of_real
from keras_genmodels.objectives.terms.term import Term
from keras_genmodels.registry import register


@register("nothing", family="term")
class Nothing(Term):
    """Nothing is found where there is nothing to find: weight |e|, the mean.

    Args:
        weight: of the term, >= 0. Default 1.
        key: of e in the fake batch. Default "object".
        name: of the metric. Default "nothing".

    Reference: Zhou et al., "GeneGAN: Learning Object Transfiguration and Attribute
    Subspace from Unpaired Data", 2017, whose nulling loss it is.
    """

    name = "nothing"

    def __init__(self, weight=1.0, key="object", name=None):
        super().__init__(weight, name=name)
        self.key = key

    def generator_loss(self, step):
        return self.weight * per_example(tf.abs(of_fake(self, step, self.key)))

    def get_config(self):
        return {"weight": self.weight, "key": self.key, **self._own_name()}


@register("parallelogram", family="term")
class Parallelogram(Term):
    """One picture gains what the other loses: weight |x + y - x_made - y_made|.

    It is the mean over the numbers of a picture.

    Args:
        weight: of the term, >= 0. Default 0.01.
        name: of the metric. Default "parallelogram".

    Reference: Zhou et al., "GeneGAN: Learning Object Transfiguration and Attribute
    Subspace from Unpaired Data", 2017.
    """

    name = "parallelogram"
    batch_tensors = ("y",)

    def __init__(self, weight=0.01, name=None):
        super().__init__(weight, name=name)

    def generator_loss(self, step):
        real = of_real(self, step, "x") + of_real(self, step, "y")
        made = of_fake(self, step, "x") + of_fake(self, step, "y")
        return self.weight * per_example(tf.abs(real - made))

    def get_config(self):
        return {"weight": self.weight, **self._own_name()}
