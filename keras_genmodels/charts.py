"""Line charts and captioned pictures, drawn with Pillow."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_genmodels import pictures

if TYPE_CHECKING:
    from PIL import ImageDraw

# Told apart by the colour-blind, too (Okabe and Ito).
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_ON_BLACK = ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#F0E442", "#D55E00")
_MARGINS = 90, 32, 20, 60  # left, top, right and bottom of the axes, pixels
_FONT = 15
_FINER = 2  # a chart is drawn so many times as large and scaled down: smooth lines
_FEW = 25  # points of a line up to which each is marked


@dataclass(frozen=True)
class _Colours:
    ink: str
    grid: str
    paper: str
    lines: tuple[str, ...]


_LIGHT = _Colours("black", "#dddddd", "white", _COLOURS)
_DARK = _Colours("#e6e6e6", "#444444", "#1b1b1f", _ON_BLACK)


def curves(
    series: Mapping[str, tuple[Any, Any]],
    x_label: str,
    y_label: str,
    *,
    size: tuple[int, int] = (760, 480),
    logarithmic: bool = False,
    scale: int = 1,
    dark: bool = False,
) -> np.ndarray:
    """Draw lines over numbered axes, with a legend above them.

    Args:
        series: by name, x (n,) and y (n,) in the order to be joined. Points that are
            not finite are left out; one at least must be finite.
        x_label: below the picture.
        y_label: above it, on the left.
        size: width and height, pixels.
        logarithmic: whether y has a logarithmic scale; all y must be > 0 then.
        scale: pixels for each pixel of `size`, >= 1: a larger number is sharper.
        dark: whether the lines are bright on black.

    Returns:
        float32 (scale * height, scale * width, 3) in [0, 1].

    Example:
        >>> line = {"train": ([1, 2, 3], [0.9, 0.5, 0.4])}
        >>> curves(line, "epoch", "loss", size=(480, 320)).shape
        (320, 480, 3)
    """
    from PIL import Image

    lines = {name: _finite(*points, logarithmic) for name, points in series.items()}
    points = np.concatenate(list(lines.values()))  # (points, 2)
    make = _decades if logarithmic else _linear
    across, up = _linear(points[:, 0], 10, 0.0), make(points[:, 1], 6)
    colours, factor = _DARK if dark else _LIGHT, scale * _FINER
    shape = (size[0] * factor, size[1] * factor)
    image = Image.new("RGB", shape, colours.paper)
    chart = _Chart(image, factor, colours, across, up)
    chart.axes(x_label, y_label)
    chart.legend(list(lines))
    for index, line in enumerate(lines.values()):
        chart.line(line, index)
    return np.asarray(image.reduce(_FINER), np.float32) / 255.0


def captioned(
    images: Sequence[np.ndarray], names: Sequence[str], columns: int = 4
) -> np.ndarray:
    """Lay pictures of one size in a grid, each below its name.

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
        ImageDraw.Draw(title).text((4, 6), name, fill="black", font=_font(_FONT))
        head = np.asarray(title, np.float32)[..., None] / 255.0
        head = head.repeat(picture.shape[-1], axis=-1)
        cells.append(np.concatenate([head, picture]))
    return pictures.grid(np.stack(cells), columns, padding=6)


@dataclass(frozen=True)
class _Axis:
    """The range of an axis and its ticks, on the scale on which points are placed."""

    low: float
    high: float
    ticks: Mapping[float, str]

    def share(self, value: Any) -> Any:
        return (value - self.low) / (self.high - self.low)


