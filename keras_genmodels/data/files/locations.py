"""Where data lies: the folder of TFDS, archives fetched by hand, what we made once."""

from __future__ import annotations

import hashlib
import os
import pathlib
import warnings
from collections.abc import Callable, Iterable
from typing import Any

from keras_genmodels.data.request import Request

ENVIRONMENT = "KERAS_GENMODELS_DATA"
CACHE = "KERAS_GENMODELS_CACHE"
NAMED_IN_WARNING = 20


def roots(data_dir: str | os.PathLike[str] | None = None) -> list[pathlib.Path]:
    """The folders of TFDS to look into: `data_dir`, or the environment's and TFDS's."""
    own = os.environ.get("TFDS_DATA_DIR", os.path.join("~", "tensorflow_datasets"))
    named = [data_dir] if data_dir else [os.environ.get(ENVIRONMENT), own]
    return [pathlib.Path(folder).expanduser() for folder in named if folder]


def cache_folder() -> pathlib.Path | None:
    """Where data that takes long to make is kept.

    The environment's KERAS_GENMODELS_CACHE, or a folder among the user's caches; None
    if that cannot be written.
    """
    named = os.environ.get(CACHE)
    above = os.environ.get("XDG_CACHE_HOME") or os.path.join("~", ".cache")
    folder = pathlib.Path(named or os.path.join(above, "keras_genmodels")).expanduser()
    if named:
        return folder
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    return folder if os.access(existing, os.W_OK | os.X_OK) else None


def named(request: Request, kind: str) -> pathlib.Path:
    """The folder that PATH in a data set's name, `kind:PATH`, stands for.

    Raises:
        ValueError: if there is none.
    """
    root = pathlib.Path(request.target).expanduser()
    if not request.target or not root.is_dir():
        raise ValueError(
            f"`{kind}:PATH` must name a folder that exists. "
            f"Received: '{kind}:{request.target}'."
        )
    return root.resolve()


def fetched(
    name: str,
    request: Request,
    holds: Callable[[pathlib.Path], Any],
    wanted: str,
) -> pathlib.Path:
    """The folder of files that a person has fetched.

    Args:
        name: of the set, and of its folder.
        request: whose `manual_dir` is the folder, if it is given. If not, the folder
            is looked for in and beside the folders of TFDS, and where TFDS keeps what
            was fetched by hand.
        holds: whether a folder is the right one.
        wanted: what must be in the folder, and where it comes from.

    Raises:
        ValueError: if there is none; the message says what to put where.
    """
    if request.manual_dir is not None:
        looked = [pathlib.Path(request.manual_dir).expanduser()]
    else:
        looked = [
            place / name
            for root in roots(request.data_dir)
            for place in (root, root.parent, root / "downloads" / "manual")
        ]
    for folder in looked:
        if folder.is_dir() and holds(folder):
            return folder
    raise ValueError(
        f"The data set {name!r} is not on disk. Looked into: "
        f"{', '.join(map(str, looked))}. Give `manual_dir`, a folder of {wanted}."
    )


def files(
    folder: pathlib.Path, suffixes: tuple[str, ...] | None = None
) -> list[pathlib.Path]:
    """Every file below a folder that is not hidden, in an order that never changes.

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
    """Changes when a file is added, removed or written."""
    facts = [(str(f), f.stat().st_size, f.stat().st_mtime_ns) for f in found]
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def warn_skipped(
    root: pathlib.Path, bad: Iterable[pathlib.Path], count: int, kind: str
) -> None:
    """One warning that names and counts the files that were passed over.

    Args:
        root: the folder they were found in.
        bad: the files.
        count: the number of files that were looked at.
        kind: what they are not.
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
