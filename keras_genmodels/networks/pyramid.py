"""Generators that refine an image level by level."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import keras

from keras_genmodels.networks.channels import CHANNELS_LAST
from keras_genmodels.networks.conditioning import named_inputs
from keras_genmodels.networks.layers import block

Shape = tuple[int, int, int]


def shapes(x_shape: Shape, levels: int) -> list[Shape]:
    """The shapes of a pyramid's images, the full one first; odd sides round up.

    Raises:
        ValueError: for fewer than 2 levels, or so many that a side would be below 4.

    Example:
        >>> shapes((28, 28, 1), 3)
        [(28, 28, 1), (14, 14, 1), (7, 7, 1)]
    """
    height, width, channels = x_shape
    found = [
        (-(-height // 2**k), -(-width // 2**k), channels) for k in range(max(levels, 1))
    ]
    if levels < 2 or min(found[-1][:2]) < 4:
        raise ValueError(
            "`levels` must be >= 2 and leave the smallest image sides of 4 or more. "
            f"Received: levels={levels} for images of {height}x{width}."
        )
    return found


def generator(
    first: keras.Model,
    x_shape: Shape,
    levels: int,
    filters: Sequence[int] = (64, 64),
    kernel_size: int = 5,
    activation: str = "relu",
    name: str = "generator",
    **arguments: Any,
) -> keras.Model:
    """A network for each level of a pyramid, and all of them as one.

    Args:
        first: of the smallest image, from "latent" to its logits "x".
        x_shape: of the full image.
        levels: how many sizes there are, >= 2.
        filters: channels of the hidden convolutions of every other level.
        kernel_size: of these convolutions, in pixels.
        activation: of every hidden layer, a Keras name.
        name: of the model.
        **arguments: of every convolution, as for `layers.block`.

    Returns:
        A functional model from "latent" to "x", (batch, *x_shape), not bounded. Its
        latent is a number a pixel for each level, the full image's first, and the
        latent of `first`. Its layers "level_0", "level_1", ... are the networks of the
        levels, see `models.LaplacianGAN`.
    """
    sizes = shapes(x_shape, levels)
    style = {"kernel_size": kernel_size, "activation": activation, **arguments}
    networks = [
        _refiner(fine, coarse, filters, f"level_{k}", **style)
        for k, (fine, coarse) in enumerate(itertools.pairwise(sizes))
    ]
    networks.append(_bounded(first, sizes[-1], f"level_{levels - 1}"))
    counts = [network.input["latent"].shape[-1] for network in networks]
    latent = named_inputs({"latent": (sum(counts),)})
    image, stop = {}, sum(counts)
    for network, count in zip(networks[::-1], counts[::-1], strict=True):
        part = latent["latent"][:, stop - count : stop]
        made = network({"latent": part, **image})["x"]
        image = {"coarse": keras.layers.ReLU(max_value=1.0)(made)}
        stop -= count
    return keras.Model(latent, {"x": keras.layers.Identity(name="x")(made)}, name=name)


def _refiner(fine, coarse, filters, name, **style):
    """The doubled image plus a difference that convolutions make of it and of noise."""
    height, width, channels = fine
    inputs = named_inputs({"latent": (height * width,), "coarse": coarse})
    doubled = keras.layers.UpSampling2D(2, interpolation="bilinear", **CHANNELS_LAST)(
        inputs["coarse"]
    )
    excess = [
        (0, got - side) for got, side in zip(doubled.shape[1:3], fine, strict=False)
    ]
    doubled = keras.layers.Cropping2D(excess, **CHANNELS_LAST)(doubled)
    noise = keras.layers.Reshape((height, width, 1))(inputs["latent"])
    hidden = keras.layers.Concatenate()([doubled, noise])
    for count in filters:
        conv = {"filters": count, "padding": "same", **CHANNELS_LAST, **style}
        hidden = block(hidden, keras.layers.Conv2D, **conv)
    style = {**CHANNELS_LAST, **style, "activation": None}
    conv = {"filters": channels, "padding": "same", **style}
    difference = block(hidden, keras.layers.Conv2D, **conv)
    return keras.Model(
        inputs, {"x": keras.layers.Add()([doubled, difference])}, name=name
    )


def _bounded(first, shape, name):
    """The network of the smallest image, in [0, 1]."""
    inputs = named_inputs({k: v.shape[1:] for k, v in first.input.items()})
    image = keras.layers.Reshape(shape)(first(inputs)["x"])
    return keras.Model(
        inputs, {"x": keras.layers.Activation("sigmoid")(image)}, name=name
    )
