"""The term that draws weights to the mean of their own past."""

from __future__ import annotations

from dataclasses import dataclass

import keras
import tensorflow as tf

from keras_genmodels.checks import number
from keras_genmodels.objectives.terms.term import Term
from keras_genmodels.registry import register


@dataclass(frozen=True)
class _Record:
    """A weight of a player and the mean of what it has been; Keras tracks neither."""

    variable: keras.Variable
    mean: keras.Variable


@register("historical_averaging", family="term")
class HistoricalAveraging(Term, keras.layers.Layer):
    """Each player is penalised by the distance of its weights from their mean so far.

        weight * |theta - (theta_1 + ... + theta_t) / t|**2

    Players that circle around an equilibrium are drawn to the middle. The means are
    weights of this layer, saved with the model, updated after a step of both players;
    before the first step the cost is 0.

    Args:
        weight: of the term, >= 0. Default 1.
        name: of the metric. Default "historical_averaging".

    Raises:
        ValueError: for a negative weight, or an instance that has been given to two
            models.

    Reference: Salimans et al., "Improved Techniques for Training GANs", 2016.
    """

    name = "historical_averaging"

    def __init__(self, weight=1.0, name=None):
        keras.layers.Layer.__init__(self, name=name or self.name, dtype="float32")
        if name is not None:
            self.name = name
        self.weight = float(number("weight", weight, least=0))
        self.built = True

    def track_weights(self, generator_variables, critic_variables):
        if hasattr(self, "records"):
            raise ValueError(
                f"The term {self.name!r} keeps a record of one model's weights; give "
                "each model its own. Received: the same instance in two."
            )
        self.count = self._state("count", ())
        self.records = {
            player: [
                _Record(variable, self._state(f"{player}_{i}", variable.shape))
                for i, variable in enumerate(variables)
            ]
            for player, variables in (
                ("generator", generator_variables),
                ("critic", critic_variables),
            )
        }

    def _state(self, name, shape):
        return self.add_weight(
            name=name,
            shape=shape,
            initializer="zeros",
            trainable=False,
            autocast=False,
            aggregation="mean",  # the same on every replica
        )

    def update(self):
        """Take what the weights are now into their means."""
        self.count.assign_add(1.0)
        for record in (*self.records["generator"], *self.records["critic"]):
            difference = record.variable.value - record.mean.value
            record.mean.assign_add(difference / self.count)

    def critic_loss(self, step):
        return self._distance("critic", step)

    def generator_loss(self, step):
        return self._distance("generator", step)

    def _distance(self, player, step):
        squares = [
            tf.reduce_sum(tf.square(record.variable.value - record.mean.value))
            for record in self.records[player]
        ]
        begun = tf.minimum(self.count.value, 1.0)
        cost = self.weight * begun * sum(squares)
        return tf.fill((tf.shape(step.real["x"])[0],), cost)

    def get_config(self):
        return {"weight": self.weight, **self._own_name()}
