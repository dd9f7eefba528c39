"""Files of pairs of pictures: both in one file, or in two folders under one name."""

from __future__ import annotations

import pathlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from keras_genmodels.data.files.split_folders import SPLITS

SIDES = ("source", "target")  # names of the two folders


@dataclass(frozen=True)
class Pair:
    """A source and its target.

    Args:
        path: of the file of both; of two files, what their paths have in common.
        files: the file of both, whose left half is the source; or that of the source
            and that of the target.
    """

    path: pathlib.Path
    files: tuple[pathlib.Path, ...]

    def divided(self, pictures: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Return source and target of what was read from `files`.

        Args:
            pictures: (height, width, channels) each.

        Raises:
            ValueError: for a picture of both whose width is odd, or for two sizes.
        """
        sizes = [picture.shape[:2] for picture in pictures]
        if len(pictures) == 2:
            if sizes[0] != sizes[1]:
                raise ValueError(
                    "A source and its target must have one size. Received: (height, "
                    f"width) {sizes[0]} of {str(self.files[0])!r} and {sizes[1]} of "
                    f"{str(self.files[1])!r}."
                )
            return tuple(pictures)
        half = sizes[0][1] / 2
        if half != int(half):
            raise ValueError(
                "A source and its target must lie side by side, in halves of one "
                f"width. Received: {sizes[0][1]} pixels of {str(self.path)!r}."
            )
        return pictures[0][:, : int(half)], pictures[0][:, int(half) :]


def found(root: pathlib.Path, files: Iterable[pathlib.Path]) -> list[Pair]:
    """Put the pictures below a folder into pairs.

    Where sub-folders are called `source` and `target`, at the top or in those of the
    splits, files of one name in both are a pair, whatever their endings; what lies
    beside them is none. Else every file is a pair by itself.

    Args:
        root: the folder.
        files: the pictures below it.

    Raises:
        ValueError: for a name that one side has and the other has not, or has twice.
    """
    files = list(files)
    sides: dict[str, dict[pathlib.Path, pathlib.Path]] = {name: {} for name in SIDES}
    for file in files:
        side, path = _side(root, file)
        if side in sides and path in sides[side]:
            raise ValueError(
                f"Every picture of {side!r} must have a name of its own. Received: "
                f"{_below(root, sides[side][path])} and {_below(root, file)}."
            )
        if side:
            sides[side][path] = file
    if not any(sides.values()):
        return [Pair(file, (file,)) for file in files]
    _check_partners(root, sides)
    return [Pair(p, tuple(sides[s][p] for s in SIDES)) for p in sides[SIDES[0]]]


def _side(root: pathlib.Path, file: pathlib.Path) -> tuple[str, pathlib.Path]:
    """Return the side whose folder holds a file, "" if none, and its path without."""
    *folders, _ = file.relative_to(root).parts
    folders = [name.lower() for name in folders[:2]]
    for place, name in enumerate(folders):
        if name in SIDES and (place == 0 or folders[0] in SPLITS):
            parts = file.relative_to(root).parts
            path = root.joinpath(*parts[:place], *parts[place + 1 :])
            return name, path.with_suffix("")
    return "", file


def _check_partners(
    root: pathlib.Path, sides: dict[str, dict[pathlib.Path, pathlib.Path]]
) -> None:
    """Refuse names that are on one side only."""
    for side, other in (SIDES, SIDES[::-1]):
        alone = [f for path, f in sides[side].items() if path not in sides[other]]
        if alone:
            raise ValueError(
                f"Every picture of {side!r} must have one of the same name in "
                f"{other!r}. Received: {len(alone)} without, such as "
                f"{_below(root, alone[0])}."
            )


def _below(root: pathlib.Path, file: pathlib.Path) -> str:
    return repr(file.relative_to(root).as_posix())
