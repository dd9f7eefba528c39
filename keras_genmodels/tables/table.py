"""Tables and their files: Markdown, CSV and a picture, whole or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from keras_genmodels import atomic_files, pictures, registry
from keras_genmodels.annotations import check_arguments, parameters_of


@dataclass(frozen=True)
class Table:
    """Numbers in rows, what they say, and the same as a picture.

    Args:
        title: one line.
        columns: their names.
        rows: as many values each; numbers or words.
        notes: sentences below the table: how it was made.
        picture: (height, width, 1 or 3) in [0, 1], or None.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    notes: str = ""
    picture: np.ndarray | None = None

    def markdown(self) -> str:
        """The table with its title and notes; floats with four digits.

        Example:
            >>> print(Table("Squares", ["n", "n^2"], [[1.5, 2.25]]).markdown())
            **Squares**
            <BLANKLINE>
            | n | n^2 |
            | --- | --- |
            | 1.5 | 2.25 |
        """
        lines = [self.columns, ["---"] * len(self.columns), *self.rows]
        body = [f"| {' | '.join(map(_shown, line))} |" for line in lines]
        notes = ["", self.notes] if self.notes else []
        return "\n".join([f"**{self.title}**", "", *body, *notes])

    def csv(self) -> str:
        """The columns' names and the rows, floats in full."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows(self.rows)
        return text.getvalue()

    def write(self, folder: Path) -> None:
        """Write `table.md`, `table.csv` and, if there is a picture, `plot.png`."""
        folder.mkdir(parents=True, exist_ok=True)
        atomic_files.write_text(folder / "table.md", self.markdown() + "\n")
        atomic_files.write_text(folder / "table.csv", self.csv())
        if self.picture is not None:
            pictures.save_png(folder / "plot.png", self.picture)


def names() -> list[str]:
    """The names of all tables.

    Example:
        >>> names()[:4]
        ['chairs', 'disentanglement', 'flows', 'gallery']
    """
    return registry.names("table")


def make(
    name: str, out: str | Path | None = None, verbose: int = 0, **options: Any
) -> Path:
    """Make a table and write its files.

    Args:
        name: one of `names()`.
        out: the folder. Default: `tables/NAME`. What it holds already of a long table
            is not made again.
        verbose: 1 shows a progress bar.
        **options: of the table.

    Returns:
        The folder, with `table.md`, `table.csv` and `plot.png`.

    Raises:
        ValueError: for an unknown name or option; the message has the nearest ones.

    Example:
        >>> make("saturation", "tables/first", steps=100)  # doctest: +SKIP
        PosixPath('tables/first')
    """
    function = registry.lookup(name, "table")
    known = parameters_of(function)[2:]
    check_arguments(options, known, "option", f"of the table {name!r}")
    folder = Path("tables") / name if out is None else Path(out).expanduser()
    function(folder, verbose, **options).write(folder)
    return folder


def _shown(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
