"""Terms of encoders that learn to invert a generator."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.objectives.adversarial import per_example
from keras_genmodels.objectives.class_cross_entropy import class_cross_entropy
from keras_genmodels.objectives.terms.reconstruction import of_fake
from keras_genmodels.objectives.terms.term import Term
from keras_genmodels.registry import register


@register("latent_distance", family="term")
class LatentDistance(Term):
    """The encoder finds the latent that made an example: weight |z - E(G(z))|**2.

    The sum over the latents. No gradient reaches the generator, which `EditingGAN`
    sees to.

    Args:
        weight: of the term, >= 0. Default 1.
        name: of the metric. Default "latent_distance".

    Reference: Perarnau et al., "Invertible Conditional GANs for Image Editing", 2016.
    """

    name = "latent_distance"

    def __init__(self, weight=1.0, name=None):
        super().__init__(weight, name=name)

    def generator_loss(self, step):
        difference = of_fake(self, step, "latent") - of_fake(self, step, "found")
        return self.weight * tf.reduce_sum(tf.square(difference), axis=1)

    def get_config(self):
        return {"weight": self.weight, **self._own_name()}


@register("self_reconstruction", family="term")
class SelfReconstruction(Term):
    """The found latent makes the same example again: weight |G(z) - G(E(G(z)))|.

    The mean over the numbers of an example. A generator that is not one-to-one may make
    an example of several latents; any of them will do. No gradient reaches it.

    Args:
        weight: of the term, >= 0. Default 1.
        name: of the metric. Default "self_reconstruction".

    Reference: Luo et al., "Learning Inverse Mapping by Autoencoder based Generative
    Adversarial Nets", 2017.
    """

    name = "self_reconstruction"
    key = "again"  # of the fake batch, which the model makes where a term reads it

    def __init__(self, weight=1.0, name=None):
        super().__init__(weight, name=name)

    def generator_loss(self, step):
        made = tf.stop_gradient(of_fake(self, step, "x"))
        return self.weight * per_example(tf.abs(made - of_fake(self, step, self.key)))

    def get_config(self):
        return {"weight": self.weight, **self._own_name()}


@register("attribute_encoding", family="term")
class AttributeEncoding(Term):
    """The encoder reads the attributes of real examples: -weight log q(c | x), nats.

    The sum over the attributes; one without a label costs nothing.

    Args:
        attributes: (start, stop) of each one-hot in `condition`, which are the columns
            of the encoder's output "classes", too.
        weight: of the term, >= 0. Default 1.
        name: of the metric. Default "attribute_encoding".

    Reference: Perarnau et al., "Invertible Conditional GANs for Image Editing", 2016,
    with a cross-entropy in place of a squared error.
    """

    name = "attribute_encoding"
    batch_tensors = ("condition",)

    def __init__(self, attributes, weight=1.0, name=None):
        super().__init__(weight, name=name)
        self.attributes = [tuple(pair) for pair in attributes]

    def generator_loss(self, step):
        logits, condition = of_fake(self, step, "classes"), step.real["condition"]
        return self.weight * sum(
            class_cross_entropy(condition[:, i:j], logits[:, i:j])
            for i, j in self.attributes
        )

    def get_config(self):
        own = {"attributes": self.attributes, "weight": self.weight}
        return {**own, **self._own_name()}
