"""Which examples are of some classes, and which are left when those are held out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_genmodels.data.request import Arrays
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.registry import suggest


def members(
    spec: DatasetSpec, labels: Mapping[str, np.ndarray], classes: Mapping[str, Any]
) -> np.ndarray:
    """Whether each example is of one of these classes, (n,) booleans.

    Args:
        spec: that names the attributes.
        labels: attribute -> (n,) class indices, as `spec.labels` gives them.
        classes: attribute -> a class name or index, or a list of them. An example of
            any of them is a member.

    Raises:
        TypeError: if `classes` is no dict, or a class neither a name nor an integer.
        ValueError: for an unknown attribute or class.

    Example:
        >>> from keras_genmodels.data.spec import side_by_side
        >>> spec = DatasetSpec("pets", (2,), side_by_side({"label": ["cat", "dog"]}))
        >>> members(spec, {"label": np.array([0, 1])}, {"label": "dog"}).tolist()
        [False, True]
    """
    if not isinstance(classes, Mapping):
        raise TypeError(
            "Classes must be a dict such as {'label': [0]}. "
            f"Received: {classes!r} of type {type(classes).__name__}."
        )
    known = {attribute.name: attribute for attribute in spec.attributes}
    count = len(next(iter(labels.values()), ()))
    found = np.zeros(count, bool)
    for name, chosen in classes.items():
        if name not in known:
            raise ValueError(
                f"Unknown attribute {name!r} of {spec.name!r}. "
                f"{suggest(name, list(known))}"
            )
        several = chosen if isinstance(chosen, (list, tuple)) else [chosen]
        indices = [known[name].index(value) for value in several]
        found |= np.isin(labels[name], indices)
    return found


def remaining(arrays: Arrays, hold_out: Mapping[str, Any] | None) -> np.ndarray:
    """The rows of the examples that are of no class in `hold_out`, (n,) int32.

    Args:
        arrays: a whole split.
        hold_out: as `classes` of `members`; nothing by default.

    Raises:
        TypeError: as `members`.
        ValueError: as `members`, and if nothing is left.
    """
    rows = np.arange(len(arrays.labels), dtype=np.int32)
    if not hold_out:
        return rows
    names = [attribute.name for attribute in arrays.spec.attributes]
    labels = dict(zip(names, arrays.labels.T, strict=True))
    left = rows[~members(arrays.spec, labels, hold_out)]
    if not len(left):
        raise ValueError(
            "`hold_out` must leave some examples to train on. "
            f"Received: hold_out={hold_out!r}."
        )
    return left
