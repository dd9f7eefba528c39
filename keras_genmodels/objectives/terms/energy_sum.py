"""The term of a sum that was asked for."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.checks import number
from keras_genmodels.objectives.terms.term import Term
from keras_genmodels.registry import register


@register("energy_sum", family="term")
class EnergySum(Term):
    """The energies of a generated shower's cells add up to the energy asked for.

        weight |E - unit * sum of x|,    E = low + (high - low) c

    Args:
        weight: of the term, >= 0. Default 0.05.
        low: the energy for which the column c of the condition is 0, in GeV. Default 0.
        high: the one for which it is 1. Default 1.
        unit: the energy for which x is 1, > 0. Default 1.
        column: c, of `condition`. Default 0.
        name: of the metric. Default "energy_sum".

    Reference: Paganini, de Oliveira, Nachman, "CaloGAN: Simulating 3D High Energy
    Particle Showers in Multilayer Electromagnetic Calorimeters with Generative
    Adversarial Networks", 2018.
    """

    name = "energy_sum"
    batch_tensors = ("condition",)

    def __init__(self, weight=0.05, low=0.0, high=1.0, unit=1.0, column=0, name=None):
        super().__init__(weight, name=name)
        self.low, self.high, self.column = float(low), float(high), int(column)
        self.unit = float(number("unit", unit, above=0))

    def generator_loss(self, step):
        x, column = step.fake["x"], step.fake["condition"][:, self.column]
        asked = self.low + (self.high - self.low) * column
        axes = list(range(1, x.shape.rank))
        return self.weight * tf.abs(asked - self.unit * tf.reduce_sum(x, axis=axes))

    def get_config(self):
        own = {"low": self.low, "high": self.high, "unit": self.unit}
        return {"weight": self.weight, **own, "column": self.column, **self._own_name()}
