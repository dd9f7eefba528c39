"""Voxels of convex bodies: which cells of a grid they fill."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def filled(bodies: Sequence[np.ndarray], size: int, grown: float = 0.5) -> np.ndarray:
    """Find the cells of the cube from -1 to 1 whose middles lie in one of the bodies.

    Args:
        bodies: faces (n, 4, 3) of each convex body, whose normals point outwards.
        size: cells along an edge, >= 1.
        grown: cells by which bodies are made larger all round: by half a cell, what is
            connected stays so, however thin it is.

    Returns:
        bool (size, size, size), along x, y and z.
    """
    cell = 2.0 / size
    middles = (np.arange(size) + 0.5) * cell - 1.0
    found = np.zeros((size, size, size), bool)
    for faces in bodies:
        normals = np.cross(faces[:, 2] - faces[:, 0], faces[:, 3] - faces[:, 1])
        lengths = np.linalg.norm(normals, axis=1)
        normals = normals[lengths > 0] / lengths[lengths > 0, None]
        offsets = np.einsum("fk,fk->f", normals, faces[lengths > 0].mean(axis=1))
        ends = faces.reshape(-1, 3)
        low, high = ends.min(axis=0) - grown * cell, ends.max(axis=0) + grown * cell
        near = [
            slice(*np.searchsorted(middles, edges))
            for edges in zip(low, high, strict=True)
        ]
        points = np.stack(np.meshgrid(*(middles[s] for s in near), indexing="ij"), -1)
        inside = points @ normals.T <= offsets + grown * cell
        found[tuple(near)] |= inside.all(axis=-1)
    return found


def surface(volume: np.ndarray, level: float = 0.5) -> np.ndarray:
    """Find the sides of filled cells that no filled neighbour hides, as faces.

    Args:
        volume: (size, size, size) along x, y and z; a cell above `level` is filled.
        level: in [0, 1).

    Returns:
        Faces (n, 4, 3) of the cube from -1 to 1, counter-clockwise as seen from
        outside; none of an empty volume.
    """
    cells = np.pad(np.asarray(volume) > level, 1)
    found = [np.zeros((0, 4, 3))]
    for axis in range(3):
        for step in (-1, 1):
            bare = cells & ~np.roll(cells, -step, axis)
            places = np.argwhere(bare) - 1  # of the cells' lower corners
            corners = np.zeros((4, 3))
            corners[:, axis] = step > 0
            turn = [(axis + 1) % 3, (axis + 2) % 3]
            corners[:, turn] = [(0, 0), (1, 0), (1, 1), (0, 1)][::step]
            found.append(places[:, None] + corners)
    size = np.array(np.shape(volume), float)
    return np.concatenate(found) * (2.0 / size) - 1.0
