"""Critics that see what earlier members of an ensemble make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_genmodels.checks import integer
from keras_genmodels.models import checks
from keras_genmodels.models.critic import Critic
from keras_genmodels.registry import register

UNWEIGHTED = "unweighted"  # the real x of a batch whose rows were drawn by weights


@register("earlier", family="view")
class Earlier:
    """Shows a critic samples of earlier members of the ensemble in place of x.

    Among a critic's `negatives`, they are generated examples for which the generator of
    this member does not answer. They are made as `sample` makes them, asked for what
    the real examples are.

    Args:
        age: how many stages ago the member learnt, >= 1. Default None: all earlier
            ones, which share the rows of a batch evenly.

    Raises:
        TypeError, ValueError: for an age that is no integer >= 1.
    """

    of = "real"

    def __init__(self, age=None):
        self.age = None if age is None else integer("age", age, 1)
        self._members = ()

    def meet(self, members: Sequence[Any]) -> None:
        """Say which members are earlier, the oldest first.

        Args:
            members: models with `sample_rows`.

        Raises:
            ValueError: if there are fewer than this view looks back.
        """
        if len(members) < (self.age or 1):
            raise ValueError(
                f"`age` must be that of an earlier member, of {len(members)} there. "
                f"Received: age={self.age}."
            )
        self._members = tuple(members if self.age is None else [members[-self.age]])

    def __call__(self, tensors: dict[str, tf.Tensor], seed) -> dict[str, tf.Tensor]:
        rows, count = tf.shape(tensors["x"])[0], len(self._members)
        if not count:
            raise ValueError(
                "The view 'earlier' must be that of a member of an `Ensemble`. "
                "Received: a model by itself."
            )
        parts = []
        for place, member in enumerate(self._members):
            begin, end = rows * place // count, rows * (place + 1) // count
            asked = {name: tensor[begin:end] for name, tensor in tensors.items()}
            own = tf.random.experimental.stateless_fold_in(seed, place)
            parts.append(member.sample_rows(end - begin, asked, own))
        return {**tensors, "x": tf.stop_gradient(tf.concat(parts, axis=0))}

    def get_config(self):
        return {"age": self.age}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@register("mixture_critic", family="model")
class MixtureCritic(Critic):
    """A critic between the data and the mixture of all earlier members.

    It learns with the critics of a member, and its cost is in `critic_loss`; no
    generator answers to it. exp(-score) estimates how often the mixture makes an
    example, over how often the data do.

    Args:
        network: as for `Critic`.
        name: by which the member knows it. Default "mixture".
        **kwargs: `dtype`.
    """

    def __init__(self, network, name="mixture", **kwargs):
        super().__init__(
            network, "logistic", negatives=[Earlier()], name=name, **kwargs
        )

    def view_fn(self, seed):
        """The real rows as they came, before some were drawn in place of others."""
        return lambda tensors: {**tensors, "x": tensors.get(UNWEIGHTED, tensors["x"])}

    def scores(self, step):
        return step.on_real(self.name)["score"], self._fake_scores(step)[0]

    def _fake_scores(self, step, answered=False):
        return [step.on_shown("negatives_0", self.name)["score"]]

    def generator_loss(self, step):
        return tf.zeros(tf.shape(step.real["x"])[:1])

    def get_config(self):
        config = super().get_config()
        return {key: config[key] for key in ("name", "trainable", "dtype", "network")}


def add_critic(model: Any, critic: Critic) -> None:
    """Give a model one more critic, before it is compiled.

    Args:
        model: a `GAN`.
        critic: whose penalties and measures have no names, or names that it has.

    Raises:
        ValueError: for a model without critics, a critic of a taken name, or one that
            the data do not suit.
    """
    if not hasattr(model, "critics"):
        raise ValueError(
            "`model` must be one of a generator and critics, such as `GAN`. "
            f"Received: {type(model).__name__}."
        )
    model.critics.append(critic)
    checks.check_gan(model)


def earlier_views(critics: Sequence[Critic]) -> list[Earlier]:
    """The views of critics that look at earlier members."""
    views = [view for critic in critics for view in critic.negatives]
    return [view for view in views if isinstance(view, Earlier)]
