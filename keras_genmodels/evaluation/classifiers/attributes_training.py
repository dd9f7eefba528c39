"""Training of the bundled classifiers that read several attributes at once.

Those of clips see whole clips in motion. A classifier that is right nearly always, and
trained on examples in disguise, is less sure than it might be. So its logits are
divided by a temperature an attribute, which makes the probabilities of examples that
were held out of a training like its own as good as they can be (Guo et al., "On
Calibration of Modern Neural Networks", 2017).
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
from keras_genmodels.evaluation.classifiers.calibration import best_temperatures
from keras_genmodels.evaluation.classifiers.resumable import fit
from keras_genmodels.evaluation.classifiers.seeded_weights import reseeded
from keras_genmodels.evaluation.classifiers.training import (
    SHIFT,
    disguised,
    with_condition,
)
from keras_genmodels.networks.channels import CHANNELS_LAST
from keras_genmodels.networks.classifier import pooled_features

WIDTHS = (16, 32, 48, 64)  # channels of the layers, of clips
# Channels, edge of the kernel and strides of the layers, of images.
IMAGE_LAYERS = ((32, 5, 2), (64, 3, 1), (96, 3, 2), (128, 3, 2), (128, 3, 1))
# Channels, edge of the kernel and strides of the layers, of volumes.
VOLUME_LAYERS = ((16, 5, 2), (32, 3, 2), (64, 3, 2), (96, 3, 1))
HELD_OUT = 0.25  # of the training split, for the temperatures


def network(
    x_shape: tuple[int, ...], size: int, kind: str | None = None
) -> keras.Model:
    """The network for examples of a shape: of clips, of volumes, or of images.

    Args:
        x_shape: (time, height, width, channels); clips of any length fit. Or (width,
            height, depth, channels) of volumes, or (height, width, channels).
        size: how many logits, those of all attributes side by side.
        kind: "volume" for volumes. Default: as the axes say.
    """
    if kind == "volume":
        return _of_volumes(x_shape, size)
    return (_of_clips if len(x_shape) == 4 else _of_images)(x_shape, size)


def _of_clips(x_shape: tuple[int, ...], size: int) -> keras.Model:
    """Convolutions over space and time, then mean and maximum over both."""
    clip = hidden = keras.Input((None, *x_shape[1:]))
    for index, width in enumerate(WIDTHS):
        kernel, strides = (3, 5, 5) if index == 0 else 3, (1, 2, 2)
        hidden = _block(hidden, keras.layers.Conv3D, width, kernel, strides)
    return keras.Model(clip, _pooled_logits(hidden, size))


def _of_volumes(x_shape: tuple[int, ...], size: int) -> keras.Model:
    """Convolutions over three axes alike, then mean and maximum over all places."""
    volume = hidden = keras.Input(x_shape)
    for width, kernel, strides in VOLUME_LAYERS:
        hidden = _block(hidden, keras.layers.Conv3D, width, kernel, strides)
    return keras.Model(volume, _pooled_logits(hidden, size))


def _pooled_logits(hidden: Any, size: int) -> Any:
    """Mean and maximum over three axes, the features, and logits of them."""
    mean = keras.layers.GlobalAveragePooling3D(**CHANNELS_LAST)(hidden)
    most = keras.layers.GlobalMaxPooling3D(**CHANNELS_LAST)(hidden)
    hidden = keras.layers.Concatenate(name=FEATURES)([mean, most])
    hidden = keras.layers.Dropout(0.2)(hidden)
    return keras.layers.Dense(size)(hidden)


def _of_images(x_shape: tuple[int, ...], size: int) -> keras.Model:
    """Convolutions, then mean and maximum over all places."""
    image = keras.Input(x_shape)
    hidden = pooled_features(image, IMAGE_LAYERS)
    hidden = keras.layers.Dropout(0.2)(hidden)
    return keras.Model(image, keras.layers.Dense(size)(hidden))


def _block(hidden: Any, layer: Any, width: int, kernel: Any, strides: Any) -> Any:
    shape = {"strides": strides, "padding": "same", "use_bias": False, **CHANNELS_LAST}
    hidden = layer(width, kernel, **shape)(hidden)
    hidden = keras.layers.BatchNormalization(momentum=0.9)(hidden)
    return keras.layers.ReLU()(hidden)


def augmented(x: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Examples as a generative model might give them: shifted, tinted, soft or noisy.

    All frames of a clip share what is done to it. A third stays sharp, a third is
    blurred, a third is grainy; each channel gets lighter or darker by itself.

    Args:
        x: (batch, [time,] height, width, channels) in [0, 1].
        seed: int32 (2,).

    Returns:
        The same shape, in [0, 1].
    """
    seeds = tf.random.split(seed, 5)
    rows, frames = tf.shape(x)[0], tf.reshape(x, (-1, *x.shape[-3:]))
    where = tf.random.stateless_uniform((rows, 2), seeds[0])
    where = tf.repeat(where, tf.shape(frames)[0] // rows, axis=0)
    frames = shifted(frames, where, (SHIFT, SHIFT))
    soft = tf.reshape(tf.nn.avg_pool2d(frames, 3, 1, "SAME"), tf.shape(x))
    sharp = tf.reshape(frames, tf.shape(x))
    grainy = sharp + 0.05 * tf.random.stateless_normal(tf.shape(x), seeds[1])
    places = (rows, *(1 for _ in x.shape[1:]))
    kind = tf.random.stateless_uniform(places, seeds[2], maxval=3, dtype=tf.int32)
    mixed = tf.where(kind == 0, sharp, tf.where(kind == 1, soft, grainy))
    tint = (*places[:-1], x.shape[-1])
    gain = tf.random.stateless_uniform(tint, seeds[3], 0.9, 1.1)
    offset = tf.random.stateless_uniform(places, seeds[4], -0.05, 0.05)
    return tf.clip_by_value(mixed * gain + offset, 0.0, 1.0)


def train(
    name: str,
    epochs: int,
    seed: int = 0,
    batch_size: int = 32,
    learning_rate: float = 3e-3,
    data_dir: str | None = None,
    image_size: int | None = None,
    stills: bool = False,
    verbose: int = 2,
    folder: Path | None = None,
) -> tuple[keras.Model, dict[str, Any]]:
    """Train a classifier on a training split and test it on the other.

    It is trained twice: on a part of the split, for the temperatures of the rest, and
    on the whole of it.

    Args:
        name: of the data set, as `data.load` takes it.
        epochs: passes over the training split, >= 1.
        seed: of weights, order and augmentation.
        batch_size: examples a step.
        learning_rate: the highest, of Adam; it falls to 0 along a cosine.
        data_dir: where TFDS keeps the data.
        image_size: pixels of a side; default: those of the data set.
        stills: whether to read single frames of clips.
        verbose: as for `keras.Model.fit`.
        folder: as for `resumable.fit`, of both trainings.

    Returns:
        The network, to logits, and its card: what `NAME.json` holds, without the
        command.
    """
    options = {"batch_size": batch_size, "seed": seed}
    options |= {"data_dir": data_dir, "image_size": image_size, "stills": stills}
    style = epochs, seed, learning_rate, verbose
    parts = [folder and folder / part for part in ("held_out", "whole")]
    found = _temperatures(name, options, style, parts[0])
    train_set, spec = data.load(name, "train", **options)
    test_set, _ = data.load(name, "test", **options)
    classifier = _fitted(train_set, spec, *style, parts[1])
    right = right_answers(classifier, test_set, spec)
    return classifier, {
        "name": spec.name,
        "attributes": {a.name: list(a.classes) for a in spec.attributes},
        "x_shape": list(spec.x_shape),
        "kind": spec.kind,
        "test_accuracy": float(np.all(list(right.values()), axis=0).mean()),
        "test_accuracies": {key: float(r.mean()) for key, r in right.items()},
        "test_examples": len(next(iter(right.values()))),
        "temperatures": found,
        "held_out": HELD_OUT,
        "seed": seed,
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
    }


def _temperatures(name, options, style, folder):
    """The temperatures of examples that a classifier trained alike has not seen."""
    options = {**options, "validation": HELD_OUT}
    kept, spec = data.load(name, "train", **options)
    held_out, _ = data.load(name, "validation", **options)
    classifier = _fitted(kept, spec, *style, folder)
    return best_temperatures(classifier, held_out, spec)


def _fitted(
    dataset: tf.data.Dataset,
    spec: data.DatasetSpec,
    epochs: int,
    seed: int,
    learning_rate: float,
    verbose: int,
    folder: Path | None,
) -> keras.Model:
    """A classifier, trained on examples in disguise."""
    made = network(spec.x_shape, spec.condition_size, spec.kind)
    classifier = reseeded(made, seed)
    noisy = disguised(dataset, epochs, seed, augmented, with_condition)
    loss = loss_of(spec)
    fit(classifier, noisy, epochs, learning_rate, verbose, loss, folder=folder)
    return classifier


def loss_of(spec: data.DatasetSpec) -> Any:
    """The cross-entropies of all attributes, summed, of conditions and logits.

    Args:
        spec: of the data.
    """

    def loss(condition, logits):
        return sum(
            tf.nn.softmax_cross_entropy_with_logits(
                condition[:, a.start : a.stop], logits[:, a.start : a.stop]
            )
            for a in spec.attributes
        )

    return loss


def right_answers(
    classifier: keras.Model, dataset: tf.data.Dataset, spec: data.DatasetSpec
) -> dict[str, np.ndarray]:
    """Find the examples of which each attribute is read correctly, (n,) booleans.

    Args:
        classifier: to logits.
        dataset: of batches.
        spec: of the data.
    """
    read: dict[str, list[np.ndarray]] = {a.name: [] for a in spec.attributes}
    for batch in dataset:
        wanted = spec.labels(batch["condition"])
        found = spec.labels(classifier(batch["x"]))
        for name in read:
            read[name].append(found[name] == wanted[name])
    return {name: np.concatenate(parts) for name, parts in read.items()}
