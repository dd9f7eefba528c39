"""A network that shows a thing from its front, by what it measures of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras

from keras_genmodels.networks import convolutional
from keras_genmodels.networks.conditioning import named_inputs

COEFFICIENTS = "coefficients"


def frontal(
    inputs: Mapping[str, tuple[int, int, int]],
    outputs: Mapping[str, tuple[int, int, int]],
    size: int,
    code_dim: int = 128,
    filters: Sequence[int] = (32, 64, 128),
    name: str = "generator",
    **arguments: Any,
) -> keras.Model:
    """Measure a picture, bring it to a code, and draw the front of both.

    Args:
        inputs: "source", (height, width, channels).
        outputs: "x", likewise.
        size: of the coefficients, the shape and the pose in numbers, >= 1.
        code_dim: numbers of the code, which says all else, >= 1.
        filters: channels of the convolutions of either encoder; the decoder mirrors
            them.
        name: of the model.
        **arguments: of every layer with a kernel, such as `kernel_initializer`.

    Returns:
        A functional model to "x", linear, and "coefficients", (batch, size).

    Reference: Yin et al., "Towards Large-Pose Face Frontalization in the Wild", 2017.
    """
    tensors = named_inputs(inputs)
    style = {
        "activation": "leaky_relu",
        "normalisation": "batch",
        "centre": True,
        **arguments,
    }
    seen, found = {"x": inputs["source"]}, {}
    for key, count in {COEFFICIENTS: size, "code": code_dim}.items():
        encoder = convolutional.encoder(
            seen, {key: count}, filters, name=f"{key}_encoder", **style
        )
        found[key] = encoder({"x": tensors["source"]})[key]
    decoder = convolutional.decoder(
        {key: tuple(value.shape[1:]) for key, value in found.items()},
        outputs,
        filters[::-1],
        normalisation="batch",
        **arguments,
    )
    measured = keras.layers.Identity(name=COEFFICIENTS)(found[COEFFICIENTS])
    drawn = {**decoder(found), COEFFICIENTS: measured}
    return keras.Model(tensors, drawn, name=name)
