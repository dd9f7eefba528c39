"""Diversity: how far apart the members of a set are."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras_genmodels.evaluation.measures.feature_vectors import (
    checked,
    squared_distances,
)


def mean_distance(points: Any) -> float:
    """The mean Euclidean distance of two different points of a set.

    Args:
        points: (n, dimensions), n >= 2.

    Example:
        >>> round(mean_distance([[0.0, 0.0], [3.0, 4.0], [0.0, 0.0]]), 3)
        3.333
    """
    points = checked(points, "points")
    distances = np.sqrt(squared_distances(points, points))
    np.fill_diagonal(distances, 0.0)
    return float(distances.sum() / (len(points) * (len(points) - 1)))


def root_mean_square_distance(clips: np.ndarray) -> float:
    """The mean root mean squared difference of two different clips.

    Args:
        clips: (n, ...), n >= 2.

    Example:
        >>> root_mean_square_distance(np.array([[0.0, 0.0], [1.0, 1.0]]))
        1.0
    """
    flat = np.asarray(clips, np.float64).reshape(len(clips), -1)
    distances = np.sqrt(squared_distances(flat, flat) / flat.shape[1])
    np.fill_diagonal(distances, 0.0)
    return float(distances.sum() / (len(flat) * (len(flat) - 1)))
