"""Games whose critic is an autoencoder: what it rebuilds well has little energy.

The score is the negative energy, so that larger is more real here, too.
"""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.checks import number
from keras_genmodels.objectives.adversarial import AdversarialObjective, per_example
from keras_genmodels.registry import register


@register("energy_based", family="adversarial")
class EnergyBased(AdversarialObjective):
    """Real examples lie low, generated ones at least a margin high.

        critic:     E(x) + max(0, margin - E(G(z)))
        generator:  E(G(z))        with E = -score

    Args:
        margin: of the energy, >= 0, in its unit. Default 1.

    Raises:
        ValueError: for a negative margin.

    Reference: Zhao, Mathieu, LeCun, "Energy-based Generative Adversarial Network",
    2017. The pulling-away term is a term of its own, `PullingAway`.

    Example:
        >>> game = EnergyBased(margin=1.0)
        >>> game.critic_loss(tf.constant([-0.5]), tf.constant([-0.25])).numpy().tolist()
        [1.25]
    """

    def __init__(self, margin=1.0, **kwargs):
        super().__init__(**kwargs)
        self.margin = float(number("margin", margin, least=0))

    def real_cost(self, scores):
        return -scores

    def fake_cost(self, scores):
        return tf.nn.relu(self.margin + scores)

    def generator_cost(self, scores):
        return -scores

    def get_config(self):
        return {**super().get_config(), "margin": self.margin}


@register("boundary_equilibrium", family="adversarial")
class BoundaryEquilibrium(AdversarialObjective):
    """The two energies are held at a ratio by a feedback on the generator's share.

        critic:     E(x) - k E(G(z))
        generator:  E(G(z))        with E = -score
        k <- clip(k + rate (diversity E(x) - E(G(z))), 0, 1)

    k is a weight of this layer, saved with the model; averaged over replicas. One
    objective belongs to one critic. `convergence`, E(x) + |diversity E(x) - E(G(z))|
    on batch means, falls as training goes on and is a metric, as k is.

    Args:
        diversity: gamma in (0, 1], E(G(z)) / E(x) at equilibrium; less gives better
            and less varied samples. Default 0.5.
        rate: lambda_k, of the feedback, >= 0. Default 0.001.

    Raises:
        ValueError: for a negative `diversity` or `rate`.

    Reference: Berthelot, Schumm, Metz, "BEGAN: Boundary Equilibrium Generative
    Adversarial Networks", 2017.
    """

    measure_names = ("convergence", "k")

    def __init__(self, diversity=0.5, rate=1e-3, **kwargs):
        super().__init__(**kwargs)
        self.diversity = float(number("diversity", diversity, least=0))
        self.rate = float(number("rate", rate, least=0))
        self.k = self.add_weight(
            name="k",
            shape=(),
            initializer="zeros",
            trainable=False,
            dtype="float32",
            autocast=False,
            aggregation="mean",
        )

    def real_cost(self, scores):
        return -scores

    def fake_cost(self, scores):
        return self.k * scores

    def generator_cost(self, scores):
        return -scores

    def _imbalance(self, real_scores, fake_scores):
        """`diversity * E(x) - E(G(z))`, on batch means."""
        return tf.reduce_mean(fake_scores) - self.diversity * tf.reduce_mean(
            real_scores
        )

    def update(self, real_scores, fake_scores):
        """Move k one step of the feedback."""
        step = self.rate * self._imbalance(real_scores, fake_scores)
        self.k.assign(tf.clip_by_value(self.k + step, 0.0, 1.0))

    def measures(self, real_scores, fake_scores):
        energy = -per_example(real_scores)
        imbalance = tf.abs(self._imbalance(real_scores, fake_scores))
        return {"convergence": energy + imbalance, "k": self.k + 0 * energy}

    def get_config(self):
        own = {"diversity": self.diversity, "rate": self.rate}
        return {**super().get_config(), **own}
