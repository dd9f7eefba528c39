"""Tables of measurements in units that differ: standardised, and brought to [0, 1]."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.request import Arrays, Request
from keras_genmodels.data.spec import DatasetSpec

REACH = 5.0  # standard deviations from the mean to the ends of [0, 1]


def table(name: str, found: Any, classes: Sequence[str], request: Request) -> Arrays:
    """Answer a request for a table of scikit-learn with one attribute, "label".

    Args:
        name: of the data set.
        found: with `data`, (n, features), and `target`, class indices (n,).
        classes: their names, in the order of the indices.
        request: whose split is taken; all examples of "train" give the standard.
    """
    count = len(found.target)
    whole = dataclasses.replace(request, split="train", num_examples=None)
    chosen, train = request.fixed_split(count), whole.fixed_split(count)
    x = standardised(found.data, train)[chosen]
    spec = DatasetSpec(name, x.shape[1:], side_by_side({"label": tuple(classes)}))
    return Arrays(x, found.target[chosen][:, None], spec)


def standardised(features: np.ndarray, train: np.ndarray) -> np.ndarray:
    """Bring features to 0.5 + z / 10, z in standard deviations from the mean.

        z = (feature - mean) / standard deviation, both of the training rows alone

    Beyond 5 standard deviations it ends, at 0 or 1.

    Args:
        features: (n, features).
        train: the training rows.

    Returns:
        float32 in [0, 1], (n, features); 0.5 of a feature that does not vary.

    Example:
        >>> standardised(np.array([[1.0], [3.0], [4.0]]), np.array([0, 1])).tolist()
        [[0.4000000059604645], [0.6000000238418579], [0.699999988079071]]
    """
    mean, stddev = features[train].mean(axis=0), features[train].std(axis=0)
    z = (features - mean) / np.where(stddev > 0, stddev, 1.0)
    return np.clip(0.5 + z / (2 * REACH), 0.0, 1.0).astype(np.float32)
