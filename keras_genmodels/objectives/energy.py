"""Games whose critic is an autoencoder: what it rebuilds well has little energy.

The score is the negative energy, so that larger is more real here, too.
"""

from __future__ import annotations

import keras
import tensorflow as tf

from keras_genmodels.checks import integer, number
from keras_genmodels.global_batch import batch_mean
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

    `convergence`, E(x) + |diversity E(x) - E(G(z))| on batch means, falls as training
    goes on and is a metric, as k is. Where its mean over `patience` steps is not below
    that of the best such stretch before, both players' learning rates are halved.

    k, and what is known of the stretches, are weights of this layer, saved with the
    model, and means are over the batch of all devices. One objective belongs to one
    critic.

    Args:
        diversity: gamma in (0, 1], E(G(z)) / E(x) at equilibrium; less gives better
            and less varied samples. Default 0.5.
        rate: lambda_k, of the feedback, >= 0. Default 0.001.
        patience: steps of a stretch, >= 0; 0 leaves the learning rates alone.
            Default 0.

    Raises:
        ValueError: for a negative `diversity`, `rate` or `patience`.
        TypeError: for a `patience` that is no integer.

    Reference: Berthelot, Schumm, Metz, "BEGAN: Boundary Equilibrium Generative
    Adversarial Networks", 2017, which halves the rates when the measure stalls, and
    leaves open what that is.
    """

    measure_names = ("convergence", "k")

    def __init__(self, diversity=0.5, rate=1e-3, patience=0, **kwargs):
        super().__init__(**kwargs)
        self.diversity = float(number("diversity", diversity, least=0))
        self.rate = float(number("rate", rate, least=0))
        self.patience = integer("patience", patience, 0)
        self.k = self._state("k", 0.0)
        if self.patience:
            self.total = self._state("total", 0.0)  # of a stretch's measure so far
            self.steps = self._state("steps", 0.0)  # of it
            self.best = self._state("best", float("inf"))
            self.factor = self._state("factor", 1.0)

    def _state(self, name, value):
        return self.add_weight(
            name=name,
            shape=(),
            initializer=keras.initializers.Constant(value),
            trainable=False,
            dtype="float32",
            autocast=False,
            aggregation="mean",  # the same on every replica
        )

    @property
    def scales_rates(self):
        return self.patience > 0

    def real_cost(self, scores):
        return -scores

    def fake_cost(self, scores):
        return self.k * scores

    def generator_cost(self, scores):
        return -scores

    def _imbalance(self, real_scores, fake_scores):
        """`diversity * E(x) - E(G(z))`, on batch means."""
        real, fake = batch_mean(real_scores, None), batch_mean(fake_scores, None)
        return fake - self.diversity * real

    def update(self, real_scores, fake_scores):
        """Move k one step of the feedback, and look whether the measure stalls."""
        imbalance = self._imbalance(real_scores, fake_scores)
        self.k.assign(tf.clip_by_value(self.k + self.rate * imbalance, 0.0, 1.0))
        if self.patience:
            self._watch(tf.abs(imbalance) - batch_mean(real_scores, None))

    def _watch(self, convergence):
        """Count a step, and at the end of a stretch compare it with the best."""
        total, steps = self.total + convergence, self.steps + 1.0
        ended, mean = steps >= self.patience, total / steps
        stalled = tf.logical_and(ended, mean >= self.best)
        self.factor.assign(tf.where(stalled, self.factor / 2, self.factor))
        self.best.assign(tf.where(ended, tf.minimum(self.best, mean), self.best))
        self.total.assign(tf.where(ended, 0.0, total))
        self.steps.assign(tf.where(ended, 0.0, steps))

    def rate_factor(self):
        factor = tf.identity(self.factor)
        self.factor.assign(1.0)
        return factor

    def measures(self, real_scores, fake_scores):
        energy = -per_example(real_scores)
        imbalance = tf.abs(self._imbalance(real_scores, fake_scores))
        return {"convergence": energy + imbalance, "k": self.k + 0 * energy}

    def get_config(self):
        own = {
            "diversity": self.diversity,
            "rate": self.rate,
            "patience": self.patience,
        }
        return {**super().get_config(), **own}
