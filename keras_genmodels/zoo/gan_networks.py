"""The networks that the recipes of adversarial models share."""

from __future__ import annotations

import math

from keras_genmodels.networks import convolutional, dense, energy
from keras_genmodels.objectives import WeightClipping

FILTERS = (64, 128, 256)
UNITS = (128, 128, 128)
INITIAL = {
    "kernel_initializer": {
        "class_name": "RandomNormal",
        "config": {"mean": 0.0, "stddev": 0.02},
    }
}
_MAKER = {"activation": "relu", "name": "generator"}
_JUDGE = {"activation": "leaky_relu", "name": "critic", "centre": True}


def networks(
    spec,
    latent_dim,
    filters,
    units,
    generator_sees=None,
    critic_sees=None,
    outputs=None,
    normalisation="batch",
    critic_normalisation="batch",
    joint=(),
    activation="relu",
    **critic_arguments,
):
    """Build a generator and a critic: DCGAN's of an image, else perceptrons.

    Args:
        spec: of the dataset.
        latent_dim: of the generator's input "latent".
        filters: channels of the critic's convolutions; the generator mirrors them.
        units: widths of the perceptrons, for data that are no images.
        generator_sees: further inputs, name to shape.
        critic_sees: further inputs, name to shape.
        outputs: of the critic next to "score", name to size.
        normalisation: of the convolutional generator: "batch", "layer" or `None`.
        critic_normalisation: of the convolutional critic.
        joint: widths of its dense layers after the convolutions, where what it sees
            next to the image meets it, and which all its outputs share.
        activation: of the generator.
        **critic_arguments: of every layer with a kernel of the critic.

    Returns:
        Generator and critic network.
    """
    seen = {"x": spec.x_shape, **(critic_sees or {})}
    outputs = {"score": 1, **(outputs or {})}
    inputs = {"latent": (latent_dim,), **(generator_sees or {})}
    maker = {**_MAKER, "activation": activation}
    if not spec.is_image:
        size = {"x": math.prod(spec.x_shape)}
        generator = dense.mlp(inputs, size, units, **maker)
        judge = {**_JUDGE, **critic_arguments}
        return generator, dense.mlp(seen, outputs, units[::-1], **judge)
    maker |= {**INITIAL, "normalisation": normalisation}
    judge = {**_JUDGE, **INITIAL, "normalisation": critic_normalisation}
    generator = convolutional.decoder(
        inputs, {"x": spec.x_shape}, filters[::-1], **maker
    )
    judge = {**judge, "units": joint, **critic_arguments}
    return generator, convolutional.encoder(seen, outputs, filters, **judge)


def clipped(most):
    """The arguments of layers whose weights are clipped.

    Args:
        most: their greatest absolute value, > 0.
    """
    held = WeightClipping(most)
    return {"kernel_constraint": held, "bias_constraint": held}


def encoder(spec, outputs, filters, units, sees=None, **arguments):
    """Build an encoder: DCGAN's critic of an image, a perceptron of anything else.

    Args:
        spec: of the dataset.
        outputs: name to size.
        filters: channels of the convolutions.
        units: widths of the generator's perceptron, mirrored for data that are no
            images.
        sees: further inputs, name to shape.
        **arguments: `name`, and `features` for a further output of that name.
    """
    seen = {"x": spec.x_shape, **(sees or {})}
    style = {"activation": "leaky_relu", "name": "encoder", "centre": True}
    style |= arguments
    if not spec.is_image:
        return dense.mlp(seen, outputs, units[::-1], **style)
    style = {**style, **INITIAL, "normalisation": "batch"}
    return convolutional.encoder(seen, outputs, filters, **style)


def perceptrons(spec, latent_dim, units):
    """Build a generator and a critic without convolutions, whatever the data are."""
    size = {"x": math.prod(spec.x_shape)}
    generator = dense.mlp({"latent": (latent_dim,)}, size, units, **_MAKER)
    return generator, dense.mlp(
        {"x": spec.x_shape}, {"score": 1}, units[::-1], **_JUDGE
    )


def autoencoder(spec, code_dim, filters, units, power, activation=None):
    """Build an autoencoding critic of these networks, without normalisation.

    Args:
        spec: of the dataset.
        code_dim: numbers between the encoder and the decoder, its output "features".
        filters: channels of the encoder's convolutions; the decoder mirrors them.
        units: widths of the perceptrons, for data that are no images.
        power: of the error whose mean is the energy, 1 or 2.
        activation: of all hidden layers. Default: "leaky_relu" down and "relu" up.
    """
    latent, features = {"latent": (code_dim,)}, {"features": code_dim}
    x = {"x": spec.x_shape}
    down = {"activation": activation or "leaky_relu", "name": "encoder", "centre": True}
    up = {"activation": activation or "relu", "name": "decoder"}
    if spec.is_image:
        encoder = convolutional.encoder(x, features, filters, **down)
        decoder = convolutional.decoder(latent, x, filters[::-1], **up)
    else:
        size = {"x": math.prod(spec.x_shape)}
        encoder = dense.mlp(x, features, units[::-1], **down)
        decoder = dense.mlp(latent, size, units, **up)
    return energy.autoencoding_critic(encoder, decoder, power)
