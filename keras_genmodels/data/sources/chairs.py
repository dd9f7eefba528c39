"""Chairs that turn: a set of clips made by our own renderer, with no download."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from keras_genmodels.data.rendering import chair_shapes, renderer
from keras_genmodels.data.request import SPLIT_SEED, Arrays, Request, check_split
from keras_genmodels.data.sequences import Sequences
from keras_genmodels.data.spec import DatasetSpec, side_by_side
from keras_genmodels.registry import register

# Part of the name of what is kept on disk: to be changed with anything, here or in
# `rendering`, that changes a picture; a test compares some.
PICTURES = "5ca698c0529a97e25fff8d93b812946b172f54f4219c3f5bee869bb9ace234bb"
STEPS = 31  # azimuths of a whole turn
ELEVATIONS = (20.0, 30.0)  # degrees
VIEWS = STEPS * len(ELEVATIONS)
USUAL = 16  # frames of a clip: half a turn
SIZE = 64  # pixels, where nothing is asked for
# Chairs of every style; those of the last are "test".
COPIES = 4
COLOURS = {
    "wood": (0.86, 0.64, 0.40),
    "red": (0.90, 0.25, 0.22),
    "green": (0.32, 0.70, 0.42),
    "blue": (0.28, 0.48, 0.90),
}
# Step of the first frame: where the chair looks, as we see it.
STARTS = {
    "front": 0,
    "front_right": 4,
    "right": 8,
    "back_right": 12,
    "back": 16,
    "back_left": 19,
    "left": 23,
    "front_left": 27,
}
# As seen from above.
DIRECTIONS = {"clockwise": -1, "anticlockwise": 1}
STYLE = {
    "legs": tuple(chair_shapes.LEGS),
    "back": tuple(chair_shapes.BACKS),
    "armrests": ("no", "yes"),
    "seat": tuple(chair_shapes.SEATS),
    "colour": tuple(COLOURS),
}
MOTION = {"direction": tuple(DIRECTIONS), "start": tuple(STARTS)}
STYLES = np.array(list(np.ndindex(*map(len, STYLE.values()))))  # (256, 5)
MOTIONS = np.array(list(np.ndindex(*map(len, MOTION.values()))))  # (16, 2)


@register("chairs", "dataset")
def chairs(request: Request) -> Arrays:
    """1,024 chairs that turn before white, rendered when they are first asked for.

    They stand in for the rendered Chair CAD models of Aubry et al. (`chair_cad`), which
    nobody may pass on: likewise 31 steps of a turn, seen from 20 and 30 degrees above,
    but parametric, of seven attributes that can all be seen: `legs`, `back`,
    `armrests`, `seat`, `colour`, `direction` of the turn and `start`, where the chair
    looks in the first frame. Every combination of the first five is there in four
    chairs of different proportions, three for "train" and one for "test", each with
    all sixteen motions; the elevation is drawn at random.

    Aubry, Maturana, Efros, Russell & Sivic, Seeing 3D Chairs, CVPR 2014.
    """
    numbers = _split(request)
    side = SIZE if request.crop else max(request.image_size or (SIZE,))
    x = request.collect(_pictures(numbers, side, request), VIEWS * len(numbers))
    chair, motions, sequences = turns(numbers)
    labels = np.concatenate([STYLES[numbers % len(STYLES)][chair], motions], axis=1)
    spec = DatasetSpec("chairs", x.shape[1:], side_by_side(STYLE | MOTION))
    return Arrays(x, labels.astype(np.int32), spec, sequences)


chairs.fingerprint = lambda request: PICTURES
chairs.kept = True


def turns(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray, Sequences]:
    """Every motion of every chair, at an elevation that is drawn at random.

    Args:
        numbers: what the chairs are known by, (n,); it decides the elevations.

    Returns:
        Which chair turns, (n * 16,); its motion, (n * 16, 2), indices into
        `DIRECTIONS` and `STARTS`; and the views it shows, a whole turn, where the views
        of a chair lie together, elevation by elevation.
    """
    chair = np.repeat(np.arange(len(numbers)), len(MOTIONS))
    motions = np.tile(MOTIONS, (len(numbers), 1))
    elevation = np.concatenate([_elevations(number) for number in numbers])
    begin = np.array([*STARTS.values()])[motions[:, 1]]
    direction = np.array([*DIRECTIONS.values()])[motions[:, 0]]
    steps = (begin[:, None] + direction[:, None] * np.arange(STEPS)) % STEPS
    frames = (VIEWS * chair + STEPS * elevation)[:, None] + steps
    lengths = np.full(len(frames), STEPS, np.int32)
    return chair, motions, Sequences(frames.astype(np.int32), lengths, usual=USUAL)


def _split(request: Request) -> np.ndarray:
    """The numbers of a split's chairs, in a random and fixed order.

    Chair i is of style i modulo 256.
    """
    order = np.random.RandomState(SPLIT_SEED).permutation(COPIES * len(STYLES))
    test = order // len(STYLES) == COPIES - 1
    parts = {"train": order[~test], "test": order[test]}
    check_split(request.split, list(parts))
    numbers = parts[request.split]
    return numbers[: -(-request.limit(len(numbers) * len(MOTIONS)) // len(MOTIONS))]


def _pictures(numbers: np.ndarray, side: int, request: Request) -> Iterator[np.ndarray]:
    """All views of a chair at a time: a turn at each elevation."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for views in pool.map(lambda number: _views(number, side), numbers):
            yield request.fit(views).numpy()


def _views(number: int, side: int) -> np.ndarray:
    """uint8 (VIEWS, side, side, 3) of one chair."""
    style = dict(zip(STYLE, STYLES[number % len(STYLES)], strict=True))
    legs, back, armrests, seat, colour = (STYLE[k][i] for k, i in style.items())
    rng = np.random.RandomState([SPLIT_SEED, number])
    proportions = chair_shapes.Proportions.draw(rng)
    faces, albedo = chair_shapes.chair(proportions, legs, back, armrests == "yes", seat)
    light, cover = renderer.render(
        faces,
        albedo,
        np.tile(np.arange(STEPS) * (360.0 / STEPS), len(ELEVATIONS)),
        np.repeat(ELEVATIONS, STEPS),
        side,
    )
    paint = np.array(COLOURS[colour], np.float32) * np.float32(rng.uniform(0.9, 1.0))
    pictures = paint * light[..., None] + (1.0 - cover)[..., None]
    return np.rint(255.0 * pictures.clip(0.0, 1.0)).astype(np.uint8)


def _elevations(number: int) -> np.ndarray:
    """Which elevation each motion of a chair is seen from."""
    rng = np.random.RandomState([SPLIT_SEED, number, len(MOTIONS)])
    return rng.randint(len(ELEVATIONS), size=len(MOTIONS))
