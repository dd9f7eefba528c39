"""Convolutional encoders and decoders for images of any height and width."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras

from keras_genmodels import checks
from keras_genmodels.networks.channels import CHANNELS_LAST
from keras_genmodels.networks.conditioning import (
    as_channel,
    centred,
    flat,
    named_inputs,
)
from keras_genmodels.networks.layers import block


def encoder(
    inputs: Mapping[str, tuple[int, ...]],
    outputs: Mapping[str, int],
    filters: Sequence[int] = (32, 64, 128, 256),
    units: Sequence[int] = (),
    kernel_size: int = 4,
    activation: str = "relu",
    name: str = "encoder",
    normalisation: str | None = None,
    centre: bool = False,
    features: bool = False,
    **arguments: Any,
) -> keras.Model:
    """Convolutions that halve the image, then dense layers, to named outputs.

    Args:
        inputs: `{"x": (height, width, channels)}`, and optionally `"condition":
            (size,)`, which enters as one more channel of the image. All others, such
            as `"latent": (size,)`, join after the convolutions.
        outputs: name to size.
        filters: channels of each convolution; each halves height and width, rounded
            up.
        units: widths of dense layers between the convolutions and the outputs.
        kernel_size: of every convolution, in pixels.
        activation: of every hidden layer, a Keras name.
        name: of the model.
        normalisation: of every hidden layer but the first: "batch", "layer" or `None`.
        centre: whether `x` is brought from [0, 1] to [-1, 1] first.
        features: whether the last hidden layer, which the outputs are linear in, is an
            output, too: "features".
        **arguments: of every layer with a kernel, such as `kernel_initializer`, and
            `spectral`, as for `layers.block`.

    Returns:
        A functional model; each output is (batch, size), linear.
    """
    tensors = named_inputs(inputs)
    seen = centred(tensors) if centre else tensors
    hidden = as_channel(seen["x"], seen.get("condition"))
    shape = {"kernel_size": kernel_size, "strides": 2, "padding": "same"}
    for index, channels in enumerate(filters):
        style = (activation, normalisation if index else None)
        conv = {"filters": channels, **shape, **CHANNELS_LAST, **arguments}
        hidden = block(hidden, keras.layers.Conv2D, *style, **conv)
    joining = {k: v for k, v in seen.items() if k not in ("x", "condition")}
    hidden = flat({"x": hidden, **joining})
    for width in units:
        style = {"activation": activation, "normalisation": normalisation, **arguments}
        hidden = block(hidden, keras.layers.Dense, units=width, **style)
    heads = {
        key: block(hidden, keras.layers.Dense, units=size, name=key, **arguments)
        for key, size in outputs.items()
    }
    last = {"features": hidden} if features else {}
    return keras.Model(tensors, {**heads, **last}, name=name)


def decoder(
    inputs: Mapping[str, tuple[int, ...]],
    outputs: Mapping[str, tuple[int, int, int]],
    filters: Sequence[int] = (256, 128, 64, 32),
    units: Sequence[int] = (),
    kernel_size: int = 4,
    activation: str = "relu",
    name: str = "decoder",
    normalisation: str | None = None,
    **arguments: Any,
) -> keras.Model:
    """A dense layer to a small image, then transposed convolutions that double it.

    The mirror image of `encoder`: an odd height or width, such as the 7 on the way from
    28, is met by cropping the last row or column.

    Args:
        inputs: `{"latent": (size,)}`, and optionally `"condition": (size,)`.
        outputs: name to (height, width, channels); all of one height and width.
        filters: channels of the small image, then of each doubling but the last, which
            has the channels of the output: `len(filters)` doublings in all.
        units: widths of dense layers before the small image.
        kernel_size: of every transposed convolution, in pixels.
        activation: of every hidden layer, a Keras name.
        name: of the model.
        normalisation: of every hidden layer: "batch", "layer" or `None`.
        **arguments: of every layer with a kernel, such as `kernel_initializer`.

    Returns:
        A functional model; each output is (batch, height, width, channels), linear.
    """
    tensors = named_inputs(inputs)
    hidden = flat(tensors)
    style = {"activation": activation, "normalisation": normalisation, **arguments}
    checks.not_empty("filters", filters)
    sizes = halvings(next(iter(outputs.values()))[:2], len(filters))
    height, width = sizes.pop()
    for count in (*units, height * width * filters[0]):
        hidden = block(hidden, keras.layers.Dense, units=count, **style)
    hidden = keras.layers.Reshape((height, width, filters[0]))(hidden)
    for channels in filters[1:]:
        hidden = double(hidden, channels, kernel_size, sizes.pop(), **style)
    size = sizes.pop()
    heads = {}
    for key, shape in outputs.items():
        doubled = double(hidden, shape[-1], kernel_size, size, **arguments)
        heads[key] = keras.layers.Identity(name=key)(doubled)
    return keras.Model(tensors, heads, name=name)


def halvings(size: tuple[int, int], times: int) -> list[tuple[int, int]]:
    """The sizes from the full image down: [(28, 28), (14, 14), (7, 7), (4, 4)]."""
    sizes = [tuple(size)]
    for _ in range(times):
        sizes.append(tuple((side + 1) // 2 for side in sizes[-1]))
    return sizes


def double(image, channels, kernel_size, size, **style):
    """Twice the height and width, cropped to `size`."""
    shape = {"kernel_size": kernel_size, "strides": 2, "padding": "same"}
    conv = {"filters": channels, **shape, **CHANNELS_LAST, **style}
    image = block(image, keras.layers.Conv2DTranspose, **conv)
    if tuple(image.shape[1:3]) == tuple(size):
        # Keras would name it "identity", as an input of the network may be called.
        own = f"uncropped_{keras.backend.get_uid('uncropped')}"
        return keras.layers.Identity(name=own)(image)
    return cropped(image, size)


def cropped(image: keras.KerasTensor, size: tuple[int, int]) -> keras.KerasTensor:
    """The image without its last rows and columns, down to a size.

    Args:
        image: (batch, height, width, channels).
        size: height and width that are left; a crop of nothing would be copied, forward
            and back, and is left out.
    """
    excess = [got - wanted for got, wanted in zip(image.shape[1:3], size, strict=True)]
    if not any(excess):
        return image
    excess = [(0, more) for more in excess]
    return keras.layers.Cropping2D(excess, **CHANNELS_LAST)(image)
