"""Axes of charts: round numbers, their names, and the frame around a drawing."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

MOST_TICKS = 6


@dataclass(frozen=True)
class Axis:
    """Axis of a chart, from one number to another, with round numbers on it.

    Args:
        label: what is measured, and its unit.
        low: the number at its beginning.
        high: the number at its end, > low.
        ticks: the numbers that are written.
    """

    label: str
    low: float
    high: float
    ticks: tuple[float, ...]

    @classmethod
    def over(cls, values: Any, label: str, zero: bool = False) -> Axis:
        """Make an axis on which all values find room.

        Args:
            values: finite numbers, at least one.
            label: what they are.
            zero: whether it begins at 0.
        """
        values = np.asarray(values, np.float64)
        low, high = min(values.min(), 0.0) if zero else values.min(), values.max()
        if high - low < 1e-9:
            low, high = (low, low + 1.0) if zero else (low - 0.5, high + 0.5)
        step = round_step((high - low) / (MOST_TICKS - 1))
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        ticks = tuple(round(i * step, 10) for i in range(first, last + 1))
        return cls(label, ticks[0], ticks[-1], ticks)

    @classmethod
    def between(cls, low: float, high: float, label: str) -> Axis:
        """Make an axis with these very ends, and round numbers between them."""
        step = round_step((high - low) / (MOST_TICKS - 1))
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        ticks = tuple(round(i * step, 10) for i in range(first, last + 1))
        return cls(label, low, high, ticks)

    @classmethod
    def counting(cls, count: int, label: str) -> Axis:
        """Make an axis of the whole numbers 1 to `count`, which it does not exceed."""
        if count == 1:
            return cls(label, 1, 2, (1,))
        step = max(1, round(round_step((count - 1) / (MOST_TICKS - 1))))
        ticks = sorted({1, *range(step, count + 1, step)})
        if ticks[-1] != count:  # the last is written, and none is too near to it
            ticks = [t for t in ticks if count - t > step / 2 or t == 1] + [count]
        return cls(label, 1, count, tuple(ticks))

    def share(self, value: Any) -> Any:
        """Place numbers on the axis: 0 is its beginning, 1 its end."""
        return (np.asarray(value, np.float64) - self.low) / (self.high - self.low)

    def plain(self) -> dict[str, Any]:
        """Give the axis as a script of the page takes it."""
        marks = [[mark, float(self.share(mark))] for mark in self.ticks]
        return {
            "label": self.label,
            "low": float(self.low),
            "high": float(self.high),
            "ticks": [[written(mark), share] for mark, share in marks],
        }


def round_step(size: float) -> float:
    """Round a distance up to 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(size))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= size * (1 - 1e-9))


def written(value: float) -> str:
    """Write a number in few signs, with a real minus."""
    return f"{value:g}".replace("-", "\N{MINUS SIGN}")


def framed(svg: str, x: Axis, y: Axis) -> str:
    """Put a drawing between its two axes, as HTML."""
    across = _numbers(x.ticks, x.share(x.ticks), "left")
    up = _numbers(y.ticks, y.share(y.ticks), "bottom")
    widest = max((written(tick) for tick in y.ticks), key=len)
    return (
        f'<div class="kgm-plot"><span class="y-label">{html.escape(y.label)}</span>'
        f'<div class="y-ticks" aria-hidden="true"><i>{widest}</i>{up}</div>'
        f'<div class="area">{svg}</div>'
        f'<div class="x-ticks" aria-hidden="true">{across}</div>'
        f'<span class="x-label">{html.escape(x.label)}</span></div>'
    )


def grid(y: Axis, width: float, height: float) -> str:
    """Draw a line across a drawing at every number of its upright axis, as SVG."""
    return "".join(
        f'<line class="grid" x1="0" x2="{width:g}" y1="{at:.2f}" y2="{at:.2f}"/>'
        for at in height * (1.0 - y.share(y.ticks))
    )


def _numbers(ticks: Sequence[float], shares: Sequence[float], side: str) -> str:
    """Write the numbers of an axis at their places, as HTML."""
    return "".join(
        f'<span style="{side}: {100 * share:.2f}%">{written(tick)}</span>'
        for tick, share in zip(ticks, shares, strict=True)
    )
