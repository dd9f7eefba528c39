"""The game in which a critic that wins too often waits for the generator."""

from __future__ import annotations

import keras
import tensorflow as tf

from keras_genmodels import registry
from keras_genmodels.checks import number
from keras_genmodels.global_batch import batch_mean
from keras_genmodels.objectives.adversarial import AdversarialObjective
from keras_genmodels.registry import register


@register("accuracy_gate", family="adversarial")
class AccuracyGate(AdversarialObjective):
    """Another objective, by which a critic learns while it is not right too often.

        critic:     its loss, if the accuracy on the last batch was at most `most`, or 0
        generator:  its loss
        accuracy    (mean [score(x) > 0] + mean [score(G(z)) < 0]) / 2

    The accuracy is a metric and a weight of this layer, saved with the model; it is
    that of the batch of all devices. An optimiser with momentum still moves a critic
    that waits, a little less with each step.

    Args:
        objective: the name of an adversarial objective without a state of its own, or
            an instance. Default "non_saturating".
        most: accuracy up to which the critic learns, in [0, 1]. Default 0.8.

    Raises:
        ValueError: for `most` outside [0, 1], or an objective with a state.

    Reference: Wu et al., "Learning a Probabilistic Latent Space of Object Shapes via 3D
    Generative-Adversarial Modeling", 2016.
    """

    measure_names = ("accuracy",)

    def __init__(self, objective="non_saturating", most=0.8, **kwargs):
        super().__init__(**kwargs)
        self.objective = registry.get(objective, "adversarial")
        if self.objective.weights:
            raise ValueError(
                "`objective` must be one without a state. "
                f"Received: {self.objective.name!r}."
            )
        self.most = float(number("most", most, least=0, most=1))
        self.accuracy = self.add_weight(
            name="accuracy",
            shape=(),
            initializer="zeros",
            trainable=False,
            dtype="float32",
            autocast=False,
            aggregation="mean",  # the same on every replica
        )

    def critic_loss(self, real_scores, fake_scores):
        learns = tf.cast(self.accuracy <= self.most, tf.float32)
        return learns * self.objective.critic_loss(real_scores, fake_scores)

    @property
    def generator_sees_real(self):
        return self.objective.generator_sees_real

    def generator_loss(self, fake_scores, real_scores=None):
        return self.objective.generator_loss(fake_scores, real_scores)

    def encoder_loss(self, real_scores):
        return self.objective.encoder_loss(real_scores)

    def update(self, real_scores, fake_scores):
        """Remember how often the critic was right on this batch."""
        self.accuracy.assign(_accuracy(real_scores, fake_scores))

    def measures(self, real_scores, fake_scores):
        accuracy = _accuracy(real_scores, fake_scores)
        return {"accuracy": tf.fill(tf.shape(real_scores)[:1], accuracy)}

    def get_config(self):
        objective = keras.saving.serialize_keras_object(self.objective)
        return {**super().get_config(), "objective": objective, "most": self.most}

    @classmethod
    def from_config(cls, config):
        objective = keras.saving.deserialize_keras_object(config["objective"])
        return cls(**{**config, "objective": objective})


def _accuracy(real_scores, fake_scores):
    """How often the critic is right, over the batch of all devices."""
    right = [
        batch_mean(tf.cast(found, tf.float32), None)
        for found in (real_scores > 0, fake_scores < 0)
    ]
    return sum(right) / 2
