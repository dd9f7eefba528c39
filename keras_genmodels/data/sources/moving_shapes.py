"""Coloured shapes on known paths: clips that are made at once, with captions."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.request import SPLIT_SEED, Arrays, Request, check_split
from keras_genmodels.data.sequences import Sequences
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.registry import register

USUAL = 16  # frames of a clip
SIZE = 32  # pixels, where nothing is asked for
COPIES = {"train": 16, "test": 4}  # clips of every combination
REACH = 0.58  # of a path about the middle of a picture that goes from -1 to 1
COLOURS = {
    "red": (1.0, 0.2, 0.2),
    "green": (0.2, 0.9, 0.3),
    "blue": (0.3, 0.5, 1.0),
    "yellow": (1.0, 0.9, 0.2),
}
# How far a point (right, down) is outside of a shape of size 1; negative inside.
SHAPES = {
    "disc": lambda x, y: np.hypot(x, y) - 1.0,
    "square": lambda x, y: np.maximum(abs(x), abs(y)) - 0.88,
    "triangle": lambda x, y: np.maximum(y, np.sqrt(0.75) * abs(x) - 0.5 * y) - 0.64,
}
# Where a shape is at time t from 0 to 1, (right, down), each from -1 to 1.
PATHS = {
    "right": lambda t: (2 * t - 1, 0 * t),
    "left": lambda t: (1 - 2 * t, 0 * t),
    "up": lambda t: (0 * t, 1 - 2 * t),
    "down": lambda t: (0 * t, 2 * t - 1),
    "circle": lambda t: (np.sin(2 * np.pi * t), -np.cos(2 * np.pi * t)),
    "zigzag": lambda t: (2 * t - 1, 4 * abs((1.5 * t + 0.25) % 1.0 - 0.5) - 1),
}
KNOWN = {"shape": tuple(SHAPES), "colour": tuple(COLOURS), "path": tuple(PATHS)}
WORDS = {
    "right": "moves to the right",
    "left": "moves to the left",
    "up": "moves up",
    "down": "moves down",
    "circle": "goes round in a circle",
    "zigzag": "zigzags to the right",
}


@register("moving_shapes", "dataset")
def moving_shapes(request: Request) -> Arrays:
    """Clips of coloured shapes on paths, 16 x 32x32x3: 1,152 for training, 288 for
    test, 3 attributes; no download.

    For teaching and for tests: a disc, a square or a triangle in four colours on six
    paths, on black, 72 combinations of `shape`, `colour` and `path`, each in 16 clips
    for "train" and 4 for "test", which differ in size and place. A clip shows the whole
    path, however many frames it has. `data.captions` says what it shows.
    """
    check_split(request.split, list(COPIES))
    combinations = np.array(list(np.ndindex(*map(len, KNOWN.values()))))
    rng = np.random.RandomState([SPLIT_SEED, list(COPIES).index(request.split)])
    labels = np.repeat(combinations, COPIES[request.split], axis=0)
    labels = rng.permutation(labels)[: request.num_examples].astype(np.int32)
    length = request.num_frames or USUAL
    x = request.collect(_clips(labels, length, request, rng), len(labels) * length)
    spec = DatasetSpec("moving_shapes", x.shape[1:], side_by_side(KNOWN))
    return Arrays(
        x, labels, spec, Sequences.successive([length] * len(labels), usual=length)
    )


# The pictures depend on the number of frames.
moving_shapes.fingerprint = lambda request: str(request.num_frames)
moving_shapes.licence = "Apache-2.0, made by this package"


@register("moving_shapes", "caption")
def _say(shape: str, colour: str, path: str) -> str:
    return f"a {colour} {shape} {WORDS[path]}"


def _clips(
    labels: np.ndarray, length: int, request: Request, rng: np.random.RandomState
) -> Iterator[np.ndarray]:
    """Yield one clip after another, uint8 (length, height, width, 3)."""
    side = SIZE if request.crop else max(request.image_size or (SIZE,))
    middles = (np.arange(side) + 0.5) * (2 / side) - 1  # of pixels
    time = np.arange(length) / max(1, length - 1)
    for shape, colour, path in labels:
        place = rng.uniform(-0.15, 0.15, size=2)
        radius = rng.uniform(0.2, 0.28)
        right, down = PATHS[KNOWN["path"][path]](time)
        x = middles - (REACH * right + place[0])[:, None, None]
        y = middles[:, None] - (REACH * down + place[1])[:, None, None]
        outside = radius * SHAPES[KNOWN["shape"][shape]](x / radius, y / radius)
        cover = np.clip(0.5 - outside * side / 2, 0.0, 1.0)  # pixels at an edge
        paint = np.array(COLOURS[KNOWN["colour"][colour]])
        clip = np.rint(255.0 * cover[..., None] * paint).astype(np.uint8)
        yield request.fit(clip).numpy()
