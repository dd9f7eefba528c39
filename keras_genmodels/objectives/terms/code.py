"""The term of a code in the latent that the critic can read."""

from __future__ import annotations

import tensorflow as tf
import tensorflow_probability as tfp

from keras_genmodels.objectives.terms.term import Term
from keras_genmodels.registry import register

tfd = tfp.distributions

_LEAST_STDDEV = 1e-3


@register("code", family="term")
class CodeTerm(Term):
    """The critic reads the code in the latent from the sample: -log q(c | G(z)).

    A variational bound on the mutual information of code and sample, up to the entropy
    of the code, a constant. Both players lower it.

    Args:
        categorical: sizes of the one-hots with which the latent begins.
        continuous: how many continuous codes follow them.
        weight: of the term, >= 0. Default 1.
        continuous_weight: of the continuous codes against the categorical ones, >= 0. A
            density has no bound, and what is said ever more precisely drowns what is
            said in classes. Default 1.
        output: of the critic. Default "code": logits of each one-hot, then a mean and
            a raw standard deviation of each continuous code.
        critic: its name. Default: the first.
        name: of the metric. Default "code".

    Reference: Chen et al., "InfoGAN: Interpretable Representation Learning by
    Information Maximizing Generative Adversarial Nets", 2016. The standard deviation
    is a softplus here, not an exponential.
    """

    name = "code"

    def __init__(
        self,
        categorical=(10,),
        continuous=2,
        weight=1.0,
        continuous_weight=1.0,
        output="code",
        critic=None,
        name=None,
    ):
        super().__init__(weight, output, critic, name)
        self.categorical = tuple(int(n) for n in categorical)
        self.continuous = int(continuous)
        self.continuous_weight = continuous_weight

    @property
    def output_size(self) -> int:
        """How many numbers the critic's output must hold."""
        return sum(self.categorical) + 2 * self.continuous

    def generator_loss(self, step):
        size = sum(self.categorical)
        code = tf.split(
            step.fake["latent"][:, : size + self.continuous],
            [*self.categorical, self.continuous],
            axis=-1,
        )
        read = tf.split(
            self.read(step.on_fake(self.critic)),
            [*self.categorical, self.continuous, self.continuous],
            axis=-1,
        )
        costs = [
            tf.nn.softmax_cross_entropy_with_logits(one_hot, logits)
            for one_hot, logits in zip(code[:-1], read[:-2], strict=True)
        ]
        q = tfd.Normal(read[-2], tf.math.softplus(read[-1]) + _LEAST_STDDEV)
        nats = tf.reduce_sum(q.log_prob(code[-1]), axis=-1)
        return self.weight * (sum(costs) - self.continuous_weight * nats)

    def critic_loss(self, step):
        return self.generator_loss(step)

    def get_config(self):
        return {
            **super().get_config(),
            "categorical": list(self.categorical),
            "continuous": self.continuous,
            "continuous_weight": self.continuous_weight,
        }
