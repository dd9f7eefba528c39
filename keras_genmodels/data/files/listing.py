"""Lists of files below a folder, their fingerprint, and the files that are skipped."""

from __future__ import annotations

import hashlib
import pathlib
import warnings
from collections.abc import Iterable

NAMED_IN_WARNING = 20


def files_below(
    folder: pathlib.Path, suffixes: tuple[str, ...] | None = None
) -> list[pathlib.Path]:
    """List every file below a folder that is not hidden, in a fixed order.

    Args:
        folder: where to look.
        suffixes: how the files must end, such as (".jpg",), in lower case. Default:
            in any way.
    """
    found = [
        file
        for file in folder.rglob("*")
        if (suffixes is None or file.suffix.lower() in suffixes)
        and file.is_file()
        and not any(part.startswith(".") for part in file.relative_to(folder).parts)
    ]
    return sorted(found, key=lambda file: file.relative_to(folder).as_posix())


def fingerprint(found: Iterable[pathlib.Path]) -> str:
    """Hash names, sizes and times: another when a file is added, removed or written."""
    facts = [(str(f), f.stat().st_size, f.stat().st_mtime_ns) for f in found]
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
