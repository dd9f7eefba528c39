"""A network that shows what is in a picture from another side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras

from keras_genmodels.networks import convolutional
from keras_genmodels.networks.conditioning import named_inputs

ENCODER, CODE = "encoder", "code"


def turner(
    inputs: Mapping[str, tuple[int, ...]],
    outputs: Mapping[str, tuple[int, int, int]],
    asked: Sequence[tuple[int, int]],
    code_dim: int = 64,
    filters: Sequence[int] = (32, 64, 128),
    name: str = "generator",
    **arguments: Any,
) -> keras.Model:
    """Bring a picture to a code, and draw the code as some attributes ask.

    The decoder is not told what the other attributes are: it has to read them off the
    code, which the inner model "encoder" puts out as "code".

    Args:
        inputs: "source", (height, width, channels), "condition", and vectors such as
            "latent".
        outputs: name to the (height, width, channels) of one picture.
        asked: (start, stop) of the columns of the condition that the decoder sees.
        code_dim: numbers of the code, >= 1.
        filters: channels of the encoder's convolutions; the decoder mirrors them.
        name: of the model.
        **arguments: of every layer with a kernel, such as `kernel_initializer`.

    Returns:
        A functional model to a linear picture.

    Reference: Tran, Yin, Liu, "Disentangled Representation Learning GAN for
    Pose-Invariant Face Recognition", 2017.
    """
    tensors = named_inputs(inputs)
    encoder = convolutional.encoder(
        {"x": inputs["source"]},
        {CODE: code_dim},
        filters,
        activation="leaky_relu",
        name=ENCODER,
        normalisation="batch",
        centre=True,
        **arguments,
    )
    code = encoder({"x": tensors["source"]})[CODE]
    columns = [tensors["condition"][:, start:stop] for start, stop in asked]
    pose = columns[0] if len(columns) == 1 else keras.layers.Concatenate()(columns)
    vectors = {k: v for k, v in tensors.items() if k not in ("source", "condition")}
    said = {CODE: code, "pose": pose, **vectors}
    decoder = convolutional.decoder(
        {key: tuple(tensor.shape[1:]) for key, tensor in said.items()},
        outputs,
        filters[::-1],
        normalisation="batch",
        **arguments,
    )
    return keras.Model(tensors, decoder(said), name=name)
