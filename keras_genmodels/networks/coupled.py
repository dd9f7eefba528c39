"""Critics of two domains that share how they end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from keras_genmodels import checks
from keras_genmodels.networks import convolutional
from keras_genmodels.networks.channels import CHANNELS_LAST
from keras_genmodels.networks.conditioning import centred, named_inputs
from keras_genmodels.networks.layers import block


def critic(
    shape: tuple[int, int, int],
    filters: Sequence[int] = (64, 128, 256),
    kernel_size: int = 4,
    activation: str = "leaky_relu",
    name: str = "critic",
    **arguments: Any,
) -> keras.Model:
    """Two critics, of a domain each, whose first layers are their own.

    Args:
        shape: of an image, (height, width, channels).
        filters: channels of each convolution, which halves height and width; the first
            one is a domain's own, the others are shared. At least 2.
        kernel_size: of every convolution, in pixels.
        activation: of every hidden layer, a Keras name.
        name: of the model.
        **arguments: of every layer with a kernel, such as `kernel_initializer`.

    Returns:
        A functional model from "x", pairs of images, (batch, 2, *shape), to "score",
        (batch, 2, 1), each that of one image alone.
    """
    tensors = named_inputs({"x": (2, *shape)})
    pair = centred(tensors)["x"]
    checks.not_empty("filters", filters)
    style = {"kernel_size": kernel_size, "activation": activation, **arguments}
    shape = {"strides": 2, "padding": "same", **CHANNELS_LAST}
    conv = {"filters": filters[0], **shape, **style}
    hidden = [block(pair[:, i], keras.layers.Conv2D, **conv) for i in range(2)]
    shared = {"x": hidden[0].shape[1:]}
    shared = convolutional.encoder(shared, {"score": 1}, filters[1:], **style)
    score = keras.ops.stack([shared({"x": h})["score"] for h in hidden], axis=1)
    outputs = {"score": keras.layers.Identity(name="score")(score)}
    return keras.Model(tensors, outputs, name=name)
