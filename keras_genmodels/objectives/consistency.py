"""Consistency regularisation: what changes a picture a little leaves its score."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import keras
import tensorflow as tf

from keras_genmodels.checks import number
from keras_genmodels.objectives.adversarial import per_example
from keras_genmodels.registry import register

_SEEDS = 2**31 - 1  # as many ints a seed is made of


@register("consistency", family="penalty")
class Consistency:
    """The critic should not heed a change of a real example that leaves it real.

        weight * (score(x) - score(T(x)))**2,    the mean over patches

    A penalty, called as those of `objectives.penalties` are.

    Args:
        change: T, from named tensors and a seed, int32 (2,), to such tensors: a view,
            such as `models.augmentation.Augmented`.
        weight: lambda, >= 0. Default 10.

    Raises:
        ValueError: for a negative weight.

    Reference: Zhang, Zhang, Odena, Lee, "Consistency Regularization for Generative
    Adversarial Networks", 2020.
    """

    name = "consistency"

    def __init__(
        self,
        change: Callable[[Mapping[str, tf.Tensor], tf.Tensor], Mapping[str, tf.Tensor]],
        weight: float = 10.0,
    ):
        self.change = change
        self.weight = float(number("weight", weight, least=0))

    def __call__(self, score, real, fake, uniform) -> tf.Tensor:
        """The cost of every example, (batch,)."""
        seed = tf.cast(uniform((2,)) * _SEEDS, tf.int32)
        changed = self.change(real, seed)
        return self.weight * per_example(tf.square(score(real) - score(changed)))

    def get_config(self) -> dict[str, Any]:
        change = keras.saving.serialize_keras_object(self.change)
        return {"change": change, "weight": self.weight}

    @classmethod
    def from_config(cls, config):
        change = keras.saving.deserialize_keras_object(config["change"])
        return cls(**{**config, "change": change})
