"""The right translations between two domains, of examples that are asked for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from keras_genmodels.data.counterparts import Counterpart
from keras_genmodels.data.domains import Domains
from keras_genmodels.data.request import Arrays
from keras_genmodels.data.tensors import TRUTHS


class Truths:
    """The counterparts of some examples, found by where their pictures stand in `x`.

    Args:
        arrays: the examples of a split, whose `origin` is known.
        rows: of those that have a counterpart.
        make: of the numbers of pictures; returns their counterparts.
    """

    def __init__(
        self,
        arrays: Arrays,
        rows: np.ndarray,
        make: Callable[[np.ndarray], np.ndarray],
    ) -> None:
        shown = np.unique(_pictures_of(arrays, rows))
        self.pictures = make(arrays.origin[shown])
        self.places = np.zeros(len(arrays.x), np.int32)
        self.places[shown] = np.arange(len(shown))


def truths(
    arrays: Arrays, domains: Domains, counterpart: Counterpart
) -> dict[str, Truths]:
    """Make the right translations of both domains.

    Args:
        arrays: the examples of a split, whose `origin` is known.
        domains: x and y.
        counterpart: of the set, for the request that it was read by.

    Returns:
        "truth" of the examples of x, and "y_truth" of those of y.
    """
    others = zip(TRUTHS, domains.rows, domains.classes[::-1], strict=True)
    make = counterpart.pictures
    return {
        name: Truths(arrays, rows, lambda n, c=c: make(n, domains.attribute, c))
        for name, rows, c in others
    }


def _pictures_of(arrays: Arrays, rows: np.ndarray) -> np.ndarray:
    """The places in `x` of all pictures of these examples."""
    if arrays.sequences is None:
        return rows
    frames, lengths = arrays.sequences.frames[rows], arrays.sequences.lengths[rows]
    return frames[np.arange(frames.shape[1]) < lengths[:, None]]
