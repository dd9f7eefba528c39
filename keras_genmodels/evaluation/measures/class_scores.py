"""The Inception Score, its two entropies and the coverage of classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_genmodels import checks


def _checked(probabilities: Any) -> np.ndarray:
    p = np.asarray(probabilities, np.float64)
    if p.ndim != 2 or 0 in p.shape:
        raise ValueError(
            "`probabilities` must have shape (n, classes), neither of them 0. "
            f"Received: shape {p.shape}."
        )
    if not np.isfinite(p).all() or p.min() < 0 or abs(p.sum(axis=1) - 1).max() > 1e-3:
        raise ValueError(
            "`probabilities` must be >= 0 and sum to 1 in each row. Received: values "
            f"from {p.min():.6g} to {p.max():.6g}, row sums from "
            f"{p.sum(axis=1).min():.6g} to {p.sum(axis=1).max():.6g}."
        )
    return p / p.sum(axis=1, keepdims=True)


def _entropy(p: np.ndarray) -> np.ndarray:
    return -np.sum(p * np.log(np.where(p > 0, p, 1.0)), axis=-1)


def inter_entropy(probabilities: np.ndarray) -> float:
    """The entropy of the mean prediction, in nats: large if the classes are many.

        H(E[p(y|x)])

    Args:
        probabilities: (n, classes), each row >= 0 with sum 1.

    Example:
        >>> round(inter_entropy([[1.0, 0.0], [0.0, 1.0]]), 4)
        0.6931
    """
    return float(_entropy(_checked(probabilities).mean(axis=0)))


def intra_entropy(probabilities: np.ndarray) -> float:
    """The mean entropy of a prediction, in nats: small if each sample is clear.

        E[H(p(y|x))]

    Args:
        probabilities: (n, classes), each row >= 0 with sum 1.

    Example:
        >>> intra_entropy([[1.0, 0.0], [0.0, 1.0]])
        0.0
    """
    return float(_entropy(_checked(probabilities)).mean())


def inception_score(probabilities: np.ndarray) -> float:
    """Clear and varied samples score high: 1 at worst, the number of classes at best.

        exp(E[KL(p(y|x) || p(y))]) = exp(inter_entropy - intra_entropy)

    It sees no real data: one perfect sample of each class has the best score.

    Args:
        probabilities: (n, classes), each row >= 0 with sum 1.

    Raises:
        ValueError: for another shape, or rows that are no probabilities.

    Example:
        >>> inception_score(np.eye(4))
        4.0

    Reference:
        Salimans et al., Improved Techniques for Training GANs, 2016. We score all
        samples at once; the paper takes the mean over ten splits.
    """
    return float(np.exp(inter_entropy(probabilities) - intra_entropy(probabilities)))


def video_inception_score(probabilities: np.ndarray) -> float:
    """`inception_score` with one row a video, from a classifier of whole videos.

    Args:
        probabilities: (videos, classes), each row >= 0 with sum 1.

    Example:
        >>> video_inception_score(np.full((3, 2), 0.5))
        1.0
    """
    return inception_score(probabilities)


def class_coverage(probabilities: np.ndarray, minimum: float = 0.5) -> dict[str, float]:
    """Count the classes that the samples reach, and how evenly.

    Args:
        probabilities: (n, classes), each row >= 0 with sum 1; the largest is counted.
        minimum: a class is covered from this part of its fair share, 1 / classes, in
            [0, 1]. Default: one half.

    Returns:
        `covered` and `classes` (counts), `smallest_share` and `largest_share` (of the
        samples), `samples`.

    Raises:
        ValueError: for another shape, rows that are no probabilities, or `minimum`
            outside [0, 1].

    Example:
        >>> class_coverage([[0.9, 0.1], [0.8, 0.2]])["covered"]
        1
    """
    checks.number("minimum", minimum, 0, 1)
    p = _checked(probabilities)
    classes = p.shape[1]
    shares = np.bincount(p.argmax(axis=1), minlength=classes) / len(p)
    covered = (shares > 0) & (shares >= minimum / classes)
    return {
        "covered": int(covered.sum()),
        "classes": classes,
        "smallest_share": float(shares.min()),
        "largest_share": float(shares.max()),
        "samples": len(p),
    }


def joint_probabilities(parts: Sequence[np.ndarray]) -> np.ndarray:
    """The probabilities of all combinations of independent classes.

    Args:
        parts: (n, classes) of each attribute, rows that sum to 1.

    Returns:
        (n, product of the classes), the last attribute running fastest.

    Example:
        >>> joint_probabilities([np.array([[0.5, 0.5]]), np.array([[1.0, 0.0]])])
        array([[0.5, 0. , 0.5, 0. ]])
    """
    joint = np.ones((len(parts[0]), 1))
    for part in parts:
        joint = (joint[:, :, None] * part[:, None, :]).reshape(len(joint), -1)
    return joint
