"""The term of a small foreground mask."""

from __future__ import annotations

from keras_genmodels.objectives.adversarial import per_example
from keras_genmodels.objectives.terms.term import Term
from keras_genmodels.registry import register


@register("mask_sparsity", family="term")
class MaskSparsity(Term):
    """The foreground's mask is small: weight mean(mask), what moves is little.

    Args:
        weight: of the term, >= 0. Default 0.1.
        output: of the generator, in [0, 1]. Default "mask".
        name: of the metric. Default "mask_sparsity".

    Reference: Vondrick, Pirsiavash, Torralba, "Generating Videos with Scene Dynamics",
    2016.
    """

    name = "mask_sparsity"

    def __init__(self, weight=0.1, output="mask", name=None):
        super().__init__(weight, output, name=name)

    def generator_loss(self, step):
        return self.weight * per_example(step.fake[self.output])

    def get_config(self):
        own = {"weight": self.weight, "output": self.output}
        return {**own, **self._own_name()}
