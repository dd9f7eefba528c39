"""Weights of the examples of a batch, from Keras' two arguments for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_genmodels.data.spec import DatasetSpec

SAMPLE_WEIGHT = "sample_weight"  # the tensor of a batch that holds them


def weights_of(
    spec: DatasetSpec,
    batch: Mapping[str, Any],
    sample_weight: Any = None,
    class_weight: Mapping[int, float] | None = None,
) -> np.ndarray | None:
    """Return the weight of each example; both kinds of weights multiply.

    Args:
        spec: of the data.
        batch: named tensors, which were checked; "sample_weight" among them counts
            where the argument is not given.
        sample_weight: (batch,), finite.
        class_weight: class index to weight; a class that is not in it has 1, as has an
            example without a label.

    Returns:
        float32, (batch,), or None where there are no weights.

    Raises:
        ValueError: for another shape or NaN, or classes where the data do not have one
            attribute of classes.
    """
    given = batch.get(SAMPLE_WEIGHT) if sample_weight is None else sample_weight
    if given is None and class_weight is None:
        return None
    rows = len(batch["x"])
    weights = np.ones(rows, np.float32)
    if given is not None:
        weights = np.asarray(given, np.float32)
        if weights.shape != (rows,) or not np.isfinite(weights).all():
            raise ValueError(
                f"`sample_weight` must be {rows} finite numbers, one an example. "
                f"Received: shape {weights.shape}, "
                f"{int((~np.isfinite(weights)).sum())} of them NaN or infinite."
            )
    if class_weight is None:
        return weights
    return weights * _of_classes(spec, batch, class_weight)


def _of_classes(spec, batch, class_weight) -> np.ndarray:
    """The weight of each example's class, (batch,)."""
    attributes, condition = spec.attributes, batch.get("condition")
    if len(attributes) != 1 or attributes[0].is_real or condition is None:
        raise ValueError(
            "`class_weight` must be left out unless the data have one attribute of "
            "classes, and labels; write `sample_weight=`, one number an example. "
            f"Received: class_weight={dict(class_weight)} for {spec.name!r} with "
            f"{[a.name for a in attributes]}."
        )
    [attribute] = attributes
    classes = {attribute.index(key): value for key, value in class_weight.items()}
    extra = np.zeros(len(attribute.classes), np.float32)
    for index, value in classes.items():
        extra[index] = value - 1.0
    return 1.0 + np.asarray(condition, np.float32) @ extra
