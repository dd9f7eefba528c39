"""Convolutional encoders and decoders of volumes of voxels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras

from keras_genmodels import checks
from keras_genmodels.networks.channels import CHANNELS_LAST
from keras_genmodels.networks.conditioning import centred, flat, named_inputs
from keras_genmodels.networks.layers import block

EDGE = 4  # of a kernel, which strides by 2
Shape = tuple[int, int, int, int]


def encoder(
    inputs: Mapping[str, tuple[int, ...]],
    outputs: Mapping[str, int],
    filters: Sequence[int] = (16, 32, 64),
    activation: str = "leaky_relu",
    normalisation: str | None = "batch",
    features: bool = False,
    name: str = "encoder",
    **arguments: Any,
) -> keras.Model:
    """Convolutions that halve a volume, then a linear layer to named outputs.

    Args:
        inputs: "x", (depth, height, width, channels), and vectors, which join after the
            convolutions.
        outputs: name to size.
        filters: channels of each convolution; each halves all three sides, rounded up.
        activation: of every hidden layer, a Keras name.
        normalisation: of every hidden layer but the first: "batch", "layer" or `None`.
        features: whether the last hidden layer is an output, too: "features".
        name: of the model.
        **arguments: of every layer with a kernel, such as `kernel_initializer`.

    Returns:
        A functional model; each output is (batch, size), linear.
    """
    checks.not_empty("filters", filters)
    tensors = named_inputs(inputs)
    seen = centred(tensors)
    hidden = seen["x"]
    conv = {"kernel_size": EDGE, "strides": 2, "padding": "same", **CHANNELS_LAST}
    for index, channels in enumerate(filters):
        style = (activation, normalisation if index else None)
        own = {"filters": channels, **conv, **arguments}
        hidden = block(hidden, keras.layers.Conv3D, *style, **own)
    hidden = flat({**seen, "x": hidden})
    heads = {
        key: block(hidden, keras.layers.Dense, units=size, name=key, **arguments)
        for key, size in outputs.items()
    }
    last = {"features": hidden} if features else {}
    return keras.Model(tensors, {**heads, **last}, name=name)


def decoder(
    inputs: Mapping[str, tuple[int, ...]],
    outputs: Mapping[str, Shape],
    filters: Sequence[int] = (64, 32, 16),
    activation: str = "relu",
    normalisation: str | None = "batch",
    name: str = "decoder",
    **arguments: Any,
) -> keras.Model:
    """A dense layer to a small volume, then transposed convolutions that double it.

    Args:
        inputs: vectors, name to (size,).
        outputs: name to the (depth, height, width, channels) of one volume, whose sides
            are multiples of 2 to the power of `len(filters)`.
        filters: channels of the small volume, then of each doubling but the last.
        activation: of every hidden layer, a Keras name.
        normalisation: of every hidden layer: "batch", "layer" or `None`.
        name: of the model.
        **arguments: of every layer with a kernel, such as `kernel_initializer`.

    Returns:
        A functional model; the output has the shape of the volume, linear.

    Raises:
        ValueError: for sides that cannot be halved so often.
    """
    checks.not_empty("filters", filters)
    ((key, shape),) = outputs.items()
    factor = 2 ** len(filters)
    if any(side % factor for side in shape[:3]):
        raise ValueError(
            f"The sides of a volume must be multiples of {factor} for "
            f"{len(filters)} doublings. Received: {tuple(shape)}."
        )
    tensors = named_inputs(inputs)
    small = [side // factor for side in shape[:3]]
    style = {"activation": activation, "normalisation": normalisation, **arguments}
    units = small[0] * small[1] * small[2] * filters[0]
    hidden = block(flat(tensors), keras.layers.Dense, units=units, **style)
    hidden = keras.layers.Reshape((*small, filters[0]))(hidden)
    conv = {"kernel_size": EDGE, "strides": 2, "padding": "same", **CHANNELS_LAST}
    for channels in filters[1:]:
        own = {"filters": channels, **conv, **style}
        hidden = block(hidden, keras.layers.Conv3DTranspose, **own)
    last = {"filters": shape[-1], "name": key, **conv, **arguments}
    made = block(hidden, keras.layers.Conv3DTranspose, **last)
    return keras.Model(tensors, {key: made}, name=name)
