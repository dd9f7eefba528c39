"""Clips: which pictures of a set follow each other, and where a clip may begin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from keras_genmodels.checks import integer


@dataclass(frozen=True)
class Sequences:
    """The frames of each example, as rows of an array of pictures.

    Why: a frame is in memory once, however many clips show it, and in whatever order.

    Args:
        frames: int32 (n, longest), rows of the pictures in the order of time. What
            stands beyond an example's length is never read.
        lengths: int32 (n,), the number of frames of each example.
        usual: frames of a clip where `num_frames` is not given.
        anywhere: whether a clip may begin at any frame; if not, at the first.
        names: what the examples are called in messages; empty if they have no names.
        clip_attributes: the attributes that a clip has and a single frame of it has
            not, such as the direction of a turn.
    """

    frames: np.ndarray
    lengths: np.ndarray
    usual: int
    anywhere: bool = False
    names: tuple[str, ...] = ()
    clip_attributes: tuple[str, ...] = ()

    @classmethod
    def successive(cls, lengths: np.ndarray | list[int], **more) -> Sequences:
        """Make examples whose frames lie one after another, the examples likewise.

        Example:
            >>> Sequences.successive([2, 3], usual=2).frames.tolist()
            [[0, 1, 1], [2, 3, 4]]
        """
        lengths = np.asarray(lengths, np.int32)
        steps = np.minimum(np.arange(lengths.max(initial=0)), lengths[:, None] - 1)
        first = np.cumsum(lengths) - lengths
        return cls((first[:, None] + steps).astype(np.int32), lengths, **more)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(self.names))
        object.__setattr__(self, "clip_attributes", tuple(self.clip_attributes))

    def __len__(self) -> int:
        return len(self.lengths)

    def to_tables(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """Return the arrays by name, and the rest as JSON can hold it."""
        tables = {"frames": self.frames, "lengths": self.lengths}
        form = {"usual": self.usual, "anywhere": self.anywhere}
        form["names"] = list(self.names)
        return tables, form | {"clip_attributes": list(self.clip_attributes)}

    def take(self, rows: np.ndarray) -> Sequences:
        """Select the examples of these rows, in their order."""
        names = tuple(self.names[row] for row in rows) if self.names else ()
        frames, lengths = self.frames[rows], self.lengths[rows]
        return replace(self, frames=frames, lengths=lengths, names=names)

    def clip_length(self, num_frames: int | None) -> int:
        """Return `num_frames`, or the usual number, if every example has as many.

        Raises:
            ValueError: if an example is shorter; the message names the shortest.
        """
        wanted = self.usual if num_frames is None else num_frames
        integer("num_frames", wanted, 1)
        shortest = int(self.lengths.argmin())
        if wanted > self.lengths[shortest]:
            short = int((self.lengths < wanted).sum())
            called = f", {self.names[shortest]!r}" if self.names else ""
            raise ValueError(
                f"`num_frames` must be <= {self.lengths[shortest]}, the frames of the "
                f"shortest clip{called}; {short} of {len(self)} are too short. "
                f"Received: num_frames={wanted}."
            )
        return wanted

    def cut(self, size: int, at_random: bool) -> tuple[np.ndarray, Sequences]:
        """Cut clips of `size` frames, as many of each example as fit side by side.

        Args:
            size: frames of a clip, at most those of the shortest example.
            at_random: whether a clip that may begin anywhere stays as long as its
                example, so that its beginning can be drawn later. If not, clips begin
                at even distances, the first at the first frame, the last so that it
                ends with the last one.

        Returns:
            The row of this object that each clip comes from, and the clips.
        """
        counts = self.lengths // size if self.anywhere else np.ones(len(self), int)
        rows = np.repeat(np.arange(len(self)), counts)
        if self.anywhere and at_random:
            return rows, self.take(rows)
        room = (self.lengths - size) * self.anywhere
        starts = [
            np.rint(np.linspace(0, most, count))
            for most, count in zip(room, counts, strict=True)
        ]
        starts = np.concatenate(starts).astype(int)
        frames = self.frames[rows[:, None], starts[:, None] + np.arange(size)]
        lengths = np.full(len(rows), size, np.int32)
        return rows, replace(self, frames=frames, lengths=lengths, names=())
