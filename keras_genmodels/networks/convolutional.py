"""Convolutional encoders and decoders for images of any height and width."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras

from keras_genmodels.networks.conditioning import as_channel, flat, named_inputs


def encoder(
    inputs: Mapping[str, tuple[int, ...]],
    outputs: Mapping[str, int],
    filters: Sequence[int] = (32, 64, 128, 256),
    units: Sequence[int] = (),
    kernel_size: int = 4,
    activation: str = "relu",
    name: str = "encoder",
) -> keras.Model:
    """Convolutions that halve the image, then dense layers, to named outputs.

    Args:
        inputs: `{"x": (height, width, channels)}`, and optionally `"condition":
            (size,)`, which enters as one more channel of the image.
        outputs: name to size.
        filters: channels of each convolution; each halves height and width, rounded
            up.
        units: widths of dense layers between the convolutions and the outputs.
        kernel_size: of every convolution, in pixels.
        activation: of every hidden layer, a Keras name.
        name: of the model.

    Returns:
        A functional model; each output is (batch, size), linear.
    """
    tensors = named_inputs(inputs)
    hidden = as_channel(tensors["x"], tensors.get("condition"))
    for channels in filters:
        hidden = keras.layers.Conv2D(
            channels, kernel_size, strides=2, padding="same", activation=activation
        )(hidden)
    hidden = keras.layers.Flatten()(hidden)
    for width in units:
        hidden = keras.layers.Dense(width, activation=activation)(hidden)
    heads = {
        key: keras.layers.Dense(size, name=key)(hidden) for key, size in outputs.items()
    }
    return keras.Model(tensors, heads, name=name)


def decoder(
    inputs: Mapping[str, tuple[int, ...]],
    outputs: Mapping[str, tuple[int, int, int]],
    filters: Sequence[int] = (256, 128, 64, 32),
    units: Sequence[int] = (),
    kernel_size: int = 4,
    activation: str = "relu",
    name: str = "decoder",
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

    Returns:
        A functional model; each output is (batch, height, width, channels), linear.
    """
    tensors = named_inputs(inputs)
    hidden = flat(tensors)
    for width in units:
        hidden = keras.layers.Dense(width, activation=activation)(hidden)
    sizes = _halvings(next(iter(outputs.values()))[:2], len(filters))
    height, width = sizes.pop()
    hidden = keras.layers.Dense(height * width * filters[0], activation=activation)(
        hidden
    )
    hidden = keras.layers.Reshape((height, width, filters[0]))(hidden)
    for channels in filters[1:]:
        hidden = _double(hidden, channels, kernel_size, sizes.pop(), activation)
    size = sizes.pop()
    heads = {
        key: _double(hidden, shape[-1], kernel_size, size, None, name=key)
        for key, shape in outputs.items()
    }
    return keras.Model(tensors, heads, name=name)


def _halvings(size: tuple[int, int], times: int) -> list[tuple[int, int]]:
    """The sizes from the full image down: [(28, 28), (14, 14), (7, 7), (4, 4)]."""
    sizes = [tuple(size)]
    for _ in range(times):
        sizes.append(tuple((side + 1) // 2 for side in sizes[-1]))
    return sizes


def _double(image, channels, kernel_size, size, activation, name=None):
    """Twice the height and width, cropped to `size`."""
    image = keras.layers.Conv2DTranspose(
        channels, kernel_size, strides=2, padding="same", activation=activation
    )(image)
    excess = [
        (0, got - wanted) for got, wanted in zip(image.shape[1:3], size, strict=True)
    ]
    return keras.layers.Cropping2D(excess, name=name)(image)
