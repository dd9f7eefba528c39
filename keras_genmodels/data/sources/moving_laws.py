"""Pairs of pictures whose shapes move by laws that only many pairs tell."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from keras_genmodels.data.request import SPLIT_SEED, Arrays, Request, check_split
from keras_genmodels.data.sources.moving_shapes import SHAPES
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.data.tensors import Tensor
from keras_genmodels.registry import register

SIZE = 32  # pixels, of the picture that is drawn
FARTHEST = 4  # pixels of a step
COUNTS = {"train": 20_000, "test": 2_000}
# Shape -> the law of its step (right, down), of two numbers from -FARTHEST to FARTHEST.
LAWS = {
    "disc": lambda first, second: (0 * first, first),
    "square": lambda first, second: (second, 0 * second),
    "triangle": lambda first, second: (0 * first, first),
}
RADII = 2.5, 4.0  # pixels
MARGIN = 1.0  # pixels that no two shapes, wherever they move, come nearer
_CHUNK = 500


@register("moving_laws", "dataset")
def moving_laws(request: Request) -> Arrays:
    """Pictures of three shapes and of what is there next, 32x32x3: 20,000 for training,
    2,000 for test; no download.

    Discs move down or up by -4 to 4 pixels, each as often, squares likewise to the
    right or left, and a triangle moves as the disc of its picture does. A picture does
    not show how far, so that what follows is a distribution. `x` is what follows,
    "first_frame" the picture, and "layout" says which of its pixels show the disc, the
    square and the triangle, one channel each. Colours, sizes and places are random, and
    shapes are never in each other's way.
    """
    check_split(request.split, list(COUNTS))
    count = request.limit(COUNTS[request.split])
    tensors: dict[str, list[np.ndarray]] = {"first_frame": [], "layout": []}

    def pictures() -> Iterator[np.ndarray]:
        for made in _scenes(request.split, count):
            for name, parts in tensors.items():
                parts.append(request.fit(made[name]).numpy())
            yield request.fit(made["x"]).numpy()

    x = request.collect(pictures(), count)
    first, layout = (np.concatenate(parts) for parts in tensors.values())
    found = {"first_frame": first, "layout": 255 * (layout >= 128).astype(np.uint8)}
    kinds = {"first_frame": "image", "layout": "mask"}
    named = [Tensor(key, v.shape[1:], kinds[key]) for key, v in found.items()]
    spec = DatasetSpec("moving_laws", x.shape[1:], tensors=named)
    return Arrays(x, np.empty((count, 0), np.int32), spec, tensors=found)


moving_laws.licence = "Apache-2.0, made by this package"


def _scenes(split: str, count: int) -> Iterator[dict[str, np.ndarray]]:
    """Draw scenes, so many at a time that the first ones do not depend on `count`."""
    for start in range(0, count, _CHUNK):
        place = list(COUNTS).index(split)
        rng = np.random.RandomState([SPLIT_SEED, place, start // _CHUNK])
        yield {key: v[: count - start] for key, v in _scene(rng).items()}


def _scene(rng: np.random.RandomState) -> dict[str, np.ndarray]:
    """Draw a chunk of scenes: uint8 "x", "first_frame" and "layout"."""
    centres, radii = _places(rng)
    steps = _steps(rng)
    colours = _colours(rng)
    covered = {
        key: np.stack(
            [
                _cover(shape, places[:, i], radii[:, i])
                for i, shape in enumerate(SHAPES)
            ],
            axis=-1,
        )
        for key, places in (("first_frame", centres), ("x", centres + steps))
    }
    made = {key: np.einsum("nhws,nsc->nhwc", v, colours) for key, v in covered.items()}
    made["layout"] = covered["first_frame"]
    return {key: np.rint(255 * v).astype(np.uint8) for key, v in made.items()}


def _steps(rng: np.random.RandomState) -> np.ndarray:
    """Draw steps (right, down) of every shape by its law, (_CHUNK, shapes, 2)."""
    free = rng.randint(-FARTHEST, FARTHEST + 1, size=(2, _CHUNK))
    return np.stack([np.stack(LAWS[shape](*free), -1) for shape in SHAPES], 1)


def _colours(rng: np.random.RandomState) -> np.ndarray:
    """Draw three colours far apart, in random order, (_CHUNK, shapes, 3)."""
    hue = rng.uniform(size=(_CHUNK, 1)) + np.arange(len(SHAPES)) / len(SHAPES)
    hue = np.array([rng.permutation(row) for row in hue])
    distance = np.abs((hue[..., None] + np.array([0.0, 2 / 3, 1 / 3])) % 1.0 - 0.5)
    return np.clip(6 * distance - 1, 0.0, 1.0)


def _places(rng: np.random.RandomState) -> tuple[np.ndarray, np.ndarray]:
    """Draw centres (right, down), (_CHUNK, shapes, 2), and radii, (_CHUNK, shapes)."""
    centres = np.empty((_CHUNK, len(SHAPES), 2))
    radii = np.empty((_CHUNK, len(SHAPES)))
    open_rows = np.arange(_CHUNK)
    steps = np.stack([LAWS[shape](FARTHEST, FARTHEST) for shape in SHAPES])
    while len(open_rows):
        shape = len(open_rows), len(SHAPES)
        radii[open_rows] = rng.uniform(*RADII, size=shape)
        reach = radii[open_rows, :, None] + steps  # what a shape may ever cover
        low, high = reach, SIZE - reach
        centres[open_rows] = low + (high - low) * rng.uniform(size=(*shape, 2))
        apart = abs(centres[open_rows, :, None] - centres[open_rows, None])
        near = apart < reach[:, :, None] + reach[:, None] + MARGIN
        pairs = near.all(axis=-1)[:, *np.triu_indices(len(SHAPES), 1)]
        open_rows = open_rows[pairs.any(axis=-1)]
    return centres, radii


def _cover(shape: str, centre: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """Compute how much of each pixel a shape covers, (_CHUNK, SIZE, SIZE) in [0, 1]."""
    pixels = np.arange(SIZE) + 0.5
    size = radius[:, None, None]
    right = (pixels[None, None] - centre[:, 0, None, None]) / size
    down = (pixels[None, :, None] - centre[:, 1, None, None]) / size
    return np.clip(0.5 - SHAPES[shape](right, down) * size, 0.0, 1.0)
