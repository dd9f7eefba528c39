"""Poisson cloning: an object's details between the colours of a picture."""

from __future__ import annotations

import numpy as np

_NEIGHBOURS = ((-1, 0), (1, 0), (0, -1), (0, 1))


def poisson_clone(
    foreground: np.ndarray, background: np.ndarray, mask: np.ndarray
) -> np.ndarray:
    """Fill a mask with the differences of an object, from the colours at its edge.

    In the mask x solves, for every pixel p and its neighbours q in the picture,

        sum over q of (x_p - x_q) = sum over q of (o_p - o_q)

    where x_q of a pixel outside of the mask is the background's.

    Args:
        foreground: o, (n, height, width, channels), needed in the mask and at the
            pixels next to it.
        background: likewise; not needed in the mask.
        mask: (n, height, width, 1), above 0 on the object; of each picture some pixel
            is outside.

    Returns:
        float64, of the shape of `background`; it may leave the range of both.

    Raises:
        ValueError: for a mask that covers a picture.

    Reference: Perez, Gangnet, Blake, "Poisson Image Editing", 2003.
    """
    inside = np.asarray(mask)[..., 0] > 0
    if inside.all(axis=(1, 2)).any():
        raise ValueError(
            "`mask` must leave a pixel of every picture outside. Received: one that "
            "covers a picture."
        )
    rows = zip(foreground, background, inside, strict=True)
    return np.stack([_cloned(*map(np.asarray, row)) for row in rows])


def _cloned(foreground, background, inside):
    """Clone into one picture, (height, width, channels)."""
    from scipy import sparse
    from scipy.sparse import linalg

    made, foreground = (np.array(x, np.float64) for x in (background, foreground))
    places, count = np.argwhere(inside), inside.sum()
    if not count:
        return made
    numbers = np.full(inside.shape, -1)
    numbers[inside] = np.arange(count)
    degree, target = np.zeros(count), np.zeros((count, made.shape[-1]))
    rows, columns = [], []
    for offset in _NEIGHBOURS:
        others = places + offset
        is_there = ((others >= 0) & (others < inside.shape)).all(axis=1)
        own, other = tuple(places[is_there].T), tuple(others[is_there].T)
        degree[is_there] += 1
        target[is_there] += foreground[own] - foreground[other]
        target[is_there] += np.where(inside[other][:, None], 0.0, made[other])
        rows.append(numbers[own][inside[other]])
        columns.append(numbers[other][inside[other]])
    places = np.concatenate(rows), np.concatenate(columns)
    pairs = sparse.csr_matrix((np.ones(len(places[0])), places), (count, count))
    solved = linalg.spsolve((sparse.diags(degree) - pairs).tocsc(), target)
    made[inside] = np.reshape(solved, target.shape)
    return made
