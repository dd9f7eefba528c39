"""Whole models on disk, of which one is always good, whenever the process is killed."""

from __future__ import annotations

import hashlib
import json
import re
import warnings
from pathlib import Path

import keras

from keras_genmodels import atomic_files, registry

registry.load_all(*registry.SAVED)  # every class that a saved model is made of
KEPT = 2
_NAME = re.compile(r"epoch-(\d+)\.keras")


def save(model: keras.Model, folder: Path, epoch: int) -> Path:
    """Write the model with its optimisers and random states; keep the last two.

    The file is written beside its place and moved there in one step; the sidecar with
    its SHA-256 follows. A process that is killed in between leaves a file that `load`
    passes over.

    Args:
        model: a compiled model; its `.keras` file must hold all that training needs.
        folder: of the checkpoints; made if it is not there.
        epoch: the number of finished epochs, >= 1.

    Returns:
        The path, `folder/epoch-0007.keras`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"epoch-{epoch:04d}.keras"
    with atomic_files.replacing(path) as partial:
        model.save(partial)
        digest = _sha256(partial)
    atomic_files.write_json(_sidecar(path), {"epoch": epoch, "sha256": digest})
    for old in _paths(folder)[:-KEPT]:
        _remove(old)
    return path


def newest(folder: Path) -> tuple[Path, int] | None:
    """Find the last whole checkpoint; a damaged one is passed over with a warning.

    Returns:
        The path and the number of finished epochs, or None if there is none.
    """
    paths = _paths(folder)
    while paths:
        path = paths.pop()
        flaw = _flaw(path)
        if flaw is None:
            return path, _epoch(path)
        instead = paths[-1].name if paths else "the start"
        warnings.warn(
            f"The checkpoint {path} {flaw}; going back to {instead}.",
            RuntimeWarning,
            stacklevel=2,
        )
    return None


def load(path: Path) -> keras.Model:
    """Load the model of a checkpoint, compiled, with every optimiser's state."""
    return keras.saving.load_model(path)


def discard_after(folder: Path, epoch: int) -> None:
    """Remove damaged checkpoints of later epochs and what was half written."""
    for path in _paths(folder):
        if _epoch(path) > epoch:
            _remove(path)
    for path in folder.glob("*partial*"):
        path.unlink()


def _paths(folder: Path) -> list[Path]:
    found = [p for p in folder.glob("*.keras") if _NAME.fullmatch(p.name)]
    return sorted(found, key=_epoch)


def _epoch(path: Path) -> int:
    return int(_NAME.fullmatch(path.name).group(1))


def _sidecar(path: Path) -> Path:
    return path.with_suffix(".json")


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flaw(path: Path) -> str | None:
    """Say what is wrong with a checkpoint, or None."""
    try:
        noted = json.loads(_sidecar(path).read_text(encoding="utf-8"))
        whole = noted["sha256"] == _sha256(path)
    except (OSError, ValueError, KeyError, TypeError):
        return "has no readable sidecar"
    return None if whole else "is damaged (its SHA-256 is not the noted one)"


def _remove(path: Path) -> None:
    _sidecar(path).unlink(missing_ok=True)
    path.unlink(missing_ok=True)
