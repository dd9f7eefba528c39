"""A cache of real examples' features on disk, by the content of data and extractor."""

from __future__ import annotations

import contextlib
import hashlib
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from keras_genmodels import atomic_files
from keras_genmodels.data.files import locations

FORMAT = 1  # raised when the meaning of a file changes
_KEY = "features"


def folder() -> Path:
    """Find the folder of the files: KERAS_GENMODELS_CACHE, else the user's cache."""
    return locations.user_cache()


def content_hash(extractor: Any, batches: Iterable[np.ndarray]) -> str:
    """Compute the SHA-256 of an extractor and all examples, whatever their batches.

    Args:
        extractor: whose `fingerprint`, or else whose name, stands for it.
        batches: arrays (batch, ...) of examples.
    """
    made_by = getattr(extractor, "fingerprint", extractor.name)
    digest, shape = hashlib.sha256(f"{FORMAT} {made_by}".encode()), ()
    for x in batches:
        shape = x.dtype, x.shape[1:]
        digest.update(np.ascontiguousarray(x))
    digest.update(repr(shape).encode())
    return digest.hexdigest()


def load_or_compute(key: str, compute: Callable[[], np.ndarray]) -> np.ndarray:
    """Load the array under a key from disk, or compute and store it.

    It is written beside its place and moved there in one step; a damaged file, or one
    that is gone, is made again. A folder that cannot be written to costs time only.

    Args:
        key: of the content, letters and digits.
        compute: makes the array.
    """
    path = folder() / f"{key}.npz"
    found = _read(path)
    if found is not None:
        return found
    made = compute()
    with contextlib.suppress(OSError):
        _write(path, made)
    return made


def _read(path: Path) -> np.ndarray | None:
    """The array of a file, whose checksum the archive holds, or None."""
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as stored:
            return stored[_KEY]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _write(path: Path, array: np.ndarray) -> None:
    """Write whole or not at all; what a killed process left is removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_files.locked(path.parent):
        for left in path.parent.glob(".partial-*"):
            left.unlink()
        with atomic_files.replacing(path) as partial:
            np.savez(partial, **{_KEY: array})
