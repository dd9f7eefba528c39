"""Generators and critics of clips, (batch, time, height, width, channels)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import keras

from keras_genmodels import checks
from keras_genmodels.networks import convolutional
from keras_genmodels.networks.channels import CHANNELS_LAST
from keras_genmodels.networks.conditioning import centred, flat, named_inputs
from keras_genmodels.networks.layers import block

_LEAST = 1e-6  # how near a mixture of streams comes to 0 and 1, where logits end


def critic(
    inputs: Mapping[str, tuple[int, ...]],
    outputs: Mapping[str, int],
    filters: Sequence[int] = (32, 64, 128),
    kernel_size: int = 4,
    activation: str = "leaky_relu",
    name: str = "clip_critic",
    normalisation: str | None = "batch",
    **arguments: Any,
) -> keras.Model:
    """Convolutions over time and space that halve height and width, to named outputs.

    Time is halved, too, as long as it lasts.

    Args:
        inputs: `{"x": (time, height, width, channels)}`.
        outputs: name to size.
        filters: channels of each convolution.
        kernel_size: of every convolution, in frames and pixels; along time at most as
            many frames as there are left.
        activation: of every hidden layer, a Keras name.
        name: of the model.
        normalisation: of every hidden layer but the first: "batch", "layer" or `None`.
        **arguments: of every layer with a kernel, as for `layers.block`.

    Returns:
        A functional model; each output is (batch, size), linear.
    """
    tensors = named_inputs(inputs)
    hidden = centred(tensors)["x"]
    for index, channels in enumerate(filters):
        frames = hidden.shape[1]
        shape = {
            "kernel_size": (min(kernel_size, frames), kernel_size, kernel_size),
            "strides": (min(2, frames), 2, 2),
            "padding": "same",
        }
        style = (activation, normalisation if index else None)
        conv = {"filters": channels, **shape, **CHANNELS_LAST, **arguments}
        hidden = block(hidden, keras.layers.Conv3D, *style, **conv)
    hidden = keras.layers.Flatten(**CHANNELS_LAST)(hidden)
    heads = {
        key: block(hidden, keras.layers.Dense, units=size, name=key, **arguments)
        for key, size in outputs.items()
    }
    return keras.Model(tensors, heads, name=name)


def motion_and_content(
    inputs: Mapping[str, tuple[int, ...]],
    clip_shape: tuple[int, int, int, int],
    content_dim: int,
    filters: Sequence[int],
    name: str = "generator",
    **style: Any,
) -> keras.Model:
    """A recurrent network over the motion's noise, and a decoder of single frames.

        h_t = GRU(h_(t-1), e_t),    x_t = decoder(h_t, content, condition)

    Args:
        inputs: `{"latent": (content_dim + time * motion_dim,)}`, the content, which all
            frames share, before the noise e_t of every frame; and optionally
            `"condition": (size,)`, which all frames share.
        clip_shape: (time, height, width, channels).
        content_dim: numbers of the latent that are the content.
        filters: of the decoder, as for `convolutional.decoder`.
        name: of the model.
        **style: of the decoder.

    Returns:
        A functional model to "x", (batch, time, height, width, channels), linear.
    """
    tensors = named_inputs(inputs)
    frames = clip_shape[0]
    content = tensors["latent"][:, :content_dim]
    noise = keras.layers.Reshape((frames, -1))(tensors["latent"][:, content_dim:])
    motion = keras.layers.GRU(noise.shape[-1], return_sequences=True)(noise)
    shared = [content, *(tensors[key] for key in tensors if key == "condition")]
    parts = [motion, *(keras.layers.RepeatVector(frames)(part) for part in shared)]
    codes = keras.layers.Concatenate()(parts)  # (batch, time, features)
    decoder = convolutional.decoder(
        {"latent": (codes.shape[-1],)}, {"x": clip_shape[1:]}, filters, **style
    )
    folded = keras.ops.reshape(codes, (-1, codes.shape[-1]))  # time joins the batch
    images = decoder({"latent": folded})["x"]
    clip = keras.ops.reshape(images, (-1, *clip_shape))
    return keras.Model(tensors, {"x": clip}, name=name)


def two_streams(
    inputs: Mapping[str, tuple[int, ...]],
    clip_shape: tuple[int, int, int, int],
    filters: Sequence[int],
    activation: str = "relu",
    name: str = "generator",
    normalisation: str | None = "batch",
    **arguments: Any,
) -> keras.Model:
    """A moving foreground and a still background, mixed by a mask.

        x = mask * foreground + (1 - mask) * background

    The mixture and its logits are float32 whatever the dtype policy: bfloat16 has no
    number between 0.996 and 1.

    Args:
        inputs: `{"latent": (size,)}`, and optionally `"condition": (size,)`.
        clip_shape: (time, height, width, channels).
        filters: channels of the small clip, then of each doubling but the last, as for
            `convolutional.decoder`, in both streams.
        activation: of every hidden layer, a Keras name.
        name: of the model.
        normalisation: of every hidden layer: "batch", "layer" or `None`.
        **arguments: of every layer with a kernel.

    Returns:
        A functional model to "x", (batch, time, height, width, channels), the logits of
        the mixture, and "mask", (batch, time, height, width, 1), in (0, 1).
    """
    tensors = named_inputs(inputs)
    style = {"activation": activation, "normalisation": normalisation, **arguments}
    background = convolutional.decoder(
        inputs, {"x": clip_shape[1:]}, filters, name="background", **style
    )
    logits = keras.ops.cast(background(tensors)["x"], "float32")
    still = keras.ops.expand_dims(keras.ops.sigmoid(logits), 1)
    hidden = _small_clip(flat(tensors), clip_shape, filters, style)
    for channels in filters[1:]:
        hidden = _double(hidden, channels, **style)
    hidden = _double(hidden, clip_shape[-1] + 1, **arguments)
    frames, height, width, channels = clip_shape
    logits = keras.ops.cast(hidden[:, :frames, :height, :width], "float32")
    moving = keras.ops.sigmoid(logits)
    foreground, mask = moving[..., :channels], moving[..., channels:]
    mixed = mask * foreground + (1.0 - mask) * still
    mixed = keras.ops.clip(mixed, _LEAST, 1.0 - _LEAST)
    x = keras.ops.log(mixed / (1.0 - mixed))
    return keras.Model(tensors, {"x": x, "mask": mask}, name=name)


def _small_clip(hidden, clip_shape, filters, style):
    """A clip so small that `len(filters)` doublings make it at least the whole."""
    checks.not_empty("filters", filters)
    small = [-(-side // 2 ** len(filters)) for side in clip_shape[:3]]
    count = math.prod(small) * filters[0]
    hidden = block(hidden, keras.layers.Dense, units=count, **style)
    return keras.layers.Reshape((*small, filters[0]))(hidden)


def _double(hidden, channels, **style):
    """Twice the frames, the height and the width."""
    shape = {"kernel_size": 4, "strides": 2, "padding": "same"}
    conv = {"filters": channels, **shape, **CHANNELS_LAST, **style}
    return block(hidden, keras.layers.Conv3DTranspose, **conv)
