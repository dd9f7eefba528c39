"""Nearest neighbours among features, exact as in float64 at the speed of float32.

Distances of all pairs are products of matrices, which cost half in float32. How far off
they can be is known; only pairs that are nearer than that to a decision are looked at
once more, as differences in float64. They are few, unless most points are the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from keras_genmodels.evaluation.measures.feature_vectors import squared_distances

ROWS = 2048  # of all pairs, these at a time, to bound memory
_DOUBTFUL = 0.01  # a larger share of a block is decided by a product in float64
_PAIRS = 512  # differences in memory at once
_GROUPS = 64  # of columns for each neighbour that is looked for


class Block(NamedTuple):
    """Coarse squared distances of some points to all others, float32.

    `rows` says which points; `slack` is how far off the distances can be.
    """

    rows: slice
    distances: np.ndarray
    slack: float


class Cloud:
    """Points, and what every product of them with others needs, made once.

    Args:
        points: (n, dimensions) float64, all of a size of about 1, see `scaled`.
    """

    def __init__(self, points: np.ndarray) -> None:
        self.points = points
        self.norms = np.einsum("ij,ij->i", points, points)
        self.columns = np.empty((len(points), points.shape[1] + 2), np.float32)
        self.columns[:, :-2] = points
        self.columns[:, -2] = self.norms
        self.columns[:, -1] = 1.0

    def __len__(self) -> int:
        return len(self.points)

    def rows(self, which: slice) -> np.ndarray:
        """Make the factors of the columns of others, for squared distances."""
        found = self.columns[which] * np.float32(-2.0)
        found[:, -2], found[:, -1] = 1.0, self.norms[which]
        return found


class Pairs:
    """All pairs of two clouds, block by block.

    Args:
        points: n of them, whose rows the blocks are.
        others: m of them.
    """

    def __init__(self, points: Cloud, others: Cloud) -> None:
        self.points, self.others = points, others

    def blocks(self) -> Iterator[Block]:
        """Every pair once: |p|^2 - 2 p.q + |q|^2, all of it in one product.

        The distances of a block lie where those of the one before it did.
        """
        unit = self.points.columns.shape[1] + 14
        largest = self.points.norms.max() + self.others.norms.max()
        slack = float(unit * np.finfo(np.float32).eps * largest)
        height = min(ROWS, len(self.points))
        memory = np.empty((height, len(self.others)), np.float32)
        for start in range(0, len(self.points), ROWS):
            rows = slice(start, min(start + ROWS, len(self.points)))
            found = memory[: rows.stop - rows.start]
            np.matmul(self.points.rows(rows), self.others.columns.T, out=found)
            yield Block(rows, found, slack)

    def within(self, block: Block, limits: np.ndarray) -> np.ndarray:
        """Find the pairs of a block within a limit of each other, (rows, m) booleans.

        Args:
            block: of `blocks`.
            limits: squared distances, (rows, 1) or (1, m).
        """
        limits32 = np.asarray(limits, np.float32)  # off by less than the slack
        inside = block.distances <= limits32 - np.float32(2 * block.slack)
        doubtful = block.distances <= limits32 + np.float32(2 * block.slack)
        doubtful ^= inside
        if np.count_nonzero(doubtful) > _DOUBTFUL * doubtful.size:
            return self.whole(block) <= limits
        i, j = _places(doubtful)
        limits = np.broadcast_to(limits, inside.shape)[i, j]
        inside[i, j] = self.exact(i + block.rows.start, j) <= limits
        return inside

    def whole(self, block: Block) -> np.ndarray:
        """Squared distances of all pairs of a block, by a product in float64."""
        return squared_distances(self.points.points[block.rows], self.others.points)

    def exact(self, i: np.ndarray, j: np.ndarray) -> np.ndarray:
        """Squared distances of chosen pairs, by their differences."""
        found = np.empty(len(i))
        for start in range(0, len(i), _PAIRS):
            part = slice(start, start + _PAIRS)
            difference = self.points.points[i[part]] - self.others.points[j[part]]
            found[part] = np.einsum("ij,ij->i", difference, difference)
        return found


def scaled(*clouds: np.ndarray) -> list[Cloud]:
    """The clouds about the first one's mean, all numbers at most 1.

    The factor is a power of two: no distance is rounded by it.
    """
    middle = clouds[0].mean(axis=0, dtype=np.float64)
    moved = [cloud - middle for cloud in clouds]
    largest = max(max(cloud.max(), -cloud.min()) for cloud in moved)
    factor = np.ldexp(1.0, -np.frexp(largest)[1])
    for cloud in moved:
        cloud *= factor
    return [Cloud(cloud) for cloud in moved]


def squared_radii(cloud: Cloud, neighbours: int) -> np.ndarray:
    """The squared distance of each point to its k-th neighbour, itself not counted.

    Args:
        cloud: of `scaled`.
        neighbours: k, >= 1 and < n.
    """
    pairs = Pairs(cloud, cloud)
    return np.concatenate([_kth(pairs, block, neighbours) for block in pairs.blocks()])


def _kth(pairs: Pairs, block: Block, neighbours: int) -> np.ndarray:
    """The k-th smallest distance of each row of a block to the others."""
    own = np.arange(len(block.distances)), np.arange(block.rows.start, block.rows.stop)
    block.distances[own] = np.inf
    # Whoever is among the k nearest is no further than this in the coarse distances.
    coarse = _bound(block.distances, neighbours)
    near = block.distances <= (coarse + np.float32(2 * block.slack))[:, None]
    if np.count_nonzero(near) > _DOUBTFUL * near.size + neighbours * len(near):
        distances = pairs.whole(block)
        distances[own] = np.inf
        return np.partition(distances, neighbours - 1, axis=1)[:, neighbours - 1]
    i, j = _places(near)
    coarse = block.distances[i, j].astype(np.float64)
    # The k-th distance is at most `slack` off the k-th coarse one. Who is below that
    # by twice as much is below it in truth, and whoever is above, above.
    off = coarse - _of_rows(i, coarse, len(near), neighbours - 1)[i]
    below = np.bincount(i[off < -2 * block.slack], minlength=len(near))
    close = np.abs(off) <= 2 * block.slack
    i, j = i[close], j[close]
    found = pairs.exact(i + block.rows.start, j)
    return _of_rows(i, found, len(near), neighbours - 1 - below)


def _places(chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of what is true, row by row; quick where that is little."""
    return np.divmod(np.flatnonzero(chosen), chosen.shape[1])


def _of_rows(i: np.ndarray, values: np.ndarray, rows: int, place: Any) -> np.ndarray:
    """Select each row's value at a place in their order; `i` are their rows."""
    order = np.lexsort((values, i))
    return values[order][np.searchsorted(i, np.arange(rows)) + place]


def _bound(distances: np.ndarray, neighbours: int) -> np.ndarray:
    """A bound of each row's k-th smallest number, from above and seldom far.

    It is the k-th smallest among the least of each of many groups of columns: those are
    k of the numbers, and mostly the k smallest, whom chance puts into different groups.
    """
    width = max(1, distances.shape[1] // (_GROUPS * neighbours))
    groups = distances.shape[1] // width
    if width > 1:
        whole = distances[:, : groups * width]
        least = whole.reshape(len(distances), width, groups).min(axis=1)
        rest = distances[:, groups * width :]
        distances = np.concatenate([least, rest], axis=1)
    return np.partition(distances, neighbours - 1, axis=1)[:, neighbours - 1]
