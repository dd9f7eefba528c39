"""The objective of a VAE whose latents are to carry a given amount of information."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.checks import number
from keras_genmodels.objectives.elbo import ELBO, schedule_config, scheduled
from keras_genmodels.registry import register


@register("capacity", family="objective")
class Capacity(ELBO):
    """The KL of each example is held at a number of nats, which may grow in training.

        -E log p(x|z) + gamma |KL(q(z|x), p(z)) - capacity|

    Unlike a large beta, which makes all latents know less, it lets one factor of the
    data after another in: those first that the likelihood gains most by.

    Args:
        capacity: nats that the latents are to carry, >= 0, or a schedule of
            `keras.optimizers.schedules`, a function of the optimiser's step. Default
            25.
        gamma: weight of the distance from it, >= 0. Default 100.
        num_samples: draws of z an example, >= 1.

    Raises:
        ValueError: for a number out of its range.

    Reference: Burgess et al., "Understanding disentangling in beta-VAE", 2018.
    """

    def __init__(self, capacity=25.0, gamma: float = 100.0, num_samples: int = 1):
        super().__init__(1.0, num_samples=num_samples)
        self.capacity = scheduled("capacity", capacity)
        self.gamma = number("gamma", gamma, least=0)

    def __call__(self, log_likelihood, posterior, prior, z, step):
        terms = super().__call__(log_likelihood, posterior, prior, z, step)
        held = self.capacity(step) if callable(self.capacity) else self.capacity
        cost = self.gamma * tf.abs(terms["kl"] - held)
        return {**terms, "loss": terms["reconstruction"] + cost}

    def get_config(self):
        return {
            "capacity": schedule_config(self.capacity),
            "gamma": self.gamma,
            "num_samples": self.num_samples,
        }
