"""Named inputs of a network, and the ways in which a condition enters it."""

from __future__ import annotations

import math
from collections.abc import Mapping

import keras

from keras_genmodels.networks.channels import CHANNELS_LAST


def named_inputs(shapes: Mapping[str, tuple[int, ...]]) -> dict[str, keras.KerasTensor]:
    """One named `keras.Input` for every shape that is not empty.

    A condition of size 0 is not declared, so a builder may always be given
    `{"x": spec.x_shape, "condition": (spec.condition_size,)}`. "seed" is the seed of
    the network's own noise, int32 (2,) without a batch axis, as `SeededDropout` takes
    it.

    Args:
        shapes: name to shape, without the batch axis.

    Raises:
        ValueError: if nothing is left to look at.
    """
    inputs = {
        name: keras.Input(batch_shape=(2,), dtype="int32", name=name)
        if name == "seed"
        else keras.Input(shape, name=name)
        for name, shape in shapes.items()
        if math.prod(shape) > 0
    }
    if not inputs:
        raise ValueError(
            f"`inputs` must name at least one tensor that is not empty. "
            f"Received: {dict(shapes)}."
        )
    return inputs


def centred(inputs: Mapping[str, keras.KerasTensor]) -> dict[str, keras.KerasTensor]:
    """The inputs with `x`, which is in [0, 1] everywhere, brought to [-1, 1]."""
    return {**inputs, "x": keras.layers.Rescaling(2.0, -1.0)(inputs["x"])}


def flat(inputs: Mapping[str, keras.KerasTensor]) -> keras.KerasTensor:
    """All inputs flattened and side by side, (batch, total size)."""
    parts = [keras.layers.Flatten(**CHANNELS_LAST)(part) for part in inputs.values()]
    return parts[0] if len(parts) == 1 else keras.layers.Concatenate()(parts)


def as_channel(image: keras.KerasTensor, condition: keras.KerasTensor | None):
    """The image with the condition, through one linear layer, as one more channel.

    Args:
        image: (batch, height, width, channels).
        condition: (batch, size), or `None`, which returns the image as it is.
    """
    if condition is None:
        return image
    height, width = image.shape[1:3]
    plane = keras.layers.Dense(height * width)(condition)
    plane = keras.layers.Reshape((height, width, 1))(plane)
    return keras.layers.Concatenate()([image, plane])
