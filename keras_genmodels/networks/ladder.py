"""Encoder and decoder of latents that are maps, one of each size of a picture."""

from __future__ import annotations

import math
from collections.abc import Sequence

import keras

from keras_genmodels.networks.channels import CHANNELS_LAST
from keras_genmodels.networks.conditioning import centred, named_inputs
from keras_genmodels.networks.convolutional import halvings
from keras_genmodels.networks.unnormalised import bottleneck, resized

_SHAPE = {"padding": "same", **CHANNELS_LAST}


def level_shapes(
    size: tuple[int, int], latents: Sequence[int]
) -> list[tuple[int, int, int]]:
    """The shapes of the latent maps, from the top down.

    Args:
        size: height and width of the picture; the top map is that halved
            `len(latents)` times, and the lowest halved once.
        latents: channels of each map, from the top down.

    Example:
        >>> level_shapes((28, 28), (8, 4))
        [(7, 7, 8), (14, 14, 4)]
    """
    sides = halvings(size, len(latents))[:0:-1]
    return [(*side, count) for side, count in zip(sides, latents, strict=True)]


def encoder(
    x_shape: tuple[int, int, int],
    latents: Sequence[int],
    filters: int = 64,
    blocks: int = 1,
) -> keras.Model:
    """Convolutions that halve a picture; what each size says is of the map of it.

    Args:
        x_shape: (height, width, channels).
        latents: as for `level_shapes`.
        filters: channels of every convolution.
        blocks: residual ones of each size, >= 0.

    Returns:
        A functional model named "encoder", from "x" to "posterior": the means of all
        maps, from the top down, side by side, then as many raw standard deviations.
    """
    tensors = named_inputs({"x": x_shape})
    hidden = keras.layers.Conv2D(filters, 3, **_SHAPE)(centred(tensors)["x"])
    means, deviations = [], []
    for count in latents[::-1]:
        hidden = keras.layers.LeakyReLU(0.2)(hidden)
        hidden = keras.layers.Conv2D(filters, 3, strides=2, **_SHAPE)(hidden)
        for _ in range(blocks):
            hidden = bottleneck(hidden)
        seen = keras.layers.LeakyReLU(0.2)(hidden)
        for parts in (means, deviations):
            said = keras.layers.Conv2D(count, 1, **_SHAPE)(seen)
            parts.append(keras.layers.Flatten(**CHANNELS_LAST)(said))
    joined = [*means[::-1], *deviations[::-1]]
    posterior = keras.layers.Concatenate(name="posterior")(joined)
    return keras.Model(tensors, {"posterior": posterior}, name="encoder")


def decoder(
    levels: Sequence[tuple[int, int, int]],
    shape: tuple[int, int, int],
    filters: int = 64,
    blocks: int = 1,
) -> keras.Model:
    """From all latent maps, the smallest first, to the parameters of a picture.

    Args:
        levels: shapes of the maps, each larger than the one before.
        shape: of the output, larger than all of them.
        filters: channels of every convolution.
        blocks: residual ones of each size, >= 0.

    Returns:
        A functional model named "decoder", from "latent", all maps flattened and side
        by side, to "likelihood", linear.
    """
    tensors, hidden = _downwards(levels, shape[:2], filters, blocks)
    made = keras.layers.Conv2D(shape[-1], 3, name="likelihood", **_SHAPE)(hidden)
    return keras.Model(tensors, {"likelihood": made}, name="decoder")


def level_prior(
    levels: Sequence[tuple[int, int, int]],
    shape: tuple[int, int, int],
    filters: int = 64,
    blocks: int = 1,
) -> keras.Model:
    """From latent maps to what they say of the next one, which is nothing at first.

    Args:
        levels: shapes of the maps above, as for `decoder`.
        shape: of the map that they speak of.
        filters: channels of every convolution.
        blocks: residual ones of each size, >= 0.

    Returns:
        A functional model from "latent" to "given": means, then raw standard
        deviations, (batch, twice the numbers of the map).
    """
    tensors, hidden = _downwards(levels, shape[:2], filters, blocks)
    zero = {"kernel_initializer": "zeros", **_SHAPE}
    maps = [keras.layers.Conv2D(shape[-1], 3, **zero)(hidden) for _ in range(2)]
    vectors = [keras.layers.Flatten(**CHANNELS_LAST)(part) for part in maps]
    given = keras.layers.Concatenate(name="given")(vectors)
    return keras.Model(tensors, {"given": given}, name="level_prior")


def _downwards(levels, size, filters, blocks):
    """The input of latent maps, and the hidden image of `size` that they become."""
    lengths = [math.prod(level) for level in levels]
    tensors = named_inputs({"latent": (sum(lengths),)})
    hidden, begin = None, 0
    for level, length in zip(levels, lengths, strict=True):
        part = tensors["latent"][:, begin : begin + length]
        part = keras.layers.Reshape(level)(part)
        begin += length
        if hidden is not None:
            above = keras.layers.LeakyReLU(0.2)(resized(hidden, level[:2]))
            part = keras.layers.Concatenate()([above, part])
        hidden = keras.layers.Conv2D(filters, 3, **_SHAPE)(part)
        for _ in range(blocks):
            hidden = bottleneck(hidden)
    hidden = keras.layers.LeakyReLU(0.2)(resized(hidden, size))
    hidden = keras.layers.Conv2D(filters, 3, **_SHAPE)(hidden)
    return tensors, keras.layers.LeakyReLU(0.2)(hidden)
