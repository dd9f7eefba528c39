"""Classifiers, and critics that tell classes and by that what is real."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import keras

from keras_genmodels.networks.channels import CHANNELS_LAST
from keras_genmodels.networks.conditioning import flat, named_inputs
from keras_genmodels.networks.layers import (
    ClassEvidence,
    MinibatchDiscrimination,
    block,
)

# Rectified activations keep their variance where a unit's weights are this long.
_FIXED = {"scale": math.sqrt(2.0), "train_scale": False}
_INITIAL = {
    "kernel_initializer": {
        "class_name": "RandomNormal",
        "config": {"mean": 0.0, "stddev": 0.1},
    }
}


def sorting(network: keras.Model) -> keras.Model:
    """The critic whose "score", logits of classes, is its output "classes", too."""
    classes = keras.layers.Identity(name="classes")(network.output["score"])
    outputs = {**network.output, "classes": classes}
    return keras.Model(network.input, outputs, name=network.name)


def with_evidence(network: keras.Model) -> keras.Model:
    """The critic whose "score" is the evidence of all its "classes", the logits."""
    score = ClassEvidence(name="score")(network.output["classes"])
    outputs = {**network.output, "score": score}
    return keras.Model(network.input, outputs, name=network.name)


def noisy_mlp(
    inputs: Mapping[str, tuple[int, ...]],
    classes: int,
    score: keras.layers.Layer,
    units: Sequence[int] = (1000, 500, 250, 250, 250),
    input_noise: float = 0.3,
    noise: float = 0.5,
    activation: str = "relu",
    name: str = "critic",
    kernels: int = 0,
) -> keras.Model:
    """A perceptron with noise before every layer that names the class of what it sees.

    The weights of every unit have a fixed length, but for those of the last layer,
    whose length is trained: what the critic is sure of cannot grow layer by layer.

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
        kernels: of a minibatch discrimination after the hidden layers; 0 for none.

    Returns:
        A functional model to "score", "classes", the logits, (batch, classes), and
        "features", the last hidden layer, (batch, units[-1]).
    """
    tensors = named_inputs(inputs)
    hidden, stddev = flat(tensors), input_noise
    for width in units:
        style = {"weight_normalisation": _FIXED, **_INITIAL, "noise": stddev}
        hidden = block(hidden, keras.layers.Dense, activation, units=width, **style)
        stddev = noise
    seen = MinibatchDiscrimination(kernels)(hidden) if kernels else hidden
    style = {"weight_normalisation": {"scale": 1.0}, **_INITIAL, "noise": stddev}
    logits = block(seen, keras.layers.Dense, units=classes, **style)
    outputs = {"score": score(logits), "classes": logits, "features": hidden}
    return keras.Model(tensors, outputs, name=name)


def convolutional(
    inputs: Mapping[str, tuple[int, ...]],
    classes: int,
    filters: Sequence[int] = (32, 64, 96, 128),
    dropout: float = 0.2,
    name: str = "classifier",
) -> keras.Model:
    """Convolutions of which all but the first halve the picture, and a linear layer.

    Args:
        inputs: the one picture that it sees, name to (height, width, channels).
        classes: logits of all attributes, side by side.
        filters: channels of each convolution.
        dropout: rate, in [0, 1), before the last layer.
        name: of the model.

    Returns:
        A functional model to "classes", the logits, (batch, classes), and "features",
        (batch, 2 * filters[-1]), from which they are read. The activations of the
        convolutions are the layers "stage_1", "stage_2", ...
    """
    tensors = named_inputs(inputs)
    (image,) = tensors.values()
    layers = [(n, 3 if i else 5, 2 if i else 1) for i, n in enumerate(filters)]
    features = pooled_features(image, layers)
    hidden = keras.layers.Dropout(dropout)(features) if dropout else features
    logits = keras.layers.Dense(classes, name="classes")(hidden)
    return keras.Model(tensors, {"classes": logits, "features": features}, name=name)


def pooled_features(
    hidden: keras.KerasTensor, layers: Sequence[tuple[int, int, int]]
) -> keras.KerasTensor:
    """Convolutions with batch normalisation, then mean and maximum over all places.

    Args:
        hidden: pictures, (batch, height, width, channels).
        layers: channels, edge of the kernel and strides of each convolution.

    Returns:
        The output of the layer "features", (batch, 2 * channels of the last one).
    """
    for index, (width, kernel, strides) in enumerate(layers, start=1):
        shape = {"strides": strides, "padding": "same", "use_bias": False}
        hidden = keras.layers.Conv2D(width, kernel, **shape, **CHANNELS_LAST)(hidden)
        hidden = keras.layers.BatchNormalization(momentum=0.9)(hidden)
        hidden = keras.layers.ReLU(name=f"stage_{index}")(hidden)
    mean = keras.layers.GlobalAveragePooling2D(**CHANNELS_LAST)(hidden)
    most = keras.layers.GlobalMaxPooling2D(**CHANNELS_LAST)(hidden)
    return keras.layers.Concatenate(name="features")([mean, most])
