"""Variational autoencoders, a paper each."""

from __future__ import annotations

import keras

from keras_genmodels import registry
from keras_genmodels.models import VAE
from keras_genmodels.networks import convolutional, dense
from keras_genmodels.objectives import ELBO, ImportanceWeighted
from keras_genmodels.registry import register
from keras_genmodels.zoo.optimisers import adam


@register("vae", family="recipe")
def vae(
    spec,
    latent_dim=50,
    units=(200, 200),
    activation="relu",
    posterior="normal",
    likelihood="bernoulli",
    prior="standard_normal",
    beta=1.0,
    warmup_steps=0,
    free_bits=0.0,
    learning_rate=1e-3,
    decay_steps=0,
    seed=0,
):
    """The variational autoencoder, fully connected.

    The network is that of the importance-weighted autoencoder's paper (200-200-50)
    with rectifiers in place of tanh, which learn in fewer epochs.

    Reference: Kingma & Welling, "Auto-Encoding Variational Bayes", 2014.
    """
    objective = ELBO(warm_up(beta, warmup_steps), free_bits)
    model = _dense_vae(
        spec,
        latent_dim,
        units,
        activation,
        posterior,
        likelihood,
        prior,
        objective,
        seed,
    )
    model.compile(adam(learning_rate, decay_steps))
    return model


@register("iwae", family="recipe")
def iwae(
    spec,
    num_samples=50,
    latent_dim=50,
    units=(200, 200),
    activation="relu",
    likelihood="bernoulli",
    learning_rate=1e-3,
    decay_steps=0,
    seed=0,
):
    """The VAE trained on the tighter, importance-weighted bound of k samples.

    Reference: Burda, Grosse, Salakhutdinov, "Importance Weighted Autoencoders", 2016.
    """
    objective = ImportanceWeighted(num_samples)
    model = _dense_vae(
        spec,
        latent_dim,
        units,
        activation,
        "normal",
        likelihood,
        "standard_normal",
        objective,
        seed,
    )
    model.compile(adam(learning_rate, decay_steps, epsilon=1e-4))
    return model


@register("conv_vae", family="recipe")
def conv_vae(
    spec,
    latent_dim=32,
    filters=(32, 64),
    units=(256,),
    activation="relu",
    posterior="normal",
    likelihood="bernoulli",
    prior="standard_normal",
    beta=1.0,
    warmup_steps=0,
    free_bits=0.0,
    learning_rate=1e-3,
    decay_steps=0,
    seed=0,
):
    """The variational autoencoder with convolutions; `prior="vamp"` learns its prior.

    Reference: Salimans, Kingma, Welling, "Markov Chain Monte Carlo and Variational
    Inference: Bridging the Gap", 2015 (a convolutional network of this size).
    """
    p_head = registry.get(likelihood, "head", event_shape=spec.x_shape)
    q_head = registry.get(posterior, "head", event_shape=(latent_dim,))
    style = {"kernel_size": 4, "activation": activation}
    model = VAE(
        spec,
        convolutional.encoder(
            {"x": spec.x_shape},
            {"posterior": q_head.params_size},
            filters,
            units,
            **style,
        ),
        convolutional.decoder(
            {"latent": (latent_dim,)},
            {"likelihood": p_head.map_shape},
            filters[::-1],
            units[::-1],
            **style,
        ),
        q_head,
        p_head,
        _prior(prior, latent_dim, spec),
        ELBO(warm_up(beta, warmup_steps), free_bits),
        seed=seed,
    )
    model.compile(adam(learning_rate, decay_steps))
    return model


@register("conditional_vae", family="recipe")
def conditional_vae(
    spec,
    latent_dim=16,
    units=(400, 400),
    activation="relu",
    likelihood="bernoulli",
    beta=1.0,
    learning_rate=1e-3,
    decay_steps=0,
    seed=0,
):
    """The VAE whose encoder and decoder both see the condition.

    Reference: Sohn, Lee, Yan, "Learning Structured Output Representation using Deep
    Conditional Generative Models", 2015; the prior of z does not look at the condition.
    """
    if spec.condition_size == 0:
        raise ValueError(
            f"`conditional_vae` needs a dataset with attributes. "
            f"Received: {spec.name!r}, which has none."
        )
    model = _dense_vae(
        spec,
        latent_dim,
        units,
        activation,
        "normal",
        likelihood,
        "standard_normal",
        ELBO(beta),
        seed,
        condition_size=spec.condition_size,
    )
    model.compile(adam(learning_rate, decay_steps))
    return model


def _dense_vae(
    spec,
    latent_dim,
    units,
    activation,
    posterior,
    likelihood,
    prior,
    objective,
    seed,
    condition_size=0,
):
    """Two mirrored perceptrons around the latent; a condition, if any, enters both."""
    p_head = registry.get(likelihood, "head", event_shape=spec.x_shape)
    q_head = registry.get(posterior, "head", event_shape=(latent_dim,))
    condition = {"condition": (condition_size,)}
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
    prior = _prior(prior, latent_dim, spec)
    return VAE(spec, encoder, decoder, q_head, p_head, prior, objective, seed=seed)


def _prior(prior, latent_dim, spec):
    """The prior by name; only a VampPrior must know the shape of its pseudo-inputs."""
    arguments = {"x_shape": spec.x_shape} if prior == "vamp" else {}
    return registry.get(prior, "prior", latent_dim=latent_dim, **arguments)


def warm_up(beta: float, steps: int):
    """`beta`, or a linear schedule from 0 to it over so many steps."""
    if steps == 0 or beta < 0:  # the objective refuses it, a schedule would hide it
        return beta
    return keras.optimizers.schedules.PolynomialDecay(0.0, steps, beta, power=1.0)
