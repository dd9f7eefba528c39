"""Fully connected networks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras

from keras_genmodels.networks.conditioning import centred, flat, named_inputs
from keras_genmodels.networks.layers import block


def mlp(
    inputs: Mapping[str, tuple[int, ...]],
    outputs: Mapping[str, int],
    units: Sequence[int] = (200, 200),
    activation: str = "tanh",
    name: str = "mlp",
    normalisation: str | None = None,
    centre: bool = False,
    features: bool = False,
    **arguments: Any,
) -> keras.Model:
    """A multi-layer perceptron from named tensors to named, linear outputs.

    Encoder, decoder, generator and critic are the same builder under other names:

    Args:
        inputs: name to shape without the batch axis, such as `{"x": (28, 28, 1)}`.
            Everything is flattened and concatenated; empty shapes are left out.
        outputs: name to size, such as `{"posterior": 100}`.
        units: widths of the hidden layers; none of them gives a linear map.
        activation: of the hidden layers, a Keras name.
        name: of the model.
        normalisation: of the hidden layers: "batch", "layer" or `None`.
        centre: whether `x` is brought from [0, 1] to [-1, 1] first.
        features: whether the last hidden layer, which the outputs are linear in, is an
            output, too: "features".
        **arguments: of every `keras.layers.Dense`, such as `kernel_constraint`, and
            `spectral`, as for `layers.block`.

    Returns:
        A functional model; each output is (batch, size), linear.

    Example:
        >>> encoder = mlp({"x": (28, 28, 1)}, {"posterior": 100})
        >>> encoder.output["posterior"].shape
        (None, 100)
    """
    tensors = named_inputs(inputs)
    hidden = flat(centred(tensors) if centre else tensors)
    for width in units:
        hidden = block(
            hidden,
            keras.layers.Dense,
            activation,
            normalisation,
            units=width,
            **arguments,
        )
    heads = {
        key: block(hidden, keras.layers.Dense, units=size, name=key, **arguments)
        for key, size in outputs.items()
    }
    last = {"features": hidden} if features else {}
    return keras.Model(tensors, {**heads, **last}, name=name)
