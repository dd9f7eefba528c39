"""Whether pictures that were made of a layout show it: read by a segmenter."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from keras_genmodels import checks
from keras_genmodels.evaluation.batches import named_batches
from keras_genmodels.evaluation.classifiers.seeded_weights import reseeded
from keras_genmodels.evaluation.metrics import metric
from keras_genmodels.evaluation.metrics.linear_probe import given_train
from keras_genmodels.evaluation.metrics.translation import translations
from keras_genmodels.evaluation.sampling import at_first_epoch
from keras_genmodels.networks import translation

MOST_CLASSES = 256
FILTERS = (32, 64, 128, 128)
READ_AT_ONCE = 64  # pictures


@metric(
    "layout_accuracy",
    needs=("translate", "spec"),
    default=lambda model, options: False,
)
def layout_accuracy(
    model: Any,
    dataset: Any,
    train: Any = None,
    max_examples: int | None = None,
    steps: int = 2000,
    batch_size: int = 16,
    learning_rate: float = 1e-3,
    seed: int = 0,
) -> dict[str, float]:
    """Measure how much of a layout a segmenter finds again in the picture made of it.

    The segmenter is a U-Net that is trained here, to tell the class of each pixel of
    real pictures, each of them as it is and its mirror image; it sees no made one.

    Args:
        model: with `translate`, of sources in which each class of pixels has a colour.
        dataset: batches with "source", the layouts, of which x are real pictures.
        train: the same of the training split, which the segmenter is fitted to.
        max_examples: the first examples of `dataset` only, >= 1. Default: all.
        steps: of the segmenter's training, >= 1.
        batch_size: pictures a step, >= 1.
        learning_rate: of Adam, > 0; it falls to 0 along a cosine.
        seed: of the segmenter, and of the translator's noise.

    Returns:
        `layout_accuracy`, the share of a class's pixels that are read right, the mean
        over the classes; `/pixels`, the share of all pixels; `/iou`, the mean over the
        classes of intersection over union; each also for the real pictures, `/real`;
        `/classes`, `/examples`.

    Raises:
        ValueError: if `train` is not given, or the sources have more than 256 colours.

    Reference: Isola et al., "Image-to-Image Translation with Conditional Adversarial
    Networks", 2017, whose FCN-score it is, after Long, Shelhamer, Darrell, 2015; there
    a larger network of larger pictures.
    """
    checks.integer("steps", steps, 1)
    x, layouts = _real(model, train)
    palette = _palette(layouts)
    classes = _classes(layouts, palette)
    segmenter = _segmenter(x, classes, steps, batch_size, learning_rate, seed)
    found, name = translations(model, dataset, max_examples, seed), "layout_accuracy"
    asked = _classes(found.source, palette)
    results = {}
    for suffix, pictures in (("", found.made), ("/real", found.truth)):
        scores = _scores(_read(segmenter, pictures), asked, len(palette))
        results |= {f"{name}{key}{suffix}": value for key, value in scores.items()}
    results[f"{name}/classes"] = len(np.unique(asked))
    return {**results, f"{name}/examples": len(found.made)}


def _real(model: Any, train: Any) -> tuple[np.ndarray, np.ndarray]:
    """Gather the pictures of the training split, and their layouts."""
    train = at_first_epoch(given_train(train, "the segmenter"))
    batches = [*named_batches(model, train)]
    return tuple(np.concatenate([b[key] for b in batches]) for key in ("x", "source"))


def _palette(layouts: np.ndarray) -> np.ndarray:
    """Find the colours of layouts, uint8 (classes, channels), sorted."""
    levels = np.rint(layouts * 255).astype(np.uint8)
    palette = np.unique(levels.reshape(-1, levels.shape[-1]), axis=0)
    if len(palette) > MOST_CLASSES:
        raise ValueError(
            f"`layout_accuracy` needs sources of at most {MOST_CLASSES} colours, one a "
            f"class. Received: {len(palette)} colours."
        )
    return palette


def _classes(layouts: np.ndarray, palette: np.ndarray) -> np.ndarray:
    """Read the class of each pixel, int32 (n, height, width): the nearest colour."""
    distances = [
        np.abs(layouts * 255 - colour).sum(axis=-1) for colour in palette.astype(float)
    ]
    return np.argmin(distances, axis=0).astype(np.int32)


def _segmenter(x, classes, steps, batch_size, learning_rate, seed) -> keras.Model:
    """Train a network from pictures to the logits of each pixel's classes."""
    import tensorflow as tf

    shape, count = x.shape[1:], int(classes.max()) + 1
    network = translation.unet({"source": shape}, {"x": (*shape[:2], count)}, FILTERS)
    network = reseeded(network, seed)
    x, classes = tf.constant(x), tf.constant(classes)

    def pictures(rows):
        flipped = rows >= len(x)
        found, right = (tf.gather(v, rows % len(x)) for v in (x, classes))
        flip = flipped[:, None, None]
        found = tf.where(flip[..., None], found[:, :, ::-1], found)
        return {"source": found}, {"x": tf.where(flip, right[:, :, ::-1], right)}

    rows = tf.data.Dataset.range(2 * len(x)).shuffle(2 * len(x), seed=seed).repeat()
    network.compile(
        keras.optimizers.Adam(
            keras.optimizers.schedules.CosineDecay(learning_rate, steps)
        ),
        {"x": keras.losses.SparseCategoricalCrossentropy(from_logits=True)},
    )
    batches = rows.batch(batch_size).map(pictures).prefetch(2)
    network.fit(batches, steps_per_epoch=steps, shuffle=False, verbose=0)
    return network


def _read(segmenter: keras.Model, pictures: np.ndarray) -> np.ndarray:
    """Read the likeliest class of each pixel, (n, height, width)."""
    parts = [
        np.argmax(
            segmenter({"source": pictures[start : start + READ_AT_ONCE]})["x"], -1
        )
        for start in range(0, len(pictures), READ_AT_ONCE)
    ]
    return np.concatenate(parts)


def _scores(read: np.ndarray, asked: np.ndarray, count: int) -> dict[str, float]:
    """Compare the classes of pixels that were read with those that were asked for."""
    pairs = np.bincount(asked.ravel() * count + read.ravel(), minlength=count**2)
    pairs = pairs.reshape(count, count)  # (asked, read)
    there = pairs.sum(axis=1) > 0
    right, of_class = pairs.diagonal()[there], pairs.sum(axis=1)[there]
    union = of_class + pairs.sum(axis=0)[there] - right
    return {
        "": float((right / of_class).mean()),
        "/pixels": float(right.sum() / of_class.sum()),
        "/iou": float((right / union).mean()),
    }
