"""How a metric says what it is called and what a model must offer for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from keras_genmodels import registry

Metric = Callable[..., dict[str, float]]


def metric(
    name: str,
    needs: tuple[str, ...] = (),
    default: Callable[[Any, dict[str, Any]], bool] = lambda model, options: True,
) -> Callable[[Metric], Metric]:
    """Register a function as the metric `name`, for `evaluate` to call by that name.

    Args:
        name: the public name, and the prefix of every key that the function returns.
        needs: the public methods that a model must have.
        default: whether the metric is taken where none is asked for, given the model
            and the options; asked only if the model has all of `needs`.

    Returns:
        A decorator for a function `(model, dataset, **options) -> {key: number}`.

    Example:
        >>> @metric("brightness", needs=("sample",))
        ... def brightness(model, dataset, num_samples=100):
        ...     mean = float(np.mean(model.sample(num_samples)))
        ...     return {"brightness": mean, "brightness/samples": num_samples}
    """

    def decorate(function: Metric) -> Metric:
        function.needs = tuple(needs)
        function.default = default
        return registry.register(name, family="metric")(function)

    return decorate


def missing(function: Metric, model: Any) -> list[str]:
    """The methods that a metric needs and a model does not have."""
    return [need for need in getattr(function, "needs", ()) if not hasattr(model, need)]


def batches(
    model: Any, dataset: Any, max_examples: int | None = None, verbose: int = 0
) -> Iterator[tuple[np.ndarray, np.ndarray | None]]:
    """The `x` and `condition` of each batch, at most `max_examples` in all.

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
    if max_examples is not None and max_examples < 1:
        raise ValueError(
            "`max_examples` must be >= 1 or None. "
            f"Received: max_examples={max_examples}."
        )
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


def bits_per_dimension(nats: float, num_dimensions: int, levels: int = 1) -> float:
    """A log-likelihood as the bits that code one dimension of one example.

    It compares images of different sizes, which nats per example do not.

        -nats / (num_dimensions * log 2) + log2(levels)

    Args:
        nats: log p(x) of a whole example.
        num_dimensions: how many numbers an example has, >= 1.
        levels: 1 for a probability mass (Bernoulli, discretised logistic). For a
            density over [0, 1] on dequantised data, the number of values a dimension
            had before, such as 256, >= 1.

    Raises:
        ValueError: for `num_dimensions` or `levels` below 1.

    Example:
        >>> bits_per_dimension(-8 * np.log(2.0), num_dimensions=4)
        2.0
    """
    if num_dimensions < 1 or levels < 1:
        raise ValueError(
            "`num_dimensions` and `levels` must be >= 1. "
            f"Received: num_dimensions={num_dimensions}, levels={levels}."
        )
    return float(-nats / (num_dimensions * np.log(2.0)) + np.log2(levels))


def progress(verbose: int, target: int | None) -> Callable[[int], None]:
    """A function to be told how many of so many examples are done; 1 shows a bar."""
    if not verbose:
        return lambda seen: None
    import keras

    return keras.utils.Progbar(target, unit_name="example").update
