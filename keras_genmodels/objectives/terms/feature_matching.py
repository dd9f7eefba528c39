"""Terms of generators whose examples have the critic's features of real ones."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.objectives.adversarial import per_example
from keras_genmodels.objectives.terms.term import Term
from keras_genmodels.registry import register


@register("feature_matching", family="term")
class FeatureMatching(Term):
    """The generator matches the critic's mean features: |E f(x) - E f(G(z))|**2.

    Args:
        weight: of the term, >= 0. Default 1.
        output: of the critic, of any shape. Default "features".
        critic: its name. Default: the first.
        name: of the metric. Default "feature_matching".

    Reference: Salimans et al., "Improved Techniques for Training GANs", 2016. E is the
    mean over the batch, of one replica where there are several.
    """

    name = "feature_matching"

    def generator_loss(self, step):
        real = tf.reduce_mean(self.read(step.on_real(self.critic)), axis=0)
        fake = self.read(step.on_fake(self.critic))
        difference = real - tf.reduce_mean(fake, axis=0)
        cost = self.weight * tf.reduce_sum(tf.square(difference))
        return tf.fill((tf.shape(fake)[0],), cost)


@register("similarity", family="term")
class Similarity(Term):
    """An example has the features of the real one of its row: weight (f(x) - f(G))**2.

    A distance that a critic has learned: it forgives what the critic does not look at,
    such as a shift by a pixel. It is the mean over the features.

    Args:
        weight: of the term, >= 0. Default 1.
        output: of the critic, of any shape. Default "features".
        critic: its name; one that sees rebuilt examples as fake ones. Default: the
            first.
        name: of the metric. Default "similarity".

    Reference: Larsen et al., "Autoencoding beyond Pixels using a Learned Similarity
    Metric", 2016.
    """

    name = "similarity"

    def generator_loss(self, step):
        real = self.read(step.on_real(self.critic))
        made = self.read(step.on_fake(self.critic))
        return self.weight * per_example(tf.square(real - made))
