"""Objectives of VAEs: bounds on -log p(x), per example, in nats."""

from __future__ import annotations

import keras
import tensorflow as tf

from keras_genmodels.checks import integer, number
from keras_genmodels.distributions import divergences
from keras_genmodels.registry import register


def importance_weighted_bound(log_weights: tf.Tensor) -> tf.Tensor:
    """The importance-weighted bound on log p(x), `log 1/k sum_i w_i`.

    Args:
        log_weights: (k, batch), log p(x|z_i) + log p(z_i) - log q(z_i|x), nats.

    Returns:
        (batch,) nats. With k = 1 it is the one-sample ELBO.

    Reference: Burda, Grosse, Salakhutdinov, "Importance Weighted Autoencoders", 2016.
    """
    count = tf.cast(tf.shape(log_weights)[0], log_weights.dtype)
    return tf.reduce_logsumexp(log_weights, axis=0) - tf.math.log(count)


@register("elbo", family="objective")
class ELBO:
    """The negative evidence lower bound, `-E_q log p(x|z) + beta * KL(q(z|x), p(z))`.

    Args:
        beta: weight of the KL, at least 0. A `keras.optimizers.schedules` object makes
            it a function of the optimiser's step: `PolynomialDecay(0.0, 1000, 1.0)` is
            a linear warm-up over 1,000 steps.
        free_bits: nats of every latent dimension that cost nothing, at least 0: a
            dimension's KL, averaged over the batch, counts only above it. Where
            dimensions have no KL of their own, the whole counts above the sum of them.
        num_samples: draws of z an example, at least 1.

    Raises:
        ValueError: for a negative `beta` or `free_bits`, or `num_samples` below 1.

    References: Kingma & Welling, "Auto-Encoding Variational Bayes", 2014 (beta = 1);
    Higgins et al., "beta-VAE", 2017; free bits: Kingma et al., "Improved Variational
    Inference with Inverse Autoregressive Flow", 2016.
    """

    def __init__(self, beta=1.0, free_bits: float = 0.0, num_samples: int = 1):
        self.beta = scheduled("beta", beta)
        self.free_bits = number("free_bits", free_bits, least=0)
        self.num_samples = integer("num_samples", num_samples, least=1)

    def __call__(
        self, log_likelihood, posterior, prior, z, step
    ) -> dict[str, tf.Tensor]:
        """The terms of the loss, each (batch,) nats.

        Args:
            log_likelihood: log p(x|z), (num_samples, batch).
            posterior: q(z|x), a TFP distribution with batch shape (batch,).
            prior: p(z), with batch shape (batch,) or ().
            z: draws from the posterior, (num_samples, batch, latent_dim).
            step: of the optimiser, which schedules of `beta` depend on.
        """
        reconstruction = -tf.reduce_mean(log_likelihood, axis=0)
        kl = self.divergence(posterior, prior, z)
        cost = (
            kl if self.free_bits == 0 else self._above_free_bits(posterior, prior, kl)
        )
        return {
            "loss": reconstruction + self.beta_at(step) * cost,
            "elbo": -reconstruction - kl,
            "reconstruction": reconstruction,
            "kl": kl,
        }

    def beta_at(self, step):
        """The weight of the KL at an optimiser step."""
        return self.beta(step) if callable(self.beta) else self.beta

    def divergence(self, posterior, prior, z):
        """KL(q(z|x), p(z)), (batch,) nats."""
        return divergences.kl(posterior, prior, z)

    def mean_by_dimension(self, posterior, prior):
        """The KL of every latent dimension, averaged over the batch."""
        return tf.reduce_mean(divergences.kl_by_dimension(posterior, prior), axis=0)

    def _above_free_bits(self, posterior, prior, kl):
        """sum_j max(free_bits, mean over the batch of KL_j), for every example."""
        if divergences.is_by_dimension(posterior, prior):
            mean, free = self.mean_by_dimension(posterior, prior), self.free_bits
        else:
            mean = tf.reduce_mean(kl)
            free = self.free_bits * posterior.event_shape[-1]
        return tf.fill(tf.shape(kl), tf.reduce_sum(tf.maximum(mean, free)))

    def get_config(self):
        return {
            "beta": schedule_config(self.beta),
            "free_bits": self.free_bits,
            "num_samples": self.num_samples,
        }

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@register("importance_weighted", family="objective")
class ImportanceWeighted(ELBO):
    """The negative importance-weighted bound with `num_samples` draws (IWAE).

    `-log 1/k sum_i p(x, z_i) / q(z_i|x)`; the gradient is that of the bound itself,
    through the reparametrised draws. The terms `elbo`, `reconstruction` and `kl` are
    those of the ordinary bound, so that runs compare.

    Args:
        num_samples: k, at least 1.

    Reference: Burda, Grosse, Salakhutdinov, "Importance Weighted Autoencoders", 2016.
    """

    def __init__(self, num_samples: int = 50):
        super().__init__(num_samples=num_samples)

    def __call__(
        self, log_likelihood, posterior, prior, z, step
    ) -> dict[str, tf.Tensor]:
        terms = super().__call__(log_likelihood, posterior, prior, z, step)
        log_weights = log_likelihood + prior.log_prob(z) - posterior.log_prob(z)
        return {**terms, "loss": -importance_weighted_bound(log_weights)}

    def get_config(self):
        return {"num_samples": self.num_samples}


def scheduled(name, value):
    """Return a number >= 0, or the schedule that an instance or its config stands for.

    Args:
        name: of the argument, for the message.
        value: a number, a function of the step, or the config of a schedule.

    Raises:
        TypeError, ValueError: for what is no number, or one below 0.
    """
    if isinstance(value, dict):
        return keras.saving.deserialize_keras_object(value)
    return value if callable(value) else number(name, value, least=0)


def schedule_config(value):
    """Return what `scheduled` takes back: the number, or the config of a schedule."""
    return keras.saving.serialize_keras_object(value) if callable(value) else value
