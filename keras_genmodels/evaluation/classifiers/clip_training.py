"""Training of the bundled classifiers of clips, which see whole clips in motion."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_genmodels import data
from keras_genmodels.evaluation.classifiers import FEATURES
from keras_genmodels.evaluation.classifiers.seeded_weights import reseeded
from keras_genmodels.evaluation.classifiers.training import fit, shifted
from keras_genmodels.networks.channels import CHANNELS_LAST

WIDTHS = (16, 32, 48, 64)


def network(x_shape: tuple[int, ...], size: int) -> keras.Model:
    """Convolutions over space and time, then mean and maximum over both.

    Args:
        x_shape: (time, height, width, channels); clips of any length fit.
        size: how many logits, those of all attributes side by side.
    """
    clip = hidden = keras.Input((None, *x_shape[1:]))
    for index, width in enumerate(WIDTHS):
        hidden = keras.layers.Conv3D(
            width,
            (3, 5, 5) if index == 0 else 3,
            strides=(1, 2, 2),
            padding="same",
            use_bias=False,
            **CHANNELS_LAST,
        )(hidden)
        hidden = keras.layers.BatchNormalization(momentum=0.9)(hidden)
        hidden = keras.layers.ReLU()(hidden)
    mean = keras.layers.GlobalAveragePooling3D(**CHANNELS_LAST)(hidden)
    most = keras.layers.GlobalMaxPooling3D(**CHANNELS_LAST)(hidden)
    hidden = keras.layers.Concatenate(name=FEATURES)([mean, most])
    hidden = keras.layers.Dropout(0.2)(hidden)
    return keras.Model(clip, keras.layers.Dense(size)(hidden))


def augmented(x: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Clips as a generative model might give them: shifted, tinted, soft or noisy.

    All frames of a clip share what is done to it. A third stays sharp, a third is
    blurred, a third is grainy; each channel gets lighter or darker by itself.

    Args:
        x: (batch, time, height, width, channels) in [0, 1].
        seed: int32 (2,).

    Returns:
        The same shape, in [0, 1].
    """
    seeds = tf.random.split(seed, 5)
    rows, time = tf.shape(x)[0], tf.shape(x)[1]
    places = (rows, 1, 1, 1, 1)
    frames = tf.reshape(x, (-1, *x.shape[2:]))
    where = tf.repeat(tf.random.stateless_uniform((rows, 2), seeds[0]), time, axis=0)
    frames = shifted(frames, where)
    soft = tf.reshape(tf.nn.avg_pool2d(frames, 3, 1, "SAME"), tf.shape(x))
    sharp = tf.reshape(frames, tf.shape(x))
    grainy = sharp + 0.05 * tf.random.stateless_normal(tf.shape(x), seeds[1])
    kind = tf.random.stateless_uniform(places, seeds[2], maxval=3, dtype=tf.int32)
    mixed = tf.where(kind == 0, sharp, tf.where(kind == 1, soft, grainy))
    tint = (rows, 1, 1, 1, x.shape[-1])
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
    verbose: int = 2,
) -> tuple[keras.Model, dict[str, Any]]:
    """Train a classifier of clips on a training split and test it on the other.

    Args:
        name: of the data set, as `data.load` takes it.
        epochs: passes over the training split, >= 1.
        seed: of weights, order and augmentation.
        batch_size: clips a step.
        learning_rate: the highest, of Adam; it falls to 0 along a cosine.
        data_dir: where TFDS keeps the data.
        image_size: pixels of a side; default: those of the data set.
        verbose: as for `keras.Model.fit`.

    Returns:
        The network, to logits, and its card: what `NAME.json` holds, without the
        command.
    """
    options = {"batch_size": batch_size, "seed": seed}
    options |= {"data_dir": data_dir, "image_size": image_size}
    train_set, spec = data.load(name, "train", **options)
    test_set, _ = data.load(name, "test", **options)
    classifier = reseeded(network(spec.x_shape, spec.condition_size), seed)

    def noisy(index, batch):
        key = tf.stack([seed, tf.cast(index, tf.int32)])
        return augmented(batch["x"], key), batch["condition"]

    repeated = train_set.repeat(epochs).enumerate().map(noisy, tf.data.AUTOTUNE)
    fit(classifier, repeated.prefetch(2), epochs, learning_rate, verbose, _loss(spec))
    right = _right(classifier, test_set, spec)
    return classifier, {
        "name": name,
        "attributes": {a.name: list(a.classes) for a in spec.attributes},
        "x_shape": list(spec.x_shape),
        "test_accuracy": float(np.all(list(right.values()), axis=0).mean()),
        "test_accuracies": {key: float(r.mean()) for key, r in right.items()},
        "test_examples": len(next(iter(right.values()))),
        "seed": seed,
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
    }


def _loss(spec: data.DatasetSpec) -> Any:
    """The cross-entropies of all attributes, summed."""

    def loss(condition, logits):
        return sum(
            tf.nn.softmax_cross_entropy_with_logits(
                condition[:, a.start : a.stop], logits[:, a.start : a.stop]
            )
            for a in spec.attributes
        )

    return loss


def _right(classifier, dataset, spec) -> dict[str, np.ndarray]:
    """Find the clips of which each attribute is classified correctly, (n,) booleans."""
    read: dict[str, list[np.ndarray]] = {a.name: [] for a in spec.attributes}
    for batch in dataset:
        wanted = spec.labels(batch["condition"])
        found = spec.labels(classifier(batch["x"]))
        for name in read:
            read[name].append(found[name] == wanted[name])
    return {name: np.concatenate(parts) for name, parts in read.items()}
