"""The term that keeps generated examples apart."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.objectives.terms.term import Term
from keras_genmodels.registry import register


@register("pulling_away", family="term")
class PullingAway(Term):
    """The features of generated examples should be orthogonal to one another.

    The mean squared cosine over all pairs of the batch, of one replica where there are
    several.

    Args:
        weight: of the term, >= 0. Default 0.1.
        output: of the critic, (batch, features). Default "features".
        critic: its name. Default: the first.
        name: of the metric. Default "pulling_away".

    Reference: Zhao, Mathieu, LeCun, "Energy-based Generative Adversarial Network",
    2017.
    """

    name = "pulling_away"

    def __init__(self, weight=0.1, output="features", critic=None, name=None):
        super().__init__(weight, output, critic, name)

    def generator_loss(self, step):
        features = tf.math.l2_normalize(self.read(step.on_fake(self.critic)), axis=-1)
        cosines = tf.matmul(features, features, transpose_b=True)
        pairs = tf.cast(tf.shape(features)[0], tf.float32)
        others = tf.reduce_sum(tf.square(cosines), axis=1) - 1  # (batch,)
        return self.weight * others / (pairs - 1)
