"""Autoencoders as the lecture grows them: linear, deep, convolutional."""

from __future__ import annotations

from collections.abc import Sequence

from keras_genmodels import registry
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.distributions import Head
from keras_genmodels.models import Autoencoder
from keras_genmodels.networks import convolutional, dense
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import IMAGES


@recipe("linear_autoencoder", learning_rate=1e-3)
def linear_autoencoder(
    spec: DatasetSpec,
    latent_dim: int = 32,
    likelihood: str | Head = "bernoulli",
    seed: int = 0,
) -> Autoencoder:
    """One linear layer to the code, one linear layer and a sigmoid back.

    Args:
        spec: of the data set.
        latent_dim: numbers of the code, >= 1. Default 32.
        likelihood: head of the pixels, by name, config or instance. Default
            "bernoulli".
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Bourlard & Kamp, "Auto-Association by Multilayer Perceptrons and Singular
    Value Decomposition", Biological Cybernetics 1988; cross entropy here, not squares.
    """
    return deep_autoencoder(spec, latent_dim, (), "relu", likelihood, seed)


@recipe("deep_autoencoder", learning_rate=1e-3)
def deep_autoencoder(
    spec: DatasetSpec,
    latent_dim: int = 32,
    units: Sequence[int] = (512, 256, 128),
    activation: str = "relu",
    likelihood: str | Head = "bernoulli",
    seed: int = 0,
) -> Autoencoder:
    """Fully connected layers down to the code and, mirrored, back up.

    Args:
        spec: of the data set.
        latent_dim: numbers of the code, >= 1. Default 32.
        units: widths of the encoder's hidden layers, each >= 1; the decoder mirrors
            them. Default (512, 256, 128).
        activation: of the hidden layers, a name that Keras knows. Default "relu".
        likelihood: head of the pixels, by name, config or instance. Default
            "bernoulli".
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Hinton & Salakhutdinov, "Reducing the Dimensionality of Data with Neural
    Networks", Science 2006; rectifiers and Adam instead of layer-wise pre-training.
    """
    head = registry.get(likelihood, "head", event_shape=spec.x_shape)
    return Autoencoder(
        spec,
        dense.mlp(
            {"x": spec.x_shape}, {"latent": latent_dim}, units, activation, "encoder"
        ),
        dense.mlp(
            {"latent": (latent_dim,)},
            {"likelihood": head.params_size},
            units[::-1],
            activation,
            "decoder",
        ),
        likelihood=head,
        seed=seed,
    )


@recipe("conv_autoencoder", kinds=IMAGES, learning_rate=1e-3)
def conv_autoencoder(
    spec: DatasetSpec,
    latent_dim: int = 32,
    filters: Sequence[int] = (16, 32, 64, 128),
    likelihood: str | Head = "bernoulli",
    seed: int = 0,
) -> Autoencoder:
    """Four ReLU convolutions down to the code, four transposed convolutions up.

    Args:
        spec: of the data set, of images.
        latent_dim: numbers of the code, >= 1. Default 32.
        filters: channels of the encoder's convolutions, each >= 1; the decoder mirrors
            them. Default (16, 32, 64, 128).
        likelihood: head of the pixels, by name, config or instance. Default
            "bernoulli".
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Masci, Meier, Ciresan, Schmidhuber, "Stacked Convolutional Auto-Encoders
    for Hierarchical Feature Extraction", ICANN 2011; strides instead of max pooling.
    """
    head = registry.get(likelihood, "head", event_shape=spec.x_shape)
    return Autoencoder(
        spec,
        convolutional.encoder({"x": spec.x_shape}, {"latent": latent_dim}, filters),
        convolutional.decoder(
            {"latent": (latent_dim,)}, {"likelihood": head.map_shape}, filters[::-1]
        ),
        likelihood=head,
        seed=seed,
    )
