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
        real = self.read(step.on_real(self.critic))
        fake = self.read(step.on_fake(self.critic))
        difference = self.means(real, step.real) - self.means(fake, step.fake)
        cost = self.weight * tf.reduce_sum(tf.square(difference))
        return tf.fill((tf.shape(fake)[0],), cost)

    def means(self, features, tensors) -> tf.Tensor:
        """The mean of the features of a batch, (batch, ...), which is matched.

        Args:
            features: of the examples.
            tensors: named tensors of the same batch.
        """
        return tf.reduce_mean(features, axis=0)


@register("class_feature_matching", family="term")
class ClassFeatureMatching(FeatureMatching):
    """The generator matches mean features of each class: |E_c f(x) - E_c f(G)|**2.

    It is the sum over the classes c. One that the batch does not hold, and an example
    without a label, cost nothing.

    Args:
        weight: of the term, >= 0. Default 1.
        output: of the critic, of any shape. Default "class_features".
        critic: its name. Default: the first.
        name: of the metric. Default "class_feature_matching".

    Reference: Bao et al., "CVAE-GAN: Fine-Grained Image Generation through Asymmetric
    Training", 2017. E_c is the mean over the batch's examples of a class, of one
    replica where there are several; there the means of real ones are moving averages.
    """

    name = "class_feature_matching"
    batch_tensors = ("condition",)

    def __init__(self, weight=1.0, output="class_features", critic=None, name=None):
        super().__init__(weight, output, critic, name)

    def means(self, features, tensors):
        """The mean of each column's examples, (condition_size, size); zeros of none."""
        condition = tensors["condition"]
        flat = tf.reshape(features, (tf.shape(features)[0], -1))  # (batch, size)
        sums = tf.matmul(condition, flat, transpose_a=True)
        return tf.math.divide_no_nan(sums, tf.reduce_sum(condition, axis=0)[:, None])


@register("similarity", family="term")
class Similarity(Term):
    """An example has the features of the real one of its row: weight (f(x) - f(G))**2.

    A distance that a critic has learned: it forgives what the critic does not look at,
    such as a shift by a pixel. It is the mean over the features.

    Args:
        weight: of the term, >= 0. Default 1.
        output: of the critic, of any shape. Default "features".
        critic: its name; one that sees rebuilt examples as fake ones, or as negatives.
            Default: the first.
        name: of the metric. Default "similarity".
        negatives: the place, among the critic's negatives, of the examples that are
            compared. Default: its fake ones.

    Reference: Larsen et al., "Autoencoding beyond Pixels using a Learned Similarity
    Metric", 2016.
    """

    name = "similarity"

    def __init__(
        self, weight=1.0, output="features", critic=None, name=None, negatives=None
    ):
        super().__init__(weight, output, critic, name)
        self.negatives = negatives

    def generator_loss(self, step):
        kind = "fake" if self.negatives is None else f"negatives_{self.negatives}"
        real = self.read(step.on_real(self.critic))
        made = self.read(step.on_shown(kind, self.critic))
        return self.weight * per_example(tf.square(real - made))

    def get_config(self):
        own = {} if self.negatives is None else {"negatives": self.negatives}
        return {**super().get_config(), **own}
