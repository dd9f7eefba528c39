"""Views: what of a step a critic is shown as x."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.registry import register


@register("named", family="view")
class Named:
    """Shows a critic another tensor of the step in place of x.

    Args:
        name: of the tensor, which real and generated examples must have.

    Example:
        >>> Named("small")({"x": 1.0, "small": 2.0}, seed=None)["x"]
        2.0
    """

    def __init__(self, name):
        self.name = name

    def __call__(self, tensors: dict[str, tf.Tensor], seed) -> dict[str, tf.Tensor]:
        return {**tensors, "x": tensors[self.name]}

    def get_config(self):
        return {"name": self.name}

    @classmethod
    def from_config(cls, config):
        return cls(**config)
