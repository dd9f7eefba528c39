"""Folders in which TensorFlow Datasets (TFDS) keeps the sets that it has prepared.

Only folders are read: asking TFDS itself for a set that is missing takes
minutes without a network, and a prepared folder can be read without its builder.
"""

from __future__ import annotations

import os
import pathlib
import re

from keras_genmodels.data.files import locations
from keras_genmodels.registry import suggest


def find(name: str, data_dir: str | os.PathLike[str] | None = None) -> str:
    """Return the folder of the newest version of a prepared set.

    Args:
        name: NAME or NAME/CONFIG, as TFDS spells it.
        data_dir: where to look. Default: the environment's KERAS_GENMODELS_DATA, then
            TFDS's own folder (TFDS_DATA_DIR, or ~/tensorflow_datasets).

    Raises:
        ValueError: if it is in none of them, at once and without a network; or if it
            has several configurations and `name` chooses none.
    """
    if not re.fullmatch(r"\w+(/[\w.-]+)?", name):
        raise ValueError(
            f"`tfds:NAME` must be NAME or NAME/CONFIG. Received: 'tfds:{name}'."
        )
    roots = locations.roots(data_dir)
    for root in roots:
        versions = _versions(root / name)
        configs = [c for c in _folders(root / name) if _versions(c)]
        if not versions and len(configs) > 1:
            raise ValueError(
                f"`tfds:{name}` must name one of the configurations "
                f"{[f'{name}/{c.name}' for c in configs]}."
            )
        if not versions and configs:
            versions = _versions(configs[0])
        if versions:
            return str(versions[-1])
    raise ValueError(_missing(name, roots))


def _missing(name: str, roots: list[pathlib.Path]) -> str:
    prepared = {f.name for root in roots for f in _folders(root) if _is_prepared(f)}
    there = suggest(name, list(prepared)) if prepared else "No set is there."
    return (
        f"The data set {name!r} is not on disk. Looked into: "
        f"{', '.join(str(root) for root in roots)}. {there} Prepare it once, with a "
        'network: python -c "import tensorflow_datasets as tfds; '
        f'tfds.builder({name!r}, data_dir={str(roots[0])!r}).download_and_prepare()"'
    )


def _is_prepared(folder: pathlib.Path) -> bool:
    return bool(_versions(folder)) or any(_versions(c) for c in _folders(folder))


def _folders(folder: pathlib.Path) -> list[pathlib.Path]:
    return sorted(f for f in folder.iterdir() if f.is_dir()) if folder.is_dir() else []


def _versions(folder: pathlib.Path) -> list[pathlib.Path]:
    """List prepared versions, oldest first; 3.10.0 is newer than 3.9.0."""
    found = [
        f
        for f in _folders(folder)
        if re.fullmatch(r"\d+\.\d+\.\d+", f.name)
        and (f / "dataset_info.json").is_file()
    ]
    return sorted(found, key=lambda f: tuple(map(int, f.name.split("."))))
