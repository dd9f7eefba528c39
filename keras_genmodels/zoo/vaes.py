"""Variational autoencoders, a paper each."""

from __future__ import annotations

from collections.abc import Sequence

from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.distributions import Head, Prior
from keras_genmodels.models import VAE
from keras_genmodels.objectives import ELBO, ImportanceWeighted
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import IMAGES, needed_condition
from keras_genmodels.zoo.vae_networks import (
    convolutional_vae,
    dense_vae,
    perceptual_term,
    warm_up,
)


@recipe("vae", learning_rate=1e-3)
def vae(
    spec: DatasetSpec,
    latent_dim: int = 50,
    units: Sequence[int] = (200, 200),
    activation: str = "relu",
    posterior: str | Head = "normal",
    likelihood: str | Head = "bernoulli",
    prior: str | Prior = "standard_normal",
    beta: float = 1.0,
    warmup_steps: int = 0,
    free_bits: float = 0.0,
    seed: int = 0,
) -> VAE:
    """The variational autoencoder, fully connected.

    The network is that of the importance-weighted autoencoder's paper (200-200-50)
    with rectifiers in place of tanh, which learn in fewer epochs.

    Args:
        spec: of the data set.
        latent_dim: numbers of the latent, >= 1. Default 50.
        units: widths of the encoder's hidden layers, each >= 1; the decoder mirrors
            them. Default (200, 200).
        activation: of the hidden layers, a name that Keras knows. Default "relu".
        posterior: head of the latent, by name, config or instance: "normal",
            "multivariate_normal". Default "normal".
        likelihood: head of x, likewise: "bernoulli", "learned_normal", ... Default
            "bernoulli".
        prior: of the latent, likewise: "standard_normal", "mixture", "vamp", ...
            Default "standard_normal".
        beta: weight of the KL divergence, >= 0. Default 1.
        warmup_steps: steps, >= 0, over which that weight grows from 0. Default 0.
        free_bits: nats a latent dimension, >= 0, that cost nothing. Default 0.
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Kingma & Welling, "Auto-Encoding Variational Bayes", 2014.
    """
    objective = ELBO(warm_up(beta, warmup_steps), free_bits)
    shared = spec, latent_dim, units, activation, likelihood, objective, seed
    return dense_vae(*shared, posterior=posterior, prior=prior)


@recipe("iwae", learning_rate=1e-3, epsilon=1e-4)
def iwae(
    spec: DatasetSpec,
    num_samples: int = 50,
    latent_dim: int = 50,
    units: Sequence[int] = (200, 200),
    activation: str = "relu",
    likelihood: str | Head = "bernoulli",
    seed: int = 0,
) -> VAE:
    """The VAE trained on the tighter, importance-weighted bound of k samples.

    Args:
        spec: of the data set.
        num_samples: k, draws from the posterior for each example, >= 1. Default 50.
        latent_dim: numbers of the latent, >= 1. Default 50.
        units: as for `vae`. Default (200, 200).
        activation: of the hidden layers, a name that Keras knows. Default "relu".
        likelihood: head of x, by name, config or instance. Default "bernoulli".
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Burda, Grosse, Salakhutdinov, "Importance Weighted Autoencoders", 2016.
    """
    objective = ImportanceWeighted(num_samples)
    return dense_vae(spec, latent_dim, units, activation, likelihood, objective, seed)


@recipe("conv_vae", kinds=IMAGES, learning_rate=1e-3)
def conv_vae(
    spec: DatasetSpec,
    latent_dim: int = 32,
    filters: Sequence[int] = (32, 64),
    units: Sequence[int] = (256,),
    activation: str = "relu",
    posterior: str | Head = "normal",
    likelihood: str | Head = "bernoulli",
    prior: str | Prior = "standard_normal",
    beta: float = 1.0,
    warmup_steps: int = 0,
    free_bits: float = 0.0,
    perceptual: float = 0.0,
    start: str | None = None,
    seed: int = 0,
) -> VAE:
    """The variational autoencoder with convolutions; `prior="vamp"` learns its prior.

    Args:
        spec: of the data set, of images.
        latent_dim: numbers of the latent, >= 1. Default 32.
        filters: channels of the encoder's convolutions, each >= 1; the decoder mirrors
            them. Default (32, 64).
        units: widths of the dense layers behind them, each >= 1, mirrored likewise.
            Default (256,).
        activation: of the hidden layers, a name that Keras knows. Default "relu".
        posterior: as for `vae`. Default "normal".
        likelihood: as for `vae`. Default "bernoulli".
        prior: as for `vae`. Default "standard_normal".
        beta: weight of the KL divergence, >= 0. Default 1.
        warmup_steps: steps, >= 0, over which that weight grows from 0. Default 0.
        free_bits: nats a latent dimension, >= 0, that cost nothing. Default 0.
        perceptual: weight, >= 0, of the distance of what is reconstructed in the
            features of a borrowed classifier. Default 0: none.
        start: the run of that classifier, a folder or a `.keras` file. Default None.
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for a `perceptual` without a `start` that holds a classifier.

    Reference: Salimans, Kingma, Welling, "Markov Chain Monte Carlo and Variational
    Inference: Bridging the Gap", 2015 (a convolutional network of this size);
    `perceptual`: Hou et al., "Deep Feature Consistent Variational Autoencoder", 2017.
    """
    objective = ELBO(warm_up(beta, warmup_steps), free_bits)
    sizes = latent_dim, filters, units, activation
    term = perceptual_term(perceptual, start)
    parts = {"posterior": posterior, "prior": prior, "perceptual": term}
    return convolutional_vae(spec, *sizes, likelihood, objective, seed, **parts)


@recipe("conditional_vae", learning_rate=1e-3)
def conditional_vae(
    spec: DatasetSpec,
    latent_dim: int = 16,
    units: Sequence[int] = (400, 400),
    activation: str = "relu",
    likelihood: str | Head = "bernoulli",
    beta: float = 1.0,
    seed: int = 0,
) -> VAE:
    """The VAE whose encoder and decoder both see the condition.

    Args:
        spec: of the data set, which has attributes.
        latent_dim: numbers of the latent, >= 1. Default 16.
        units: as for `vae`. Default (400, 400).
        activation: of the hidden layers, a name that Keras knows. Default "relu".
        likelihood: head of x, by name, config or instance. Default "bernoulli".
        beta: weight of the KL divergence, >= 0. Default 1.
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for a data set without attributes.

    Reference: Sohn, Lee, Yan, "Learning Structured Output Representation using Deep
    Conditional Generative Models", 2015; the prior of z does not look at the condition.
    """
    needed_condition(spec, "conditional_vae")
    shared = spec, latent_dim, units, activation, likelihood, ELBO(beta), seed
    return dense_vae(*shared, condition_size=spec.condition_size)
