"""Sub-folders of a person's own folder: classes, or splits that hold the classes."""

from __future__ import annotations

import pathlib
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from keras_genmodels.data.request import Request, check_split

# Sub-folder, in lower case -> the split that it holds.
SPLITS = {
    "train": "train",
    "training": "train",
    "test": "test",
    "testing": "test",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
}


@dataclass(frozen=True)
class Layout:
    """Meaning of the sub-folders of a folder.

    Args:
        root: the folder.
        splits: sub-folder -> split; empty if the sub-folders are classes.
    """

    root: pathlib.Path
    splits: Mapping[str, str]

    @classmethod
    def of(cls, root: pathlib.Path, paths: Iterable[pathlib.Path]) -> Layout:
        """Read the layout off the paths of all examples.

        Sub-folders are splits if each is called as one, no two as the same, and one of
        them is "train". Where others lie beside two or more, a warning says that they
        are read as classes.
        """
        parts = [path.relative_to(root).parts for path in paths]
        names = sorted({first for first, *rest in parts if rest})
        splits = {
            name: SPLITS[name.lower()] for name in names if name.lower() in SPLITS
        }
        distinct = {*splits.values()}
        if "train" in distinct and len(distinct) == len(names):
            return cls(root, splits)
        if len(splits) > 1:
            warnings.warn(
                f"The sub-folders {sorted(splits)} of {str(root)!r} are read as "
                "classes and not as splits. Splits are 'train' and, each once, 'test' "
                f"and 'validation', with nothing beside them. Received: {names}.",
                stacklevel=2,
            )
        return cls(root, {})

    def split_of(self, path: pathlib.Path) -> str:
        """Return the split whose folder holds an example, "" if none does."""
        return self.splits.get(path.relative_to(self.root).parts[0], "")

    def label_of(self, path: pathlib.Path) -> str:
        """Name the class folder that holds an example, "" if none does."""
        parts = path.relative_to(self.root).parts[bool(self.splits) :]
        return parts[0] if len(parts) > 1 else ""

    def in_split(self, path: pathlib.Path) -> bool:
        """Tell whether an example is in a split, and not beside the splits' folders."""
        return not self.splits or self.split_of(path) != ""

    def holds(self, path: pathlib.Path, labelled: bool) -> bool:
        """Tell whether an example lies where the others do, and not beside them."""
        return self.in_split(path) and bool(self.label_of(path)) == labelled

    def chosen(
        self, paths: Sequence[pathlib.Path], request: Request
    ) -> list[pathlib.Path]:
        """Choose the examples of a split; without "test" the others are cut in two.

        Raises:
            ValueError: for a split that there is not.
        """
        check_split(
            request.split, list(dict.fromkeys(["train", "test", *self.splits.values()]))
        )
        cut = request.split in ("train", "test") and "test" not in self.splits.values()
        split = "train" if cut else request.split
        mine = [p for p in paths if not self.splits or self.split_of(p) == split]
        choose = request.fixed_split if cut else request.fixed_order
        return [mine[i] for i in choose(len(mine))]
