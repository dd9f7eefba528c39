"""Learning from the few examples of a batch that have labels."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.objectives.terms import ClassTerm
from keras_genmodels.registry import register


@register("supervised", family="term")
class Supervised(ClassTerm):
    """The critic names the class of every real example that has a label.

        critic:     -log q(c | x), the mean over the labelled examples of the batch
        generator:  0

    An example whose `condition` is all zeros has no label and costs nothing; the others
    cost batch size / number of labelled times as much, so that the mean over the batch
    is that over them. A batch without labels costs nothing.

    Args:
        attributes: (start, stop) of each one-hot in `condition`; logits of the critic's
            output stand in the same columns. `None` takes all columns as one.
        weight: of the term, >= 0. Default 1.
        output: of the critic. Default "classes", (batch, condition_size).
        critic: its number. Default 0.

    Reference: Salimans et al., "Improved Techniques for Training GANs", 2016; the same
    in Springenberg, "Unsupervised and Semi-supervised Learning with Categorical
    Generative Adversarial Networks", 2016.
    """

    name = "supervised"
    payer = "critic"

    def critic_loss(self, play):
        labelled = tf.reduce_any(play.real["condition"] > 0, axis=-1)
        labelled = tf.cast(labelled, tf.float32)  # (batch,)
        # The product, too: TensorFlow's slope of cross entropy with no label is not 0.
        cost = labelled * self._cross_entropy(play.real, play.on_real(self.critic))
        return tf.math.divide_no_nan(cost, tf.reduce_mean(labelled))

    def generator_loss(self, play):
        return 0.0
