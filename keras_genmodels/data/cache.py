"""Decoded and scaled pictures on disk, memory-mapped, keyed by what decides them."""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import re
import shutil
import tempfile
from collections.abc import Callable
from typing import Any

import numpy as np

from keras_genmodels.data.request import Arrays, Request
from keras_genmodels.data.sequences import Sequences
from keras_genmodels.data.spec import DatasetSpec

FORMAT = 3  # raised when the meaning of the files changes


def cached(
    folder: str | os.PathLike[str],
    name: str,
    request: Request,
    source: Callable[[Request], Arrays],
) -> Arrays:
    """The arrays of `source(request)`, from `folder` if they are there.

    The arrays are filled in a folder beside and renamed when complete, so that a
    process that is killed, or two at once, leave nothing half-written. A source that
    reads files has an attribute `fingerprint`, a function of the request whose string
    changes when the files do.

    Raises:
        ValueError: if `folder` cannot be written to.
    """
    key = _key(name, request, source)
    digest = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()
    readable = re.sub(r"\W+", "-", name)[-40:].strip("-")
    path = pathlib.Path(folder) / f"{readable}-{request.split}-{digest[:16]}"
    if not path.is_dir():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = tempfile.mkdtemp(prefix=f"{path.name}.", dir=path.parent)
        except OSError as error:
            raise ValueError(
                f"`cache` must be a folder that can be written to. Received: {error}."
            ) from error
        try:
            _write(pathlib.Path(beside), key, request, source)
            _publish(beside, path)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    return _read(path)


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
        return np.lib.format.open_memmap(file, "w+", dtype, shape)

    arrays = source(request.into(allocate))
    if isinstance(arrays.x, np.memmap):
        arrays.x.flush()
    else:
        np.save(file, arrays.x)
    np.save(folder / "labels.npy", arrays.labels)
    for name, values in arrays.tensors.items():
        np.save(_tensor_file(folder, name), values)
    form = {"spec": arrays.spec.to_dict(), "pictures": len(arrays.x), "key": key}
    if arrays.sequences is not None:
        tables, form["sequences"] = arrays.sequences.to_tables()
        np.savez(folder / "sequences.npz", **tables)
    (folder / "spec.json").write_text(json.dumps(form, indent=2), encoding="utf-8")


def _publish(beside: str, path: pathlib.Path) -> None:
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
    labels, sequences = np.load(path / "labels.npy"), None
    if "sequences" in form:
        with np.load(path / "sequences.npz") as tables:
            sequences = Sequences(**tables, **form["sequences"])
    spec = DatasetSpec.from_dict(form["spec"])
    tensors = {
        tensor.name: np.load(_tensor_file(path, tensor.name), mmap_mode="c")
        for tensor in spec.tensors
    }
    return Arrays(x, labels, spec, sequences, tensors)


def _tensor_file(folder: pathlib.Path, name: str) -> pathlib.Path:
    return folder / f"tensor-{name}.npy"
