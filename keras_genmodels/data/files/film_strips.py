"""Films as strips: square frames one beside the other, or one below the other."""

from __future__ import annotations

import pathlib

import numpy as np
from PIL import Image

from keras_genmodels.data.files.image_files import UNREADABLE


def count(file: pathlib.Path) -> int:
    """Count the square frames, from the picture's header.

    Raises:
        ValueError: if the file is no picture, or its longer edge is not a multiple of
            the shorter one.
    """
    try:
        with Image.open(file) as picture:
            longer, shorter = max(picture.size), min(picture.size)
    except UNREADABLE as error:
        raise ValueError(f"{file} must be a film strip. Received: {error}.") from error
    if longer % shorter:
        raise ValueError(
            f"{file} must be a strip of square frames. Received: a picture of "
            f"{picture.size[0]} by {picture.size[1]} pixels."
        )
    return longer // shorter


def frames(file: pathlib.Path) -> np.ndarray:
    """Read the frames of a strip along its longer edge, uint8 (time, height, width, 3).

    Raises:
        ValueError: as `count`, or if the file ends too early.
    """
    length = count(file)
    try:
        with Image.open(file) as opened:
            strip = np.asarray(opened.convert("RGB"))
    except UNREADABLE as error:
        raise ValueError(f"{file} must be a film strip. Received: {error}.") from error
    if strip.shape[1] > strip.shape[0]:
        height = strip.shape[0]
        return strip.reshape(height, length, height, 3).swapaxes(0, 1)
    width = strip.shape[1]
    return strip.reshape(length, width, width, 3)
