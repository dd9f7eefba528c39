"""Strokes of colour on a picture, also in links.

`e12~ff0000.AAAB~00ff00.gA` is the picture `e12` with two strokes, the later one over
the earlier: six digits of a colour, a point, and in base64 a bit a pixel of the model's
picture, row by row, the empty end left out. What stands before the first `~` is a token
of `sources`.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from keras_genmodels_demo import checks, sources

MOST = 20
_STROKE = re.compile(r"([0-9a-f]{6})\.([\w-]*)", re.ASCII)


@dataclass(frozen=True)
class Strokes:
    """Colours on a picture.

    Args:
        colours: float32 (height, width, 3) in [0, 1]; 0 where there is no stroke.
        mask: float32 (height, width, 1), 1 where there is one.
    """

    colours: np.ndarray
    mask: np.ndarray

    def over(self, x: np.ndarray) -> np.ndarray:
        """Paint a picture, (height, width, 3), as a brush would."""
        return np.where(self.mask > 0, self.colours, x)


def disc(colour: str, shape: tuple[int, int, int]) -> str:
    """Write a round stroke in the middle of a picture's upper third.

    Args:
        colour: six digits.
        shape: (height, width, channels) of the picture.
    """
    rows, columns = np.indices(shape[:2])
    away = np.hypot(rows - 0.27 * shape[0], columns - 0.5 * (shape[1] - 1))
    bits = np.packbits(away <= max(shape) / 16).tobytes().rstrip(b"\0")
    return f"~{colour}.{base64.urlsafe_b64encode(bits).decode().rstrip('=')}"


def read(text: Any, shape: tuple[int, int, int]) -> tuple[str, Strokes | None]:
    """Read a control's value: the token of the picture, and the strokes, if any.

    Args:
        text: as above.
        shape: (height, width, channels) of the picture.

    Raises:
        TypeError: if it is no text.
        ValueError: for strokes of another form, too many, or of another size.
    """
    if not isinstance(text, str):
        raise TypeError(f"A picture must be text. Received: {checks.shown(text)}.")
    token, *parts = text.split("~")
    if not parts:
        return token, None
    if len(parts) > MOST:
        raise ValueError(
            f"A picture must have at most {MOST} strokes. Received: {len(parts)}."
        )
    size = (shape[0], shape[1], 1)
    colours, mask = np.zeros((*size[:2], 3), np.float32), np.zeros(size, np.float32)
    for part in parts:
        found = _STROKE.fullmatch(part)
        if not found:
            raise ValueError(
                "A stroke must be a colour of six digits, a point, and pixels in "
                f"base64: 'ff0000.AAAB'. Received: {checks.shown(part)}."
            )
        here = sources.unpacked(found[2], shape[1], size) > 0
        paint = np.frombuffer(bytes.fromhex(found[1]), np.uint8) / np.float32(255)
        colours, mask = np.where(here, paint, colours), np.maximum(mask, here)
    return token, Strokes(colours.astype(np.float32), mask.astype(np.float32))


def program(painted: Strokes) -> list[str]:
    """Write the lines of Python that make `colours` and `mask`, of one row."""
    height, width = painted.mask.shape[:2]
    lines = []
    for paint in np.unique(painted.colours[painted.mask[..., 0] > 0], axis=0):
        here = (painted.mask[..., 0] > 0) & (painted.colours == paint).all(axis=-1)
        bits = base64.b64encode(np.packbits(here).tobytes()).decode()
        red, green, blue = (round(255 * float(level)) for level in paint)
        lines.append(
            f'here = np.frombuffer(base64.b64decode("{bits}"), "uint8")\n'
            f"here = np.unpackbits(here, count={height * width})\n"
            f"here = here.reshape(1, {height}, {width}, 1)\n"
            f"mask = np.maximum(mask, here)\n"
            f'colours = colours + here * np.array([{red}, {green}, {blue}], "float32") '
            "/ 255"
        )
    start = [
        f'mask = np.zeros((1, {height}, {width}, 1), "float32")',
        f'colours = np.zeros((1, {height}, {width}, 3), "float32")',
    ]
    return [*start, *lines]
