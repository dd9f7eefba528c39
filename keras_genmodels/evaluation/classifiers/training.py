"""Training of the bundled classifiers, which blur and grey must not fool."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_genmodels import data
from keras_genmodels.data.fitting import shifted
from keras_genmodels.evaluation.classifiers import FEATURES
from keras_genmodels.evaluation.classifiers.resumable import fit
from keras_genmodels.evaluation.classifiers.seeded_weights import reseeded
from keras_genmodels.networks.channels import CHANNELS_LAST

SHIFT = 2  # pixels, the largest in either direction


def network(
    x_shape: tuple[int, int, int], classes: int, width: int = 32
) -> keras.Model:
    """Four convolutions with batch normalisation, then the mean over places.

    Args:
        x_shape: (height, width, channels) of an image.
        classes: how many logits.
        width: channels of the first two layers; the last two have twice as many.
    """
    image = keras.Input(x_shape)
    # Both 28x28 and 16x16 end at 7 or 8 pixels a side.
    hidden = _convolution(image, width, 5, strides=1 if x_shape[0] < 24 else 2)
    hidden = _convolution(hidden, width, 3)
    hidden = _convolution(hidden, 2 * width, 3, strides=2)
    hidden = _convolution(hidden, 2 * width, 3)
    hidden = keras.layers.GlobalAveragePooling2D(name=FEATURES, **CHANNELS_LAST)(hidden)
    hidden = keras.layers.Dropout(0.2)(hidden)
    return keras.Model(image, keras.layers.Dense(classes)(hidden))


def _convolution(hidden: Any, filters: int, kernel_size: int, strides: int = 1) -> Any:
    hidden = keras.layers.Conv2D(
        filters,
        kernel_size,
        strides=strides,
        padding="same",
        use_bias=False,
        **CHANNELS_LAST,
    )(hidden)
    hidden = keras.layers.BatchNormalization()(hidden)
    return keras.layers.ReLU()(hidden)


def augmented(x: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Images as a generative model might give them: shifted, grey, soft or binary.

    A third stays sharp, a third is blurred, a third has its pixels drawn as 0 or 1. A
    random power makes greys lighter or darker, and a random scale takes contrast away.

    Args:
        x: (batch, height, width, channels) in [0, 1].
        seed: int32 (2,).

    Returns:
        The same shape, in [0, 1].
    """
    seeds = tf.random.split(seed, 5)
    rows, places = tf.shape(x)[0], (tf.shape(x)[0], 1, 1, 1)
    x = shifted(x, tf.random.stateless_uniform((rows, 2), seeds[0]), (SHIFT, SHIFT))
    power = tf.exp(tf.random.stateless_uniform(places, seeds[1], -0.5, 0.5))
    grey = tf.pow(x, power) * tf.random.stateless_uniform(places, seeds[2], 0.7, 1.0)
    soft = tf.nn.avg_pool2d(grey, 3, 1, "SAME")
    drawn = tf.cast(tf.random.stateless_uniform(tf.shape(x), seeds[3]) < x, x.dtype)
    kind = tf.random.stateless_uniform(places, seeds[4], maxval=3, dtype=tf.int32)
    return tf.where(kind == 0, grey, tf.where(kind == 1, soft, drawn))


def train(
    name: str,
    epochs: int,
    seed: int = 0,
    batch_size: int = 128,
    learning_rate: float = 2e-3,
    attribute: str | None = None,
    data_dir: str | None = None,
    verbose: int = 2,
    folder: Path | None = None,
) -> tuple[keras.Model, dict[str, Any]]:
    """Train a classifier on a data set's training split and test it on the other.

    Args:
        name: of the data set, as `data.load` takes it.
        epochs: passes over the training split, >= 1.
        seed: of weights, order and augmentation.
        batch_size: examples a step.
        learning_rate: the highest, of Adam; it falls to 0 along a cosine.
        attribute: which to classify. Default: the first.
        data_dir: where TFDS keeps the data.
        verbose: as for `keras.Model.fit`.
        folder: as for `resumable.fit`.

    Returns:
        The network, to logits, and its card: what `NAME.json` holds, without the
        command.
    """
    options = {"batch_size": batch_size, "seed": seed, "data_dir": data_dir}
    train_set, spec = data.load(name, "train", **options)
    test_set, _ = data.load(name, "test", **options)
    chosen = next(a for a in spec.attributes if attribute in (None, a.name))
    classifier = reseeded(network(spec.x_shape, len(chosen.classes)), seed)
    labelled = functools.partial(_labelled, attribute=chosen)
    noisy = disguised(train_set, epochs, seed, augmented, labelled)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    shown = ["accuracy"]
    fit(classifier, noisy, epochs, learning_rate, verbose, loss, shown, folder)
    right = _right(classifier, test_set, chosen)
    return classifier, {
        "name": name,
        "attribute": chosen.name,
        "classes": list(chosen.classes),
        "x_shape": list(spec.x_shape),
        "test_accuracy": float(right.mean()),
        "test_examples": len(right),
        "seed": seed,
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
    }


def _right(
    classifier: keras.Model, dataset: tf.data.Dataset, attribute: data.Attribute
) -> np.ndarray:
    """Find the examples that are classified correctly, (n,) booleans."""
    read = []
    for batch in dataset:
        x, labels = _labelled(batch, attribute)
        read.append(np.argmax(classifier(x), axis=1) == labels.numpy())
    return np.concatenate(read)


def _labelled(batch: Any, attribute: data.Attribute) -> tuple[tf.Tensor, tf.Tensor]:
    one_hot = batch["condition"][:, attribute.start : attribute.stop]
    return batch["x"], tf.argmax(one_hot, axis=1)


def disguised(
    dataset: tf.data.Dataset,
    epochs: int,
    seed: int,
    change: Callable[[tf.Tensor, tf.Tensor], tf.Tensor],
    labelled: Callable[[Any], tuple[tf.Tensor, tf.Tensor]],
) -> tf.data.Dataset:
    """Changed pictures and their labels, of all epochs, one after another.

    Args:
        dataset: of batches.
        epochs: passes over it.
        seed: of the changes.
        change: of pictures, under int32 (2,).
        labelled: from a batch to pictures and labels.
    """

    def changed(index, batch):
        x, labels = labelled(batch)
        return change(x, tf.stack([seed, tf.cast(index, tf.int32)])), labels

    repeated = dataset.repeat(epochs).enumerate()
    return repeated.map(changed, tf.data.AUTOTUNE).prefetch(2)


def with_condition(batch: Any) -> tuple[tf.Tensor, tf.Tensor]:
    """The examples of a batch, and all of their attributes.

    Args:
        batch: with "x" and "condition".
    """
    return batch["x"], batch["condition"]
