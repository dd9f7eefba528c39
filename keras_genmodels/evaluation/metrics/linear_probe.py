"""Linear probes of a model's representation."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras_genmodels.evaluation.batches import attribute_columns, batches
from keras_genmodels.evaluation.measures.linear_probe import linear_probe_accuracy
from keras_genmodels.evaluation.metrics import metric
from keras_genmodels.registry import suggest


def _probeable(model: Any, options: dict[str, Any]) -> bool:
    """Check whether there are labels, and an encoder that does not see them."""
    sees = getattr(getattr(model, "encoder", None), "input", ("x",))
    blind = "condition" not in sees and "x" in sees
    return "train" in options and bool(model.spec.attributes) and blind


@metric("linear_probe", needs=("encode", "spec"), default=_probeable)
def linear_probe(
    model: Any,
    dataset: Any,
    train: Any = None,
    regularisation: float = 1.0,
    max_examples: int | None = None,
    verbose: int = 0,
) -> dict[str, float]:
    """Measure the accuracy of a linear classifier on `model.encode(x)`.

    For a VAE these are the means of q(z|x). The model is given no condition, so that
    an encoder cannot pass on what it was told.

    Args:
        model: with `encode`, whose `spec` has attributes.
        dataset: the batches to judge, the test split.
        train: the batches to fit.
        regularisation: weight of the squared norm of the coefficients, > 0.
        max_examples: use these first examples of either split only, >= 1. Default: all.
        verbose: 1 shows a progress bar.

    Returns:
        `linear_probe`, the mean accuracy in [0, 1] over attributes,
        `linear_probe/NAME` for each, `linear_probe/examples`,
        `linear_probe/train_examples`, `linear_probe/dimensions`.

    Raises:
        ValueError: if `train` is not given, the data have no attributes, or the encoder
            declares `condition`.
    """
    fit, fit_labels = encoded(
        model, required_train(model, train), max_examples, verbose
    )
    test, test_labels = encoded(model, dataset, max_examples, verbose)
    accuracies = {
        f"linear_probe/{name}": linear_probe_accuracy(
            fit, fit_labels[name], test, test_labels[name], regularisation
        )
        for name in fit_labels
        if len(np.unique(fit_labels[name])) > 1
    }
    return {
        "linear_probe": float(np.mean(list(accuracies.values()))),
        **accuracies,
        "linear_probe/examples": len(test),
        "linear_probe/train_examples": len(fit),
        "linear_probe/dimensions": test.shape[1],
    }


def given_train(train: Any, fitted: str) -> Any:
    """`train`, if it is there.

    Args:
        train: batches of the training split.
        fitted: what is fitted to them, for the message.

    Raises:
        ValueError: if not.
    """
    if train is None:
        raise ValueError(
            f"`train` must be the training split, which {fitted} is fitted to. "
            "Received: train=None."
        )
    return train


def required_train(model: Any, train: Any) -> Any:
    """`train`, if it is there and the data have attributes to be told apart.

    Raises:
        ValueError: if not.
    """
    given_train(train, "the classifier")
    if not model.spec.categorical:
        raise ValueError(
            "A classifier needs data with attributes. "
            f"Received: {model.spec.name!r}, which has none."
        )
    return train


def encoded(model, dataset, max_examples, verbose):
    """Codes of all examples, (n, dimensions), and their class indices by attribute."""
    codes, conditions = [], []
    for x, condition in batches(model, dataset, max_examples, verbose):
        codes.append(np.asarray(model.encode(x), np.float64))
        conditions.append(attribute_columns(condition))
    labels = model.spec.labels(np.concatenate(conditions))
    return np.concatenate(codes), {
        a.name: labels[a.name] for a in model.spec.categorical
    }


def labelled_examples(model: Any, dataset: Any, attribute: str | None = None):
    """All of a dataset in memory: `x` and the class indices of one attribute.

    Args:
        model: whose `spec` names the attributes.
        dataset: a finite iterable of batches.
        attribute: its name. Default: the first.

    Raises:
        ValueError: for an attribute that the data do not have.
    """
    x, conditions = zip(*batches(model, dataset), strict=True)
    columns = np.concatenate([attribute_columns(part) for part in conditions])
    labels = model.spec.labels(columns)
    attribute = next(iter(labels)) if attribute is None else attribute
    if attribute not in labels:
        raise ValueError(
            f"Unknown attribute {attribute!r}. {suggest(attribute, list(labels))}"
        )
    return np.concatenate(x), labels[attribute]
