"""Curves and captioned pictures, drawn with Pillow."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_genmodels import pictures

if TYPE_CHECKING:
    from PIL import ImageDraw

# Told apart by the colour-blind, too (Okabe and Ito).
_COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]
_SIZE = (760, 480)
_LEFT, _TOP, _RIGHT, _BOTTOM = 90, 32, 20, 60  # margins around the axes, pixels
_FONT = 15
_INK, _GRID = "black", "#dddddd"


def curves(
    series: Mapping[str, tuple[Any, Any]], x_label: str, y_label: str
) -> np.ndarray:
    """Curves over x in [0, 1], their values on a logarithmic scale.

    Args:
        series: by name, x (n,) in [0, 1] and y (n,) > 0, in the order to be joined.
        x_label: below the picture.
        y_label: above it.

    Returns:
        float32 (480, 760, 3) in [0, 1].
    """
    from PIL import Image, ImageDraw

    image = Image.new("RGB", _SIZE, "white")
    draw = ImageDraw.Draw(image)
    values = np.concatenate([np.asarray(y) for _, y in series.values()])
    decades = range(
        math.floor(math.log10(values.min())), math.ceil(math.log10(values.max())) + 1
    )
    _axes(draw, decades, x_label, y_label)
    for index, (name, (x, y)) in enumerate(series.items()):
        colour = _COLOURS[index % len(_COLOURS)]
        points = [
            _place(one, math.log10(other), decades)
            for one, other in zip(x, y, strict=True)
        ]
        draw.line(points, fill=colour, width=3, joint="curve")
        corner = (_SIZE[0] - _RIGHT - 190, _TOP + 8 + 20 * index)
        draw.line([corner[0], corner[1] + 9, corner[0] + 24, corner[1] + 9], colour, 3)
        draw.text((corner[0] + 32, corner[1]), name, fill=_INK, font=_font())
    return np.asarray(image, np.float32) / 255.0


def captioned(
    images: Sequence[np.ndarray], names: Sequence[str], columns: int = 4
) -> np.ndarray:
    """Pictures of one size in a grid, each below its name.

    Args:
        images: (height, width, 1 or 3) in [0, 1] each.
        names: as many.
        columns: pictures a row, >= 1.

    Returns:
        float32 (H, W, 1 or 3) in [0, 1].
    """
    from PIL import Image, ImageDraw

    cells = []
    for picture, name in zip(images, names, strict=True):
        title = Image.new("L", (picture.shape[1], 2 * _FONT), "white")
        ImageDraw.Draw(title).text((4, 6), name, fill=_INK, font=_font())
        head = np.asarray(title, np.float32)[..., None] / 255.0
        head = head.repeat(picture.shape[-1], axis=-1)
        cells.append(np.concatenate([head, picture]))
    return pictures.grid(np.stack(cells), columns, padding=6)


def _axes(
    draw: ImageDraw.ImageDraw, decades: range, x_label: str, y_label: str
) -> None:
    """The frame with a grid: a line a tenth, and a line a decade."""
    (left, bottom), (right, top) = (
        _place(x, y, decades) for x, y in ((0, decades[0]), (1, decades[-1]))
    )
    for tenth in range(11):
        x, _ = _place(tenth / 10, decades[0], decades)
        draw.line([x, top, x, bottom], _GRID)
        draw.text((x, bottom + 8), f"{tenth / 10:.1f}", _INK, _font(), anchor="mt")
    for power in decades:
        _, y = _place(0, power, decades)
        draw.line([left, y, right, y], _GRID)
        draw.text((left - 8, y), f"1e{power}", _INK, _font(), anchor="rm")
    draw.rectangle([left, top, right, bottom], outline=_INK)
    middle = (left + right) / 2
    draw.text((middle, _SIZE[1] - 10), x_label, _INK, _font(), anchor="mb")
    draw.text((10, 2), y_label, _INK, _font())


def _place(x: float, power: float, decades: range) -> tuple[float, float]:
    """The pixel of a point, given the decimal logarithm of its value."""
    across = _SIZE[0] - _LEFT - _RIGHT
    down = _SIZE[1] - _TOP - _BOTTOM
    share = (power - decades[0]) / (decades[-1] - decades[0])
    return _LEFT + x * across, _TOP + (1 - share) * down


def _font() -> Any:
    from PIL import ImageFont

    return ImageFont.load_default(_FONT)
