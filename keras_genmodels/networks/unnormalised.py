"""Residual networks without normalisation, whose branches are 0 at first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras

from keras_genmodels import checks
from keras_genmodels.networks.channels import CHANNELS_LAST
from keras_genmodels.networks.conditioning import centred, flat, named_inputs
from keras_genmodels.networks.convolutional import halvings

_SHAPE = {"padding": "same", **CHANNELS_LAST}


def generator(
    inputs: Mapping[str, tuple[int, ...]],
    shape: tuple[int, int, int],
    filters: Sequence[int] = (64, 128, 256),
    blocks: int = 1,
) -> keras.Model:
    """A dense layer to a small image, then doublings between residual blocks.

    Args:
        inputs: `{"latent": (size,)}`, and what else joins it.
        shape: of the output "x", (height, width, channels).
        filters: channels of each doubling, the last one first, as `critic` has them:
            an image of `filters[-1]` channels is doubled `len(filters)` times.
        blocks: of each size but the full one, >= 0.

    Returns:
        A functional model named "generator"; "x" is linear.

    Reference: Huang, Gokaslan, Kuleshov, Tompkin, "The GAN is dead; long live the GAN!
    A Modern Baseline GAN", 2024; convolutions without groups in a narrow block in place
    of a wide one with groups, and none at the full size, so that it trains without a
    graphics processor.
    """
    tensors = named_inputs(inputs)
    sizes = halvings(shape[:2], len(checks.not_empty("filters", filters)))
    side, channels = sizes.pop(), filters[-1]
    hidden = keras.layers.Dense(side[0] * side[1] * channels)(flat(tensors))
    hidden = keras.layers.Reshape((*side, channels))(hidden)
    for channels in [*filters[-2::-1], None]:
        for _ in range(blocks):
            hidden = bottleneck(hidden)
        size = sizes.pop()
        if channels is not None and channels != hidden.shape[-1]:
            hidden = keras.layers.Conv2D(channels, 1, use_bias=False, **_SHAPE)(hidden)
        hidden = resized(hidden, size)
    hidden = keras.layers.LeakyReLU(0.2)(hidden)
    x = keras.layers.Conv2D(shape[-1], 3, name="x", **_SHAPE)(hidden)
    return keras.Model(tensors, {"x": x}, name="generator")


def critic(
    inputs: Mapping[str, tuple[int, ...]],
    filters: Sequence[int] = (64, 128, 256),
    blocks: int = 1,
) -> keras.Model:
    """The mirror image of `generator`, then a linear score.

    Args:
        inputs: `{"x": (height, width, channels)}`, and what else joins before the
            score.
        filters: channels of each size; each is half of the one before.
        blocks: of each size but the full one, >= 0.

    Returns:
        A functional model named "critic", to "score", (batch, 1).
    """
    tensors = named_inputs(inputs)
    hidden = centred(tensors)["x"]
    checks.not_empty("filters", filters)
    hidden = keras.layers.Conv2D(filters[0], 3, **_SHAPE)(hidden)
    hidden = keras.layers.LeakyReLU(0.2)(hidden)
    for channels in filters:
        hidden = keras.layers.AveragePooling2D(2, **_SHAPE)(hidden)
        if channels != hidden.shape[-1]:
            hidden = keras.layers.Conv2D(channels, 1, use_bias=False, **_SHAPE)(hidden)
        for _ in range(blocks):
            hidden = bottleneck(hidden)
    others = {name: value for name, value in tensors.items() if name != "x"}
    score = keras.layers.Dense(1, name="score")(flat({"x": hidden, **others}))
    return keras.Model(tensors, {"score": score}, name="critic")


def bottleneck(hidden: keras.KerasTensor) -> keras.KerasTensor:
    """Add convolutions through half the channels, the last of which is 0 at first.

    Args:
        hidden: (batch, height, width, channels).
    """
    channels = hidden.shape[-1]
    inside = max(1, channels // 2)
    made = keras.layers.Conv2D(inside, 1, **_SHAPE)(hidden)
    made = keras.layers.LeakyReLU(0.2)(made)
    made = keras.layers.Conv2D(inside, 3, **_SHAPE)(made)
    made = keras.layers.LeakyReLU(0.2)(made)
    last = {"use_bias": False, "kernel_initializer": "zeros", **_SHAPE}
    made = keras.layers.Conv2D(channels, 1, **last)(made)
    return keras.layers.Add()([hidden, made])


def resized(hidden: keras.KerasTensor, size: tuple[int, int]) -> keras.KerasTensor:
    """Scale an image, between whose pixels there are means of them.

    Args:
        hidden: (batch, height, width, channels).
        size: the new height and width.
    """
    return keras.layers.Resizing(*size, "bilinear", **CHANNELS_LAST)(hidden)
