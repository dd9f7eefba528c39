"""Batches of a dataset as the metrics read them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from keras_genmodels import checks

# The argument of that name of a model's methods: nothing, rows, or named tensors.
Condition = np.ndarray | dict[str, np.ndarray] | None


def batches(
    model: Any, dataset: Any, max_examples: int | None = None, verbose: int = 0
) -> Iterator[tuple[np.ndarray, Condition]]:
    """Iterate over `x` and `condition` of each batch, at most `max_examples` in all.

    Args:
        model: whose `spec` the first batch is held against.
        dataset: a finite iterable of batches, dicts of named tensors.
        max_examples: where to stop, >= 1. Default: at the end of the dataset.
        verbose: 1 shows a progress bar.

    Yields:
        `x`, (batch, *x_shape), and what the model's methods take as `condition`, as
        `condition_of` has it.

    Raises:
        ValueError: if `max_examples` is < 1, the dataset is empty or its first batch is
            not what `model.spec` says.
    """
    for batch in named_batches(model, dataset, max_examples, verbose):
        yield batch["x"], condition_of(model, batch)


def named_batches(
    model: Any, dataset: Any, max_examples: int | None = None, verbose: int = 0
) -> Iterator[dict[str, np.ndarray]]:
    """Iterate over all named tensors of each batch, at most `max_examples` in all.

    Args:
        model: as for `batches`, like `dataset`, `max_examples` and `verbose`.
        dataset: a finite iterable of batches, dicts of named tensors.
        max_examples: where to stop, >= 1. Default: at the end of the dataset.
        verbose: 1 shows a progress bar.

    Raises:
        ValueError: as `batches`.
    """
    if max_examples is not None:
        checks.integer("max_examples", max_examples, 1)
    bar, seen = progress(verbose, max_examples), 0
    for batch in dataset:
        if not seen:
            model.spec.check(batch, needed=getattr(model, "batch_tensors", None))
        left = None if max_examples is None else max_examples - seen
        rows = {name: np.asarray(value)[:left] for name, value in batch.items()}
        yield rows
        seen += len(rows["x"])
        bar(seen)
        if seen == max_examples:
            return
    if not seen:
        raise ValueError(
            "`dataset` must hold at least one batch. Received: an empty one."
        )


def condition_of(model: Any, batch: Mapping[str, Any]) -> Condition:
    """Choose from a batch what a model's methods take as `condition`.

    Returns:
        (batch, condition_size), or None where the data have no attributes; for a model
        that needs further tensors, such as a source, a dict of all of them by name.
    """
    condition = batch.get("condition") if model.spec.condition_size else None
    condition = None if condition is None else np.asarray(condition)
    needed = getattr(model, "batch_tensors", ())
    further = {n: np.asarray(batch[n]) for n in needed if n not in ("x", "condition")}
    if not further:
        return condition
    return further if condition is None else {"condition": condition, **further}


def attribute_columns(condition: Condition) -> np.ndarray | None:
    """The columns of the attributes, (batch, condition_size), in a condition."""
    return condition.get("condition") if isinstance(condition, dict) else condition


def rows_of(condition: Condition, rows: Any) -> Condition:
    """Some rows of a condition, by a slice, an index array or a mask."""
    if isinstance(condition, dict):
        return {name: value[rows] for name, value in condition.items()}
    return None if condition is None else condition[rows]


def cycled(parts: Sequence[Condition], n: int) -> Condition:
    """The rows of several conditions in turn, as many as `n`."""
    if isinstance(parts[0], dict):
        return {name: cycled([part[name] for part in parts], n) for name in parts[0]}
    if parts[0] is None:
        return None
    rows = np.concatenate(parts)
    return rows[np.arange(n) % len(rows)]


def num_rows(condition: Condition) -> int:
    """How many rows a condition has."""
    values = condition.values() if isinstance(condition, dict) else [condition]
    return len(next(iter(values)))


def progress(verbose: int, target: int | None) -> Callable[[int], None]:
    """Make a function to be told how many examples are done; 1 shows a bar."""
    if not verbose:
        return lambda seen: None
    import keras

    return keras.utils.Progbar(target, unit_name="example").update
