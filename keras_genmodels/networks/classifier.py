"""Critics that tell classes, and by that what is real."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras

from keras_genmodels.networks.conditioning import flat, named_inputs
from keras_genmodels.networks.layers import block


def noisy_mlp(
    inputs: Mapping[str, tuple[int, ...]],
    classes: int,
    score: keras.layers.Layer,
    units: Sequence[int] = (1000, 500, 250, 250, 250),
    input_noise: float = 0.3,
    noise: float = 0.5,
    activation: str = "relu",
    name: str = "critic",
    **arguments: Any,
) -> keras.Model:
    """A perceptron with noise before every layer that names the class of what it sees.

    Args:
        inputs: name to shape without the batch axis; everything is flattened.
        classes: how many.
        score: makes the score of the logits: `layers.ClassEvidence`, or
            `keras.layers.Identity` for an objective that wants them all.
        units: widths of the hidden layers.
        input_noise: standard deviation of the normal noise on the input, in [0, 1].
        noise: the same, on every hidden layer.
        activation: of the hidden layers, a Keras name.
        name: of the model.
        **arguments: of every layer, as for `layers.block`.

    Returns:
        A functional model to "score", "classes", the logits, (batch, classes), and
        "features", the last hidden layer, (batch, units[-1]).
    """
    tensors = named_inputs(inputs)
    hidden, stddev = flat(tensors), input_noise
    for width in units:
        style = {"noise": stddev, "units": width, **arguments}
        hidden = block(hidden, keras.layers.Dense, activation, **style)
        stddev = noise
    style = {"noise": stddev, "units": classes, **arguments}
    logits = block(hidden, keras.layers.Dense, **style)
    outputs = {"score": score(logits), "classes": logits, "features": hidden}
    return keras.Model(tensors, outputs, name=name)
