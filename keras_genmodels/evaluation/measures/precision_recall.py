"""Precision and recall, density and coverage, and the coverage of known modes."""

from __future__ import annotations

import numpy as np

from keras_genmodels import checks
from keras_genmodels.evaluation.measures.feature_vectors import (
    checked_pair,
    squared_distances,
)
from keras_genmodels.evaluation.measures.nearest_neighbours import (
    Pairs,
    scaled,
    squared_radii,
)


def precision_recall(
    real: np.ndarray, generated: np.ndarray, neighbours: int = 3
) -> dict[str, float]:
    """Compute the share of samples that look real, and of reality that is reached.

    A ball around each point to its k-th neighbour of the same set outlines the set.

        precision = share of generated points inside a ball of a real point
        recall    = share of real points inside a ball of a generated point

    Args:
        real: features (n, dimensions).
        generated: features (m, dimensions); m may differ from n.
        neighbours: k, >= 1 and < min(n, m). Default: 3, as in the paper.

    Returns:
        `precision` and `recall` in [0, 1].

    Raises:
        ValueError: for other shapes, values that are not finite, or a bad `neighbours`.

    Example:
        >>> line = np.arange(8.0)[:, None]
        >>> precision_recall(line, line)
        {'precision': 1.0, 'recall': 1.0}

    Reference:
        Kynkaanniemi et al., Improved Precision and Recall Metric for Assessing
        Generative Models, 2019.
    """
    real, generated = _prepared(real, generated, neighbours)
    radii = [squared_radii(cloud, neighbours) for cloud in (real, generated)]
    pairs, found = Pairs(generated, real), np.zeros(len(real), bool)
    good = []
    for block in pairs.blocks():
        good.append(pairs.within(block, radii[0][None]).any(axis=1))
        found |= pairs.within(block, radii[1][block.rows, None]).any(axis=0)
    return {
        "precision": float(np.concatenate(good).mean()),
        "recall": float(found.mean()),
    }


def density_coverage(
    real: np.ndarray, generated: np.ndarray, neighbours: int = 5
) -> dict[str, float]:
    """Compute density and coverage, which an outlier among real points hardly moves.

        density  = mean number of real balls around a generated point, over k
        coverage = share of real points whose ball holds a generated point

    Args:
        real: features (n, dimensions).
        generated: features (m, dimensions); m may differ from n.
        neighbours: k, >= 1 and < min(n, m). Default: 5, as in the paper.

    Returns:
        `density` (about 1 if the two agree, it can exceed 1) and `coverage` in [0, 1].

    Raises:
        ValueError: for other shapes, values that are not finite, or a bad `neighbours`.

    Reference:
        Naeem et al., Reliable Fidelity and Diversity Metrics for Generative Models,
        2020.
    """
    real, generated = _prepared(real, generated, neighbours)
    radii = squared_radii(real, neighbours)
    pairs, reached, balls = Pairs(generated, real), np.zeros(len(real), bool), 0
    for block in pairs.blocks():
        within = pairs.within(block, radii[None])
        balls += np.count_nonzero(within)
        reached |= within.any(axis=0)
    return {
        "density": balls / (neighbours * len(generated)),
        "coverage": float(reached.mean()),
    }


def mode_coverage(
    points: np.ndarray,
    centres: np.ndarray,
    stddev: float,
    num_stddevs: float = 3.0,
    minimum: float = 0.1,
) -> dict[str, float]:
    """Count the modes of a known mixture that are reached, and the good points.

    Args:
        points: samples (n, dimensions).
        centres: the modes' means (modes, dimensions).
        stddev: the standard deviation of each mode, > 0.
        num_stddevs: a point is good within this many of them of its nearest centre.
        minimum: a mode is covered from this part of its fair share of the points.

    Returns:
        `covered` and `modes` (counts), `good` (a share of the points), `samples`.

    Raises:
        ValueError: for other shapes, values that are not finite, or `stddev` <= 0.

    Example:
        >>> mode_coverage([[0.0], [0.1], [9.0]], [[0.0], [5.0]], stddev=0.1)["covered"]
        1
    """
    checks.number("stddev", stddev, above=0)
    points, centres = checked_pair(points, centres, ("points", "centres"), minimum=1)
    distances = squared_distances(points, centres)
    good = distances.min(axis=1) <= (num_stddevs * stddev) ** 2
    counts = np.bincount(distances.argmin(axis=1)[good], minlength=len(centres))
    fair = minimum * len(points) / len(centres)
    return {
        "covered": int(((counts > 0) & (counts >= fair)).sum()),
        "modes": len(centres),
        "good": float(good.mean()),
        "samples": len(points),
    }


def _prepared(real, generated, neighbours):
    real, generated = checked_pair(real, generated, ("real", "generated"), keep=True)
    fewest = min(len(real), len(generated))
    if not 1 <= neighbours < fewest:
        raise ValueError(
            f"`neighbours` must be >= 1 and < {fewest}, the size of the smaller set. "
            f"Received: neighbours={neighbours}."
        )
    return scaled(real, generated)
