"""Decoded and scaled pictures on disk, memory-mapped, keyed by what decides them."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pathlib
import re
import shutil
import warnings
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np

from keras_genmodels import atomic_files
from keras_genmodels.data.request import Arrays, Request
from keras_genmodels.data.sequences import Sequences
from keras_genmodels.data.spec import DatasetSpec

FORMAT = 3  # raised when the meaning of the files changes
_DAMAGES = (  # of reading files that are not what `_write` wrote
    *(FileNotFoundError, IsADirectoryError, EOFError, zipfile.BadZipFile),
    *(AttributeError, KeyError, TypeError, ValueError),
)


def cached(
    folder: str | os.PathLike[str],
    name: str,
    request: Request,
    source: Callable[[Request], Arrays],
) -> Arrays:
    """The arrays of `source(request)`, from `folder` if they are there.

    The arrays are filled in a folder beside and renamed when complete, so that a
    process that is killed, or two at once, leave nothing half-written. Arrays whose
    files are damaged are made again. A source that reads files has an attribute
    `fingerprint`, a function of the request whose string changes when the files do.

    Raises:
        ValueError: if `folder` cannot be written to, or its disk is full.

    Warns:
        RuntimeWarning: for damaged files.
    """
    key = _key(name, request, source)
    digest = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()
    readable = re.sub(r"\W+", "-", name)[-40:].strip("-")
    path = (
        pathlib.Path(folder).expanduser() / f"{readable}-{request.split}-{digest[:16]}"
    )
    found = _read_undamaged(path)
    if found is not None:
        return found
    with contextlib.ExitStack() as stack:
        try:
            beside = stack.enter_context(atomic_files.filling(path))
            _remove_damaged(path)
        except OSError as error:
            raise _unwritable(error) from error
        try:
            _write(beside, key, request, source)
        except OSError as error:
            if error.errno not in atomic_files.FULL:
                raise
            raise _unwritable(error) from error
        _publish(beside, path)
    return _read(path)


def _unwritable(error: OSError) -> ValueError:
    return ValueError(
        "`cache` must be a folder that can be written to, with room for the pictures. "
        f"Received: {error}. The environment's KERAS_GENMODELS_CACHE, or `cache`, "
        "names another."
    )


def _read_undamaged(path: pathlib.Path) -> Arrays | None:
    """Read the files, or None where there are none, or damaged ones, which is told."""
    if not path.is_dir():
        return None
    try:
        return _read(path)
    except _DAMAGES as error:
        warnings.warn(
            f"The cache {path} is damaged ({type(error).__name__}: {error}); it is "
            "made again.",
            RuntimeWarning,
            stacklevel=3,
        )
        return None


def _remove_damaged(path: pathlib.Path) -> None:
    """Make room for new files, unless another process has made them meanwhile."""
    with atomic_files.locked(path.parent):
        with contextlib.suppress(*_DAMAGES):
            _read(path)
            return
        shutil.rmtree(path, ignore_errors=True)


def _key(
    name: str, request: Request, source: Callable[[Request], Arrays]
) -> dict[str, Any]:
    fingerprint = getattr(source, "fingerprint", None)
    return {
        "format": FORMAT,
        "name": name,
        "split": request.split,
        "image_size": request.image_size,
        "crop": request.crop,
        "greyscale": request.greyscale,
        "num_examples": request.num_examples,
        "source": fingerprint(request) if fingerprint else "",
        **{option: getattr(request, option) for option in getattr(source, "takes", ())},
    }


def _write(
    folder: pathlib.Path,
    key: dict[str, Any],
    request: Request,
    source: Callable[[Request], Arrays],
) -> None:
    file = folder / "x.npy"

    def allocate(shape: tuple[int, ...], dtype: Any) -> np.ndarray:
        x = np.lib.format.open_memmap(file, "w+", dtype, shape)
        _reserve(file)
        return x

    arrays = source(request.into(allocate))
    if isinstance(arrays.x, np.memmap):
        arrays.x.flush()
    else:
        np.save(file, arrays.x)
    np.save(folder / "labels.npy", arrays.labels)
    for name, values in arrays.tensors.items():
        np.save(_tensor_file(folder, name), values)
    form = {"spec": arrays.spec.to_dict(), "pictures": len(arrays.x), "key": key}
    if arrays.domain is not None:
        form["domain"] = "".join(arrays.domain)
    if arrays.sequences is not None:
        tables, form["sequences"] = arrays.sequences.to_tables()
        np.savez(folder / "sequences.npz", **tables)
    (folder / "spec.json").write_text(json.dumps(form, indent=2), encoding="utf-8")


def _reserve(file: pathlib.Path) -> None:
    """Let a full disk refuse now: a mapped page without room is a bus error later."""
    if hasattr(os, "posix_fallocate"):
        with open(file, "r+b") as stream:
            try:
                os.posix_fallocate(stream.fileno(), 0, file.stat().st_size)
            except OSError as error:  # others do not know how
                if error.errno in atomic_files.FULL:
                    raise


def _publish(beside: pathlib.Path, path: pathlib.Path) -> None:
    """Rename; if another process was first, its files are the same."""
    try:
        os.rename(beside, path)
    except OSError:
        if not path.is_dir():
            raise


def _read(path: pathlib.Path) -> Arrays:
    """Map the files. Mode "c" never writes to them, and TensorFlow can share it."""
    form = json.loads((path / "spec.json").read_text(encoding="utf-8"))
    # Pictures that turned out to be unreadable leave unused rows at the end.
    x = np.load(path / "x.npy", mmap_mode="c")[: form["pictures"]]
    if len(x) != form["pictures"]:
        raise ValueError(f"x.npy must hold {form['pictures']} pictures, not {len(x)}")
    labels, sequences = np.load(path / "labels.npy"), None
    if "sequences" in form:
        with np.load(path / "sequences.npz") as tables:
            sequences = Sequences(**tables, **form["sequences"])
    spec = DatasetSpec.from_dict(form["spec"])
    tensors = {
        tensor.name: np.load(_tensor_file(path, tensor.name), mmap_mode="c")
        for tensor in spec.tensors
    }
    domain = np.array([*form["domain"]]) if "domain" in form else None
    return Arrays(x, labels, spec, sequences, tensors, domain)


def _tensor_file(folder: pathlib.Path, name: str) -> pathlib.Path:
    return folder / f"tensor-{name}.npy"
