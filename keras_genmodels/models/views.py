"""Views: the tensors of a batch that a critic sees."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.distributed_random import draw_rows
from keras_genmodels.registry import register


@register("random_frame", family="view")
class RandomFrame:
    """One frame of every clip, drawn anew in each step, so that images are judged.

    Shapes: "x" (batch, time, height, width, channels) to (batch, height, width,
    channels); what else there is stays.

    Reference: Tulyakov et al., "MoCoGAN: Decomposing Motion and Content for Video
    Generation", 2018.
    """

    def __call__(self, tensors, seed):
        x = tensors["x"]
        last = x.shape[1]
        numbers = draw_rows(
            lambda shape: tf.random.stateless_uniform(
                shape, seed, maxval=last, dtype=tf.int32
            ),
            [tf.shape(x)[0]],
        )
        return {**tensors, "x": tf.gather(x, numbers, axis=1, batch_dims=1)}

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


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
