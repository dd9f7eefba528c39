"""Features of a classifier that a user has trained, to measure other models by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from keras_genmodels.models.network_inputs import call_declared
from keras_genmodels.zoo.borrowing import borrow, content_hash

_AT_ONCE = 500


class BorrowedFeatures:
    """The features of a trained classifier, such as a run of the recipe `classifier`.

    It is an `Extractor` of `evaluation.evaluate`, for data that no bundled classifier
    knows. A model that learned from the same classifier must not be measured by it.

    Args:
        start: the folder of a run, or a `.keras` file.

    Raises:
        ValueError: if it is not there, or has no features of one picture.
    """

    def __init__(self, start: str | Path) -> None:
        self.network = borrow(start)
        if len(self.network.input) != 1:
            raise ValueError(
                "`extractor` must hold a network of one picture. "
                f"Received: {start}, of {sorted(self.network.input)}."
            )
        self.fingerprint = content_hash(start)
        self.name = Path(start).expanduser().absolute().name
        (features,) = self.network.output.values()
        self.feature_size = int(np.prod(features.shape[1:]))

    def features(self, x: Any) -> np.ndarray:
        """Features (n, feature_size) of pictures (n, height, width, channels)."""
        x, (key,) = np.asarray(x, np.float32), self.network.input
        parts = [
            next(iter(call_declared(self.network, {key: x[i : i + _AT_ONCE]}).values()))
            for i in range(0, len(x), _AT_ONCE)
        ]
        return np.concatenate([np.asarray(part) for part in parts]).reshape(len(x), -1)


def is_place(name: Any) -> bool:
    """Check whether a name is a place on disk: it has a slash, or is a model's file."""
    marks = "/", "\\"
    return isinstance(name, str) and (
        name.endswith(".keras") or any(mark in name for mark in marks)
    )
