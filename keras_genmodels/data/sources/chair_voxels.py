"""Chairs as volumes of voxels, made of the bodies that `chairs` renders."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.rendering import chair_shapes
from keras_genmodels.data.rendering.voxels import filled
from keras_genmodels.data.request import SPLIT_SEED, Arrays, Request, check_split
from keras_genmodels.data.sources.chairs import STYLE as PAINTED
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.registry import register

# Part of the name of what is kept on disk: raised when a volume would differ.
VERSION = "1"
SIZE = 32  # voxels, where nothing is asked for
COPIES = 64  # chairs of every style
OF_TEST = 16  # of them
STYLE = {name: classes for name, classes in PAINTED.items() if name != "colour"}
STYLES = np.array(list(np.ndindex(*map(len, STYLE.values()))))  # (64, 4)
_FIRST = 1_000_000  # numbers of chairs, none of which `chairs` has


@register("chair_voxels", "dataset")
def chair_voxels(request: Request) -> Arrays:
    """Volumes of chairs, 32x32x32x1 voxels that are 0 or 1: 3,072 for training, 1,024
    for test, 4 attributes; no download.

    `legs`, `back`, `armrests` and `seat` as in `chairs`, every combination in 64 chairs
    of different proportions, 48 for "train" and 16 for "test". The axes are right, up
    and the direction in which a sitter faces. Thin parts are half a voxel thicker all
    round, so that a chair is one piece. `image_size` gives other numbers of voxels. The
    volumes are made when they are first asked for, and kept on disk from then on.
    """
    numbers = _split(request)
    x = request.collect(_volumes(numbers, request), len(numbers))
    labels = STYLES[numbers % len(STYLES)].astype(np.int32)
    spec = DatasetSpec("chair_voxels", x.shape[1:], side_by_side(STYLE), kind="volume")
    return Arrays(x, labels, spec)


chair_voxels.fingerprint = lambda request: VERSION
chair_voxels.kept = True
chair_voxels.licence = "Apache-2.0, made by this package"


def _split(request: Request) -> np.ndarray:
    """Return the numbers of a split's chairs, in a random and fixed order."""
    order = np.random.RandomState(SPLIT_SEED).permutation(COPIES * len(STYLES))
    test = order // len(STYLES) >= COPIES - OF_TEST
    parts = {"train": order[~test], "test": order[test]}
    check_split(request.split, list(parts))
    return parts[request.split][: request.num_examples]


def _volumes(numbers: np.ndarray, request: Request) -> Iterator[np.ndarray]:
    """Yield one volume at a time, uint8 (1, size, size, size, 1)."""
    size = max(request.image_size or (SIZE,))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(lambda number: _volume(number, size), numbers)


def _volume(number: int, size: int) -> np.ndarray:
    """Fill the voxels of one chair."""
    style = zip(STYLE.items(), STYLES[number % len(STYLES)], strict=True)
    legs, back, armrests, seat = (classes[i] for (_, classes), i in style)
    rng = np.random.RandomState([SPLIT_SEED, _FIRST + number])
    proportions = chair_shapes.Proportions.draw(rng)
    parts = chair_shapes.bodies(proportions, legs, back, armrests == "yes", seat)
    found = filled([faces for faces, _ in parts], size)
    return 255 * found[None, ..., None].astype(np.uint8)
