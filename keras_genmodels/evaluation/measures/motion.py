"""Steps of coloured shapes between two pictures, and how such steps are distributed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

LEAST_PIXELS = 4.0  # that a shape must still cover to be found
SMOOTHING = 0.5  # added to the count of every place of a histogram


def palette(picture: np.ndarray, layout: np.ndarray) -> np.ndarray:
    """Compute the mean colour of each shape, (n, shapes, channels).

    Args:
        picture: (n, height, width, channels) in [0, 1].
        layout: (n, height, width, shapes), 1 where a pixel shows the shape.
    """
    total = np.einsum("nhwc,nhws->nsc", picture, layout)
    return total / np.maximum(layout.sum(axis=(1, 2)), 1)[..., None]


def centres(picture: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """Find shapes by their colours on black: (right, down) in pixels, (n, shapes, 2).

    A pixel is of the shape whose colour, or any darker one of that hue, is nearest, and
    counts as much as it is bright against the colour; shapes that cover less than
    four pixels are not found: NaN.

    Args:
        picture: (n, height, width, channels) in [0, 1].
        colours: of the shapes, (n, shapes, channels).
    """
    square = (colours**2).sum(axis=-1)  # (n, shapes)
    share = np.einsum("nhwc,nsc->nhws", picture, colours)
    share = np.clip(share / np.maximum(square, 1e-6)[:, None, None], 0.0, 1.0)
    explained = share[..., None] * colours[:, None, None]  # (n, h, w, shapes, channels)
    error = ((picture[..., None, :] - explained) ** 2).sum(axis=-1)
    nearest = error.argmin(axis=-1)[..., None] == np.arange(colours.shape[1])
    weight = np.where(nearest & (share >= 0.5), share, 0.0)
    height, width = picture.shape[1:3]
    mass = weight.sum(axis=(1, 2))
    right = np.einsum("nhws,w->ns", weight, np.arange(width) + 0.5)
    down = np.einsum("nhws,h->ns", weight, np.arange(height) + 0.5)
    found = np.stack([right, down], axis=-1) / np.maximum(mass, 1e-6)[..., None]
    found[mass < LEAST_PIXELS] = np.nan
    return found


def steps(picture: np.ndarray, following: np.ndarray, layout: np.ndarray) -> np.ndarray:
    """Measure how far shapes have moved, (right, down) in pixels, (n, shapes, 2).

    Args:
        picture: (n, height, width, channels) in [0, 1], coloured shapes on black.
        following: what is there next, of the same shape.
        layout: of `picture`, (n, height, width, shapes), 1 where it shows the shape.

    Returns:
        The steps; NaN where the shape is not found any more.
    """
    colours = palette(picture, layout)
    return centres(following, colours) - centres(picture, colours)


class Distance(NamedTuple):
    """Distances of two distributions of steps: KL in nats, and total variation."""

    kl: float
    total_variation: float


def distance(real: np.ndarray, made: np.ndarray, farthest: int) -> Distance:
    """Compare the histograms of one shape's steps.

    Steps are rounded to pixels, and those of more than `farthest` count as that far; a
    further place of the histogram is for shapes that are not found. 1/2 is added to
    every count.

    Args:
        real: true steps (right, down), (n, 2).
        made: other ones, (m, 2).
        farthest: pixels, >= 1.
    """
    p, q = (_histogram(values, farthest) for values in (real, made))
    return Distance(float((p * np.log(p / q)).sum()), float(np.abs(p - q).sum() / 2))


def _histogram(values, farthest):
    side = 2 * farthest + 1
    there = np.isfinite(values).all(axis=1)
    whole = np.clip(np.rint(values[there]), -farthest, farthest).astype(int) + farthest
    counts = np.bincount(whole[:, 1] * side + whole[:, 0], minlength=side * side + 1)
    counts[-1] += len(values) - there.sum()
    return (counts + SMOOTHING) / (counts + SMOOTHING).sum()
