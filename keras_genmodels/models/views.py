"""What a critic is shown of a batch."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.models.replicas import draw_rows
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
