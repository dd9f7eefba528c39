"""Terms: what a step adds to either player's loss, next to the game itself."""

from __future__ import annotations

import tensorflow as tf
import tensorflow_probability as tfp

from keras_genmodels.objectives.adversarial import per_example
from keras_genmodels.objectives.arguments import at_least
from keras_genmodels.objectives.play import Play
from keras_genmodels.registry import register

tfd = tfp.distributions

_LEAST_STDDEV = 1e-3


class Term:
    """What is added to the critics' and the generator's loss, (batch,) nats or 0.

    Args:
        weight: of the term, >= 0.
        output: of the critic that the term reads.
        critic: its number among the critics.

    Raises:
        ValueError: for a negative weight; in a step, if the critic has no such output.
    """

    name = "term"
    payer = "generator"  # whose cost is the metric of this name

    def __init__(self, weight=1.0, output="features", critic=0):
        self.weight = float(at_least("weight", weight, 0))
        self.output = output
        self.critic = int(critic)

    def critic_loss(self, play: Play):
        """What the critics pay, (batch,) or 0."""
        return 0.0

    def generator_loss(self, play: Play):
        """What the generator pays, (batch,) or 0."""
        return 0.0

    def measured(self, player: str, cost) -> dict[str, tf.Tensor]:
        """The metric of this term, where this player's cost is it."""
        return {self.name: cost} if player == self.payer else {}

    def meet(self, generator_variables, critic_variables):
        """Make the state that depends on the players' weights; most have none."""
        pass  # AutoGraph cannot read a function that is a docstring alone

    def update(self):
        """Move the term's own state, after a step of both players."""
        pass

    def read(self, outputs: dict[str, tf.Tensor]) -> tf.Tensor:
        """The output that the term is about."""
        if self.output not in outputs:
            raise ValueError(
                f"The term {self.name!r} reads the output {self.output!r} of critic "
                f"{self.critic}; add it to the network. Received: {sorted(outputs)}."
            )
        return outputs[self.output]

    def get_config(self):
        return {"weight": self.weight, "output": self.output, "critic": self.critic}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


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
        critic: its number. Default 0.

    Reference: Odena, Olah, Shlens, "Conditional Image Synthesis with Auxiliary
    Classifier GANs", 2017.
    """

    name = "class"

    def __init__(self, attributes=None, weight=1.0, output="classes", critic=0):
        super().__init__(weight, output, critic)
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

    def critic_loss(self, play):
        real = self._cross_entropy(play.real, play.on_real(self.critic))
        return real + self.generator_loss(play)

    def generator_loss(self, play):
        return self._cross_entropy(play.fake, play.on_fake(self.critic))

    def get_config(self):
        return {**super().get_config(), "attributes": self.attributes}


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
        critic: its number. Default 0.

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
        critic=0,
    ):
        super().__init__(weight, output, critic)
        self.categorical = tuple(int(n) for n in categorical)
        self.continuous = int(continuous)
        self.continuous_weight = continuous_weight

    @property
    def output_size(self) -> int:
        """How many numbers the critic's output must hold."""
        return sum(self.categorical) + 2 * self.continuous

    def generator_loss(self, play):
        size = sum(self.categorical)
        code = tf.split(
            play.fake["latent"][:, : size + self.continuous],
            [*self.categorical, self.continuous],
            axis=-1,
        )
        read = tf.split(
            self.read(play.on_fake(self.critic)),
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

    def critic_loss(self, play):
        return self.generator_loss(play)

    def get_config(self):
        return {
            **super().get_config(),
            "categorical": list(self.categorical),
            "continuous": self.continuous,
            "continuous_weight": self.continuous_weight,
        }


@register("feature_matching", family="term")
class FeatureMatching(Term):
    """The generator matches the critic's mean features: |E f(x) - E f(G(z))|**2.

    Args:
        weight: of the term, >= 0. Default 1.
        output: of the critic, of any shape. Default "features".
        critic: its number. Default 0.

    Reference: Salimans et al., "Improved Techniques for Training GANs", 2016. E is the
    mean over the batch, of one replica where there are several.
    """

    name = "feature_matching"

    def generator_loss(self, play):
        real = tf.reduce_mean(self.read(play.on_real(self.critic)), axis=0)
        fake = self.read(play.on_fake(self.critic))
        difference = real - tf.reduce_mean(fake, axis=0)
        cost = self.weight * tf.reduce_sum(tf.square(difference))
        return tf.fill((tf.shape(fake)[0],), cost)


@register("pulling_away", family="term")
class PullingAway(Term):
    """The features of generated examples should be orthogonal to one another.

    The mean squared cosine over all pairs of the batch, of one replica where there are
    several.

    Args:
        weight: of the term, >= 0. Default 0.1.
        output: of the critic, (batch, features). Default "features".
        critic: its number. Default 0.

    Reference: Zhao, Mathieu, LeCun, "Energy-based Generative Adversarial Network",
    2017.
    """

    name = "pulling_away"

    def __init__(self, weight=0.1, output="features", critic=0):
        super().__init__(weight, output, critic)

    def generator_loss(self, play):
        features = tf.math.l2_normalize(self.read(play.on_fake(self.critic)), axis=-1)
        cosines = tf.matmul(features, features, transpose_b=True)
        pairs = tf.cast(tf.shape(features)[0], tf.float32)
        others = tf.reduce_sum(tf.square(cosines), axis=1) - 1  # (batch,)
        return self.weight * others / (pairs - 1)


@register("mask_sparsity", family="term")
class MaskSparsity(Term):
    """The foreground's mask is small: weight mean(mask), what moves is little.

    Args:
        weight: of the term, >= 0. Default 0.1.
        output: of the generator, in [0, 1]. Default "mask".

    Reference: Vondrick, Pirsiavash, Torralba, "Generating Videos with Scene Dynamics",
    2016.
    """

    name = "mask_sparsity"

    def __init__(self, weight=0.1, output="mask"):
        super().__init__(weight, output)

    def generator_loss(self, play):
        return self.weight * per_example(play.fake[self.output])

    def get_config(self):
        return {"weight": self.weight, "output": self.output}
