"""Chairs that turn: clips made by a renderer in this package, with no download."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.counterparts import Counterpart
from keras_genmodels.data.rendering import chair_shapes, renderer
from keras_genmodels.data.rendering.turntable import (
    DIRECTIONS,
    ELEVATIONS,
    MOTIONS,
    STARTS,
    STEPS,
    VIEWS,
    turns,
)
from keras_genmodels.data.request import SPLIT_SEED, Arrays, Request, check_split
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.registry import register

# Part of the name of what is kept on disk: raised when a picture would look otherwise.
VERSION = "1"
SIZE = 64  # pixels, where nothing is asked for
# Chairs of every style; those of the last are "test".
COPIES = 4
COLOURS = {
    "wood": (0.86, 0.64, 0.40),
    "red": (0.90, 0.25, 0.22),
    "green": (0.32, 0.70, 0.42),
    "blue": (0.28, 0.48, 0.90),
}
STYLE = {
    "legs": tuple(chair_shapes.LEGS),
    "back": tuple(chair_shapes.BACKS),
    "armrests": ("no", "yes"),
    "seat": tuple(chair_shapes.SEATS),
    "colour": tuple(COLOURS),
}
MOTION = {"direction": tuple(DIRECTIONS), "start": tuple(STARTS)}
STYLES = np.array(list(np.ndindex(*map(len, STYLE.values()))))  # (256, 5)


@register("chairs", "dataset")
def chairs(request: Request) -> Arrays:
    """Clips of rendered chairs that turn, 16 x 64x64x3: 12,288 for training, 4,096 for
    test, 7 attributes; no download.

    They stand in for the rendered Chair CAD models of Aubry et al. (`chair_cad`), which
    nobody may pass on: likewise 31 steps of a turn, seen from 20 and 30 degrees above,
    but parametric, of seven attributes that can all be seen: `legs`, `back`,
    `armrests`, `seat`, `colour`, `direction` of the turn and `start`, the direction in
    which the chair faces in the first frame. Every combination of the first five is
    there in four of the 1,024 chairs, of different proportions, three for "train" and
    one for "test", each with all sixteen motions, on white; the elevation is random and
    fixed. They are rendered when they are first asked for, and kept on disk from then
    on.

    Aubry, Maturana, Efros, Russell & Sivic, Seeing 3D Chairs, CVPR 2014.
    """
    numbers = split_of(request)
    x = request.collect(_pictures(numbers, request), VIEWS * len(numbers))
    chair, motions, sequences = turns(numbers)
    labels = np.concatenate([STYLES[numbers % len(STYLES)][chair], motions], axis=1)
    spec = DatasetSpec("chairs", x.shape[1:], side_by_side(STYLE | MOTION))
    return Arrays(x, labels.astype(np.int32), spec, sequences)


def _in_another_style(
    request: Request, pictures: np.ndarray, attribute: str, value: int
) -> np.ndarray:
    """Render the same views of the same chairs with one attribute of another class."""
    shown, chair = np.unique(pictures // VIEWS, return_inverse=True)
    found = [np.flatnonzero(chair == place) for place in range(len(shown))]
    changed = {attribute: value}
    rendered = _pictures(split_of(request)[shown], request, changed)
    views = [v[pictures[f] % VIEWS] for v, f in zip(rendered, found, strict=True)]
    return np.concatenate(views)[np.argsort(np.concatenate(found))]


chairs.counterpart = Counterpart(tuple(STYLE), _in_another_style)
chairs.fingerprint = lambda request: VERSION
chairs.kept = True
chairs.licence = "Apache-2.0, made by this package"


def split_of(request: Request) -> np.ndarray:
    """Return the numbers of a split's chairs, in a random and fixed order.

    Chair i is of style i modulo 256.
    """
    order = np.random.RandomState(SPLIT_SEED).permutation(COPIES * len(STYLES))
    test = order // len(STYLES) == COPIES - 1
    parts = {"train": order[~test], "test": order[test]}
    check_split(request.split, list(parts))
    numbers = parts[request.split]
    return numbers[: -(-request.limit(len(numbers) * len(MOTIONS)) // len(MOTIONS))]


def _pictures(
    numbers: np.ndarray, request: Request, changed: Mapping[str, int] | None = None
) -> Iterator[np.ndarray]:
    """Yield all views of a chair at a time: a turn at each elevation.

    Args:
        numbers: of the chairs.
        request: how large the pictures are.
        changed: attributes that have another class than those of the chair, as
            indices. All else stays, such as the proportions.
    """
    side = SIZE if request.crop else max(request.image_size or (SIZE,))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for views in pool.map(lambda n: _views(n, side, changed or {}), numbers):
            yield request.fit(views).numpy()


def drawn(number: int) -> tuple[np.random.RandomState, chair_shapes.Proportions]:
    """Draw the proportions of a chair; all else of it is drawn from then on."""
    rng = np.random.RandomState([SPLIT_SEED, number])
    return rng, chair_shapes.Proportions.draw(rng)


def _views(number: int, side: int, changed: Mapping[str, int]) -> np.ndarray:
    """Render one chair, uint8 (VIEWS, side, side, 3)."""
    style = dict(zip(STYLE, STYLES[number % len(STYLES)], strict=True)) | changed
    legs, back, armrests, seat, colour = (STYLE[k][i] for k, i in style.items())
    rng, proportions = drawn(number)
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
