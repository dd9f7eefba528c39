"""Lists of files below a folder, their fingerprint, and the files that are skipped."""

from __future__ import annotations

import hashlib
import pathlib
import warnings
from collections.abc import Iterable, Iterator

NAMED_IN_WARNING = 20


def files_below(
    folder: pathlib.Path, suffixes: tuple[str, ...] | None = None
) -> list[pathlib.Path]:
    """List every file below a folder that is not hidden, in a fixed order.

    Links to folders are followed, but for one to a folder that it lies in. A link to
    nothing is listed as a file, so that it can be named as one that cannot be read.

    Args:
        folder: where to look.
        suffixes: how the files must end, such as (".jpg",), in lower case. Default:
            in any way.
    """
    found = [
        file
        for file in _walk(folder, frozenset())
        if suffixes is None or file.suffix.lower() in suffixes
    ]
    return sorted(found, key=lambda file: file.relative_to(folder).as_posix())


def _walk(
    folder: pathlib.Path, above: frozenset[tuple[int, int]]
) -> Iterator[pathlib.Path]:
    """Yield the files below a folder that is none of those above it, by any path."""
    if not folder.is_dir():
        return
    facts = folder.stat()
    here = (facts.st_dev, facts.st_ino)
    if here in above:
        return
    for entry in folder.iterdir():
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _walk(entry, above | {here})
        elif entry.is_file() or entry.is_symlink():
            yield entry


def name_below(file: pathlib.Path, root: pathlib.Path) -> str:
    """Return the path of a file from a folder, with slashes on every system."""
    return file.relative_to(root).as_posix()


def fingerprint(found: Iterable[pathlib.Path]) -> str:
    """Hash names, sizes and times: another when a file is added, removed or written."""
    facts = [
        (str(f), status.st_size, status.st_mtime_ns)
        for f in found
        for status in [f.stat() if f.exists() else f.lstat()]
    ]
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def warn_skipped(
    root: pathlib.Path, bad: Iterable[pathlib.Path], count: int, kind: str
) -> None:
    """Give one warning that names and counts the files that were skipped.

    Args:
        root: the folder they were found in.
        bad: the files.
        count: the number of files that were looked at.
        kind: what the files should be, such as "pictures".
    """
    names = [file.relative_to(root).as_posix() for file in bad]
    if not names:
        return
    named = names[:NAMED_IN_WARNING]
    if len(names) > len(named):
        named.append(f"and {len(names) - len(named)} more")
    warnings.warn(
        f"Skipped {len(names)} of {count} files in {str(root)!r}, which are no {kind} "
        f"that can be used: {', '.join(named)}.",
        stacklevel=2,
    )
