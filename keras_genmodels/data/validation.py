"""A part of the training split that is kept for validation, the same for every seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keras_genmodels.checks import share
from keras_genmodels.data.request import SPLIT_SEED, Arrays
from keras_genmodels.data.sequences import Sequences


@dataclass(frozen=True)
class Validation:
    """The part of the training split that "train" leaves to "validation".

    Args:
        share: of the examples of the training split, in [0, 1).
        split: as `load` was asked for it. With a `share` above 0 "validation" is a
            part of the training split; with 0 it is a split that a set came with.

    Raises:
        ValueError: for a share out of its range.
        TypeError: for a share that is no number.
    """

    share: float
    split: str

    def __post_init__(self) -> None:
        share("validation", self.share)

    @property
    def source(self) -> str:
        """The split that a data set function is asked for."""
        return "train" if self.divides else self.split

    @property
    def divides(self) -> bool:
        """Whether the wanted split is one of the two parts."""
        return self.share > 0 and self.split in ("train", "validation")

    def rows(self, arrays: Arrays, rows: np.ndarray | None) -> np.ndarray | None:
        """Keep the rows that belong to the wanted part; None stands for all rows.

        The choice is a fixed permutation of whole examples, of each domain if there
        are two. Clips that show a frame in common stay together, so that no frame is in
        both parts.

        Raises:
            ValueError: if the part is empty.
        """
        if not self.divides:
            return rows
        kept = self._chosen(arrays) == (self.split == "validation")
        kept = np.flatnonzero(kept) if rows is None else rows[kept[rows]]
        if not len(kept):
            raise ValueError(
                "`validation` must leave an example to training and to validation. "
                f"Received: validation={self.share} for {len(arrays.labels)} examples "
                f"of {arrays.spec.name!r}, which leaves none to {self.split!r}."
            )
        return kept

    def limit(self, num_examples: int | None) -> int | None:
        """Divide the greatest number of examples between the parts, likewise."""
        if num_examples is None or not self.divides:
            return num_examples
        validation = _count(self.share, num_examples)
        is_validation = self.split == "validation"
        return validation if is_validation else num_examples - validation

    def _chosen(self, arrays: Arrays) -> np.ndarray:
        """Whether each example is kept for validation, bool (n,)."""
        groups = np.arange(len(arrays.labels))
        if arrays.sequences is not None:
            groups = _connected(arrays.sequences)
        chosen = np.zeros(len(groups), bool)
        for own in arrays.domains():
            chosen[own] = self._of_domain(groups[own])
        return chosen

    def _of_domain(self, groups: np.ndarray) -> np.ndarray:
        _, groups, sizes = np.unique(groups, return_inverse=True, return_counts=True)
        order = np.random.RandomState(SPLIT_SEED).permutation(len(sizes))
        before = np.cumsum(sizes[order]) - sizes[order]
        wanted = order[before < _count(self.share, len(groups))][: len(sizes) - 1]
        return np.isin(groups, wanted)


def _count(share: float, n: int) -> int:
    """A share of `n` examples: one at least, and not all."""
    return min(max(1, round(share * n)), n - 1)


def _connected(sequences: Sequences) -> np.ndarray:
    """Give a number to each clip, equal where clips show a frame in common.

    Clips that share frames with a third clip have its number, too.
    """
    there = np.arange(sequences.frames.shape[1]) < sequences.lengths[:, None]
    clips, frames = np.nonzero(there)[0], sequences.frames[there]
    numbers = np.arange(len(sequences))
    while True:
        least = np.full(frames.max(initial=0) + 1, len(numbers))
        np.minimum.at(least, frames, numbers[clips])  # of each frame
        joined = numbers.copy()
        np.minimum.at(joined, clips, least[frames])
        if np.array_equal(joined, numbers):
            return numbers
        numbers = joined
