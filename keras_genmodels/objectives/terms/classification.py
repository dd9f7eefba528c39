"""Terms of critics that name the class of an example."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.objectives.class_cross_entropy import (
    class_cross_entropy,
    is_labelled,
)
from keras_genmodels.objectives.terms.term import Term
from keras_genmodels.registry import register


@register("class", family="term")
class ClassTerm(Term):
    """The critic names the class of every example, and the generator agrees.

        critic:     -log q(c | x) - log q(c | G(z, c))
        generator:  -log q(c | G(z, c))

    An attribute whose columns of `condition` are all 0 has no label: it costs nothing.

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

    def _pairs(self, tensors, outputs):
        """The one-hot and the logits of each attribute, (batch, classes) each."""
        logits, condition = self.read(outputs), tensors["condition"]
        columns = self.attributes or [(0, condition.shape[-1])]
        return [(condition[:, i:j], logits[:, i:j]) for i, j in columns]

    def _cross_entropy(self, tensors, outputs):
        pairs = self._pairs(tensors, outputs)
        return self.weight * sum(class_cross_entropy(*pair) for pair in pairs)

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

    An attribute whose columns of `condition` are all 0 has no label and costs nothing;
    the others cost batch size / number of labelled times as much, so that the mean over
    the batch is that over them. A batch without labels costs nothing.

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
        costs = []
        for one_hot, logits in self._pairs(step.real, step.on_real(self.critic)):
            share = tf.reduce_mean(tf.cast(is_labelled(one_hot), tf.float32))
            cost = class_cross_entropy(one_hot, logits)
            costs.append(tf.math.divide_no_nan(cost, share))
        return self.weight * sum(costs)

    def generator_loss(self, step):
        return 0.0
