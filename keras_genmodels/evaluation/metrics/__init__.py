"""Metrics: functions of a model and a dataset, which `evaluate` finds by their names.

Each file of this folder is read for the names that it registers by `@metric("name")`;
a new metric is one new file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
