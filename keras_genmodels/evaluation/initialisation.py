"""What an encoder is worth as the beginning of a supervised classifier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from keras_genmodels.evaluation.metrics import metric
from keras_genmodels.evaluation.probe import examples, needed
from keras_genmodels.evaluation.seeding import reseeded


@metric(
    "initialised_classifier",
    needs=("encoder", "spec"),
    default=lambda model, options: False,
)
def initialised_classifier(
    model: Any,
    dataset: Any,
    train: Any = None,
    attribute: str | None = None,
    sizes: Sequence[int | None] = (100, 1000, None),
    num_seeds: int = 3,
    steps: int = 500,
    batch_size: int = 64,
    learning_rate: float = 1e-3,
    verbose: int = 0,
) -> dict[str, float]:
    """Train a classifier from the encoder's weights, and the same one from scratch.

    The classifier is the encoder with one linear layer on its outputs, all of it
    trained. What the encoder learned without labels shows where labels are few.

    Args:
        model: with `encoder`, a network that declares `x` alone.
        dataset: the batches to judge, the test split.
        train: the batches to draw labelled examples from.
        attribute: what is to be classified. Default: the first attribute.
        sizes: how many labelled examples; None is all of them.
        num_seeds: runs of each kind, >= 1, each with its own examples and weights.
        steps: optimiser steps of each run, the least; where there are more batches than
            that, three passes over them.
        batch_size: examples a step.
        learning_rate: of Adam.
        verbose: 1 shows a progress bar.

    Returns:
        Test accuracies in [0, 1], means over seeds, for each size N ("all" for None):
        `initialised_classifier/N`, `initialised_classifier/N/from_scratch`, and their
        standard deviations under `.../stddev`; `initialised_classifier`, the gain at
        the first size; `/examples`, `/num_seeds`.

    Raises:
        ValueError: if `train` is not given, the data have no attributes, the encoder
            declares `condition`, or `num_seeds` is < 1.
    """
    _check(model.encoder, num_seeds)
    fit = examples(model, needed(model, train), attribute)
    test = examples(model, dataset, attribute)
    classes = int(max(fit[1].max(), test[1].max())) + 1
    results: dict[str, float] = {}
    bar = keras.utils.Progbar(len(sizes) * num_seeds, verbose=verbose)
    for size in sizes:
        pairs = []
        for seed in range(num_seeds):
            subset = _subset(*fit, size, seed)
            pair = (classifier(model.encoder, classes, seed, p) for p in (True, False))
            schedule = steps, batch_size, learning_rate
            pairs.append([_accuracy(one, subset, test, *schedule) for one in pair])
            bar.add(1)
        results.update(_summary(size, np.array(pairs)))
    gain = [key for key in results if not key.endswith("stddev")][:2]
    return {
        "initialised_classifier": results[gain[0]] - results[gain[1]],
        **results,
        "initialised_classifier/examples": len(test[1]),
        "initialised_classifier/num_seeds": num_seeds,
    }


def classifier(
    encoder: keras.Model, classes: int, seed: int, pretrained: bool
) -> keras.Model:
    """An encoder with a linear layer on all its outputs, from `x` to class logits.

    Args:
        encoder: a functional model; it is copied, not changed.
        classes: how many logits.
        seed: of every weight that is drawn.
        pretrained: whether the copy keeps the encoder's weights.
    """
    # Names of our own: the encoder may have a layer "flatten" or "dense" already.
    outputs = [
        keras.layers.Flatten(name=f"classifier_{key}")(output)
        for key, output in encoder.output.items()
    ]
    join = keras.layers.Concatenate(name="classifier_features")
    features = outputs[0] if len(outputs) == 1 else join(outputs)
    logits = keras.layers.Dense(classes, dtype="float32", name="classifier_logits")
    network = reseeded(keras.Model(encoder.input, logits(features)), seed)
    if pretrained:
        learned = encoder.get_weights()
        network.set_weights(learned + network.get_weights()[len(learned) :])
    return network


def _subset(x: np.ndarray, labels: np.ndarray, size: int | None, seed: int):
    chosen = np.random.default_rng(seed).permutation(len(labels))[:size]
    return x[chosen], labels[chosen]


def _accuracy(network, train, test, steps, batch_size, learning_rate) -> float:
    import tensorflow as tf

    x, labels = train
    steps = max(steps, 3 * len(labels) // batch_size)
    data = tf.data.Dataset.from_tensor_slices(({"x": x}, labels)).cache()
    data = data.shuffle(len(labels), seed=0).repeat().batch(batch_size)
    network.compile(
        keras.optimizers.Adam(learning_rate),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    network.fit(data, steps_per_epoch=steps, shuffle=False, verbose=0)
    parts = np.array_split(test[0], -(-len(test[0]) // 512))
    read = [np.argmax(network({"x": part}), axis=1) for part in parts]
    return float((np.concatenate(read) == test[1]).mean())


def _summary(size: int | None, pairs: np.ndarray) -> dict[str, float]:
    """Means and standard deviations of (seeds, [initialised, from scratch])."""
    key = f"initialised_classifier/{'all' if size is None else size}"
    spread = pairs.std(axis=0, ddof=1) if len(pairs) > 1 else np.zeros(2)
    return {
        key: float(pairs[:, 0].mean()),
        f"{key}/stddev": float(spread[0]),
        f"{key}/from_scratch": float(pairs[:, 1].mean()),
        f"{key}/from_scratch/stddev": float(spread[1]),
    }


def _check(encoder: keras.Model, num_seeds: int) -> None:
    if list(encoder.input) != ["x"]:
        raise ValueError(
            "The encoder must declare `x` alone, or it may know the label already. "
            f"Received: an encoder that declares {list(encoder.input)}."
        )
    if num_seeds < 1:
        raise ValueError(f"`num_seeds` must be >= 1. Received: num_seeds={num_seeds}.")
