"""Terms of generators that are to make something in particular: what a row shows."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.objectives.adversarial import per_example
from keras_genmodels.objectives.terms import Term
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

    Reference: Isola et al., "Image-to-Image Translation with Conditional Adversarial
    Networks", 2017.
    """

    name = "reconstruction"

    def __init__(self, weight=100.0, key="x"):
        super().__init__(weight)
        self.key = key

    def generator_loss(self, play):
        made = _made(self, play, self.key)
        return self.weight * per_example(tf.abs(play.real["x"] - made))

    def get_config(self):
        return {"weight": self.weight, "key": self.key}


@register("similarity", family="term")
class Similarity(Term):
    """An example has the features of the real one of its row: weight (f(x) - f(G))**2.

    A distance that a critic has learned: it forgives what the critic does not look at,
    such as a shift by a pixel. It is the mean over the features.

    Args:
        weight: of the term, >= 0. Default 1.
        output: of the critic, of any shape. Default "features".
        critic: its number; one that sees rebuilt examples as fake ones. Default 0.

    Reference: Larsen et al., "Autoencoding beyond Pixels using a Learned Similarity
    Metric", 2016.
    """

    name = "similarity"

    def generator_loss(self, play):
        real = self.read(play.on_real(self.critic))
        made = self.read(play.on_fake(self.critic))
        return self.weight * per_example(tf.square(real - made))


@register("kl", family="term")
class KLTerm(Term):
    """The encoder stays near the prior: weight KL(q(z|x) || p(z)), nats.

    Without it, latents of the prior are no codes that the generator has rebuilt from.

    Args:
        weight: of the term, >= 0. Default 1.

    Reference: Kingma & Welling, "Auto-Encoding Variational Bayes", 2014.
    """

    name = "kl"

    def __init__(self, weight=1.0):
        super().__init__(weight)

    def generator_loss(self, play):
        return self.weight * _made(self, play, "kl")

    def get_config(self):
        return {"weight": self.weight}


def _made(term, play, key):
    """What the model put into its fake batch under this name."""
    if key not in play.fake:
        raise ValueError(
            f"The term {term.name!r} reads {key!r} of the fake batch, which the model "
            f"must make, as `VAEGAN` does. Received: {sorted(play.fake)}."
        )
    return play.fake[key]
