"""The classifier of a data set's attributes."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.models.base import BatchModel
from keras_genmodels.models.checks import available, check_inputs, check_size
from keras_genmodels.models.named_networks import named
from keras_genmodels.models.network_inputs import call_declared, examples
from keras_genmodels.models.serialisation import serialised
from keras_genmodels.objectives.class_cross_entropy import (
    class_cross_entropy,
    is_labelled,
)
from keras_genmodels.registry import register

SEEN = ("x", "source")  # which the condition of a batch tells of


@register("attribute_classifier", family="model")
class AttributeClassifier(BatchModel):
    """A network that reads every attribute of a picture: `loss = -log q(c | x)`.

    It makes no examples. Its features are what other models borrow.

    Args:
        spec: of the dataset, whose attributes have classes.
        network: from "x", or "source", to "classes", the logits of all attributes side
            by side, (batch, condition_size). Further outputs are there to be borrowed.
        **kwargs: `seed`, `recipe`, `name` and `dtype`, as for `BatchModel`.

    Metrics: `loss`, the sum over the attributes of the cross-entropies, in nats, and
    the share of examples that is read right: `accuracy`, or of several attributes
    `accuracy/NAME` each. An attribute whose columns are all 0 has no label and does not
    count.

    Raises:
        ValueError: for data without attributes or with one that has no classes, a
            network that sees anything else, or one without such an output.
    """

    def __init__(self, spec, network, **kwargs):
        super().__init__(spec, **kwargs)
        if not spec.attributes or len(spec.categorical) < len(spec.attributes):
            raise ValueError(
                "A classifier needs a dataset with attributes, all of which have "
                f"classes. Received: {spec.name!r} with "
                f"{[a.name for a in spec.attributes]}."
            )
        shapes = {k: v for k, v in available(spec).items() if k in SEEN}
        self.network = named(network, "classifier", shapes, "classes")
        check_inputs(self.network, shapes)
        check_size(self.network, "classes", spec.condition_size)
        if len(self.network.input) != 1:
            raise ValueError(
                "A classifier must see one picture. "
                f"Received: a network that declares {sorted(self.network.input)}."
            )
        (self.seen,) = self.network.input
        several = len(spec.attributes) > 1
        self._accuracies = {
            a.name: f"accuracy/{a.name}" if several else "accuracy"
            for a in spec.attributes
        }
        self.rising_terms = tuple(self._accuracies.values())
        self.track_terms("loss", *self.rising_terms)

    @property
    def networks(self):
        return [self.network]

    @property
    def batch_tensors(self):
        return (*super().batch_tensors, "condition")

    def classify(self, x) -> tf.Tensor:
        """The probabilities of the classes of every attribute, (batch, condition_size).

        Args:
            x: pictures in [0, 1], (batch, height, width, channels), of what the network
                sees.
        """
        logits = call_declared(self.network, {self.seen: examples(x, self.seen)})
        parts = [
            tf.nn.softmax(logits["classes"][:, a.start : a.stop])
            for a in self.spec.attributes
        ]
        return tf.concat(parts, axis=-1)

    def call(self, batch, training=False):
        """`classify` of a batch of named tensors."""
        return self.classify(self.unpack(batch)[self.seen])

    def terms(self, batch, training):
        logits = call_declared(self.network, batch, training)["classes"]
        losses, terms = [], {}
        for attribute in self.spec.attributes:
            own = slice(attribute.start, attribute.stop)
            one_hot, found = batch["condition"][:, own], logits[:, own]
            known = tf.cast(is_labelled(one_hot), tf.float32)
            share = tf.reduce_mean(known)  # so that the mean is over what has labels
            cost = class_cross_entropy(one_hot, found)
            losses.append(tf.math.divide_no_nan(cost, share))
            right = tf.equal(tf.argmax(found, -1), tf.argmax(one_hot, -1))
            right = known * tf.cast(right, tf.float32)
            name = self._accuracies[attribute.name]
            terms[name] = tf.math.divide_no_nan(right, share)
        return {"loss": sum(losses), **terms}

    def get_config(self):
        return {**super().get_config(), **serialised({"network": self.network})}
