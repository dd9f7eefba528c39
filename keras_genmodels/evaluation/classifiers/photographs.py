"""Training of classifiers of photographs, whose classes look alike in many ways.

A residual network that learns from pictures mirrored, shifted and in other light. It is
trained once, on what is left of the training split by the examples that its
temperatures are found on.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_genmodels import data
from keras_genmodels.data.fitting import shifted
from keras_genmodels.evaluation.classifiers import FEATURES
from keras_genmodels.evaluation.classifiers import attributes_training as attributes
from keras_genmodels.evaluation.classifiers.calibration import best_temperatures
from keras_genmodels.evaluation.classifiers.resumable import fit
from keras_genmodels.evaluation.classifiers.seeded_weights import reseeded
from keras_genmodels.evaluation.classifiers.training import disguised, with_condition
from keras_genmodels.networks.channels import CHANNELS_LAST

WIDTHS = (32, 64, 128, 128)  # channels of each size, the full one first
SHIFT, GREY = 4, 0.5  # pixels at most, and what comes in
HELD_OUT = 0.1  # of the training split, for the temperatures


def network(x_shape: tuple[int, int, int], size: int) -> keras.Model:
    """A convolution, then by halves of the picture a residual block each, to logits.

    Args:
        x_shape: (height, width, channels).
        size: how many logits, those of all attributes side by side.
    """
    image = keras.Input(x_shape)
    hidden = _convolution(image, WIDTHS[0])
    for width in WIDTHS[1:]:
        hidden = _convolution(hidden, width, 2)
        inside = _convolution(_convolution(hidden, width), width)
        hidden = keras.layers.Add()([hidden, inside])
    hidden = keras.layers.GlobalAveragePooling2D(name=FEATURES, **CHANNELS_LAST)(hidden)
    hidden = keras.layers.Dropout(0.2)(hidden)
    return keras.Model(image, keras.layers.Dense(size)(hidden))


def _convolution(hidden: Any, width: int, strides: int = 1) -> Any:
    shape = {"strides": strides, "padding": "same", "use_bias": False, **CHANNELS_LAST}
    hidden = keras.layers.Conv2D(width, 3, **shape)(hidden)
    hidden = keras.layers.BatchNormalization(momentum=0.9)(hidden)
    return keras.layers.ReLU()(hidden)


def augmented(x: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Photographs mirrored or not, shifted, lighter or darker; a fifth of them soft.

    Args:
        x: (batch, height, width, channels) in [0, 1].
        seed: int32 (2,).

    Returns:
        The same shape, in [0, 1].
    """
    seeds = tf.random.split(seed, 5)
    rows, places = tf.shape(x)[0], (tf.shape(x)[0], 1, 1, 1)
    mirrored = tf.random.stateless_uniform(places, seeds[0]) < 0.5
    x = tf.where(mirrored, x[:, :, ::-1], x)
    where = tf.random.stateless_uniform((rows, 2), seeds[1])
    x = shifted(x, where, (SHIFT, SHIFT), GREY)
    is_soft = tf.random.stateless_uniform(places, seeds[2]) < 0.2
    x = tf.where(is_soft, tf.nn.avg_pool2d(x, 3, 1, "SAME"), x)
    gain = tf.random.stateless_uniform(places, seeds[3], 0.8, 1.2)
    offset = tf.random.stateless_uniform(places, seeds[4], -0.1, 0.1)
    return tf.clip_by_value((x - GREY) * gain + GREY + offset, 0.0, 1.0)


def train(
    name: str,
    epochs: int,
    seed: int = 0,
    batch_size: int = 128,
    learning_rate: float = 4e-3,
    data_dir: str | None = None,
    verbose: int = 2,
    folder: Path | None = None,
) -> tuple[keras.Model, dict[str, Any]]:
    """Train a classifier on nine tenths of a training split and test it on the other.

    Args:
        name: of the data set, as `data.load` takes it.
        epochs: passes over the training split, >= 1.
        seed: of weights, order, augmentation and of which examples are held out.
        batch_size: examples a step.
        learning_rate: the highest, of Adam; it falls to 0 along a cosine.
        data_dir: where TFDS keeps the data.
        verbose: as for `keras.Model.fit`.
        folder: as for `resumable.fit`.

    Returns:
        The network, to logits, and its card: what `NAME.json` holds, without the
        command.
    """
    options = {"batch_size": batch_size, "seed": seed, "data_dir": data_dir}
    options["validation"] = HELD_OUT
    kept, spec = data.load(name, "train", **options)
    held_out, _ = data.load(name, "validation", **options)
    test_set, _ = data.load(name, "test", **options)
    classifier = reseeded(network(spec.x_shape, spec.condition_size), seed)
    changed = disguised(kept, epochs, seed, augmented, with_condition)
    loss = attributes.loss_of(spec)
    fit(classifier, changed, epochs, learning_rate, verbose, loss, folder=folder)
    right = attributes.right_answers(classifier, test_set, spec)
    found = best_temperatures(classifier, held_out, spec)
    return classifier, {
        "name": spec.name,
        **_known_of(spec, right, found),
        "x_shape": list(spec.x_shape),
        "test_accuracy": float(np.all(list(right.values()), axis=0).mean()),
        "test_examples": len(next(iter(right.values()))),
        "held_out": HELD_OUT,
        "seed": seed,
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
    }


def _known_of(
    spec: data.DatasetSpec,
    right: dict[str, np.ndarray],
    temperatures: dict[str, float],
) -> dict[str, Any]:
    """The part of the card that differs for one attribute and for several."""
    if len(spec.attributes) == 1:
        (one,) = spec.attributes
        named = {"attribute": one.name, "classes": list(one.classes)}
        return {**named, "temperature": temperatures[one.name]}
    return {
        "attributes": {a.name: list(a.classes) for a in spec.attributes},
        "kind": spec.kind,
        "test_accuracies": {key: float(r.mean()) for key, r in right.items()},
        "temperatures": temperatures,
    }
