"""TensorFlow Serving's layout of a model: a folder, and a folder a version in it."""

from __future__ import annotations

import pathlib

_FOREIGN = set("/:\"'`\\<>|*?")  # what ends a name in a path, an address or a file


class VersionTakenError(ValueError):
    """Error of a version that is there already, or below one that is."""


def check_name(name: str) -> str:
    """Require a name that can stand in a path, an address and every file of a server.

    Raises:
        ValueError: for one with a quote, a slash, a line break or the like, or with
            nothing but dots.

    Example:
        >>> check_name("vae_mnist")
        'vae_mnist'
    """
    if not name.isprintable() or set(name) & _FOREIGN or not name.strip(". "):
        raise ValueError(
            "`name` must be printable, without any of / : \" ' ` \\ < > | * ? and not "
            f"of dots alone. Received: name={name!r}."
        )
    return name


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
    path = pathlib.Path(folder) / str(max(versions(folder), default=0) + 1)
    while path.exists():  # a file, which is no version
        path = path.with_name(str(int(path.name) + 1))
    return path


def check_version(path: pathlib.Path) -> None:
    """Refuse a path that TensorFlow Serving would not serve.

    Raises:
        ValueError: if it does not end in an integer.
    """
    if not (path.name.isascii() and path.name.isdecimal()):
        raise ValueError(
            "`path` must end in an integer version, as in 'saved_models/name/1'. "
            f"Received: {path}."
        )


def check_free(path: pathlib.Path) -> None:
    """Refuse a path that is no version, or one that is taken.

    Raises:
        ValueError: if it does not end in an integer.
        VersionTakenError: if it is there, or a newer version is.
    """
    check_version(path)
    newest = max(versions(path.parent), default=-1)
    if path.exists() or int(path.name) <= newest:
        raise VersionTakenError(
            f"`path` must be a new version, above {newest}. Received: {path}. "
            f"{next_version(path.parent)} is free."
        )


def size(folder: str | pathlib.Path) -> int:
    """Bytes of all files in a folder and below."""
    files = (path for path in pathlib.Path(folder).rglob("*") if path.is_file())
    return sum(path.stat().st_size for path in files)
