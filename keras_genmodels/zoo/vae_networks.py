"""The networks, priors and schedules that the recipes of VAEs share."""

from __future__ import annotations

import keras

from keras_genmodels import registry
from keras_genmodels.models import VAE
from keras_genmodels.networks import convolutional, dense
from keras_genmodels.objectives.terms.perceptual import Perceptual
from keras_genmodels.zoo.borrowing import borrow


def dense_vae(
    spec,
    latent_dim,
    units,
    activation,
    likelihood,
    objective,
    seed,
    posterior="normal",
    prior="standard_normal",
    condition_size=0,
):
    """Build a VAE of two mirrored perceptrons around the latent.

    Args:
        spec: of the data set.
        latent_dim: numbers of the latent.
        units: widths of the encoder's hidden layers; the decoder mirrors them.
        activation: of the hidden layers.
        likelihood: head of x.
        objective: of the VAE.
        seed: of the noise in training.
        posterior: head of the latent.
        prior: of the latent.
        condition_size: of the condition, which both networks see; 0 for none.
    """
    condition = {"condition": (condition_size,)}
    p_head = registry.get(likelihood, "head", event_shape=spec.x_shape)
    q_head = registry.get(posterior, "head", event_shape=(latent_dim,))
    encoder = dense.mlp(
        {"x": spec.x_shape, **condition},
        {"posterior": q_head.params_size},
        units,
        activation,
        "encoder",
    )
    decoder = dense.mlp(
        {"latent": (latent_dim,), **condition},
        {"likelihood": p_head.params_size},
        units[::-1],
        activation,
        "decoder",
    )
    prior = prior_of(prior, latent_dim, spec)
    return VAE(spec, encoder, decoder, q_head, p_head, prior, objective, seed=seed)


def convolutional_vae(
    spec,
    latent_dim,
    filters,
    units,
    activation,
    likelihood,
    objective,
    seed,
    posterior="normal",
    prior="standard_normal",
    perceptual=None,
):
    """Build a VAE of images, of convolutions and perceptrons mirrored at the latent.

    Args:
        spec: of the data set.
        latent_dim: numbers of the latent.
        filters: channels of the encoder's convolutions; the decoder mirrors them.
        units: widths of the dense layers behind them, mirrored likewise.
        activation: of the hidden layers.
        likelihood: head of x.
        objective: of the VAE.
        seed: of the noise in training.
        posterior: head of the latent.
        prior: of the latent.
        perceptual: term of what is reconstructed, or None.
    """
    p_head = registry.get(likelihood, "head", event_shape=spec.x_shape)
    q_head = registry.get(posterior, "head", event_shape=(latent_dim,))
    style = {"kernel_size": 4, "activation": activation}
    size, shape = {"posterior": q_head.params_size}, {"likelihood": p_head.map_shape}
    latent = {"latent": (latent_dim,)}
    encoder = convolutional.encoder({"x": spec.x_shape}, size, filters, units, **style)
    decoder = convolutional.decoder(latent, shape, filters[::-1], units[::-1], **style)
    prior = prior_of(prior, latent_dim, spec)
    parts = q_head, p_head, prior, objective, perceptual
    return VAE(spec, encoder, decoder, *parts, seed=seed)


def prior_of(prior, latent_dim, spec):
    """Find the prior by name; only a VampPrior must know the shape of x."""
    arguments = {"x_shape": spec.x_shape} if prior == "vamp" else {}
    return registry.get(prior, "prior", latent_dim=latent_dim, **arguments)


def perceptual_term(weight: float, start: str | None):
    """Make the term of a borrowed classifier's features; None for no weight."""
    return Perceptual(borrow(start), weight) if weight else None


def warm_up(beta: float, steps: int):
    """Give `beta`, or a linear schedule from 0 to it over so many steps."""
    if steps == 0 or beta < 0:  # the objective refuses it, a schedule would hide it
        return beta
    return keras.optimizers.schedules.PolynomialDecay(0.0, steps, beta, power=1.0)
