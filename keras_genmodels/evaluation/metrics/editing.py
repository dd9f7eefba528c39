"""The metric of models that change one attribute of a picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras_genmodels.evaluation.batches import attribute_columns, named_batches
from keras_genmodels.evaluation.metrics import metric
from keras_genmodels.evaluation.metrics.attribute_control import is_judged, judges_of
from keras_genmodels.evaluation.metrics.translation import seeded_batches
from keras_genmodels.evaluation.sampling import at_first_epoch


def _rebuilds(model: Any) -> bool:
    return hasattr(model, "encode") and hasattr(model, "decode")


def _sees_condition(model: Any) -> bool:
    return "condition" in getattr(model, "batch_tensors", ())


def _edits(model: Any) -> bool:
    """Check whether a model edits, or is an autoencoder that sees a condition."""
    return hasattr(model, "edit") or (_sees_condition(model) and _rebuilds(model))


def _judged(model: Any, options: dict[str, Any]) -> bool:
    several = len(model.spec.categorical) > 1
    return several and is_judged(model, options) and _edits(model)


def edited(
    model: Any,
    x: Any,
    condition: Any,
    asked: Any,
    seed: Any = 0,
    means: np.ndarray | None = None,
) -> np.ndarray:
    """Draw pictures with other attributes.

    Args:
        model: with `edit`, or with `encode` and `decode`.
        x: (batch, *spec.x_shape) in [0, 1].
        condition: (batch, condition_size), what they show.
        asked: likewise, what they are to show.
        seed: an int or two ints.
        means: (condition_size, latent_dim), the mean code of each class, for a model
            whose codes are moved from the mean of one class to that of another.

    Raises:
        ValueError: for a model that can do neither.
    """
    if hasattr(model, "edit"):
        return np.asarray(model.edit(x, asked, seed=seed))
    if _edits(model):
        return np.asarray(model.decode(model.encode(x, condition), asked))
    if means is None or not _rebuilds(model):
        raise ValueError(
            "`model` must have `edit`, or `encode` and `decode` that see a condition, "
            "or these two and, in `means` or `train`, examples of the classes. "
            f"Received: {type(model).__name__}."
        )
    moved = np.asarray(model.encode(x)) + (np.asarray(asked) - condition) @ means
    return np.asarray(model.decode(moved))


def class_means(
    model: Any, train: Any, max_examples: int | None = 10_000
) -> np.ndarray:
    """Find the mean code of the examples of each class.

    Args:
        model: with `encode`, of data with attributes.
        train: batches of the training split.
        max_examples: the first examples only, >= 1. Default 10000; None for all.

    Returns:
        (condition_size, latent_dim); 0 of a class that no example shows.

    Reference: Larsen et al., "Autoencoding beyond Pixels using a Learned Similarity
    Metric", 2016, whose attribute vectors are differences of two of them.
    """
    sums = counts = 0.0
    for batch in named_batches(model, at_first_epoch(train), max_examples):
        condition = batch["condition"]
        sums = sums + condition.T @ np.asarray(model.encode(batch["x"]))
        counts = counts + condition.sum(axis=0)
    return (sums / np.maximum(counts, 1)[:, None]).astype(np.float32)


@metric("editing", needs=("spec",), default=_judged)
def editing(
    model: Any,
    dataset: Any,
    classifier: Any = None,
    train: Any = None,
    max_examples: int | None = None,
    seed: int = 0,
) -> dict[str, float]:
    """Measure whether an edit changes what it should, and nothing else.

    Of each example one attribute, drawn at random from those that the model can change,
    is to become another class, and all others are to stay. A judge reads the picture.

    Args:
        model: as for `edited`.
        dataset: whose examples are edited.
        classifier: as for `control_accuracy`; it must read two attributes or more.
        train: batches of the training split, for a model that sees no attributes: its
            codes are moved from the mean code of one class to that of another.
        max_examples: the first examples only, >= 1. Default: all.
        seed: of what is changed, and of the model's noise.

    Returns:
        `editing`, the mean of the two; `/changed`, the share of edits that show the
        class that was asked for, and `/changed/NAME` for each attribute; `/kept`, the
        share of the other attributes that are read as before, and `/kept/NAME`;
        `/kept/real`, the same of the pictures as they are; `/rebuilding_error`, the
        mean absolute error where nothing was to change; `/examples`.

    Raises:
        ValueError: for a model that does not edit, fewer than two attributes, or
            attributes that no classifier knows.
    """
    judges = judges_of(model.spec, classifier)
    if len(judges) < 2:
        raise ValueError(
            "`editing` needs two attributes or more that a classifier reads. "
            f"Received: {list(judges)}."
        )
    rng, free = np.random.default_rng(seed), getattr(model, "resampled", ())
    names = [name for name in judges if name in free or not free]
    means = None if train is None or _edits(model) else class_means(model, train)
    rows, errors = [], []
    for batch, given, noise in seeded_batches(model, dataset, max_examples, seed):
        condition = attribute_columns(given)
        condition = batch["condition"] if condition is None else condition
        labels = model.spec.labels(condition)
        chosen, wanted = _asked(model.spec, labels, names, rng)
        asked = model.spec.condition(**wanted)
        made = edited(model, batch["x"], condition, asked, noise, means)
        same = edited(model, batch["x"], condition, condition, noise, means)
        errors.append(np.abs(same - batch["x"]).reshape(len(same), -1).mean(axis=1))
        rows.append((chosen, wanted, labels, made, batch["x"]))
    return _counted(rows, judges, names, errors)


def _asked(spec, labels, names, rng):
    """Choose an attribute of each example, and another class of it."""
    count = len(next(iter(labels.values())))
    chosen = rng.integers(len(names), size=count)
    wanted = {key: np.array(value) for key, value in labels.items()}
    for place, name in enumerate(names):
        classes = next(len(a.classes) for a in spec.attributes if a.name == name)
        own = chosen == place
        step = rng.integers(1, classes, size=count)
        wanted[name][own] = (wanted[name][own] + step[own]) % classes
    return chosen, wanted


def _counted(rows, judges, names, errors) -> dict[str, float]:
    """Read all pictures, and count what was changed and what was kept."""
    chosen = np.concatenate([row[0] for row in rows])
    results, changed, kept, real = {}, [], [], []
    for name, judge in judges.items():
        asked, before = (np.concatenate([row[i][name] for row in rows]) for i in (1, 2))
        read, as_is = (
            np.concatenate([judge.probabilities(row[i]).argmax(axis=1) for row in rows])
            for i in (3, 4)
        )
        own = chosen == (names.index(name) if name in names else -1)
        kept.append((read == before)[~own])
        real.append((as_is == before)[~own])
        if name in names:
            changed.append((read == asked)[own])
            results[f"editing/changed/{name}"] = float(changed[-1].mean())
        results[f"editing/kept/{name}"] = float(kept[-1].mean())
    shares = {
        "changed": float(np.concatenate(changed).mean()),
        "kept": float(np.concatenate(kept).mean()),
        "kept/real": float(np.concatenate(real).mean()),
        "rebuilding_error": float(np.concatenate(errors).mean()),
    }
    return {
        "editing": (shares["changed"] + shares["kept"]) / 2,
        **{f"editing/{key}": value for key, value in shares.items()},
        **results,
        "editing/examples": len(chosen),
    }
