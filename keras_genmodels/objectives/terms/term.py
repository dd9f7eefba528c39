"""Terms: what a step adds to a player's loss, next to the adversarial objective."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.checks import number
from keras_genmodels.objectives.step_tensors import StepTensors


class Term:
    """An addition to the critics' and the generator's loss, (batch,) nats or 0.

    Args:
        weight: of the term, >= 0.
        output: of the critic that the term reads.
        critic: the name of that critic. Default: the first.
        name: of the term, which is the name of its metric; terms of one name add up to
            one metric. Default: that of the class.

    Raises:
        ValueError: for a negative weight; in a step, if the critic has no such output.
        TypeError: for a `critic` that is no name.
    """

    name = "term"
    reported_player = "generator"  # whose cost is the metric of this name
    batch_tensors: tuple[str, ...] = ()  # of a batch, which the term reads beside "x"

    def __init__(self, weight=1.0, output="features", critic=None, name=None):
        self.weight = float(number("weight", weight, least=0))
        self.output = output
        if critic is not None and not isinstance(critic, str):
            raise TypeError(
                f"`critic` must be the name of a critic. Received: critic={critic!r}."
            )
        self.critic = critic
        if name is not None:
            self.name = name

    def critic_loss(self, step: StepTensors):
        """The cost that the term adds to the critics' loss, (batch,) or 0."""
        return 0.0

    def generator_loss(self, step: StepTensors):
        """The cost that the term adds to the generator's loss, (batch,) or 0."""
        return 0.0

    def metric_values(self, player: str, cost) -> dict[str, tf.Tensor]:
        """The metric of this term, if this player's cost is the one reported."""
        return {self.name: cost} if player == self.reported_player else {}

    def track_weights(self, generator_variables, critic_variables):
        """Make the state that depends on the players' weights; most have none."""
        pass  # AutoGraph cannot read a function that is a docstring alone

    def update(self):
        """Move the term's own state, after a step of both players."""
        pass

    def read(self, outputs: dict[str, tf.Tensor]) -> tf.Tensor:
        """The critic's output that the term is about."""
        if self.output not in outputs:
            critic = (
                f"the critic {self.critic!r}" if self.critic else "the first critic"
            )
            raise ValueError(
                f"The term {self.name!r} reads the output {self.output!r} of {critic}; "
                f"add it to the network. Received: {sorted(outputs)}."
            )
        return outputs[self.output]

    def get_config(self):
        own = {"weight": self.weight, "output": self.output, "critic": self.critic}
        return {**own, **self._own_name()}

    def _own_name(self) -> dict[str, str]:
        """The name for a config, if it is not that of the class."""
        return {"name": self.name} if self.name != type(self).name else {}

    @classmethod
    def from_config(cls, config):
        return cls(**config)
