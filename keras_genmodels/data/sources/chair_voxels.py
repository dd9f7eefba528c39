"""Chairs as volumes of voxels, made of the bodies that `chairs` renders."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.rendering import chair_shapes, renderer
from keras_genmodels.data.rendering.turntable import ELEVATIONS, STEPS
from keras_genmodels.data.rendering.voxels import filled
from keras_genmodels.data.request import SPLIT_SEED, Arrays, Request, check_split
from keras_genmodels.data.sources.chairs import COLOURS
from keras_genmodels.data.sources.chairs import STYLE as PAINTED
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.data.tensors import Tensor
from keras_genmodels.registry import register

# Part of the name of what is kept on disk: raised when a volume would differ.
VERSION = "1"
SIZE = 32  # voxels, where nothing is asked for
VIEW_SIZE = 32  # pixels
COPIES = 64  # chairs of every style
OF_TEST = 16  # of them
STYLE = {name: classes for name, classes in PAINTED.items() if name != "colour"}
STYLES = np.array(list(np.ndindex(*map(len, STYLE.values()))))  # (64, 4)
_FIRST = 1_000_000  # numbers of chairs, none of which `chairs` has


@register("chair_voxels", "dataset")
def chair_voxels(request: Request) -> Arrays:
    """Volumes of chairs, 32x32x32x1 voxels that are 0 or 1: 3,072 for training, 1,024
    for test, 4 attributes; no download.

    "view" is a picture of the chair, 32x32x3, in one of the colours of `chairs` and
    from one of 31 sides, 20 or 30 degrees above, so that `source="view"` gives volumes
    with the picture that they are to be found from.

    `legs`, `back`, `armrests` and `seat` as in `chairs`, every combination in 64 chairs
    of different proportions, 48 for "train" and 16 for "test". The axes are right, up
    and the direction in which a sitter faces. Thin parts are half a voxel thicker all
    round, so that a chair is one piece. `image_size` gives other numbers of voxels. The
    volumes are made when they are first asked for, and kept on disk from then on.
    """
    numbers = _split(request)
    views: list[np.ndarray] = []

    def volumes() -> Iterator[np.ndarray]:
        size = max(request.image_size or (SIZE,))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for volume, view in pool.map(lambda n: _chair(n, size), numbers):
                views.append(view)
                yield volume

    x = request.collect(volumes(), len(numbers))
    labels = STYLES[numbers % len(STYLES)].astype(np.int32)
    view = np.concatenate(views)
    spec = DatasetSpec(
        "chair_voxels",
        x.shape[1:],
        side_by_side(STYLE),
        kind="volume",
        tensors=[Tensor("view", view.shape[1:])],
    )
    return Arrays(x, labels, spec, tensors={"view": view})


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


def _chair(number: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Make one chair: uint8 voxels (1, size, size, size, 1) and a view of it."""
    style = zip(STYLE.items(), STYLES[number % len(STYLES)], strict=True)
    legs, back, armrests, seat = (classes[i] for (_, classes), i in style)
    rng = np.random.RandomState([SPLIT_SEED, _FIRST + number])
    proportions = chair_shapes.Proportions.draw(rng)
    parts = chair_shapes.bodies(proportions, legs, back, armrests == "yes", seat)
    found = filled([faces for faces, _ in parts], size)
    return 255 * found[None, ..., None].astype(np.uint8), _view(parts, rng)


def _view(parts, rng) -> np.ndarray:
    """Render a chair from a random side in a random colour, uint8 (1, 32, 32, 3)."""
    faces = np.concatenate([faces for faces, _ in parts])
    albedo = np.concatenate([np.full(len(faces), share) for faces, share in parts])
    azimuth = rng.randint(STEPS) * 360.0 / STEPS
    elevation = ELEVATIONS[rng.randint(len(ELEVATIONS))]
    light, cover = renderer.render(
        faces, albedo, np.array([azimuth]), np.array([elevation]), VIEW_SIZE
    )
    paint = np.array(list(COLOURS.values()))[rng.randint(len(COLOURS))]
    picture = paint * light[..., None] + (1.0 - cover)[..., None]
    return np.rint(255.0 * picture.clip(0.0, 1.0)).astype(np.uint8)
