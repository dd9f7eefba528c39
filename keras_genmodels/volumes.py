"""Pictures of volumes: their filled voxels, seen from one side or turning."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras_genmodels.data.rendering.renderer import render
from keras_genmodels.data.rendering.voxels import surface

SIZE = 64  # pixels
ELEVATION = 20.0  # degrees
THREE_QUARTERS = 40.0  # degrees of a turn from the front
FRAMES = 24  # of a turn


def views(
    volumes: Any,
    azimuths: tuple[float, ...] = (THREE_QUARTERS,),
    size: int = SIZE,
    level: float = 0.5,
) -> np.ndarray:
    """Render volumes, whose axes are right, up and to the front.

    Args:
        volumes: (n, width, height, depth, 1) in [0, 1].
        azimuths: degrees by which they are turned, counter-clockwise from above.
        size: edge of a picture in pixels, >= 1.
        level: above which a voxel is filled, in [0, 1).

    Returns:
        float32 (n, len(azimuths), size, size, 1) in [0, 1], on white.
    """
    turns = np.asarray(azimuths, float)
    found = []
    for volume in np.asarray(volumes, np.float32)[..., 0]:
        faces = surface(volume, level)
        if len(faces):
            albedo = np.full(len(faces), 0.9)
            elevations = np.full(len(turns), ELEVATION)
            light, cover = render(faces, albedo, turns, elevations, size)
            found.append(light + 1.0 - cover)
        else:
            found.append(np.ones((len(turns), size, size)))
    return np.float32(found)[..., None].clip(0.0, 1.0)


def turning(volumes: Any, frames: int = FRAMES) -> np.ndarray:
    """Render volumes that turn once, (n, frames, SIZE, SIZE, 1)."""
    return views(volumes, tuple(np.arange(frames) * 360.0 / frames))
