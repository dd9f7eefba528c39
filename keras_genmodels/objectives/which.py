"""The game whose critic says which of several origins an example has."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.objectives.adversarial import AdversarialObjective, per_example
from keras_genmodels.registry import register


@register("which", family="adversarial")
class Which(AdversarialObjective):
    """The critic tells real examples and every kind of generated ones from each other.

        critic:     -log q(0|x) - sum over k of log q(k|G_k)
        generator:  - sum over k of log q(0|G_k)

    q is the softmax of the scores: class 0 is real, class 1 generated, and the further
    classes are the critic's `negatives`, which are generated in other ways.

    Shapes: the critic's "score" holds the logits of 2 + len(negatives) classes, (batch,
    K) or, of patches, (batch, height, width, K).

    Reference: Taigman, Polyak, Wolf, "Unsupervised Cross-Domain Image Generation",
    2017, with three classes.

    Example:
        >>> unsure = tf.zeros((1, 3))
        >>> Which().critic_loss(unsure, unsure, unsure).numpy().round(3)
        array([3.296], dtype=float32)
    """

    least_scores = 2
    tells_negatives = True

    def critic_loss(self, real_scores, *fake_scores):
        """The loss of the critic, (batch,).

        Args:
            real_scores: of real examples.
            *fake_scores: of generated ones, then of every kind of negatives.
        """
        costs = [_cost(real_scores, 0)]
        costs += [_cost(scores, kind) for kind, scores in enumerate(fake_scores, 1)]
        return sum(costs)

    def generator_loss(self, fake_scores, real_scores=None):
        return _cost(fake_scores, 0)


def _cost(scores, kind):
    """-log of the probability of a class, (batch,)."""
    return per_example(-tf.nn.log_softmax(scores)[..., kind])
