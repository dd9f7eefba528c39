"""The generator's term against a critic with a class for what is generated."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.objectives.class_cross_entropy import class_cross_entropy
from keras_genmodels.objectives.terms.term import Term
from keras_genmodels.registry import register


@register("activation_maximisation", family="term")
class ActivationMaximisation(Term):
    """The critic, a classifier, is to be sure that an example is of one real class.

        generator:  -log P(v | G(z)) = log(1 + sum_k exp(l_k)) - l_v

    l are the critic's logits of K real classes; one more class, of generated examples,
    has the logit 0. The example is pulled to one class v, and not to a mixture of all
    classes by their probabilities, which is the gradient of "real" alone.

    Args:
        weight: of the term, >= 0. Default 1.
        dynamic: whether v is the class that the critic finds most likely; otherwise it
            is that of the condition, and an example without a class, whose condition is
            all 0, costs nothing. Default False.
        output: of the critic, (batch, K). Default "classes".
        critic: its name. Default: the first.
        name: of the metric. Default "activation_maximisation".

    Reference: Zhou et al., "Activation Maximization Generative Adversarial Nets", 2018.
    """

    name = "activation_maximisation"

    def __init__(
        self, weight=1.0, dynamic=False, output="classes", critic=None, name=None
    ):
        super().__init__(weight, output, critic, name)
        self.dynamic = bool(dynamic)
        self.batch_tensors = () if self.dynamic else ("condition",)

    def generator_loss(self, step):
        logits = self.read(step.on_fake(self.critic))
        if self.dynamic:
            wanted = tf.one_hot(tf.argmax(logits, axis=-1), logits.shape[-1])
        else:
            wanted = step.fake["condition"]
        generated = [[0, 0], [0, 1]]  # one more column, of the class of generated ones
        return self.weight * class_cross_entropy(
            tf.pad(wanted, generated), tf.pad(logits, generated)
        )

    def get_config(self):
        return {**super().get_config(), "dynamic": self.dynamic}
