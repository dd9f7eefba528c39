"""A critic: a network, its objective, and the penalties that keep it in bounds."""

from __future__ import annotations

import keras
import tensorflow as tf

from keras_genmodels import registry
from keras_genmodels.checks import integer, number
from keras_genmodels.distributed_random import draw_rows
from keras_genmodels.models.checks import check_score, last_layer
from keras_genmodels.models.named_networks import named
from keras_genmodels.models.network_inputs import call_declared
from keras_genmodels.models.replay_pool import ReplayPool
from keras_genmodels.models.serialisation import deserialised, serialised
from keras_genmodels.registry import register


@register("critic", family="model")
class Critic(keras.layers.Layer):
    """One opponent of a generator; a GAN has a list of them.

    It is a layer so that its network, and the state of its objective, are saved with
    the model that it is part of.

    Args:
        network: from the tensors that it declares, among those of a batch and
            "latent", to `"score"`, linear and larger for examples that look more real:
            (batch, 1), or (batch, height, width, 1) of patches. Further outputs are
            there for terms.
        objective: "non_saturating", "wasserstein", ..., or an instance.
        penalties: to be added to the critic's loss: "gradient_penalty", ..., or
            instances.
        view: maps the named tensors of a batch, and a seed, to those that the critic
            sees: a random frame of a video, say. A serialisable callable, or `None`; of
            one that is a layer, state is saved, and `update` called after every step.
        weight: of this critic among several, >= 0; it weighs both losses of the
            objective. Penalties have weights of their own. One of weight 0 is not even
            asked, unless a penalty or a term reads it.
        replay_pool: generated examples of earlier steps, some of which it sees again
            in its own step, >= 0; see `ReplayPool`.
        negatives: views of the generated batch, like `view`, each of which shows
            further examples that this critic is to call fake, and the generator to make
            look real: `Named("x_same")`, say. One whose `of` is "real", such as
            `Mismatched("caption")`, is a view of the real batch, for which the
            generator does not answer. An objective that has a class for each, such as
            "which", tells them apart; of others the mean over all kinds counts.
        **kwargs: `name`, by which terms know the critic, and `dtype`.

    Raises:
        ValueError: if the network's output is no score, or for a negative weight or
            pool.
    """

    def __init__(
        self,
        network,
        objective="non_saturating",
        penalties=(),
        view=None,
        weight=1.0,
        replay_pool=0,
        negatives=(),
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.network = named(network, "critic", {"x": None, "latent": None}, "score")
        self.objective = registry.get(objective, "adversarial")
        self.penalties = [registry.get(penalty, "penalty") for penalty in penalties]
        self.view = view
        self.weight = number("weight", weight, least=0)
        self.replay_pool = integer("replay_pool", replay_pool, 0)
        self.negatives = list(negatives)
        least = self.objective.least_scores
        if getattr(self.objective, "tells_negatives", False) and least > 1:
            least += len(self.negatives)  # a class for each kind
        check_score(self.network, least)
        self.pool = None
        if replay_pool:
            seen = self.network.input.items()
            shapes = {name: tuple(tensor.shape[1:]) for name, tensor in seen}
            self.pool = ReplayPool(replay_pool, shapes, name="pool")
        self.built = True

    def call(self, tensors, training=False) -> dict[str, tf.Tensor]:
        """The named outputs of the network, float32, for the tensors it declares."""
        return call_declared(self.network, tensors, training)

    def outputs_fn(self, training):
        """`call` in or out of training, a function of the tensors alone."""
        return lambda tensors: self.call(tensors, training)

    def view_fn(self, seed):
        """The view under a seed: from named tensors to those the critic sees."""
        if self.view is None:
            return lambda tensors: tensors
        return lambda tensors: self.view(tensors, seed)

    def feature_fn(self):
        """A function from named tensors to the features of the last hidden layer.

        That is the network's output "features", flattened to (batch, size), or without
        one what goes into the layer that puts out the score.

        Raises:
            ValueError: if the network has neither.
        """
        network = self.network
        if "features" not in network.output:
            layer = last_layer(network, "score")
            if layer is None:
                raise ValueError(
                    f"The critic {self.name!r} must have an output 'features', since "
                    "no single layer puts out its score. "
                    f"Received: {sorted(network.output)}."
                )
            features = {"features": layer.input}
            network = keras.Model(network.input, features, name=network.name)

        def describe(tensors):
            features = call_declared(network, tensors)["features"]
            return tf.reshape(features, (tf.shape(features)[0], -1))

        return describe

    @property
    def is_idle(self) -> bool:
        """Whether nothing depends on its scores: no loss, penalty, state or metric."""
        needed = self.penalties or self.objective.measure_names
        return not (self.weight or needed or self.objective.weights)

    def scores(self, step) -> tuple[tf.Tensor, tf.Tensor]:
        """The scores of the real and the fake examples.

        Args:
            step: the `StepTensors` of this training step.
        """
        return step.on_real(self.name)["score"], step.on_fake(self.name)["score"]

    def replay(self, step, next_seed) -> None:
        """Show it some generated examples of earlier steps, if it has a pool.

        Args:
            step: the `StepTensors` of this critic's step.
            next_seed: a function to a fresh seed.
        """
        if self.pool is not None:
            seen = step.view("fake", self.name)
            step.show("fake", self.name, self.pool.exchanged(seen, next_seed()))

    def show_negatives(self, step, seed) -> None:
        """Give a step the examples of this critic's negatives.

        Args:
            step: the `StepTensors` of this training step.
            seed: int32 (2,), of the views.
        """
        for place, view in enumerate(self.negatives):
            own = tf.random.experimental.stateless_fold_in(seed, place)
            tensors = step.real if _is_of_real(view) else step.fake
            step.show(f"negatives_{place}", self.name, view(tensors, own))

    def _fake_scores(self, step, answered=False):
        """The scores of generated examples, then of each kind of negatives.

        Those that `answered` asks for are of kinds that the generator has made.
        """
        kinds = [
            f"negatives_{place}"
            for place, view in enumerate(self.negatives)
            if not (answered and _is_of_real(view))
        ]
        shown = [step.on_shown(kind, self.name)["score"] for kind in kinds]
        return [step.on_fake(self.name)["score"], *shown]

    def critic_terms(self, step, next_seed) -> dict[str, tf.Tensor]:
        """`critic_loss` and everything in `names`, (batch,) each.

        Args:
            step: the `StepTensors` of this training step.
            next_seed: a function to a fresh seed, for penalties that draw.
        """
        if self.is_idle:
            return {"critic_loss": _nothing(step)}
        scores, fakes = self.scores(step), self._fake_scores(step)
        if getattr(self.objective, "tells_negatives", False):
            loss = self.objective.critic_loss(scores[0], *fakes)
        else:
            losses = [self.objective.critic_loss(scores[0], fake) for fake in fakes]
            loss = sum(losses) / len(losses)
        total = self.weight * loss
        terms = self.objective.measures(*scores)
        outputs_fn = step.outputs_fns[self.name]
        for penalty in self.penalties:
            terms[penalty.name] = penalty(
                lambda tensors: outputs_fn(tensors)["score"],
                step.view("real", self.name),
                step.view("fake", self.name),
                _uniform(next_seed),
            )
            total += terms[penalty.name]
        return {"critic_loss": total, **terms}

    def generator_loss(self, step) -> tf.Tensor:
        """The loss of the generator from this critic's scores, (batch,).

        Args:
            step: the `StepTensors` of this training step.
        """
        if self.is_idle:
            return _nothing(step)
        objective, fakes = self.objective, self._fake_scores(step, answered=True)
        sees_real = objective.generator_sees_real
        real = step.on_real(self.name)["score"] if sees_real else None
        losses = [objective.generator_loss(fake, real) for fake in fakes]
        kinds = 1 if getattr(objective, "tells_negatives", False) else len(losses)
        return self.weight * sum(losses) / kinds

    def update(self, step):
        """Move the state of the objective and of the view, after a critic's step.

        Args:
            step: the `StepTensors` of this training step.
        """
        if not self.is_idle:
            self.objective.update(*self.scores(step))
        if hasattr(self.view, "update"):
            self.view.update()

    @property
    def names(self) -> list[str]:
        """The metrics that this critic adds to those of a model."""
        penalties = [penalty.name for penalty in self.penalties]
        return [*penalties, *self.objective.measure_names]

    def get_config(self):
        parts = {
            "network": self.network,
            "objective": self.objective,
            "penalties": self.penalties,
            "view": self.view,
            "negatives": self.negatives,
        }
        numbers = {"weight": self.weight, "replay_pool": self.replay_pool}
        return {**super().get_config(), **serialised(parts), **numbers}

    @classmethod
    def from_config(cls, config):
        dtype = config.pop("dtype", None)
        parts = {key: deserialised(value) for key, value in config.items()}
        return cls(**parts, dtype=dtype)


def to_configs(critics) -> list[dict]:
    """The configs of critics; a network that an earlier one has is its number."""
    networks = [critic.network for critic in critics]
    configs = [keras.saving.serialize_keras_object(critic) for critic in critics]
    for place, config in enumerate(configs):
        first = next(i for i, n in enumerate(networks) if n is networks[place])
        if first < place:
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
            critics.append(deserialised(config))
    return critics


def _is_of_real(view) -> bool:
    """Check whether negatives are real examples, such as ones that do not match."""
    return getattr(view, "of", "fake") == "real"


def _nothing(step) -> tf.Tensor:
    """A loss of 0 for each example, (batch,)."""
    return tf.zeros(tf.shape(step.real["x"])[:1])


def _uniform(next_seed):
    """Random numbers in [0, 1) of a shape, batch first, from a fresh seed each time."""

    def uniform(shape):
        seed = next_seed()
        return draw_rows(
            lambda rows: tf.random.stateless_uniform(rows, seed), tf.unstack(shape)
        )

    return uniform
