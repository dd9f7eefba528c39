"""The evidence lower bound of a sequence: a sum over time."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.distributions import divergences
from keras_genmodels.objectives.elbo import ELBO
from keras_genmodels.registry import register


@register("sequence_elbo", family="objective")
class SequenceELBO(ELBO):
    """The negative ELBO of latents with a time axis, in nats a sequence.

        -E_q log p(x|z) + beta * sum_t KL(q(z_t | x, z_<t), p(z_t | z_<t))

    Both sides of each KL look at the same z_<t, drawn from the posterior: the prior is
    teacher-forced. Nothing is divided by the length.

    Args:
        beta: as for `ELBO`, a number >= 0 or a schedule.
        free_bits: nats that cost nothing, of every dimension of every step; >= 0.
        num_samples: sequences drawn an example, at least 1.

    Reference: Chung et al., "A Recurrent Latent Variable Model for Sequential Data",
    2015.
    """

    def __call__(
        self, log_likelihood, posterior, prior, z, step
    ) -> dict[str, tf.Tensor]:
        """The terms of the loss, each (batch,) nats.

        Args:
            log_likelihood: log p(x|z) of whole sequences, (num_samples, batch).
            posterior: of every step, batch shape (time, num_samples, batch).
            prior: of every step, the same batch shape.
            z: draws from the posterior, (time, num_samples, batch, latent_dim).
            step: of the optimiser, which schedules of `beta` depend on.
        """
        return super().__call__(log_likelihood, posterior, prior, z, step)

    def divergence(self, posterior, prior, z):
        kl = divergences.kl(posterior, prior, z)  # (time, num_samples, batch)
        return tf.reduce_mean(tf.reduce_sum(kl, axis=0), axis=0)

    def mean_by_dimension(self, posterior, prior):
        kl = divergences.kl_by_dimension(posterior, prior)
        return tf.reduce_mean(kl, axis=[1, 2])  # (time, latent_dim)
