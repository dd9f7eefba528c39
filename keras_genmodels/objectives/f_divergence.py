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
# Divergence -> the density ratio r at which f'(r) = g(v), and f(r).
_RATIOS = {
    "kl": (lambda v: tf.exp(v - 1), lambda v: tf.exp(v - 1) * (v - 2) + 1),
    "reverse_kl": (tf.exp, lambda v: -v),
    "pearson": (lambda v: v / 2 + 1, lambda v: tf.square(v) / 4),
    "squared_hellinger": (lambda v: tf.exp(2 * v), lambda v: 2 - 2 * tf.exp(v)),
    "jensen_shannon": (
        tf.exp,
        lambda v: tf.math.log(4.0) - tf.exp(v) * softplus(-v) - softplus(v),
    ),
}


@register("f_divergence", family="adversarial")
class FDivergence(AdversarialObjective):
    """A lower bound on an f-divergence of the data from the generator's distribution.

        critic:     -g(score(x)) + f*(g(score(G(z))))
        generator:  -f*(g(score(G(z)))), or -g(score(G(z))) if it does not saturate,
                    or f(r(G(z))) where generator="ratio"

    f* is the convex conjugate of f, and g squashes a score into its domain:

        kl                 g(v) = v                    f*(t) = exp(t - 1)
        reverse_kl         g(v) = -exp(-v)             f*(t) = -1 - log(-t)
        pearson            g(v) = v                    f*(t) = t**2 / 4 + t
        squared_hellinger  g(v) = 1 - exp(-v)          f*(t) = t / (1 - t)
        jensen_shannon     g(v) = log(2) - log(1 + exp(-v))  f*(t) = -log(2 - exp(t))
        total_variation    g(v) = tanh(v) / 2          f*(t) = t

    The best critic has g(score) = f'(p / q), of the densities p of the data and q of
    the generator. Its loss is, up to a constant, the Bregman divergence of its estimate
    r of that ratio from the true one, and `density_ratio` reads r:

        kl                 r = exp(v - 1)  f(r) = r log(r) - r + 1
        reverse_kl         r = exp(v)      f(r) = -log(r)
        pearson            r = v / 2 + 1   f(r) = (r - 1)**2
        squared_hellinger  r = exp(2 v)    f(r) = 2 - 2 sqrt(r)
        jensen_shannon     r = exp(v)      f(r) = r log(r) - (1 + r) log(1 + r) + log(4)

    f is free up to a multiple of r - 1, whose mean over q is 0, but which changes where
    a generator goes that takes r as given. Those above fall with r, as far as any do:
    the generator seeks what data are dense in. Those of `kl` and `pearson` grow beyond
    r = 1, and the generator leaves such places again.

    Args:
        divergence: one of the names above. Default "jensen_shannon".
        saturating: whether the generator minimises the bound itself, as the theory has
            it. Default False, section 3.2 of the paper: a gradient also where the
            critic is sure of itself.
        generator: what the generator minimises: "bound", as `saturating` says, or
            "ratio", the mean of f(r). Default "bound".

    Raises:
        ValueError: for another divergence or generator; for "ratio" with `saturating`,
            or with `total_variation`, whose critic knows no more of the ratio than
            whether it is above 1.

    References: Nowozin, Cseke, Tomioka, "f-GAN: Training Generative Neural Samplers
    using Variational Divergence Minimization", 2016; "ratio": Uehara, Sato, Suzuki,
    Nakayama, Matsuo, "Generative Adversarial Nets from a Density Ratio Estimation
    Perspective", 2016.

    Example:
        >>> loss = FDivergence("pearson").critic_loss(tf.ones((1,)), tf.ones((1,)))
        >>> loss.numpy().tolist()
        [0.25]
    """

    def __init__(
        self,
        divergence="jensen_shannon",
        saturating=False,
        generator="bound",
        **kwargs,
    ):
        super().__init__(**kwargs)
        if divergence not in _GAMES:
            raise ValueError(
                f"Unknown divergence {divergence!r}. "
                f"{suggest(divergence, list(_GAMES))}"
            )
        self.divergence = divergence
        self.saturating = bool(saturating)
        self.generator = _checked(generator, divergence, saturating)
        self._squash, self._conjugate = _GAMES[divergence]

    def real_cost(self, scores):
        return -self._squash(scores)

    def fake_cost(self, scores):
        return self._conjugate(scores)

    def generator_cost(self, scores):
        if self.generator == "ratio":
            return _RATIOS[self.divergence][1](scores)
        return -(self._conjugate if self.saturating else self._squash)(scores)

    def encoder_cost(self, scores):
        return self._squash(scores)

    def density_ratio(self, scores) -> tf.Tensor:
        """The critic's estimate of p(x) / q(x), of the shape of the scores.

        p is the density of the data, q that of the generator. The estimate of `pearson`
        may be below 0.

        Args:
            scores: of examples x, real or generated.

        Raises:
            ValueError: for `total_variation`, whose critic does not know it.
        """
        _check_ratio(self.divergence)
        return _RATIOS[self.divergence][0](scores)

    def get_config(self):
        own = {"divergence": self.divergence, "saturating": self.saturating}
        return {**super().get_config(), **own, "generator": self.generator}


def _checked(generator, divergence, saturating):
    """The generator's part of the game, if there is one like that."""
    if generator not in ("bound", "ratio"):
        raise ValueError(
            "`generator` must be 'bound' or 'ratio'. "
            f"Received: generator={generator!r}."
        )
    if generator == "ratio":
        _check_ratio(divergence)
        if saturating:
            raise ValueError(
                "`saturating` is about the bound. Received: saturating=True with "
                "generator='ratio'."
            )
    return generator


def _check_ratio(divergence):
    if divergence not in _RATIOS:
        raise ValueError(
            f"`divergence` must be one of {list(_RATIOS)}, from whose critics the "
            f"density ratio can be read. Received: divergence={divergence!r}."
        )
