"""The report of a model on a dataset: one dictionary of numbers."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from keras_genmodels import registry
from keras_genmodels.evaluation import memo
from keras_genmodels.evaluation.metrics import Metric, missing


def evaluate(
    model: Any,
    dataset: Any,
    metrics: Sequence[str | Metric] | None = None,
    **options: Any,
) -> dict[str, float]:
    """Measure a model on a dataset.

    What can be measured follows from the public methods that a model has: a model with
    `elbo` has an ELBO, whatever class it is.

    Args:
        model: any model of the package.
        dataset: batches of `{"x": ..., "condition": ...}`, the test split usually.
        metrics: names, or functions `(model, dataset, **options) -> {key: number}`.
            Default: every quick metric that the model and the options allow.
        **options: keyword arguments of the metrics. One goes to every chosen metric
            that takes it (`seed=1`); one named like a metric is a dictionary for that
            metric alone (`log_likelihood={"num_samples": 500}`). `train=` is the
            training split, for the metrics that fit a classifier.

    Returns:
        Floats and integers. The number itself stands under the name of its metric, what
        belongs to it under "name/...": counts of examples and samples, parts, spreads,
        and the classifier that judged, by name.

    Raises:
        ValueError: for an unknown metric or option (the message has the nearest names),
            or a metric that needs a method which the model does not have.

    Example:
        >>> from keras_genmodels import data, zoo
        >>> test, spec = data.load("digits", split="test")
        >>> numbers = evaluate(zoo.build("vae", spec), test, ["elbo"])
        >>> sorted(numbers)[:3]
        ['elbo', 'elbo/bits_per_dimension', 'elbo/examples']
    """
    chosen = _chosen(model, metrics, options)
    _check_options(chosen, options)
    results: dict[str, float] = {}
    with memo.scope():
        for name, function in chosen.items():
            accepted = inspect.signature(function).parameters
            arguments = {key: options[key] for key in accepted if key in options}
            arguments.update(options.get(name, {}))
            results.update(function(model, dataset, **arguments))
    return results


def _chosen(model, metrics, options) -> dict[str, Metric]:
    offered = {
        name: function
        for name in registry.names("metric")
        if not missing(function := registry.lookup(name, "metric"), model)
    }
    if metrics is None:
        return {k: f for k, f in offered.items() if _by_default(f)(model, options)}
    if isinstance(metrics, str) or callable(metrics):
        metrics = [metrics]
    chosen = {getattr(m, "__name__", m): registry.get(m, "metric") for m in metrics}
    for name, function in chosen.items():
        lacking = missing(function, model)
        if lacking:
            raise ValueError(
                f"The metric {name!r} needs a model with `{'`, `'.join(lacking)}`. "
                f"Received: {type(model).__name__}, which offers the metrics "
                f"{', '.join(map(repr, offered))}."
            )
    return chosen


def _by_default(function: Metric) -> Callable[[Any, dict[str, Any]], bool]:
    return getattr(function, "default", lambda model, options: False)


def _check_options(chosen: dict[str, Metric], options: dict[str, Any]) -> None:
    """Refuse what no metric takes; what only others take than the chosen is allowed."""
    registered = registry.names("metric")
    functions = {name: registry.lookup(name, "metric") for name in registered} | chosen
    known = {
        key
        for function in functions.values()
        for key in list(inspect.signature(function).parameters)[2:]
    }
    for key, value in options.items():
        if key in functions and not isinstance(value, dict):
            raise TypeError(
                f"`{key}` must be a dictionary of options of that metric. "
                f"Received: {value!r} of type {type(value).__name__}."
            )
        if key not in functions and key not in known:
            raise ValueError(
                f"Unknown option {key!r}. {registry.suggest(key, sorted(known))}"
            )
