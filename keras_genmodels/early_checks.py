"""Checks of what was typed, by names and signatures, before TensorFlow is imported.

The registry reads names and signatures from the text of files; so a word that is
mistyped is answered at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from keras_genmodels import registry
from keras_genmodels.annotations import check_arguments, check_type, check_value
from keras_genmodels.registry import suggest
from keras_genmodels.source_files import Entry, Parameter

_OF_A_METRIC = ("model", "dataset")
_OF_A_TABLE = ("folder", "verbose")


def check_training(
    recipe: str,
    dataset: str | None = None,
    arguments: Mapping[str, Any] = MappingProxyType({}),
    data: Mapping[str, Any] = MappingProxyType({}),
    fit_data: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Refuse what `train` or `describe` could not begin with.

    Args:
        recipe: its name.
        dataset: its name, or a scheme and a path; None for none.
        arguments: of the recipe and its training.
        data: options of the data set.
        fit_data: further ones of what is fitted.

    Raises:
        ValueError: for an unknown name, with the nearest ones.
        TypeError: for a value of the wrong kind.
    """
    from keras_genmodels.data import load_options
    from keras_genmodels.zoo import arguments as recipe_arguments

    registry.check_name(recipe, "recipe")
    if dataset is not None:
        load_options.check_name(dataset)
    recipe_arguments.check(recipe, arguments)
    load_options.check_options(data)
    load_options.check_options(fit_data, "fit_data")


def check_metrics(
    metrics: Sequence[str], options: Mapping[str, Any], data: Mapping[str, Any]
) -> None:
    """Refuse what `evaluate` could not begin with.

    Args:
        metrics: their names.
        options: of these or of any other metric, or dicts of them by metric.
        data: options of the data set.

    Raises:
        ValueError: for an unknown name, with the nearest ones, or a number out of the
            range that the metric states.
        TypeError: for a value of the wrong kind.
    """
    from keras_genmodels.data import load_options

    for name in metrics:
        registry.check_name(name, "metric")
    known = registry.entries("metric")
    taken = {p.name for entry in known.values() for p in _parameters(entry)}
    for key, value in options.items():
        if key in known:
            check_type(key, value, "dict")
            check_arguments(value, _parameters(known[key]), "option", f"of {key!r}")
        elif key not in taken:
            raise ValueError(f"Unknown option {key!r}. {suggest(key, sorted(taken))}")
        else:
            _check_option(key, value, metrics)
    load_options.check_options(data)


def _check_option(name: str, value: Any, metrics: Sequence[str]) -> None:
    """Refuse a value that a named metric does not take, or, without names, any."""
    known = registry.entries("metric")
    entries = [known[metric] for metric in metrics if metric in known]
    found = [p for entry in entries or known.values() for p in _parameters(entry)]
    refusals = []
    for parameter in (takers := [p for p in found if p.name == name]):
        try:
            check_value(name, value, parameter)
        except (TypeError, ValueError) as error:
            refusals.append(error)
    if refusals and (metrics or len(refusals) == len(takers)):
        raise refusals[0]


def check_table(name: str, options: Mapping[str, Any]) -> None:
    """Refuse a table that there is not, or options that it does not take.

    Args:
        name: of the table.
        options: of it.

    Raises:
        ValueError: for an unknown name, with the nearest ones.
        TypeError: for a value of the wrong kind.
    """
    registry.check_name(name, "table")
    entry = registry.entries("table").get(name)
    if entry is not None:
        known = _parameters(entry)
        check_arguments(options, known, "option", f"of the table {name!r}")


def _parameters(entry: Entry) -> list[Parameter]:
    """List what a person may give to a metric or a table."""
    given = (*_OF_A_METRIC, *_OF_A_TABLE)
    return [p for p in entry.parameters if p.name not in given]
