"""The optimisers of two players as one, for callbacks that change a learning rate."""

from __future__ import annotations

import keras


class PlayersOptimizer:
    """The `model.optimizer` of a model with two players, as Keras' callbacks need it.

    Its learning rate is the generator's; setting it changes both rates in proportion.

    Args:
        generator: the optimiser of the generator.
        critic: that of the critics.
    """

    built = True

    def __init__(
        self,
        generator: keras.optimizers.Optimizer,
        critic: keras.optimizers.Optimizer,
    ):
        self.generator, self.critic = generator, critic
        self._ratio = 1.0  # of the critics' rate to the generator's, before both are 0

    @property
    def learning_rate(self):
        """The generator's learning rate."""
        return self.generator.learning_rate

    @learning_rate.setter
    def learning_rate(self, value):
        rates = float(self.generator.learning_rate), float(self.critic.learning_rate)
        if rates[0] > 0:
            self._ratio = rates[1] / rates[0]
        self.critic.learning_rate = rates[1]  # a schedule is refused before a change
        self.generator.learning_rate = value
        self.critic.learning_rate = value * self._ratio

    @property
    def iterations(self):
        """The generator's steps."""
        return self.generator.iterations

    @property
    def variables(self):
        """The state of both optimisers."""
        return [*self.generator.variables, *self.critic.variables]


def two_of(optimizer: object) -> tuple[keras.optimizers.Optimizer, ...]:
    """Make an optimiser for each of two players of one.

    Args:
        optimizer: a name, a config or an instance, which is left alone.
    """
    config = keras.optimizers.serialize(keras.optimizers.get(optimizer))
    return tuple(keras.optimizers.deserialize(config) for _ in range(2))
