"""Accuracy of models that classify, and how probable they call what is true."""

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

    Of each attribute, examples without a label, whose columns are all zeros, are left
    out.

    Args:
        model: with `classify(x)`, the probabilities of the classes of every attribute
            of its `spec`, side by side, (batch, condition_size). Where it has `seen`,
            it is shown the tensor of that name.
        dataset: batches of `{"x", "condition"}`, the test split.
        max_examples: of the dataset, >= 1. Default: all.
        verbose: 1 shows a progress bar.

    Returns:
        `classification_accuracy` in [0, 1], the mean over the attributes; of several
        also `/NAME`, that of each; `/worst_class`, the least of the accuracies of the
        classes that occur, and `/examples`, how many had labels.

    Raises:
        ValueError: if no example has a label.
    """
    seen = getattr(model, "seen", "x")
    found, conditions = [], []
    for x, condition in batches(model, dataset, max_examples, verbose):
        columns = attribute_columns(condition)
        known = np.any(columns > 0, axis=1) if columns is not None else []
        if np.any(known):
            shown = x if seen == "x" else condition[seen]
            found.append(np.asarray(model.classify(shown[known])))
            conditions.append(columns[known])
    if not found:
        raise ValueError(
            "`dataset` must hold examples with labels. Received: none that has one."
        )
    found, conditions = np.concatenate(found), np.concatenate(conditions)
    name, attributes = "classification_accuracy", model.spec.attributes
    shares, of_classes = {}, []
    for a in attributes:
        rows = conditions[:, a.start : a.stop].any(axis=1)
        truth = conditions[rows, a.start : a.stop].argmax(axis=1)
        right = found[rows, a.start : a.stop].argmax(axis=1) == truth
        if rows.any():
            shares[f"{name}/{a.name}"] = float(right.mean())
            of_classes += [right[truth == c].mean() for c in np.unique(truth)]
    return {
        name: float(np.mean(list(shares.values()))),
        **(shares if len(attributes) > 1 else {}),
        f"{name}/worst_class": float(min(of_classes)),
        f"{name}/examples": len(found),
    }


@metric("predictive_nats", needs=("classify", "posterior", "spec"), default=_labelled)
def predictive_nats(
    model: Any, dataset: Any, max_examples: int | None = None, verbose: int = 0
) -> dict[str, float]:
    """Measure -log of the probability that the model gives the true classes.

    Of each attribute, examples without a label are left out. Where a class that is true
    has the probability 0 in float32, 1e-30 stands for it.

    Args:
        model: with `classify(x)`, as for `classification_accuracy`, and a posterior.
        dataset: batches of `{"x", "condition"}`, the test split.
        max_examples: of the dataset, >= 1. Default: all.
        verbose: 1 shows a progress bar.

    Returns:
        `predictive_nats`, the mean over all labels, in nats, and `/examples`, how many
        examples had labels.

    Raises:
        ValueError: if no example has a label.
    """
    costs, count = [], 0
    for x, condition in batches(model, dataset, max_examples, verbose):
        columns = attribute_columns(condition)
        known = np.any(columns > 0, axis=1) if columns is not None else []
        if np.any(known):
            true = columns[known] > 0
            probable = np.asarray(model.classify(x[known]))[true]
            costs.append(-np.log(np.maximum(probable, 1e-30)))
            count += int(np.sum(known))
    if not count:
        raise ValueError(
            "`dataset` must hold examples with labels. Received: none that has one."
        )
    name = "predictive_nats"
    return {name: float(np.mean(np.concatenate(costs))), f"{name}/examples": count}
