"""The objective that compares scores of real examples with those of generated ones."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.objectives.adversarial import (
    AdversarialObjective,
    per_example,
    softplus,
)
from keras_genmodels.registry import register


@register("relativistic", family="adversarial")
class Relativistic(AdversarialObjective):
    """Scores are compared with those of the other side: real more real than generated.

        critic:     -log sigmoid(score(x) - score(G(z)))
        generator:  -log sigmoid(score(G(z)) - score(x))

    Row i of the real batch is paired with row i of the generated one. `average`
    compares each score with the mean score of the other side's batch (of one replica,
    where there are several), for real and generated examples both.

    Args:
        average: whether each score is compared with a mean. Default True.

    Reference: Jolicoeur-Martineau, "The Relativistic Discriminator: a Key Element
    Missing from Standard GAN", 2018.

    Example:
        >>> pair = tf.constant([1.0]), tf.constant([1.0])
        >>> Relativistic(average=False).generator_loss(*pair).numpy().round(2)
        array([0.69], dtype=float32)
    """

    generator_sees_real = True

    def __init__(self, average=True, **kwargs):
        super().__init__(**kwargs)
        self.average = bool(average)

    def critic_loss(self, real_scores, fake_scores):
        if not self.average:
            return per_example(softplus(fake_scores - real_scores))
        real = softplus(tf.reduce_mean(fake_scores) - real_scores)
        return per_example(real) + per_example(
            softplus(fake_scores - tf.reduce_mean(real_scores))
        )

    def generator_loss(self, fake_scores, real_scores=None):
        return self.critic_loss(fake_scores, real_scores)

    def encoder_loss(self, real_scores):
        raise ValueError(
            "`objective` of a critic of pairs must give an encoder a loss from real "
            f"scores alone. Received: {self.name!r}."
        )

    def get_config(self):
        return {**super().get_config(), "average": self.average}
