"""Terms of generators that are told which example to make."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.checks import number
from keras_genmodels.objectives.adversarial import per_example
from keras_genmodels.objectives.terms.term import Term
from keras_genmodels.registry import register

_LEAST = 1e-6  # probability of a pixel, as of its opposite


@register("reconstruction", family="term")
class Reconstruction(Term):
    """Generated examples are near the real ones of their row: weight |t - G|**power.

    For generators that are told what to make, such as translators, and for examples
    that went through an encoder. The distance is the mean over the numbers of an
    example, as in the paper.

    Args:
        weight: of the term, >= 0. Default 100.
        key: of the generated examples in the fake batch: "x", "rebuilt" in a model that
            rebuilds real ones, or what else the model makes. Default "x".
        target: the tensor t of the real batch, of the same shape. Default "x".
        power: of the distance in each number, >= 1; 2 is the squared error. Default 1.
        name: of the metric. Default "reconstruction".

    Raises:
        ValueError: for a weight or power out of range; in a step, for tensors that are
            missing or of unequal shapes.

    Reference: Isola et al., "Image-to-Image Translation with Conditional Adversarial
    Networks", 2017.
    """

    name = "reconstruction"

    def __init__(self, weight=100.0, key="x", target="x", power=1, name=None):
        super().__init__(weight, name=name)
        self.key = key
        self.target = target
        self.power = number("power", power, least=1)
        self.batch_tensors = () if target == "x" else (target,)

    def generator_loss(self, step):
        target, made = of_real(self, step, self.target), of_fake(self, step, self.key)
        if not target.shape[1:].is_compatible_with(made.shape[1:]):
            raise ValueError(
                f"The term {self.name!r} compares tensors of one shape. Received: "
                f"{self.target!r} of the shape {tuple(target.shape)}, {self.key!r} "
                f"of {tuple(made.shape)}."
            )
        distance = tf.abs(target - made)
        if self.power != 1:
            distance = tf.pow(distance, self.power)
        return self.weight * per_example(distance)

    def get_config(self):
        own = {"weight": self.weight, "key": self.key, "target": self.target}
        return {**own, "power": self.power, **self._own_name()}


@register("cross_entropy", family="term")
class CrossEntropy(Term):
    """Generated pixels are probabilities of the real ones: weight -log p(t | G), nats.

        sum over the numbers of an example of -t log G - (1 - t) log(1 - G)

    It is the reconstruction of a VAE with the likelihood "bernoulli", whose KL stands
    beside it.

    Args:
        weight: of the term, >= 0. Default 1.
        key: as for `Reconstruction`. Default "rebuilt".
        target: likewise. Default "x".
        name: of the metric. Default "reconstruction".
    """

    name = "reconstruction"

    def __init__(self, weight=1.0, key="rebuilt", target="x", name=None):
        super().__init__(weight, name=name)
        self.key = key
        self.target = target
        self.batch_tensors = () if target == "x" else (target,)

    def generator_loss(self, step):
        target, made = of_real(self, step, self.target), of_fake(self, step, self.key)
        made = tf.clip_by_value(made, _LEAST, 1.0 - _LEAST)
        nats = target * tf.math.log(made) + (1.0 - target) * tf.math.log1p(-made)
        return -self.weight * tf.reduce_sum(nats, axis=range(1, len(nats.shape)))

    def get_config(self):
        own = {"weight": self.weight, "key": self.key, "target": self.target}
        return {**own, **self._own_name()}


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
        return self.weight * of_fake(self, step, "kl")

    def get_config(self):
        return {"weight": self.weight, **self._own_name()}


def of_fake(term, step, key):
    """The tensor that the model put into its fake batch under this name."""
    if key not in step.fake:
        raise ValueError(
            f"The term {term.name!r} reads {key!r} of the fake batch, which the model "
            f"must make, as `VAEGAN` does. Received: {sorted(step.fake)}."
        )
    return step.fake[key]


def of_real(term, step, key):
    """The tensor of this name in the real batch."""
    if key not in step.real:
        raise ValueError(
            f"The term {term.name!r} reads {key!r} of the real batch; load data that "
            f"have it. Received: {sorted(step.real)}."
        )
    return step.real[key]
