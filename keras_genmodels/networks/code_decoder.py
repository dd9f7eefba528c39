"""A generator in two halves, which meet at a code like a critic's features."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import keras

from keras_genmodels import checks
from keras_genmodels.networks.conditioning import flat, named_inputs
from keras_genmodels.networks.convolutional import double, halvings
from keras_genmodels.networks.layers import block


def generator(
    inputs: Mapping[str, tuple[int, ...]],
    shape: tuple[int, int, int],
    filters: Sequence[int] = (256, 128, 64),
    activation: str = "relu",
    normalisation: str | None = "batch",
    name: str = "generator",
    **arguments: Any,
) -> keras.Model:
    """A dense layer to a code, and a decoder of it that doubles a small picture.

    The code has the numbers, in their order, of the features that
    `convolutional.encoder` puts out with the same channels the other way round.

    Args:
        inputs: name to shape without the batch axis, such as `{"latent": (size,)}`.
        shape: (height, width, channels) of the picture.
        filters: channels of the small picture, then of each doubling but the last.
        activation: of every hidden layer, a Keras name.
        normalisation: of every hidden layer: "batch", "layer" or `None`.
        name: of the model.
        **arguments: of every layer with a kernel, such as `kernel_initializer`.

    Returns:
        A functional model to "x", (batch, *shape), linear. Its layer "decoder" is one,
        too, from "features", the code, (batch, size), to "x".
    """
    checks.not_empty("filters", filters)
    small = (*halvings(shape[:2], len(filters))[-1], filters[0])
    style = {"activation": activation, "normalisation": normalisation, **arguments}
    tensors = named_inputs(inputs)
    code = block(flat(tensors), keras.layers.Dense, units=math.prod(small), **style)
    decoder = _decoder(small, shape, filters, style, arguments)
    x = keras.layers.Identity(name="x")(decoder({"features": code})["x"])
    return keras.Model(tensors, {"x": x}, name=name)


def _decoder(small, shape, filters, style, arguments):
    """From a code to a picture."""
    tensors = named_inputs({"features": (math.prod(small),)})
    hidden = keras.layers.Reshape(small)(tensors["features"])
    sizes = halvings(shape[:2], len(filters))[:-1]
    for channels in filters[1:]:
        hidden = double(hidden, channels, 4, sizes.pop(), **style)
    hidden = double(hidden, shape[-1], 4, sizes.pop(), **arguments)
    x = keras.layers.Identity(name="x")(hidden)
    return keras.Model(tensors, {"x": x}, name="decoder")
