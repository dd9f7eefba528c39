"""Bounds on the gradient norm of a critic: penalties to add, constraints to hold.

A penalty is called with

- `score`, a function from named tensors, as the critic declares them, to its scores;
- `real` and `fake`, those tensors for the two kinds of examples, (batch, ...) each;
- `uniform`, a function from a shape, batch first, to random numbers in [0, 1);

and returns what each example adds to the critic's loss, (batch,). The norm of a
gradient is always that of one example, whose score is the mean over its patches.
"""

from __future__ import annotations

import keras
import tensorflow as tf

from keras_genmodels.checks import number
from keras_genmodels.objectives.adversarial import per_example
from keras_genmodels.registry import register

_TINY = 1e-12  # under a root, whose derivative at 0 is infinite


class Penalty:
    """A weighted cost of the norm of the critic's gradient with respect to its inputs.

    Args:
        weight: what the cost is multiplied by, >= 0.
        inputs: the names of the tensors whose gradient is meant; `("x", "latent")` for
            a critic of pairs.

    Raises:
        ValueError: for a negative weight.
    """

    name = "penalty"

    def __init__(self, weight, inputs=("x",)):
        self.weight = number("weight", weight, least=0)
        self.inputs = tuple(inputs)

    def __call__(self, score, real, fake, uniform) -> tf.Tensor:
        """The cost of every example, (batch,)."""
        raise NotImplementedError

    def squared_gradient_norm(self, score, tensors) -> tf.Tensor:
        """|d score / d inputs|**2 of every example, (batch,)."""
        watched = [tensors[key] for key in self.inputs]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(watched)
            total = tf.reduce_sum(
                per_example(score(tensors))
            )  # examples do not see each other
        gradients = tape.gradient(total, watched)
        return sum(
            tf.reduce_sum(tf.square(g), axis=list(range(1, g.shape.rank)))
            for g in gradients
        )

    def get_config(self):
        return {"weight": self.weight, "inputs": list(self.inputs)}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@register("gradient_penalty", family="penalty")
class GradientPenalty(Penalty):
    """The gradient norm between real and generated examples should be 1.

        weight * (|d score / d x^| - 1)**2,    x^ = e x + (1 - e) G(z),    e ~ U(0, 1)

    A linear critic with the weights w costs `weight * (norm(w) - 1)**2`, wherever it is
    looked at. The critic must have no batch normalisation, with which the score of one
    example depends on the others.

    Args:
        weight: lambda, >= 0. Default 10.
        inputs: of the critic, whose gradient is meant; the others are taken as they
            come with the real examples. Default `("x",)`.

    Reference: Gulrajani et al., "Improved Training of Wasserstein GANs", 2017.

    Example:
        >>> def score(tensors):
        ...     return 3.0 * tensors["x"]
        >>> x = {"x": tf.zeros((2, 1))}
        >>> cost = GradientPenalty(weight=1.0)(score, x, x, tf.zeros)
        >>> cost.numpy().round(4).tolist()
        [4.0, 4.0]
    """

    name = "gradient_penalty"

    def __init__(self, weight=10.0, inputs=("x",)):
        super().__init__(weight, inputs)

    def __call__(self, score, real, fake, uniform):
        first = real[self.inputs[0]]
        share = uniform((tf.shape(first)[0],))
        between = {key: _mix(share, real[key], fake[key]) for key in self.inputs}
        squared = self.squared_gradient_norm(score, {**real, **between})
        return self.weight * tf.square(tf.sqrt(squared + _TINY) - 1)


@register("r1", family="penalty")
class R1(Penalty):
    """The gradient at real examples should be 0: `weight / 2 * |d score / d x|**2`.

    Args:
        weight: gamma, >= 0. Default 10.
        inputs: of the critic, whose gradient is meant. Default `("x",)`.

    Reference: Mescheder, Geiger, Nowozin, "Which Training Methods for GANs do actually
    Converge?", 2018.
    """

    name = "r1"

    def __init__(self, weight=10.0, inputs=("x",)):
        super().__init__(weight, inputs)

    def __call__(self, score, real, fake, uniform):
        return self.weight / 2 * self.squared_gradient_norm(score, real)


@register("r2", family="penalty")
class R2(R1):
    """The gradient at generated examples should be 0, as `R1` has it at real ones.

    Args:
        weight: gamma, >= 0. Default 10.
        inputs: of the critic, whose gradient is meant. Default `("x",)`.

    Reference: Mescheder, Geiger, Nowozin, "Which Training Methods for GANs do actually
    Converge?", 2018.
    """

    name = "r2"

    def __call__(self, score, real, fake, uniform):
        return super().__call__(score, fake, real, uniform)


@register("dragan", family="penalty")
class DRAGAN(Penalty):
    """The gradient norm around real examples should be 1.

        weight * (|d score / d x^| - 1)**2,    x^ = x + stddev(x) / 2 * e u

    with u uniform in [0, 1) for every number, e in [0, 1) for every example, and the
    standard deviation that of all numbers of the batch. Nothing of the generator is in
    it.

    Args:
        weight: lambda, >= 0. Default 10.
        inputs: of the critic, whose gradient is meant. Default `("x",)`.

    Reference: Kodali et al., "On Convergence and Stability of GANs", 2017. The paper
    leaves the noise open; we draw it uniform.
    """

    name = "dragan"

    def __init__(self, weight=10.0, inputs=("x",)):
        super().__init__(weight, inputs)

    def __call__(self, score, real, fake, uniform):
        first = real[self.inputs[0]]
        share = uniform((tf.shape(first)[0],))
        around = {
            key: _mix(share, _blurred(real[key], uniform), real[key])
            for key in self.inputs
        }
        squared = self.squared_gradient_norm(score, {**real, **around})
        return self.weight * tf.square(tf.sqrt(squared + _TINY) - 1)


def _mix(share, first, second):
    """`share * first + (1 - share) * second`, with one share an example."""
    share = tf.reshape(share, (-1, *(1,) * (first.shape.rank - 1)))
    return share * first + (1 - share) * second


def _blurred(x, uniform):
    return x + tf.math.reduce_std(x) / 2 * uniform(tf.shape(x))


@register("weight_clipping", family="constraint")
class WeightClipping(keras.constraints.Constraint):
    """Every weight is clipped to [-limit, limit] after every step.

    A Keras constraint: `Dense(8, kernel_constraint=WeightClipping(0.01))`.

    Args:
        limit: c > 0. Default 0.01.

    Raises:
        ValueError: for a limit that is not positive.

    Reference: Arjovsky, Chintala, Bottou, "Wasserstein Generative Adversarial
    Networks", 2017.

    Example:
        >>> WeightClipping(0.5)(tf.constant([-2.0, 0.25])).numpy().tolist()
        [-0.5, 0.25]
    """

    def __init__(self, limit=0.01):
        if not limit > 0:
            raise ValueError(f"`limit` must be > 0. Received: limit={limit}.")
        self.limit = float(limit)

    def __call__(self, w):
        return keras.ops.clip(w, -self.limit, self.limit)

    def get_config(self):
        return {"limit": self.limit}
