"""Volumes of voxels in files, and meshes that are filled with voxels."""

from __future__ import annotations

import pathlib

import numpy as np

ARRAYS = (".npy", ".npz")
VOXELS = (".binvox",)
MESHES = (".off", ".obj", ".stl", ".ply", ".glb")
SUFFIXES = (*ARRAYS, *VOXELS, *MESHES)
AXES = 3
# What NumPy and trimesh raise for a file that is no volume.
UNREADABLE = (OSError, ValueError, EOFError, KeyError, IndexError, TypeError)


def read(file: pathlib.Path, size: int) -> np.ndarray:
    """Read a volume, uint8 (size, size, size), 1 where it is filled.

    Args:
        file: an array of three axes in `.npy` or, as the only one, in `.npz`, filled
            where it is above 0.5 of its largest value; voxels in `.binvox`; or a closed
            mesh, whose inside is filled.
        size: of the cube, in voxels; what is smaller stands in its middle, and of what
            is larger a voxel is filled where any part of it is.

    Raises:
        ImportError: for `.binvox` and meshes, where trimesh is not installed.
        Exception: one of `UNREADABLE`, for what is no volume.
    """
    suffix = file.suffix.lower()
    if suffix in ARRAYS:
        return in_cube(_array(file), size, shrink=True)
    trimesh = _trimesh()
    if suffix in VOXELS:
        with file.open("rb") as opened:
            grid = trimesh.exchange.binvox.load_binvox(opened)
        return in_cube(np.asarray(grid.matrix), size, shrink=True)
    mesh = trimesh.load(file, force="mesh")
    pitch = float(np.max(mesh.extents)) / (size - 1)
    return in_cube(mesh.voxelized(pitch).fill().matrix, size, shrink=True)


def in_cube(cells: np.ndarray, size: int, shrink: bool = False) -> np.ndarray:
    """Put cells into the middle of a cube, uint8 (size, size, size, 1).

    Args:
        cells: (depth, height, width), not 0 where they are filled.
        size: of the cube, in voxels.
        shrink: whether cells that do not fit are made fewer: a voxel is filled where
            any cell of it is.

    Raises:
        ValueError: for other axes, or cells that do not fit.

    Example:
        >>> in_cube(np.ones((1, 1, 1)), 3)[..., 0].sum(axis=(0, 1)).tolist()
        [0, 1, 0]
    """
    if cells.ndim != AXES:
        raise ValueError(f"A volume must have 3 axes. Received: shape {cells.shape}.")
    most = max(cells.shape)
    if most > size and not shrink:
        raise ValueError(
            f"`image_size` must be at least {most}, as many voxels as there are cells. "
            f"Received: {size}."
        )
    places = np.argwhere(cells)
    sides = np.array(cells.shape)
    if most > size:
        places = places * size // most
        sides = -(-sides * size // most)
    cube = np.zeros((size, size, size, 1), np.uint8)
    cube[(*(places + (size - sides) // 2).T, 0)] = 1
    return cube


def _array(file: pathlib.Path) -> np.ndarray:
    found = np.load(file, allow_pickle=False)
    if isinstance(found, np.ndarray):
        values = found
    else:
        with found:
            (name,) = found.files
            values = found[name]
    return np.squeeze(values) > 0.5 * np.max(values, initial=0)


def _trimesh():
    """Import the library that reads meshes.

    Raises:
        ImportError: with the command that installs it.
    """
    try:
        import trimesh
        import trimesh.exchange.binvox
    except ImportError as error:
        raise ImportError(
            "Meshes and .binvox files are read by trimesh: "
            "pip install 'keras_genmodels[volumes]'."
        ) from error
    return trimesh
