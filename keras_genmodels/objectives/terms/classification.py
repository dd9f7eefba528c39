"""Terms of critics that name the class of an example."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.objectives.terms.term import Term
from keras_genmodels.registry import register


@register("class", family="term")
class ClassTerm(Term):
    """The critic names the class of every example, and the generator agrees.

        critic:     -log q(c | x) - log q(c | G(z, c))
        generator:  -log q(c | G(z, c))

    Args:
        attributes: (start, stop) of each one-hot in `condition`; logits of the critic's
            output stand in the same columns. `None` takes all columns as one.
        weight: of the term, >= 0. Default 1.
        output: of the critic. Default "classes", (batch, condition_size).
        critic: its name. Default: the first.
        name: of the metric. Default "class".

    Reference: Odena, Olah, Shlens, "Conditional Image Synthesis with Auxiliary
    Classifier GANs", 2017.
    """

    name = "class"
    batch_tensors = ("condition",)

    def __init__(
        self, attributes=None, weight=1.0, output="classes", critic=None, name=None
    ):
        super().__init__(weight, output, critic, name)
        self.attributes = attributes and [tuple(pair) for pair in attributes]

    def _cross_entropy(self, tensors, outputs):
        logits, condition = self.read(outputs), tensors["condition"]
        whole = [(0, condition.shape[-1])]
        return self.weight * sum(
            tf.nn.softmax_cross_entropy_with_logits(
                condition[:, start:stop], logits[:, start:stop]
            )
            for start, stop in self.attributes or whole
        )

    def critic_loss(self, step):
        real = self._cross_entropy(step.real, step.on_real(self.critic))
        return real + self.generator_loss(step)

    def generator_loss(self, step):
        return self._cross_entropy(step.fake, step.on_fake(self.critic))

    def get_config(self):
        return {**super().get_config(), "attributes": self.attributes}


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
        critic: its name. Default: the first.
        name: of the metric. Default "supervised".

    Reference: Salimans et al., "Improved Techniques for Training GANs", 2016; the same
    in Springenberg, "Unsupervised and Semi-supervised Learning with Categorical
    Generative Adversarial Networks", 2016.
    """

    name = "supervised"
    reported_player = "critic"

    def critic_loss(self, step):
        labelled = tf.reduce_any(step.real["condition"] > 0, axis=-1)
        labelled = tf.cast(labelled, tf.float32)  # (batch,)
        # The product, too: TensorFlow's gradient of it with no label is not 0.
        cost = labelled * self._cross_entropy(step.real, step.on_real(self.critic))
        return tf.math.divide_no_nan(cost, tf.reduce_mean(labelled))

    def generator_loss(self, step):
        return 0.0
