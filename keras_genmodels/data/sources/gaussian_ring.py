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
    modes = np.arange(COUNT) % MODES
    centres = ring_centres()[modes]
    noise = np.random.RandomState(SPLIT_SEED).normal(scale=STDDEV, size=(COUNT, 2))
    points = np.clip(centres + noise, 0.0, 1.0).astype(np.float32)
    chosen = request.fixed_split(COUNT)
    attributes = side_by_side({"mode": [str(mode) for mode in range(MODES)]})
    spec = DatasetSpec("gaussian_ring", (2,), attributes)
    return Arrays(points[chosen], modes[chosen][:, None], spec)


gaussian_ring.licence = "Apache-2.0, made by this package"
