"""Networks that see a picture through another network, which stands still."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras

from keras_genmodels.networks import convolutional
from keras_genmodels.networks.conditioning import flat, named_inputs
from keras_genmodels.networks.still import Still


def feature_decoder(
    network: keras.Model,
    inputs: Mapping[str, tuple[int, ...]],
    outputs: Mapping[str, tuple[int, int, int]],
    filters: Sequence[int] = (128, 64, 32),
    normalisation: str | None = "batch",
    name: str = "generator",
) -> keras.Model:
    """Features of a picture in a trained network, and a decoder of them.

    Args:
        network: from one picture to one output; it is not trained here.
        inputs: the picture, name to shape, which is that of the network's input.
        outputs: name to (height, width, channels).
        filters: as for `convolutional.decoder`.
        normalisation: of the decoder's hidden layers: "batch", "layer" or `None`.
        name: of the model.

    Returns:
        A functional model; the output is (batch, height, width, channels), linear.

    Raises:
        ValueError: if the network sees pictures of another shape, or several.
    """
    tensors = named_inputs(inputs)
    (picture,) = tensors.values()
    shapes = {key: tuple(seen.shape[1:]) for key, seen in network.input.items()}
    if list(shapes.values()) != [tuple(picture.shape[1:])]:
        raise ValueError(
            f"The borrowed network must see one picture of the shape "
            f"{tuple(picture.shape[1:])}. Received: one that sees {shapes}."
        )
    features = flat(Still(network)(dict.fromkeys(shapes, picture)))
    decoder = convolutional.decoder(
        {"latent": (features.shape[-1],)}, outputs, filters, normalisation=normalisation
    )
    made = {
        key: keras.layers.Identity(name=key)(value)
        for key, value in decoder({"latent": features}).items()
    }
    return keras.Model(tensors, made, name=name)
