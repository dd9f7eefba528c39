"""Feature vectors: checks of their arrays, and their distances."""

from __future__ import annotations

from typing import Any

import numpy as np


def checked(
    features: Any, name: str = "features", minimum: int = 2, keep: bool = False
) -> np.ndarray:
    """Check and convert features to finite float64 vectors, (n, dimensions).

    Args:
        features: numbers of shape (n, dimensions).
        name: what the message calls them.
        minimum: the fewest rows that make sense.
        keep: whether float32 may stay, where float64 is subtracted from it anyway.

    Raises:
        ValueError: for another rank, too few rows, or NaN and infinite values.
    """
    features = np.asarray(features)
    if not (keep and features.dtype == np.float32):
        features = features.astype(np.float64, copy=False)
    if features.ndim != 2 or len(features) < minimum:
        raise ValueError(
            f"`{name}` must have shape (n, dimensions) with n >= {minimum}. "
            f"Received: shape {features.shape}."
        )
    if not np.isfinite(features).all():
        bad = int((~np.isfinite(features)).any(axis=1).sum())
        raise ValueError(
            f"`{name}` must be finite. Received: {bad} rows with NaN or infinity."
        )
    return features


def checked_pair(
    a: Any, b: Any, names: tuple[str, str], minimum: int = 2, keep: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Check two sets of features of the same width; see `checked`."""
    a, b = checked(a, names[0], minimum, keep), checked(b, names[1], minimum, keep)
    if a.shape[1] != b.shape[1]:
        raise ValueError(
            f"`{names[0]}` and `{names[1]}` must have as many dimensions. "
            f"Received: {a.shape[1]} and {b.shape[1]}."
        )
    return a, b


def squared_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """||a_i - b_j||**2 for all pairs, (len(a), len(b)), never below 0."""
    products = a @ b.T
    products *= -2.0
    products += np.einsum("ij,ij->i", a, a)[:, None]
    products += np.einsum("ij,ij->i", b, b)
    return np.maximum(products, 0.0, out=products)
