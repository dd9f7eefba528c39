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

    made = np.array(background, np.float64)
    places = np.argwhere(inside)
    if not len(places):
        return made
    numbers = np.full(inside.shape, -1)
    numbers[inside] = np.arange(len(places))
    matrix = sparse.lil_matrix((len(places), len(places)))
    target = np.zeros((len(places), made.shape[-1]))
    for number, (row, column) in enumerate(places):
        for down, right in _NEIGHBOURS:
            other = row + down, column + right
            if not (0 <= other[0] < len(inside) and 0 <= other[1] < len(inside[0])):
                continue
            matrix[number, number] += 1
            target[number] += np.float64(foreground[row, column]) - foreground[other]
            if inside[other]:
                matrix[number, numbers[other]] = -1
            else:
                target[number] += made[other]
    solved = linalg.spsolve(matrix.tocsr(), target)
    made[inside] = np.reshape(solved, target.shape)
    return made
