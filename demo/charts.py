"""Charts as SVG: their colours are the page's, in light and in dark."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

import numpy as np


def bars(values: Sequence[float], label: str, height: int = 80) -> str:
    """Draw numbers around zero as bars, left to right.

    Args:
        values: finite numbers, at least one.
        label: what they are, for who cannot see them.
        height: of the chart, in its own units; the bars are 10 of them apart.
    """
    values = np.asarray(values, np.float64)
    most = max(1e-9, float(np.abs(values).max()))
    width, middle = 10 * len(values), height / 2
    parts = []
    for i, value in enumerate(values):
        size = abs(value) / most * (middle - 2)
        top = middle - size if value > 0 else middle
        parts.append(
            f'<rect x="{10 * i + 1.5}" y="{top:.2f}" width="7" height="{size:.2f}">'
            f"<title>{i + 1}: {value:.3f}</title></rect>"
        )
    line = f'<line x1="0" x2="{width}" y1="{middle}" y2="{middle}"/>'
    return (
        f'<svg class="kgm-bars" viewBox="0 0 {width} {height}" role="img" '
        f'preserveAspectRatio="none" aria-label="{html.escape(label)}">'
        f"{line}{''.join(parts)}</svg>"
    )


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
    series: Mapping[str, Sequence[float]], label: str, mark: float | None = None
) -> str:
    """Numbers in order as lines from zero up, with their names.

    Args:
        series: name to its numbers, at least two each, none below 0.
        label: what they are.
        mark: a place on the way, 0 to 1, that is pointed at.
    """
    width, height = 300, 60
    most = max(1e-9, *(float(np.max(values)) for values in series.values()))
    parts = []
    for i, values in enumerate(series.values()):
        across = np.linspace(0, width, len(values))
        down = height - np.asarray(values, np.float64) / most * (height - 4)
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, down, strict=True))
        parts.append(f'<polyline class="line line-{i}" points="{points}"/>')
    if mark is not None:
        x = f"{mark * width:.1f}"
        parts.append(f'<line class="mark" x1="{x}" x2="{x}" y1="0" y2="{height}"/>')
    names = " ".join(
        f'<span class="key key-{i}">{html.escape(name)}</span>'
        for i, name in enumerate(series)
    )
    return (
        f'<figure class="kgm-lines"><svg viewBox="0 0 {width} {height}" role="img" '
        f'preserveAspectRatio="none" aria-label="{html.escape(label)}">'
        f"{''.join(parts)}</svg><figcaption>{html.escape(label)}; {names}; "
        f"highest {most:.1f}</figcaption></figure>"
    )
