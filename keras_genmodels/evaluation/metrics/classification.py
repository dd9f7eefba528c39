"""Accuracy of models that classify."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras_genmodels.evaluation.batches import attribute_columns, batches
from keras_genmodels.evaluation.metrics import metric


def _labelled(model: Any, options: dict[str, Any]) -> bool:
    return bool(model.spec.attributes)


@metric("classification_accuracy", needs=("classify", "spec"), default=_labelled)
def classification_accuracy(
    model: Any, dataset: Any, max_examples: int | None = None, verbose: int = 0
) -> dict[str, float]:
    """Measure the share of examples that the model classifies correctly.

    What a model that was trained with few labels is for. Examples without a label,
    whose condition is all zeros, are left out.

    Args:
        model: with `classify(x)`, the probabilities of the classes of the first
            attribute of its `spec`, (batch, classes).
        dataset: batches of `{"x", "condition"}`, the test split.
        max_examples: of the dataset, >= 1. Default: all.
        verbose: 1 shows a progress bar.

    Returns:
        `classification_accuracy` in [0, 1], `/worst_class`, the least of the accuracies
        of the classes that occur, and `/examples`, how many had labels.

    Raises:
        ValueError: if no example has a label.
    """
    found, wanted = [], []
    for x, condition in batches(model, dataset, max_examples, verbose):
        condition = attribute_columns(condition)
        known = np.any(condition > 0, axis=1) if condition is not None else []
        if np.any(known):
            found.append(np.argmax(model.classify(x[known]), axis=1))
            wanted.append(next(iter(model.spec.labels(condition[known]).values())))
    if not wanted:
        raise ValueError(
            "`dataset` must hold examples with labels. Received: none that has one."
        )
    classes = np.concatenate(wanted)
    right = np.concatenate(found) == classes
    return {
        "classification_accuracy": float(right.mean()),
        "classification_accuracy/worst_class": float(
            min(right[classes == c].mean() for c in np.unique(classes))
        ),
        "classification_accuracy/examples": len(right),
    }
