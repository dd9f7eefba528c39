"""Tables of attributes of files, as spreadsheets and programs write them."""

from __future__ import annotations

import codecs
import csv
import io
import pathlib
import warnings
from collections.abc import Iterable, Sequence

from keras_genmodels.data.files.split_folders import Layout

NAME = "attributes.csv"
SEPARATORS = ",;\t"
# A table as rows: the path of a file -> attribute -> value.
Table = dict[str, dict[str, str]]


def of_examples(layout: Layout, paths: Iterable[pathlib.Path], kind: str) -> Table:
    """Return the attributes of every example that has some, or of all where none has.

    They are those of the table `attributes.csv` in the folder, where there is one; else
    "label", the sub-folder that an example lies in.

    Args:
        layout: of the folder.
        paths: of the examples.
        kind: of example, for messages: "clip" or "picture".

    Raises:
        ValueError: for a table that does not fit the examples.
    """
    names = {path.relative_to(layout.root).as_posix(): path for path in paths}
    if (layout.root / NAME).is_file():
        return read(layout.root / NAME, list(names), kind)
    labelled = any(layout.label_of(path) for path in names.values())
    return {
        name: {"label": layout.label_of(path)} if labelled else {}
        for name, path in names.items()
        if layout.holds(path, labelled)
    }


def read(file: pathlib.Path, names: Sequence[str], kind: str) -> Table:
    r"""Read the attributes of files from the column `file` and a column an attribute.

    The text is UTF-8 or UTF-16; else it is read as Latin-1, and a warning says so.
    Columns are separated by what is in the first line most often of `,`, `;` and tabs.
    Spaces around names and values, and lines without values, are left out.

    Args:
        file: the table; it lies in the folder that the paths in it begin in.
        names: the paths of all files, each of which must have a row.
        kind: of file, for messages: "clip" or "picture".

    Raises:
        ValueError: for text that cannot be decoded, columns without a name or with the
            same one, a row with too many or too few values, or one of no such file.
    """
    columns, *rows = _lines(file) or [[]]
    if "file" not in columns or len(columns) < 2:
        raise ValueError(
            f"{file.name} must have a column 'file' and one an attribute. "
            f"Received: the columns {columns}."
        )
    if "" in columns or len({*columns}) < len(columns):
        raise ValueError(
            f"{file.name} must have another name for every column. "
            f"Received: the columns {columns}."
        )
    table: Table = {}
    for values in rows:
        name, row = _row(file, columns, values, kind)
        if not (file.parent / name).exists() or name in table:
            wrong = "there twice" if name in table else "no file"
            raise ValueError(
                f"{file.name} must name every {kind} once. Received: {name!r}, which "
                f"is {wrong}."
            )
        table[name] = row
    missing = [name for name in names if name not in table]
    if missing:
        raise ValueError(
            f"{file.name} must name every {kind}. Missing: {len(missing)}, such as "
            f"{missing[0]!r}."
        )
    return {name: table[name] for name in names}


def _row(
    file: pathlib.Path, columns: list[str], values: list[str], kind: str
) -> tuple[str, dict[str, str]]:
    """Return the path of a row, and its attributes."""
    if len(values) > len(columns):
        raise ValueError(
            f"{file.name} must have at most a value a column in every row. Received: "
            f"{values} for the columns {columns}. Put double quotes around a value "
            "that holds a separator."
        )
    row = dict(zip(columns, values, strict=False))
    name = pathlib.PurePosixPath(row.pop("file", "")).as_posix()
    absent = [key for key in columns if key != "file" and not row.get(key)]
    if absent:
        raise ValueError(
            f"{file.name} must give every attribute of a {kind}. "
            f"Received: {name!r} without {absent}."
        )
    return name, row


def _lines(file: pathlib.Path) -> list[list[str]]:
    """Split the lines that hold something, without empty values at their ends."""
    text = _text(file)
    separator = max(SEPARATORS, key=text.lstrip().partition("\n")[0].count)
    lines, found = io.StringIO(text, newline=""), []
    for cells in csv.reader(lines, delimiter=separator, skipinitialspace=True):
        stripped = [cell.strip() for cell in cells]
        while stripped and not stripped[-1]:
            stripped.pop()
        if stripped:
            found.append(stripped)
    return found


def _text(file: pathlib.Path) -> str:
    data = file.read_bytes()
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif b"\0" in data[:2]:  # a Latin letter in two bytes
        encoding = "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
    else:
        encoding = "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8-sig":
            raise ValueError(
                f"{file.name} must be text in UTF-8 or UTF-16. Received: {error}."
            ) from error
    warnings.warn(
        f"{file.name} is not UTF-8 and was read as Latin-1: names with accents may be "
        "wrong. Save it as UTF-8.",
        stacklevel=2,
    )
    return data.decode("cp1252", errors="backslashreplace")
