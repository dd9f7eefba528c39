"""Batches of a dataset as the metrics read them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from keras_genmodels import checks


def batches(
    model: Any, dataset: Any, max_examples: int | None = None, verbose: int = 0
) -> Iterator[tuple[np.ndarray, np.ndarray | None]]:
    """Iterate over `x` and `condition` of each batch, at most `max_examples` in all.

    Args:
        model: whose `spec` the first batch is held against.
        dataset: a finite iterable of `{"x": ..., "condition": ...}`.
        max_examples: where to stop, >= 1. Default: at the end of the dataset.
        verbose: 1 shows a progress bar.

    Yields:
        `x`, (batch, *x_shape), and `condition`, (batch, condition_size), or None where
        the data carry none.

    Raises:
        ValueError: if `max_examples` is < 1, the dataset is empty or its first batch is
            not what `model.spec` says.
    """
    if max_examples is not None:
        checks.integer("max_examples", max_examples, 1)
    bar, seen = progress(verbose, max_examples), 0
    for batch in dataset:
        if not seen:
            model.spec.check(batch)
        left = None if max_examples is None else max_examples - seen
        x = np.asarray(batch["x"])[:left]
        condition = np.asarray(batch.get("condition", np.zeros((len(x), 0))))[:left]
        yield x, condition if condition.shape[1] else None
        seen += len(x)
        bar(seen)
        if seen == max_examples:
            return
    if not seen:
        raise ValueError(
            "`dataset` must hold at least one batch. Received: an empty one."
        )


def progress(verbose: int, target: int | None) -> Callable[[int], None]:
    """Make a function to be told how many examples are done; 1 shows a bar."""
    if not verbose:
        return lambda seen: None
    import keras

    return keras.utils.Progbar(target, unit_name="example").update
