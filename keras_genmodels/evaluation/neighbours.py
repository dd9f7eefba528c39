"""Who is near whom among features: decided as in float64, at the speed of float32.

Distances of all pairs are products of matrices, which cost half in float32. How far off
they can be is known; only pairs that are nearer than that to a decision are looked at
once more, as differences in float64. They are few, unless most points are the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from keras_genmodels.evaluation.vectors import squared_distances

ROWS = 2048  # of all pairs, these at a time, to bound memory
_DOUBTFUL = 0.01  # a larger share of a block is decided by a product in float64
_PAIRS = 4096  # differences in memory at once


class Block(NamedTuple):
    """Coarse squared distances of some points to all others, float32.

    `rows` says which points; `slack` is how far off the distances can be.
    """

    rows: slice
    distances: np.ndarray
    slack: float


class Pairs:
    """All pairs of two sets of points, block by block.

    Args:
        points: (n, dimensions) float64, all of a size of about 1, see `scaled`.
        others: (m, dimensions) likewise.
    """

    def __init__(self, points: np.ndarray, others: np.ndarray) -> None:
        self.points, self.others = points, others

    def blocks(self) -> Iterator[Block]:
        """Every pair once: |p|^2 - 2 p.q + |q|^2, all of it in one product."""
        others = self.others
        norms = np.einsum("ij,ij->i", others, others)
        wide = np.column_stack([others, norms, np.ones(len(others))])
        wide = wide.astype(np.float32)
        unit = (others.shape[1] + 16) * np.finfo(np.float32).eps
        for start in range(0, len(self.points), ROWS):
            rows = slice(start, min(start + ROWS, len(self.points)))
            part = self.points[rows]
            own = np.einsum("ij,ij->i", part, part)
            left = np.column_stack([-2.0 * part, np.ones(len(part)), own])
            distances = left.astype(np.float32) @ wide.T
            yield Block(rows, distances, float(unit * (own.max() + norms.max())))

    def within(self, block: Block, limits: np.ndarray) -> np.ndarray:
        """Which pairs of a block are no further apart than a limit, (rows, m) booleans.

        Args:
            block: of `blocks`.
            limits: squared distances, (rows, 1) or (1, m).
        """
        inside = block.distances <= limits - block.slack
        doubtful = (block.distances <= limits + block.slack) ^ inside
        if np.count_nonzero(doubtful) > _DOUBTFUL * doubtful.size:
            return squared_distances(self.points[block.rows], self.others) <= limits
        i, j = np.nonzero(doubtful)
        limits = np.broadcast_to(limits, inside.shape)[i, j]
        inside[i, j] = self.exact(i + block.rows.start, j) <= limits
        return inside

    def exact(self, i: np.ndarray, j: np.ndarray) -> np.ndarray:
        """Squared distances of chosen pairs, by their differences."""
        found = np.empty(len(i))
        for start in range(0, len(i), _PAIRS):
            part = slice(start, start + _PAIRS)
            difference = self.points[i[part]] - self.others[j[part]]
            found[part] = np.einsum("ij,ij->i", difference, difference)
        return found


def scaled(*clouds: np.ndarray) -> list[np.ndarray]:
    """The clouds about the first one's mean, all numbers at most 1.

    The factor is a power of two: no distance is rounded by it.
    """
    middle = clouds[0].mean(axis=0)
    moved = [cloud - middle for cloud in clouds]
    largest = max(np.abs(cloud).max() for cloud in moved)
    return [np.ldexp(cloud, -np.frexp(largest)[1]) for cloud in moved]


def squared_radii(points: np.ndarray, neighbours: int) -> np.ndarray:
    """The squared distance of each point to its k-th neighbour, itself not counted.

    Args:
        points: (n, dimensions) float64, of `scaled`.
        neighbours: k, >= 1 and < n.
    """
    pairs = Pairs(points, points)
    return np.concatenate([_kth(pairs, block, neighbours) for block in pairs.blocks()])


def _kth(pairs: Pairs, block: Block, neighbours: int) -> np.ndarray:
    """The k-th smallest distance of each row of a block to the others."""
    own = np.arange(len(block.distances)), np.arange(block.rows.start, block.rows.stop)
    block.distances[own] = np.inf
    coarse = np.partition(block.distances, neighbours - 1, axis=1)[:, neighbours - 1]
    # Whoever is among the k nearest is no further than this in the coarse distances.
    near = block.distances <= (coarse + np.float32(2 * block.slack))[:, None]
    if np.count_nonzero(near) > _DOUBTFUL * near.size + neighbours * len(near):
        distances = squared_distances(pairs.points[block.rows], pairs.others)
        distances[own] = np.inf
        return np.partition(distances, neighbours - 1, axis=1)[:, neighbours - 1]
    i, j = np.nonzero(near)
    found = pairs.exact(i + block.rows.start, j)
    order = np.lexsort((found, i))  # by row, then by distance
    first = np.searchsorted(i, np.arange(len(near)))
    return found[order][first + neighbours - 1]
