"""A critic: a network, the game it plays, and what keeps it in bounds."""

from __future__ import annotations

import keras
import tensorflow as tf

from keras_genmodels import registry
from keras_genmodels.models.base import feed, revived
from keras_genmodels.models.declared import check_score
from keras_genmodels.models.replicas import draw_rows
from keras_genmodels.objectives.arguments import at_least
from keras_genmodels.registry import register


@register("critic", family="model")
class Critic(keras.layers.Layer):
    """One opponent of a generator; a GAN has a list of them.

    It is a layer so that its network, and the state of its objective, are saved with
    the model that it is part of.

    Args:
        network: from what it declares, among "x", "condition" and "latent", to
            `"score"`, linear and larger for what looks more real: (batch, 1), or
            (batch, height, width, 1) of patches. Further outputs are there for terms.
        objective: of the game: "non_saturating", "wasserstein", ..., or an instance.
        penalties: to be added to the critic's loss: "gradient_penalty", ..., or
            instances.
        view: maps the named tensors of a batch, and a seed, to those that the critic
            sees: a random frame of a video, say. A serialisable callable, or `None`.
        weight: of this critic's opinion among several, >= 0; it weighs both losses of
            the objective. Penalties have weights of their own.

    Raises:
        ValueError: if the network's output is no score, or for a negative weight.
    """

    def __init__(
        self,
        network,
        objective="non_saturating",
        penalties=(),
        view=None,
        weight=1.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.network = network
        self.objective = registry.get(objective, "adversarial")
        self.penalties = [registry.get(penalty, "penalty") for penalty in penalties]
        self.view = view
        self.weight = at_least("weight", weight, 0)
        check_score(network, self.objective.least_scores)
        self.built = True

    def judge(self, tensors, training=False) -> dict[str, tf.Tensor]:
        """The named outputs of the network, float32, for what the critic sees."""
        return feed(self.network, tensors, training)

    def call(self, tensors, training=False):
        return self.judge(tensors, training)

    def judging(self, training):
        """`judge` in or out of training, a function of the tensors alone."""
        return lambda tensors: self.judge(tensors, training)

    def looking(self, seed):
        """The view under a seed: from named tensors to those the critic sees."""
        if self.view is None:
            return lambda tensors: tensors
        return lambda tensors: self.view(tensors, seed)

    def describing(self):
        """A function from named tensors to what the score is read from, flattened.

        That is the network's output "features", (batch, size), or without one what goes
        into the layer that puts out the score.
        """
        network = self.network
        if "features" not in network.output:
            history = network.output["score"]._keras_history
            node = history.operation._inbound_nodes[history.node_index]
            hidden = {"features": node.input_tensors[0]}
            network = keras.Model(network.input, hidden, name=network.name)

        def describe(tensors):
            features = feed(network, tensors)["features"]
            return tf.reshape(features, (tf.shape(features)[0], -1))

        return describe

    def scores(self, play, number) -> tuple[tf.Tensor, tf.Tensor]:
        """The scores of the real and the fake examples.

        Args:
            play: the `Play` of this step.
            number: of this critic in it.
        """
        return play.on_real(number)["score"], play.on_fake(number)["score"]

    def costs(self, play, number, next_seed) -> dict[str, tf.Tensor]:
        """`critic_loss` and everything in `names`, (batch,) each.

        Args:
            play: the `Play` of this step.
            number: of this critic in it.
            next_seed: a function to a fresh seed, for penalties that draw.
        """
        scores = self.scores(play, number)
        total = self.weight * self.objective.critic_loss(*scores)
        terms = self.objective.measures(*scores)
        for penalty in self.penalties:
            terms[penalty.name] = penalty(
                lambda tensors: play.judges[number](tensors)["score"],
                play.seen("real", number),
                play.seen("fake", number),
                _uniform(next_seed),
            )
            total += terms[penalty.name]
        return {"critic_loss": total, **terms}

    @property
    def names(self) -> list[str]:
        """What this critic adds to the metrics of a model."""
        penalties = [penalty.name for penalty in self.penalties]
        return [*penalties, *self.objective.measure_names]

    def get_config(self):
        serialise = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "network": serialise(self.network),
            "objective": serialise(self.objective),
            "penalties": [serialise(penalty) for penalty in self.penalties],
            "view": serialise(self.view),
            "weight": self.weight,
        }

    @classmethod
    def from_config(cls, config):
        dtype = config.pop("dtype", None)
        return cls(
            **{key: revived(value) for key, value in config.items()}, dtype=dtype
        )


def to_configs(critics) -> list[dict]:
    """The configs of critics; a network that an earlier one has is its number."""
    networks = [critic.network for critic in critics]
    configs = [keras.saving.serialize_keras_object(critic) for critic in critics]
    for number, config in enumerate(configs):
        first = next(i for i, n in enumerate(networks) if n is networks[number])
        if first < number:
            config["config"]["network"] = first
    return configs


def from_configs(configs) -> list[Critic]:
    """The critics of `to_configs`; those that shared a network share it again."""
    critics = []
    for config in configs:
        arguments = dict(config["config"])
        if isinstance(arguments["network"], int):
            arguments["network"] = critics[arguments["network"]].network
            critics.append(Critic.from_config(arguments))
        else:
            critics.append(revived(config))
    return critics


def _uniform(next_seed):
    """Random numbers in [0, 1) of a shape, batch first, from a fresh seed each time."""

    def uniform(shape):
        seed = next_seed()
        return draw_rows(
            lambda rows: tf.random.stateless_uniform(rows, seed), tf.unstack(shape)
        )

    return uniform