class _Chart:
    """A picture with axes, on which lines are drawn.

    Args:
        image: to draw on.
        factor: its pixels for each pixel of the finished size.
        colours: of everything.
        across: the axis of x.
        up: the axis of y.
    """

    def __init__(
        self, image: Any, factor: int, colours: _Colours, across: _Axis, up: _Axis
    ) -> None:
        from PIL import ImageDraw

        self.draw: ImageDraw.ImageDraw = ImageDraw.Draw(image)
        self.factor, self.colours, self.across, self.up = factor, colours, across, up
        left, top, right, bottom = (factor * margin for margin in _MARGINS)
        self.left, self.top = left, top
        self.right, self.bottom = image.width - right, image.height - bottom
        self.height = image.height

    def place(self, x: Any, y: Any) -> Any:
        """Turn values on the axes' scales into pixels."""
        across = self.left + self.across.share(x) * (self.right - self.left)
        return across, self.bottom - self.up.share(y) * (self.bottom - self.top)

    def axes(self, x_label: str, y_label: str) -> None:
        """Draw the frame, the grid, the ticks' numbers and the labels."""
        one, ink, grid = self.factor, self.colours.ink, self.colours.grid
        for value, label in self.across.ticks.items():
            x, _ = self.place(value, self.up.low)
            self.draw.line([x, self.top, x, self.bottom], grid, one)
            self.text((x, self.bottom + 8 * one), label, "mt")
        for value, label in self.up.ticks.items():
            _, y = self.place(self.across.low, value)
            self.draw.line([self.left, y, self.right, y], grid, one)
            self.text((self.left - 8 * one, y), label, "rm")
        corners = [self.left, self.top, self.right, self.bottom]
        self.draw.rectangle(corners, outline=ink, width=one)
        middle = (self.left + self.right) / 2
        self.text((middle, self.height - 10 * one), x_label, "mb")
        self.text((10 * one, self.top - 10 * one), y_label, "ls")

    def legend(self, names: Sequence[str]) -> None:
        """Write the names above the axes, from the right, each after its colour."""
        one, x, y = self.factor, self.right, self.top - 10 * self.factor
        for index, name in reversed(list(enumerate(names))):
            self.text((x, y), name, "rs")
            x -= self.draw.textlength(name, font=_font(_FONT * one)) + 8 * one
            dash = [x - 20 * one, y - 5 * one, x, y - 5 * one]
            self.draw.line(dash, self._colour(index), 3 * one)
            x -= 36 * one

    def line(self, points: np.ndarray, index: int) -> None:
        """Join points (n, 2); each of a few is marked, too."""
        places = list(zip(*self.place(*points.T), strict=True))
        colour, radius = self._colour(index), 3.5 * self.factor
        if len(places) > 1:
            self.draw.line(places, colour, 2 * self.factor, joint="curve")
        for x, y in places if len(places) <= _FEW else []:
            corners = [x - radius, y - radius, x + radius, y + radius]
            self.draw.ellipse(corners, fill=colour)

    def text(self, place: tuple[float, float], text: str, anchor: str) -> None:
        font = _font(_FONT * self.factor)
        self.draw.text(place, text, self.colours.ink, font, anchor=anchor)

    def _colour(self, index: int) -> str:
        return self.colours.lines[index % len(self.colours.lines)]


def _finite(x: Any, y: Any, logarithmic: bool) -> np.ndarray:
    """Points (n, 2) without those that are not finite, y on the axis' scale."""
    points = np.stack([np.asarray(x, float), np.asarray(y, float)], axis=1)
    points = points[np.isfinite(points).all(axis=1)]
    if logarithmic:
        points[:, 1] = np.log10(points[:, 1])
    return points


def _linear(values: np.ndarray, most: int, margin: float = 0.05) -> _Axis:
    """Number an axis at multiples of 1, 2 or 5 times a power of ten.

    Args:
        values: that are to be on it; whole numbers get whole ticks.
        most: ticks, about.
        margin: share of the range that is added at both ends.
    """
    low, high = values.min(), values.max()
    whole = bool((values == np.rint(values)).all())
    if low == high:
        low, high = low - 0.5, high + 0.5
    step = _step((high - low) / most)
    step = max(step, 1.0) if whole else step
    room = margin * (high - low)
    low, high = low - room, high + room
    numbers = np.arange(math.ceil(low / step), math.floor(high / step) + 1) * step
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    form = f".{digits}f" if digits < 5 and np.abs(numbers).max() < 1e6 else ".3g"
    ticks = {value: f"{value + 0.0:{form}}" for value in numbers.tolist()}
    return _Axis(low, high, ticks)


def _step(least: float) -> float:
    """Return the smallest of 1, 2 and 5 times a power of ten that is not below."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * k for k in (1, 2, 5, 10) if power * k >= least * (1 - 1e-9))


def _decades(logarithms: np.ndarray, most: int) -> _Axis:
    """Number a logarithmic axis at the powers of ten."""
    low, high = math.floor(logarithms.min()), math.ceil(logarithms.max())
    high = max(high, low + 1)
    powers = range(low, high + 1, math.ceil((high - low) / (2 * most)))
    return _Axis(low, high, {power: f"1e{power}" for power in powers})


def _font(size: int) -> Any:
    from PIL import ImageFont

    return ImageFont.load_default(size)
