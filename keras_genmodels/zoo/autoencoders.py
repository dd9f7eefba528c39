"""Autoencoders as the lecture grows them: linear, deep, convolutional."""

from __future__ import annotations

from keras_genmodels import registry
from keras_genmodels.models import Autoencoder
from keras_genmodels.networks import convolutional, dense
from keras_genmodels.registry import register
from keras_genmodels.zoo.optimisers import adam


@register("linear_autoencoder", family="recipe")
def linear_autoencoder(
    spec,
    latent_dim=32,
    likelihood="bernoulli",
    learning_rate=1e-3,
    decay_steps=0,
    seed=0,
):
    """One linear layer to the code, one linear layer and a sigmoid back.

    Reference: Bourlard & Kamp, "Auto-Association by Multilayer Perceptrons and Singular
    Value Decomposition", Biological Cybernetics 1988; cross entropy here, not squares.
    """
    return deep_autoencoder(
        spec, latent_dim, (), "relu", likelihood, learning_rate, decay_steps, seed
    )


@register("deep_autoencoder", family="recipe")
def deep_autoencoder(
    spec,
    latent_dim=32,
    units=(512, 256, 128),
    activation="relu",
    likelihood="bernoulli",
    learning_rate=1e-3,
    decay_steps=0,
    seed=0,
):
    """Fully connected layers down to the code and, mirrored, back up.

    Reference: Hinton & Salakhutdinov, "Reducing the Dimensionality of Data with Neural
    Networks", Science 2006; rectifiers and Adam instead of layer-wise pre-training.
    """
    head = registry.get(likelihood, "head", event_shape=spec.x_shape)
    model = Autoencoder(
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
    model.compile(adam(learning_rate, decay_steps))
    return model


@register("conv_autoencoder", family="recipe")
def conv_autoencoder(
    spec,
    latent_dim=32,
    filters=(16, 32, 64, 128),
    likelihood="bernoulli",
    learning_rate=1e-3,
    decay_steps=0,
    seed=0,
):
    """Four ReLU convolutions down to the code, four transposed convolutions up.

    Reference: Masci, Meier, Ciresan, Schmidhuber, "Stacked Convolutional Auto-Encoders
    for Hierarchical Feature Extraction", ICANN 2011; strides instead of max pooling.
    """
    head = registry.get(likelihood, "head", event_shape=spec.x_shape)
    model = Autoencoder(
        spec,
        convolutional.encoder({"x": spec.x_shape}, {"latent": latent_dim}, filters),
        convolutional.decoder(
            {"latent": (latent_dim,)}, {"likelihood": head.map_shape}, filters[::-1]
        ),
        likelihood=head,
        seed=seed,
    )
    model.compile(adam(learning_rate, decay_steps))
    return model
