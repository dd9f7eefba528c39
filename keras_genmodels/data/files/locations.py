"""Folders of data: those of TFDS, of archives fetched by hand, and of caches."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Callable, Iterable
from typing import Any

from keras_genmodels.data.files import listing
from keras_genmodels.data.request import Request

ENVIRONMENT = "KERAS_GENMODELS_DATA"
CACHE = "KERAS_GENMODELS_CACHE"


def roots(data_dir: str | os.PathLike[str] | None = None) -> list[pathlib.Path]:
    """List the folders of TFDS: `data_dir`, or the environment's and TFDS's own."""
    own = os.environ.get("TFDS_DATA_DIR", os.path.join("~", "tensorflow_datasets"))
    named = [data_dir] if data_dir else [os.environ.get(ENVIRONMENT), own]
    return [pathlib.Path(folder).expanduser() for folder in named if folder]


def user_cache() -> pathlib.Path:
    """Return the folder KERAS_GENMODELS_CACHE, or one among the user's caches."""
    above = os.environ.get("XDG_CACHE_HOME") or os.path.join("~", ".cache")
    named = os.environ.get(CACHE) or os.path.join(above, "keras_genmodels")
    return pathlib.Path(named).expanduser()


def cache_folder() -> pathlib.Path | None:
    """Return the folder for data that takes long to make.

    It is the user's cache; None if the environment does not name it and it cannot be
    written to.
    """
    folder = user_cache()
    if os.environ.get(CACHE):
        return folder
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    return folder if os.access(existing, os.W_OK | os.X_OK) else None


def named_folder(request: Request, kind: str) -> pathlib.Path:
    """Return the folder that a data set's name, `kind:PATH`, gives as PATH.

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


def fingerprint_of(kind: str) -> Callable[[Request], str]:
    """Make a function that hashes the files under PATH of `kind:PATH`.

    The hash is another one when a file is added, removed or written.
    """

    def hashed(request: Request) -> str:
        root = named_folder(request, kind)
        return listing.fingerprint(listing.files_below(root))

    return hashed


def first_form(folder: pathlib.Path, *forms: Iterable[str]) -> list[pathlib.Path]:
    """List the files of the first form of a set that a folder has whole.

    Args:
        folder: where they are.
        *forms: the names of the files of each form.

    Returns:
        The files, in the order of their names; none where a file of every form is
        missing.
    """
    for names in forms:
        files = [folder / name for name in names]
        if all(file.is_file() for file in files):
            return files
    return []


def fetched_folder(
    name: str,
    request: Request,
    holds: Callable[[pathlib.Path], Any],
    wanted: str,
) -> pathlib.Path:
    """Find the folder of files that a person has fetched.

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


def fetched_file(name: str, request: Request, file: str, wanted: str) -> pathlib.Path:
    """Find the one file of a set that a person has fetched.

    Args:
        name: of the set, and of its folder.
        request: as for `fetched_folder`.
        file: its name.
        wanted: as for `fetched_folder`.

    Raises:
        ValueError: as `fetched_folder`.
    """
    folder = fetched_folder(name, request, lambda f: (f / file).is_file(), wanted)
    return folder / file
