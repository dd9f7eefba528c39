"""Any f-divergence as an adversarial game."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.objectives.adversarial import AdversarialObjective, softplus
from keras_genmodels.registry import register, suggest

# Divergence -> what squashes a score v to g(v), and f*(g(v)) in a stable form.
_GAMES = {
    "kl": (lambda v: v, lambda v: tf.exp(v - 1)),
    "reverse_kl": (lambda v: -tf.exp(-v), lambda v: v - 1),
    "pearson": (lambda v: v, lambda v: tf.square(v) / 4 + v),
    "squared_hellinger": (lambda v: 1 - tf.exp(-v), lambda v: tf.exp(v) - 1),
    "jensen_shannon": (
        lambda v: tf.math.log(2.0) - softplus(-v),
        lambda v: softplus(v) - tf.math.log(2.0),
    ),
    "total_variation": (lambda v: tf.tanh(v) / 2, lambda v: tf.tanh(v) / 2),
}


@register("f_divergence", family="adversarial")
class FDivergence(AdversarialObjective):
    """A lower bound on an f-divergence of the data from the generator's distribution.

        critic:     -g(score(x)) + f*(g(score(G(z))))
        generator:  -f*(g(score(G(z)))), or -g(score(G(z))) if it does not saturate

    f* is the convex conjugate of f, and g squashes a score into its domain:

        kl                 g(v) = v                    f*(t) = exp(t - 1)
        reverse_kl         g(v) = -exp(-v)             f*(t) = -1 - log(-t)
        pearson            g(v) = v                    f*(t) = t**2 / 4 + t
        squared_hellinger  g(v) = 1 - exp(-v)          f*(t) = t / (1 - t)
        jensen_shannon     g(v) = log(2) - log(1 + exp(-v))  f*(t) = -log(2 - exp(t))
        total_variation    g(v) = tanh(v) / 2          f*(t) = t

    Args:
        divergence: one of the names above. Default "jensen_shannon".
        saturating: whether the generator minimises the bound itself, as the theory has
            it. Default False, section 3.2 of the paper: a gradient also where the
            critic is sure of itself.

    Raises:
        ValueError: for another divergence.

    Reference: Nowozin, Cseke, Tomioka, "f-GAN: Training Generative Neural Samplers
    using Variational Divergence Minimization", 2016.

    Example:
        >>> loss = FDivergence("pearson").critic_loss(tf.ones((1,)), tf.ones((1,)))
        >>> loss.numpy().tolist()
        [0.25]
    """

    def __init__(self, divergence="jensen_shannon", saturating=False, **kwargs):
        super().__init__(**kwargs)
        if divergence not in _GAMES:
            raise ValueError(
                f"Unknown divergence {divergence!r}. "
                f"{suggest(divergence, list(_GAMES))}"
            )
        self.divergence = divergence
        self.saturating = bool(saturating)
        self._squash, self._conjugate = _GAMES[divergence]

    def real_cost(self, scores):
        return -self._squash(scores)

    def fake_cost(self, scores):
        return self._conjugate(scores)

    def generator_cost(self, scores):
        return -(self._conjugate if self.saturating else self._squash)(scores)

    def encoder_cost(self, scores):
        return self._squash(scores)

    def get_config(self):
        own = {"divergence": self.divergence, "saturating": self.saturating}
        return {**super().get_config(), **own}
