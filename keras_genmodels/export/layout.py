"""TensorFlow Serving's layout of a model: a folder, and a folder a version in it."""

from __future__ import annotations

import pathlib


def versions(folder: str | pathlib.Path) -> list[int]:
    """The versions of a model, oldest first; none if there is no such folder."""
    found = pathlib.Path(folder).glob("[0-9]*")
    names = (path.name for path in found if path.is_dir())
    return sorted(int(name) for name in names if name.isascii() and name.isdecimal())


def newest(folder: str | pathlib.Path) -> pathlib.Path:
    """The path of the newest version.

    Raises:
        ValueError: if there is none.
    """
    found = versions(folder)
    if not found:
        raise ValueError(
            "`folder` must be that of an exported model, with an integer version in "
            f"it. Received: {folder}."
        )
    return pathlib.Path(folder) / str(found[-1])


def next_version(folder: str | pathlib.Path) -> pathlib.Path:
    """The path of the next free version, of which the first is 1."""
    return pathlib.Path(folder) / str(max(versions(folder), default=0) + 1)


def size(folder: str | pathlib.Path) -> int:
    """Bytes of all files in a folder and below."""
    files = (path for path in pathlib.Path(folder).rglob("*") if path.is_file())
    return sum(path.stat().st_size for path in files)
