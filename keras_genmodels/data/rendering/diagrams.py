"""Diagrams: a figure in the middle, and discs on places round it."""

from __future__ import annotations

import numpy as np

SIZE = 32  # pixels
TURNS, LEVELS, PLACES, MOST = 8, 7, 8, 7  # directions, sizes, places, discs
SMALLEST, GROWTH = 3.5, 1.0  # pixels, of the smallest radius and of a step in size
RING, DISC = 13.5, 1.7  # pixels, from the middle to the places, and of a disc's radius
LINE = 0.7  # pixels, half the width of an outline
# What varies from series to series alone: radians, pixels right, down and of the size.
JITTER = np.array([0.14, 0.5, 0.5, 0.2])
# How far a point (right, down) is outside of a figure of size 1; negative inside. None
# looks the same after a turn.
FIGURES = {
    "half disc": lambda x, y: np.maximum(np.hypot(x, y - 0.4) - 1.0, y - 0.4),
    "wedge": lambda x, y: np.maximum(np.hypot(x, y) - 1.0, np.minimum(x, y)),
    "dart": lambda x, y: np.maximum(
        0.919 * abs(x) - 0.394 * (y + 1.0), 0.882 * (y - 0.35) - 0.471 * abs(x)
    ),
    "hook": lambda x, y: np.minimum(
        np.maximum(abs(x + 0.5) - 0.3, abs(y) - 0.9),
        np.maximum(abs(x) - 0.8, abs(y - 0.6) - 0.3),
    ),
}
# The parts of a diagram, in the order of the numbers that tell it, and their values.
PARTS = {
    "figure": len(FIGURES),
    "turn": TURNS,
    "size": LEVELS,
    "fill": 2,
    "place": PLACES,
    "count": MOST,
}


def draw(states: np.ndarray, jitter: np.ndarray) -> np.ndarray:
    """Draw diagrams, white on black.

    Args:
        states: int (n, 6), a number of each of `PARTS`: which figure, its turn by
            eighths, its size, whether it is filled; the place of the first disc, by
            eighths, and how many discs follow it clockwise.
        jitter: float (n, 4), what is added to a figure's angle, to its middle to the
            right and down, and to its size, in radians and pixels.

    Returns:
        uint8 (n, SIZE, SIZE, 1).
    """
    cover = np.maximum(_discs(states), _figures(states, jitter))
    return np.rint(255 * cover).astype(np.uint8)[..., None]


def _figures(states: np.ndarray, jitter: np.ndarray) -> np.ndarray:
    """How much of each pixel the figure in the middle covers, (n, SIZE, SIZE)."""
    figure, turn, size, fill = states.T[:4]
    angle = 2 * np.pi * turn / TURNS + jitter[:, 0]
    radius = (SMALLEST + GROWTH * size + jitter[:, 3])[:, None, None]
    middles = np.arange(SIZE) + 0.5 - SIZE / 2
    right = middles - jitter[:, 1, None, None]
    down = middles[:, None] - jitter[:, 2, None, None]
    cos, sin = (f(angle)[:, None, None] for f in (np.cos, np.sin))
    x, y = (cos * right + sin * down) / radius, (cos * down - sin * right) / radius
    outside = np.empty(x.shape)
    for number, shape in enumerate(FIGURES.values()):
        own = figure == number
        outside[own] = shape(x[own], y[own])
    outside *= radius
    line = abs(outside) - LINE
    return _cover(np.where(fill[:, None, None] == 1, np.minimum(outside, line), line))


def _discs(states: np.ndarray) -> np.ndarray:
    """How much of each pixel the discs cover, (n, SIZE, SIZE)."""
    places = np.arange(PLACES)
    angle = 2 * np.pi * places[:, None, None] / PLACES
    middles = np.arange(SIZE) + 0.5 - SIZE / 2
    right, down = (
        middles - RING * np.sin(angle),
        middles[:, None] + RING * np.cos(angle),
    )
    cover = _cover(np.hypot(right, down) - DISC)  # (PLACES, SIZE, SIZE)
    place, count = states.T[4:, :, None]
    shown = (places - place) % PLACES <= count
    return np.tensordot(shown.astype(float), cover, axes=1)


def _cover(outside: np.ndarray) -> np.ndarray:
    """How much of a pixel is covered whose middle is so far outside, in pixels."""
    return np.clip(0.5 - outside, 0.0, 1.0)
