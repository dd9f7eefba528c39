"""Objectives of VAEs that heed q(z), the posteriors of a whole batch together."""

from __future__ import annotations

import math

import tensorflow as tf

from keras_genmodels.checks import number
from keras_genmodels.distributions.divergences import is_by_dimension
from keras_genmodels.objectives.elbo import ELBO
from keras_genmodels.registry import register

_SCALES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


def total_correlation(posterior, z):
    """Estimate how far the dimensions of q(z) are from independent.

        TC = E[log q(z) - sum_d log q(z_d)],   q(z) = 1/B sum_j q(z|x_j)

    q(z) is the mixture of the posteriors of the batch. The estimate is too large where
    the batch is small, for a draw lies near its own posterior, which is one of few.

    Args:
        posterior: q(z|x), normals side by side, batch shape (batch,).
        z: draws, (num_samples, batch, d).

    Returns:
        float32 (batch,) nats.

    Raises:
        TypeError: for another posterior.
    """
    if not is_by_dimension(posterior):
        raise TypeError(
            "The total correlation needs a posterior of normals side by side, such as "
            f"'normal'. Received: {posterior.name}."
        )
    log_q = posterior.distribution.log_prob(z[:, :, None])  # (samples, batch, batch, d)
    together = tf.reduce_logsumexp(tf.reduce_sum(log_q, axis=-1), axis=2)
    apart = tf.reduce_sum(tf.reduce_logsumexp(log_q, axis=2), axis=-1)
    count = tf.cast(tf.shape(z)[1], log_q.dtype)
    extra = (z.shape[-1] - 1) * tf.math.log(count)
    return tf.reduce_mean(together - apart, axis=0) + extra


def maximum_mean_discrepancy(z, other):
    """Compute the squared distance of two samples in the space of a kernel.

    The kernel is a sum of inverse multiquadrics, C / (C + |a - b|**2) with C = 2 d s**2
    for seven scales s from 0.1 to 10. The estimate is unbiased, and may be negative.

    Args:
        z: (n, d), two rows at least.
        other: (m, d), likewise.

    Returns:
        float32 ().

    Reference: Gretton et al., "A Kernel Two-Sample Test", 2012.
    """
    same = _mean_off_diagonal(_kernel(z, z)) + _mean_off_diagonal(_kernel(other, other))
    return same - 2 * tf.reduce_mean(_kernel(z, other))


def _kernel(a, b):
    square = tf.reduce_sum((a[:, None] - b[None]) ** 2, axis=-1)
    constants = [2.0 * a.shape[-1] * scale**2 for scale in _SCALES]
    return sum(c / (c + square) for c in constants)


def _mean_off_diagonal(kernel):
    count = tf.cast(tf.shape(kernel)[0], kernel.dtype)
    total = tf.reduce_sum(kernel) - tf.linalg.trace(kernel)
    return total / (count * (count - 1))


@register("beta_tc", family="objective")
class BetaTC(ELBO):
    """The ELBO in which the dependence of the latents on each other costs more.

        -E log p(x|z) + KL(q(z|x), p(z)) + (beta - 1) TC(z)

    beta = 1 is the ELBO. Unlike a beta on the whole KL it does not ask the latents to
    know less of x.

    Args:
        beta: weight of the total correlation, >= 1. Default 6.
        num_samples: draws of z an example, >= 1.

    Raises:
        ValueError: for a number out of its range.

    Reference: Chen, Li, Grosse, Duvenaud, "Isolating Sources of Disentanglement in
    VAEs", 2018. The aggregate posterior is that of the batch; there its examples are
    weighted by the size of the data set.
    """

    def __init__(self, beta: float = 6.0, num_samples: int = 1):
        super().__init__(1.0, num_samples=num_samples)
        self.weight = number("beta", beta, least=1)

    def __call__(self, log_likelihood, posterior, prior, z, step):
        terms = super().__call__(log_likelihood, posterior, prior, z, step)
        dependence = total_correlation(posterior, z)
        return {**terms, "loss": terms["loss"] + (self.weight - 1) * dependence}

    def get_config(self):
        return {"beta": self.weight, "num_samples": self.num_samples}


@register("mmd", family="objective")
class MMD(ELBO):
    """Reconstruction, and the distance of all latents together from the prior.

        -E log p(x|z) + beta KL(q(z|x), p(z)) + weight MMD(q(z), p(z))

    With beta = 0 it is the Wasserstein autoencoder, whose latents may know x exactly;
    between 0 and 1 the InfoVAE.

    Args:
        weight: of the maximum mean discrepancy, in nats, >= 0. Default 1000.
        beta: of the KL of each example, >= 0. Default 0.
        num_samples: draws of z an example, >= 1.

    Raises:
        ValueError: for a number below 0.

    References: Tolstikhin, Bousquet, Gelly, Schoelkopf, "Wasserstein Auto-Encoders",
    2018; Zhao, Song, Ermon, "InfoVAE", 2019, where beta is 1 - alpha.
    """

    def __init__(self, weight: float = 1000.0, beta=0.0, num_samples: int = 1):
        super().__init__(beta, num_samples=num_samples)
        self.weight = number("weight", weight, least=0)

    def __call__(self, log_likelihood, posterior, prior, z, step):
        terms = super().__call__(log_likelihood, posterior, prior, z, step)
        z = tf.reshape(z, (-1, math.prod(z.shape[2:])))
        seed = tf.stack([tf.cast(step, tf.int32), 0])  # other draws in every step
        drawn = prior.sample(tf.shape(z)[:1], seed=seed)
        distance = maximum_mean_discrepancy(z, tf.reshape(drawn, tf.shape(z)))
        return {**terms, "loss": terms["loss"] + self.weight * distance}

    def get_config(self):
        config = super().get_config()
        return {
            "weight": self.weight,
            "beta": config["beta"],
            "num_samples": self.num_samples,
        }
