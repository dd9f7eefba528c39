"""The right translations between two domains, where a set knows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from keras_genmodels.data.counterparts import Counterpart
from keras_genmodels.data.domains import Domains
from keras_genmodels.data.request import Arrays
from keras_genmodels.data.tensors import TRUTHS, Tensor


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


def paired(
    arrays: Arrays,
    domains: Mapping[str, Sequence[Any]] | None,
    counterpart: Counterpart | None,
) -> Arrays:
    """Make pairs of the pictures of a class and the same ones in another class.

    Args:
        arrays: the examples of a split, whose `origin` is known.
        domains: `{attribute: (class of the sources, class of x)}`.
        counterpart: of the set, for the request that it was read by.

    Returns:
        The second class as x, with the condition of it, and "source" of the first.

    Raises:
        TypeError: for `domains` that are no mapping.
        ValueError: for `domains` that are not two classes of one attribute, and for a
            set that cannot show its pictures in another class of it.
    """
    found = Domains.found(domains, arrays.labels, arrays.spec)
    known = () if counterpart is None else counterpart.attributes
    if found.attribute not in known or arrays.sequences is not None:
        raise ValueError(
            "`pairs` needs single pictures of a set that can show them in another "
            f"class. Received: {found.attribute!r} of {arrays.spec.name!r}, which can "
            f"change {list(known)} of pictures."
        )
    taken = arrays.take(found.rows[0])
    labels = taken.labels.copy()
    labels[:, arrays.spec.position(found.attribute)] = found.classes[1]
    tensors = (*arrays.spec.tensors, Tensor("source", arrays.spec.x_shape))
    return replace(
        taken,
        x=counterpart.pictures(taken.origin, found.attribute, found.classes[1]),
        labels=labels,
        tensors={**taken.tensors, "source": taken.x},
        spec=replace(arrays.spec, tensors=tensors),
    )


def _pictures_of(arrays: Arrays, rows: np.ndarray) -> np.ndarray:
    """The places in `x` of all pictures of these examples."""
    if arrays.sequences is None:
        return rows
    frames, lengths = arrays.sequences.frames[rows], arrays.sequences.lengths[rows]
    return frames[np.arange(frames.shape[1]) < lengths[:, None]]
