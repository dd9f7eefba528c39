"""The game whose critic sorts examples into classes instead of real and fake."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.objectives.adversarial import AdversarialObjective, per_example
from keras_genmodels.registry import register

_TINY = 1e-12  # under a logarithm, of probabilities that are 0


@register("categorical", family="adversarial")
class Categorical(AdversarialObjective):
    """The critic sorts real examples into classes that nobody named.

        critic:     H(p(y|x)) - H(E p(y|x)) - H(p(y|G(z)))
        generator:  H(p(y|G(z))) - H(E p(y|G(z)))

    Real examples belong to one class each, all classes are used alike, and the critic
    is undecided about generated ones; the generator wants the opposite. E is the mean
    over the batch and its patches, of one replica where there are several.

    Shapes: the critic's "score" holds the logits of K >= 2 classes, (batch, K) or, of
    patches, (batch, height, width, K).

    Reference: Springenberg, "Unsupervised and Semi-supervised Learning with Categorical
    Generative Adversarial Networks", 2016. The cross entropy of labelled examples is a
    term of its own, `Supervised`.

    Example:
        >>> unsure = tf.zeros((3, 2))
        >>> Categorical().critic_loss(unsure, unsure).numpy().round(2)
        array([-0.69, -0.69, -0.69], dtype=float32)
    """

    least_scores = 2

    def critic_loss(self, real_scores, fake_scores):
        return self._undecided(real_scores) - per_example(_entropies(fake_scores))

    def generator_loss(self, fake_scores, real_scores=None):
        return self._undecided(fake_scores)

    def _undecided(self, scores):
        """How little is said of single examples, and how evenly of all: (batch,)."""
        p = tf.nn.softmax(scores)
        everywhere = tf.reduce_mean(p, axis=list(range(p.shape.rank - 1)))  # (K,)
        return per_example(_entropies(scores)) - _entropy(everywhere)


def _entropies(logits):
    return _entropy(tf.nn.softmax(logits))


def _entropy(probabilities):
    """Of the last axis, nats."""
    return -tf.reduce_sum(probabilities * tf.math.log(probabilities + _TINY), axis=-1)
