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
