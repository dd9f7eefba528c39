"""Files of sentences and their translations, a line each."""

from __future__ import annotations

import gzip
import pathlib
from collections.abc import Sequence

Pair = tuple[str, str]


def pairs(files: Sequence[pathlib.Path]) -> list[Pair]:
    """Read sentences and their translations.

    Args:
        files: one, with a tab between the two of a line; or two, whose lines of the
            same number are a pair. Those that end in .gz are unpacked.

    Raises:
        ValueError: for a line without a tab or with several, files that differ in
            length, or text that is not UTF-8.
    """
    found = [_lines(file) for file in files]
    if len(files) == 2:
        if len(found[0]) != len(found[1]):
            raise ValueError(
                f"{files[0].name!r} and {files[1].name!r} must have as many lines as "
                f"each other. Received: {len(found[0])} and {len(found[1])}."
            )
        return list(zip(*found, strict=True))
    split = [tuple(line.split("\t")) for line in found[0]]
    for number, pair in enumerate(split, 1):
        if len(pair) != 2:
            raise ValueError(
                f"Every line of {files[0].name!r} must be two sentences with a tab "
                f"between them. Received: {len(pair)} parts in line {number}."
            )
    return split


def _lines(file: pathlib.Path) -> list[str]:
    opened = gzip.open if file.suffix == ".gz" else open
    try:
        with opened(file, "rt", encoding="utf-8") as stream:
            return stream.read().splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(f"{file.name!r} must be text in UTF-8. {error}") from error
