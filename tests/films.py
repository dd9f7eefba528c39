"""Film strips as the Weizmann actions come in, grey by grey."""

from __future__ import annotations

import pathlib

import numpy as np
from PIL import Image

ACTIONS = {"0": 2, "1": 0, "3": 4, "4": 6}  # folder -> number of its first strip
LENGTH = 51


def strip(path: pathlib.Path, number: int, length: int = LENGTH, size: int = 8) -> None:
    """A film strip whose frame t is all of grey `number + t`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    greys = np.repeat(np.arange(number, number + length), size)
    picture = np.broadcast_to(greys[None, :, None], (size, size * length, 3))
    Image.fromarray(picture.astype(np.uint8)).save(path, quality=100)


def weizmann(folder: pathlib.Path, size: int = 8) -> pathlib.Path:
    """Nine people at four actions; person p's frames have greys from 20 p."""
    for action, first in ACTIONS.items():
        for person in range(9):
            for mirrored in (0, 1):
                number = 8 * person + first + mirrored
                strip(folder / action / f"{number:08}.jpg", 20 * person, size=size)
    return folder
