"""Points whose distribution is known exactly: a mixture of normals on a ring."""

from __future__ import annotations

import numpy as np

from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.request import SPLIT_SEED, Arrays, Request
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.registry import register

MODES = 8
RADIUS = 0.35
STDDEV = 0.02
COUNT = 10_240


def ring_centres() -> np.ndarray:
    """Return the means of the modes of `gaussian_ring`, (8, 2)."""
    angles = np.arange(MODES) * (2 * np.pi / MODES)
    return 0.5 + RADIUS * np.stack([np.cos(angles), np.sin(angles)], axis=1)


@register("gaussian_ring", "dataset")
def gaussian_ring(request: Request) -> Arrays:
    """Points from 8 normals in [0, 1]^2 on a ring: 8,192 for training, 2,048 for
    test, 8 classes; no download.

    The ring is about (0.5, 0.5), the standard deviation 0.02. Mode m sits at 0.5 + 0.35
    (cos(m pi / 4), sin(m pi / 4)); the modes are equally frequent. A generator that
    drops modes is seen at once.
    """
    return points("gaussian_ring", ring_centres(), STDDEV, COUNT, request)


def points(
    name: str, centres: np.ndarray, stddev: float, count: int, request: Request
) -> Arrays:
    """Draw points from normals that are equally frequent, in turn.

    Args:
        name: of the data set.
        centres: their means in [0, 1], (modes, 2).
        stddev: of each of them, > 0.
        count: points of all splits.
        request: whose split is taken; the attribute is the `mode`.
    """
    modes = np.arange(count) % len(centres)
    noise = np.random.RandomState(SPLIT_SEED).normal(scale=stddev, size=(count, 2))
    drawn = np.clip(centres[modes] + noise, 0.0, 1.0).astype(np.float32)
    chosen = request.fixed_split(count)
    attributes = side_by_side({"mode": [str(mode) for mode in range(len(centres))]})
    spec = DatasetSpec(name, (2,), attributes)
    return Arrays(drawn[chosen], modes[chosen][:, None], spec)


gaussian_ring.licence = "Apache-2.0, made by this package"
