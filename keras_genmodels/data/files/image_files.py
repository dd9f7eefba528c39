"""Pictures in files that Pillow reads."""

from __future__ import annotations

import pathlib
from collections.abc import Iterable

import numpy as np
from PIL import Image

from keras_genmodels import pictures

# What Pillow raises for a file that is no picture, or that ends too early.
UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    Image.DecompressionBombError,
)
GREY_MODES = ("1", "L", "LA", "La")


def channels(file: pathlib.Path) -> int:
    """Count the channels that the header tells of, 0 for what is no picture.

    Numbers of 32 bits are no picture either: nothing says which of them is white.
    """
    try:
        with Image.open(file) as picture:
            if pictures.is_deep(picture) or picture.mode in GREY_MODES:
                return 1
            return 0 if picture.mode in ("I", "F") else 3
    except UNREADABLE:
        return 0


def mode(counts: Iterable[int]) -> str:
    """Return the mode for pictures of these numbers of channels: "L" or "RGB"."""
    return "L" if max(counts) == 1 else "RGB"


def read(
    file: pathlib.Path, mode: str, background: tuple[int, int, int] | None
) -> np.ndarray:
    """Read a picture, uint8 (height, width, channels).

    Args:
        file: of the picture.
        mode: "L" for one channel, "RGB" for three.
        background: the colour behind what is transparent. None is black.

    Raises:
        Exception: one of `UNREADABLE`, for what is no picture.
    """
    with Image.open(file) as opened:
        picture = np.asarray(pictures.opaque(opened, mode, background))
    return picture.reshape(*picture.shape[:2], len(mode))
