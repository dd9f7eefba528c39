"""Inputs of a signature made from its form alone: to warm up, to try, to compare."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.export.signature_io import Form


def inputs(form: Form, spec: DatasetSpec, rows: int = 1) -> dict[str, np.ndarray]:
    """One valid input of each name that a signature takes.

    Args:
        form: of the signature.
        spec: of the data; rows of `condition` go through the classes in turn.
        rows: of every tensor with a batch axis, and samples to count, >= 1. All other
            numbers (frames, steps, ...) are 1, everything else is zero.

    Example:
        >>> count, seed = ({"dtype": "int32", "shape": s} for s in ([], [2]))
        >>> form = {"name": "sample", "inputs": {"count": count, "seed": seed}}
        >>> inputs(form, DatasetSpec("tiny", (4, 4, 1)), rows=3)["count"]
        array(3, dtype=int32)
    """
    return {
        name: _input(name, tensor, spec, rows)
        for name, tensor in form["inputs"].items()
    }


def _input(
    name: str, tensor: dict[str, Any], spec: DatasetSpec, rows: int
) -> np.ndarray:
    dtype, shape = tensor["dtype"], tensor["shape"]
    if not shape:
        return np.array(rows if name == "count" else 1, dtype)
    sizes = [1 if size is None else size for size in shape]
    if shape[0] is None:
        sizes[0] = rows
    array = np.zeros(sizes, dtype)
    if name == "condition":
        for attribute in spec.categorical:
            classes = np.arange(rows) % len(attribute.classes)
            array[np.arange(rows), attribute.start + classes] = 1.0
    return array
