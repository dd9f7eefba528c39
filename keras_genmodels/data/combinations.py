"""Combinations of attributes that are left out of training, to test with them later."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from keras_genmodels.checks import share
from keras_genmodels.data.attributes import Attribute
from keras_genmodels.data.request import SPLIT_SEED, Arrays
from keras_genmodels.data.spec import DatasetSpec

PARTS = ("kept", "left_out", "all")
MOST = 2**22  # combinations that a share is taken of


@dataclass(frozen=True)
class Combinations:
    """A choice of combinations that are left out, and of the part that is loaded.

    Args:
        exclude: combinations, each attribute name -> class name or index. One that
            names some attributes only stands for all that agree with it.
        holdout: share of all combinations, in [0, 1).
        holdout_of: the attributes whose combinations are counted; all if empty.
        part: the part that is loaded, "kept", "left_out" or "all".

    Raises:
        ValueError: for a value out of its range.
        TypeError: for a combination that is no mapping.
    """

    exclude: Sequence[Mapping[str, Any]] = ()
    holdout: float = 0.0
    holdout_of: Sequence[str] = ()
    part: str = "kept"

    def __post_init__(self) -> None:
        if self.part not in PARTS:
            raise ValueError(
                f"`combinations` must be one of {list(PARTS)}. "
                f"Received: combinations={self.part!r}."
            )
        share("holdout", self.holdout)
        single = isinstance(self.exclude, (str, Mapping))
        for one in [self.exclude] if single else self.exclude:
            if single or not isinstance(one, Mapping) or not one:
                raise TypeError(
                    "`exclude` must be a list of combinations such as "
                    f"{{'action': 'bend'}}. Received: {one!r}."
                )
        if self.part == "left_out" and not (self.exclude or self.holdout):
            raise ValueError(
                "`combinations` may be 'left_out' where `exclude` or `holdout` leaves "
                "some out. Received: neither."
            )

    def rows(self, arrays: Arrays) -> np.ndarray | None:
        """Return the examples of the wanted part; None if that is all of them.

        Args:
            arrays: a whole split. Of two domains all of the second one stay, whose
                attributes nobody knows.

        Raises:
            ValueError: for an attribute or class that the set does not have, too many
                combinations to take a share of, or a part without examples.
        """
        if self.part == "all" or not (self.exclude or self.holdout):
            return None
        labels, spec, first = arrays.labels, arrays.spec, arrays.domains()[0]
        labels = labels[first]
        out = self.excluded(labels, spec) | self._held_out(labels, spec)
        rows = first[out if self.part == "left_out" else ~out]
        if not len(rows):
            raise ValueError(
                f"Some examples of {spec.name!r} must be {self.part}. Received: "
                f"exclude={list(self.exclude)}, holdout={self.holdout}, which leave "
                f"{int(out.sum())} of {len(out)} out."
            )
        return np.sort(np.concatenate([rows, *arrays.domains()[1:]]))

    def excluded(self, labels: np.ndarray, spec: DatasetSpec) -> np.ndarray:
        """Tell for each example whether `exclude` names it, bool (n,).

        Args:
            labels: class indices, (n, attributes).
            spec: what they mean.

        Raises:
            ValueError: for an attribute or class that the set does not have.
        """
        out = np.zeros(len(labels), bool)
        for combination in self.exclude:
            columns = [_class_column(spec, name) for name in combination]
            classes = [
                spec.attributes[column].index(value)
                for column, value in zip(columns, combination.values(), strict=True)
            ]
            out |= (labels[:, columns] == classes).all(axis=1)
        return out

    def _held_out(self, labels: np.ndarray, spec: DatasetSpec) -> np.ndarray:
        if not self.holdout:
            return np.zeros(len(labels), bool)
        names = self.holdout_of or [a.name for a in spec.categorical]
        columns = [_class_column(spec, name) for name in names]
        if not columns:
            raise ValueError(
                f"`holdout` needs a set with attributes. Received: {spec.name!r}, "
                "which has none."
            )
        chosen = evenly(self.holdout, [spec.attributes[c] for c in columns])
        return chosen[tuple(labels[:, columns].astype(int).T)]


def _class_column(spec: DatasetSpec, name: str) -> int:
    """Return the column of labels of an attribute, which must have classes."""
    place = spec.position(name)
    if spec.attributes[place].is_real:
        raise ValueError(
            "`exclude` and `holdout_of` must name attributes that have classes. "
            f"Received: {name!r}, which is a real value."
        )
    return place


def evenly(share: float, attributes: Sequence[Attribute]) -> np.ndarray:
    """Choose a share of all combinations that is spread evenly over the classes.

    The classes of each attribute are put into a random, fixed order and numbered;
    combinations are chosen in the order of the fractional part of `sum(number / number
    of classes)`, ties in a random, fixed order. What is left out is thus spread over
    all classes, so that each of them is still seen, with others.

    Args:
        share: in [0, 1).
        attributes: with at most 2**22 combinations.

    Returns:
        bool, one axis an attribute: whether a combination is chosen.

    Raises:
        ValueError: for more combinations.

    Example:
        >>> from keras_genmodels.data import side_by_side
        >>> evenly(0.5, side_by_side({"shape": "ab", "size": "SM"})).sum()
        np.int64(2)
    """
    shape = [len(attribute.classes) for attribute in attributes]
    if math.prod(shape) > MOST:
        raise ValueError(
            f"`holdout` must be of at most {MOST} combinations: name some attributes "
            f"in `holdout_of`. Received: {math.prod(shape)} combinations."
        )
    rng = np.random.RandomState(SPLIT_SEED)
    whole = math.lcm(*shape)  # fractions as integers: ties are exact
    numbers = [rng.permutation(count) * (whole // count) for count in shape]
    parts = (sum(np.ix_(*numbers)) % whole).ravel()
    order = np.lexsort((rng.permutation(parts.size), parts))
    chosen = np.zeros(parts.size, bool)
    chosen[order[: round(share * parts.size)]] = True
    return chosen.reshape(shape)
