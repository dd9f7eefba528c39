"""Turns of an object before a camera: 31 steps, two elevations, sixteen motions.

These are the views of the rendered Chair CAD models of Aubry et al., 2014.
"""

from __future__ import annotations

import numpy as np

from keras_genmodels.data.request import SPLIT_SEED
from keras_genmodels.data.sequences import Sequences

STEPS = 31  # azimuths of a whole turn
ELEVATIONS = (20.0, 30.0)  # degrees
VIEWS = STEPS * len(ELEVATIONS)
USUAL = 16  # frames of a clip: half a turn
# Step of the first frame: the direction in which the object faces, as we see it.
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
MOTIONS = np.array(list(np.ndindex(len(DIRECTIONS), len(STARTS))))  # (16, 2)


def turns(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray, Sequences]:
    """Return every motion of every object, each at a random, fixed elevation.

    Args:
        numbers: integers that identify the objects, (n,); they seed the elevations.

    Returns:
        The position in `numbers` of the object that turns, (n * 16,); its motion,
        (n * 16, 2), indices into `DIRECTIONS` and `STARTS`; and the views it shows, a
        whole turn, where the views of an object lie together, elevation by elevation.
    """
    turning = np.repeat(np.arange(len(numbers)), len(MOTIONS))
    motions = np.tile(MOTIONS, (len(numbers), 1))
    elevation = np.concatenate([_elevations(number) for number in numbers])
    begin = np.array([*STARTS.values()])[motions[:, 1]]
    direction = np.array([*DIRECTIONS.values()])[motions[:, 0]]
    steps = (begin[:, None] + direction[:, None] * np.arange(STEPS)) % STEPS
    frames = (VIEWS * turning + STEPS * elevation)[:, None] + steps
    lengths = np.full(len(frames), STEPS, np.int32)
    sequences = Sequences(
        frames.astype(np.int32), lengths, USUAL, clip_attributes=("direction", "start")
    )
    return turning, motions, sequences


def _elevations(number: int) -> np.ndarray:
    """Draw the elevation from which each motion of an object is seen, as an index."""
    rng = np.random.RandomState([SPLIT_SEED, number, len(MOTIONS)])
    return rng.randint(len(ELEVATIONS), size=len(MOTIONS))
