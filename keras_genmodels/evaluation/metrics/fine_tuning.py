"""Fine-tuning of an encoder into a classifier, against training from scratch."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from keras_genmodels import checks
from keras_genmodels.evaluation.classifiers.seeded_weights import reseeded
from keras_genmodels.evaluation.metrics import metric
from keras_genmodels.evaluation.metrics.linear_probe import (
    labelled_examples,
    required_train,
)
from keras_genmodels.networks.channels import CHANNELS_LAST


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
        sizes: how many labelled examples, each >= 1; None is all of them.
        num_seeds: runs of each kind, >= 1, each with its own examples and weights.
        steps: optimiser steps of each run, >= 1, the least; where there are more
            batches than that, three passes over them.
        batch_size: examples a step, >= 1.
        learning_rate: of Adam, > 0.
        verbose: 1 shows a progress bar.

    Returns:
        Test accuracies in [0, 1], means over seeds, for each size N ("all" for None):
        `initialised_classifier/N`, `initialised_classifier/N/from_scratch`, and their
        standard deviations under `.../stddev`; `initialised_classifier`, the gain at
        the first size; `/examples`, `/num_seeds`.

    Raises:
        ValueError: if `train` is not given, the data have no attributes, the encoder
            declares `condition`, `num_seeds` is < 1 or `sizes` is empty.
    """
    _check(model.encoder, sizes, num_seeds)
    fit = labelled_examples(model, required_train(model, train), attribute)
    test = labelled_examples(model, dataset, attribute)
    run = functools.partial(
        _pair, model.encoder, fit, test, (steps, batch_size, learning_rate)
    )
    bar = keras.utils.Progbar(len(sizes) * num_seeds, verbose=verbose)
    summaries = [_summary(size, num_seeds, run, bar) for size in sizes]
    learned, _, scratch, _ = summaries[0].values()
    return {
        "initialised_classifier": learned - scratch,
        **functools.reduce(operator.or_, summaries),
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
        keras.layers.Flatten(name=f"classifier_{key}", **CHANNELS_LAST)(output)
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


def _pair(encoder, fit, test, schedule, size, seed) -> tuple[float, float]:
    """Train both classifiers; return their test accuracies."""
    chosen = np.random.default_rng(seed).permutation(len(fit[1]))[:size]
    subset = fit[0][chosen], fit[1][chosen]
    classes = int(max(fit[1].max(), test[1].max())) + 1
    networks = (classifier(encoder, classes, seed, start) for start in (True, False))
    return tuple(_accuracy(network, subset, test, *schedule) for network in networks)


def _accuracy(network, train, test, steps, batch_size, learning_rate) -> float:
    import tensorflow as tf

    x, labels = map(tf.constant, train)
    count = len(labels)
    rows = tf.data.Dataset.range(count).shuffle(count, seed=0).repeat()
    data = rows.batch(batch_size).map(
        lambda row: ({"x": tf.gather(x, row)}, tf.gather(labels, row))
    )
    network.compile(
        keras.optimizers.Adam(learning_rate),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    steps = max(steps, 3 * count // batch_size)
    network.fit(data, steps_per_epoch=steps, shuffle=False, verbose=0)
    parts = np.array_split(test[0], -(-len(test[0]) // 512))
    read = [np.argmax(network({"x": part}), axis=1) for part in parts]
    return float((np.concatenate(read) == test[1]).mean())


def _summary(size, num_seeds, run, bar) -> dict[str, float]:
    """Means and standard deviations over seeds at one number of labels."""
    pairs = []
    for seed in range(num_seeds):
        pairs.append(run(size, seed))
        bar.add(1)
    mean = np.mean(pairs, axis=0)
    stddev = np.std(pairs, axis=0, ddof=1) if num_seeds > 1 else np.zeros(2)
    key = f"initialised_classifier/{'all' if size is None else size}"
    return {
        key: float(mean[0]),
        f"{key}/stddev": float(stddev[0]),
        f"{key}/from_scratch": float(mean[1]),
        f"{key}/from_scratch/stddev": float(stddev[1]),
    }


def _check(encoder: keras.Model, sizes: Sequence[int | None], num_seeds: int) -> None:
    if list(encoder.input) != ["x"]:
        raise ValueError(
            "The encoder must declare `x` alone, or it may know the label already. "
            f"Received: an encoder that declares {list(encoder.input)}."
        )
    checks.integer("num_seeds", num_seeds, 1)
    if not len(sizes):
        raise ValueError(f"`sizes` must not be empty. Received: sizes={sizes}.")
