"""A person's own files of one kind, with the attributes that folders or a table say."""

from __future__ import annotations

import pathlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from keras_genmodels.data.files import attribute_table, listing
from keras_genmodels.data.files.split_folders import Layout


def found(root: pathlib.Path) -> list[pathlib.Path]:
    """List the files below a folder, without its table of attributes."""
    return [f for f in listing.files_below(root) if f != root / attribute_table.NAME]


@dataclass(frozen=True)
class LabelledFiles:
    """Files that are examples, and those that are none.

    Args:
        layout: of the folder.
        rows: file -> attribute -> class, of the examples.
        bad: all other files.
    """

    layout: Layout
    rows: dict[pathlib.Path, dict[str, str]]
    bad: set[pathlib.Path]

    @classmethod
    def of(
        cls,
        root: pathlib.Path,
        files: Sequence[pathlib.Path],
        known: Iterable[pathlib.Path],
        kind: str,
    ) -> LabelledFiles:
        """Find the examples among files.

        Args:
            root: the folder.
            files: all of them.
            known: those that are of the kind.
            kind: of example, for messages: "picture" or "volume".

        Raises:
            ValueError: for fewer than two examples, or a table that does not fit them.
        """
        known = list(known)
        layout = Layout.of(root, known)
        table = attribute_table.of_examples(layout, known, kind)
        names = {file: listing.name_below(file, root) for file in known}
        rows = {
            file: table[name]
            for file, name in names.items()
            if name in table and layout.in_split(file)
        }
        bad = {*files} - {*rows}
        if len(rows) < 2:
            raise ValueError(
                f"The folder {str(root)!r} must hold at least two {kind}s. Received: "
                f"{len(rows)}, and {len(bad)} other files."
            )
        return cls(layout, rows, bad)

    def labelled(
        self, read: Sequence[pathlib.Path]
    ) -> tuple[dict[str, list[str]], np.ndarray]:
        """Give the classes of every attribute, and the int32 labels of some files.

        Args:
            read: the files, in their order.
        """
        first = next(iter(self.rows.values()))
        classes = {
            key: sorted({row[key] for row in self.rows.values()}) for key in first
        }
        labels = [
            [kinds.index(self.rows[f][name]) for name, kinds in classes.items()]
            for f in read
        ]
        return classes, np.array(labels, np.int32)
