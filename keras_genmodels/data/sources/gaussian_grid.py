"""Points whose distribution is known exactly: a mixture of many normals on a grid."""

from __future__ import annotations

import numpy as np

from keras_genmodels.data.request import Arrays, Request
from keras_genmodels.data.sources.gaussian_ring import points
from keras_genmodels.registry import register

SIDE = 7
STEP = 0.13
STDDEV = 0.012
COUNT = 12_250


def grid_centres() -> np.ndarray:
    """Return the means of the modes of `gaussian_grid`, (49, 2)."""
    axis = 0.5 + STEP * (np.arange(SIDE) - SIDE // 2)
    return np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2)


@register("gaussian_grid", "dataset")
def gaussian_grid(request: Request) -> Arrays:
    """Points from 49 normals in [0, 1]^2 on a grid: 9,800 for training, 2,450 for
    test, 49 classes; no download.

    The grid is of 7 by 7 modes about (0.5, 0.5), 0.13 apart, the standard deviation
    0.012. Mode m sits at 0.5 + 0.13 (m // 7 - 3, m % 7 - 3); the modes are equally
    frequent. So many are seldom all found by one generator.
    """
    return points("gaussian_grid", grid_centres(), STDDEV, COUNT, request)


gaussian_grid.licence = "Apache-2.0, made by this package"
