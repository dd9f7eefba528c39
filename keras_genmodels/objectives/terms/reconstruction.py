"""Terms of generators that are told which example to make."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.objectives.adversarial import per_example
from keras_genmodels.objectives.terms.term import Term
from keras_genmodels.registry import register


@register("reconstruction", family="term")
class Reconstruction(Term):
    """Generated examples are near the real ones of their row: weight |x - G|.

    For generators that are told what to make, such as translators, and for examples
    that went through an encoder. The distance is the mean over the numbers of an
    example, as in the paper.

    Args:
        weight: of the term, >= 0. Default 100.
        key: of the generated examples in the fake batch: "x", or "rebuilt" in a model
            that rebuilds real ones. Default "x".
        name: of the metric. Default "reconstruction".

    Reference: Isola et al., "Image-to-Image Translation with Conditional Adversarial
    Networks", 2017.
    """

    name = "reconstruction"

    def __init__(self, weight=100.0, key="x", name=None):
        super().__init__(weight, name=name)
        self.key = key

    def generator_loss(self, step):
        generated = _generated(self, step, self.key)
        return self.weight * per_example(tf.abs(step.real["x"] - generated))

    def get_config(self):
        return {"weight": self.weight, "key": self.key, **self._own_name()}


@register("kl", family="term")
class KLTerm(Term):
    """The encoder stays near the prior: weight KL(q(z|x) || p(z)), nats.

    Without it, latents of the prior are no codes that the generator has rebuilt from.

    Args:
        weight: of the term, >= 0. Default 1.
        name: of the metric. Default "kl".

    Reference: Kingma & Welling, "Auto-Encoding Variational Bayes", 2014.
    """

    name = "kl"

    def __init__(self, weight=1.0, name=None):
        super().__init__(weight, name=name)

    def generator_loss(self, step):
        return self.weight * _generated(self, step, "kl")

    def get_config(self):
        return {"weight": self.weight, **self._own_name()}


def _generated(term, step, key):
    """The tensor that the model put into its fake batch under this name."""
    if key not in step.fake:
        raise ValueError(
            f"The term {term.name!r} reads {key!r} of the fake batch, which the model "
            f"must make, as `VAEGAN` does. Received: {sorted(step.fake)}."
        )
    return step.fake[key]
