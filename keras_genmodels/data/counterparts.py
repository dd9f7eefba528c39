"""The right translations between two classes: the same example in the other class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from keras_genmodels.data.request import Arrays, Request

# (request, numbers of pictures, attribute, class index) -> pictures in that class.
Make = Callable[[Request, np.ndarray, str, int], np.ndarray]


@dataclass(frozen=True)
class Counterpart:
    """A data set's answer to "how would this picture look in another class?".

    The function of a set offers it as its attribute `counterpart`; then batches of
    other splits than "train" hold "truth" and "y_truth" where `domains` names one of
    the attributes.

    Args:
        attributes: those that can be changed with all else being equal.
        make: of a request; of numbers (n,) of pictures, counted as they lie in the `x`
            that the function gives for this request; of one of the attributes; and of
            the index of a class. It returns these pictures in that class, uint8 (n,
            height, width, channels), scaled as the request says.
    """

    attributes: tuple[str, ...]
    make: Make


class Truths:
    """The counterparts of some examples, found by where the pictures stand in `x`.

    Args:
        arrays: the examples of a split, whose `origin` is known.
        rows: of those that have a counterpart.
        make: of numbers of pictures; returns their counterparts.
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


def _pictures_of(arrays: Arrays, rows: np.ndarray) -> np.ndarray:
    """The places in `x` of all pictures of these examples."""
    if arrays.sequences is None:
        return rows
    frames, lengths = arrays.sequences.frames[rows], arrays.sequences.lengths[rows]
    return frames[np.arange(frames.shape[1]) < lengths[:, None]]
