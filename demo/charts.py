"""Charts as SVG: their colours are the page's, in light and in dark."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from keras_genmodels_demo.axes import Axis, framed, grid


def bars(values: Sequence[float], label: str, x: str, y: str) -> str:
    """Draw numbers around zero as bars, left to right.

    Args:
        values: finite numbers, at least one.
        label: what they are, for who cannot see them.
        x: what is counted from left to right.
        y: what is measured upwards.
    """
    values = np.asarray(values, np.float64)
    most = max(1e-9, float(np.abs(values).max()))
    across, up = Axis.counting(len(values), x), Axis.over([-most, most], y)
    width, height = 10 * len(values), 100.0
    tops = height * (1.0 - up.share(np.maximum(values, 0.0)))
    sizes = height * np.abs(values) / (up.high - up.low)
    parts = "".join(
        f'<rect x="{10 * i + 1.5}" y="{top:.2f}" width="7" height="{size:.2f}">'
        f"<title>{i + 1}: {value:.3f}</title></rect>"
        for i, (value, top, size) in enumerate(zip(values, tops, sizes, strict=True))
    )
    # A bar stands in the middle of its tenth, so half of one is added at both ends.
    across = replace(across, low=0.5, high=len(values) + 0.5)
    svg = _svg(width, height, label, f"{grid(up, width, height)}{parts}")
    return f'<div class="kgm-bars">{framed(svg, across, up)}</div>'


def shares(parts: Mapping[str, float], unit: str) -> str:
    """Draw numbers that add up as lengths side by side, their names under them.

    Args:
        parts: name to number; lengths are of their absolute values.
        unit: of the numbers.
    """
    cells = "".join(
        f'<div class="part part-{i}" style="flex: {max(abs(value), 1e-6):.4f} 1 0">'
        f"<span></span><b>{value:.1f} {unit}</b>"
        f"<small>{html.escape(name)}</small></div>"
        for i, (name, value) in enumerate(parts.items())
    )
    return f'<div class="kgm-shares">{cells}</div>'


def probabilities(shares: Mapping[str, float], label: str, most: int = 10) -> str:
    """List names with their probabilities as bars, the likeliest first.

    Args:
        shares: name to probability in [0, 1].
        label: what they are of.
        most: names shown.
    """
    ranked = sorted(shares.items(), key=lambda item: -item[1])[:most]
    rows = "".join(
        f'<tr><th scope="row">{html.escape(name)}</th>'
        f'<td><span style="width: {100 * share:.1f}%"></span></td>'
        f"<td>{100 * share:.1f} %</td></tr>"
        for name, share in ranked
    )
    return (
        f'<table class="kgm-chances"><caption>{html.escape(label)}</caption>'
        f"<tbody>{rows}</tbody></table>"
    )


def lines(
    series: Mapping[str, Sequence[float]],
    label: str,
    x: Axis,
    y: str,
    mark: float | None = None,
) -> str:
    """Draw numbers in order as lines from zero up, with their names.

    Args:
        series: name to its numbers, at least two each, none below 0; the first and the
            last stand at the ends of the axis.
        label: what they are.
        x: what stands from left to right.
        y: what is measured upwards.
        mark: a number of that axis that is pointed at.
    """
    width, height = 300.0, 100.0
    up = Axis.over(np.concatenate([*map(np.asarray, series.values())]), y, zero=True)
    parts = [grid(up, width, height)]
    for i, values in enumerate(series.values()):
        across = np.linspace(0, width, len(values))
        down = height * (1.0 - up.share(values))
        points = " ".join(f"{a:.1f},{b:.2f}" for a, b in zip(across, down, strict=True))
        parts.append(f'<polyline class="line line-{i}" points="{points}"/>')
    if mark is not None:
        at = f"{float(x.share(mark)) * width:.1f}"
        parts.append(f'<line class="mark" x1="{at}" x2="{at}" y1="0" y2="{height}"/>')
    names = " ".join(
        f'<span class="key key-{i}">{html.escape(name)}</span>'
        for i, name in enumerate(series)
    )
    plot = framed(_svg(width, height, label, "".join(parts)), x, up)
    return (
        f'<figure class="kgm-lines"><figcaption>{html.escape(label)} {names}'
        f"</figcaption>{plot}</figure>"
    )


def _svg(width: float, height: float, label: str, inside: str) -> str:
    """Open a drawing that is stretched to the room that it has."""
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" role="img" '
        f'preserveAspectRatio="none" aria-label="{html.escape(label)}">{inside}</svg>'
    )
