"""The targets `y` of Keras' tools, read as labels of a spec's attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_genmodels.data.attributes import Attribute
from keras_genmodels.data.spec import DatasetSpec


def are_examples(spec: DatasetSpec, x: Any, y: Any) -> bool:
    """Tell whether `y` has the form of `x`, as in `fit(x, x)` of an autoencoder.

    Args:
        spec: of the data.
        x: examples, an array or a tensor; None for none.
        y: targets, likewise, or a dict of labels.
    """
    if x is None or isinstance(y, Mapping) or len(y.shape) != len(x.shape):
        return False
    alike = tuple(y.shape[1:]) == tuple(x.shape[1:])
    return alike and (len(x.shape) > 2 or not spec.attributes)


def condition_of(spec: DatasetSpec, y: Any) -> np.ndarray:
    """Build the `condition` that labels stand for.

    Args:
        spec: of the data.
        y: class names, class indices or real values, (batch,) where there is one
            attribute, or (batch, attributes); a dict of such by attribute; or the
            columns of the condition as they are, (batch, condition_size), as
            `keras.utils.to_categorical` makes them.

    Returns:
        float32, (batch, condition_size).

    Raises:
        ValueError: for data without attributes, another shape, or a label that the
            attributes do not have.

    Example:
        >>> from keras_genmodels.data import side_by_side
        >>> spec = DatasetSpec("shapes", (8, 8, 1), side_by_side({"label": "ab"}))
        >>> condition_of(spec, [1, 0]).tolist()
        [[0.0, 1.0], [1.0, 0.0]]
    """
    names = [attribute.name for attribute in spec.attributes]
    if not names:
        raise ValueError(
            f"`y` must be left out: the spec of {spec.name!r} has no attributes, and "
            "the model learns from `x` alone. Write `fit(x)`, or name the classes: "
            "`DatasetSpec(name, x_shape, data.side_by_side({'label': classes}))`. "
            f"Received: {_form(y)}."
        )
    if isinstance(y, Mapping):
        return spec.condition(**{name: _plain(values) for name, values in y.items()})
    y = np.asarray(y)
    if y.ndim == 2 and y.shape[1] == spec.condition_size != len(names):
        return y.astype(np.float32)
    columns = y[:, None] if y.ndim == 1 else y
    if columns.ndim != 2 or columns.shape[1] != len(names):
        raise ValueError(
            f"`y` must hold the labels of {names}, (batch, {len(names)}), or the "
            f"columns of the condition, (batch, {spec.condition_size}). "
            f"Received: {_form(y)}."
        )
    pairs = zip(spec.attributes, columns.T, strict=True)
    return spec.condition(
        len(y),
        **{attribute.name: _labels(attribute, values) for attribute, values in pairs},
    )


def _labels(attribute: Attribute, values: np.ndarray) -> list[Any]:
    """The labels of one attribute; class indices may come as whole floats."""
    if not attribute.is_real and values.dtype.kind == "f":
        whole = values.astype(np.int64)
        values = whole if np.array_equal(whole, values) else values
    return _plain(values)


def _plain(values: Any) -> list[Any]:
    """Python's numbers and strings, in a list."""
    listed = np.atleast_1d(np.asarray(values)).tolist()
    return [v.decode() if isinstance(v, bytes) else v for v in listed]


def _form(y: Any) -> str:
    """The kind and the shape of targets, for a message."""
    shape = f" of shape {tuple(y.shape)}" if hasattr(y, "shape") else ""
    return f"y={type(y).__name__}{shape}"
