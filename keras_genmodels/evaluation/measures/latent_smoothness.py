"""Smoothness of a walk through a latent space, in the features of its pictures."""

from __future__ import annotations

from typing import Any

import numpy as np


def step_lengths(features: Any) -> np.ndarray:
    """Compute the distances of neighbours on a walk, (steps - 1, ...).

    Args:
        features: (steps, ..., dimensions), in the order of the walk.

    Example:
        >>> step_lengths([[0.0, 0.0], [3.0, 4.0], [3.0, 4.0]]).tolist()
        [5.0, 0.0]
    """
    return np.linalg.norm(np.diff(np.asarray(features, np.float64), axis=0), axis=-1)
