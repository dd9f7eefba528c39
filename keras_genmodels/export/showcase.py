"""Files beside a SavedModel for people: examples of its data, and its training.

`saved_models/<name>/examples.npz` holds pictures that the model has not been trained on
and `saved_models/<name>/history/` what it looked like on the way. Neither is needed to
run the model; a demo shows them, and starts from them. This file needs no TensorFlow.
"""

from __future__ import annotations

import csv
import math
import os
import pathlib
import shutil
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from keras_genmodels import atomic_files
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.export import card

EXAMPLES = "examples.npz"
HISTORY = "history"
LOSSES = "metrics.csv"
MOST_EXAMPLES, MOST_BYTES, MOST_PICTURES = 500, 1_500_000, 24
_AT_ONCE = 64  # examples that are drawn
_TENSOR = "tensor:"  # before the name of a further tensor
_DAMAGES = (  # of an archive of arrays that is none, or not whole
    *(EOFError, KeyError, NotImplementedError, OSError, RuntimeError, TypeError),
    *(ValueError, zipfile.BadZipFile, zlib.error),
)


@dataclass(frozen=True)
class Examples:
    """Pictures of the data of a model, and what is known of each.

    Args:
        x: (n, height, width, channels), float32 in [0, 1]; of clips the first frames.
        condition: (n, condition_size) float32.
        tensors: the further tensors of the data by name, (n, ...).
    """

    x: np.ndarray
    condition: np.ndarray
    tensors: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True)
class History:
    """How a run went: its losses by epoch, and pictures that it drew on the way.

    Args:
        losses: column of `metrics.csv` to its numbers, one an epoch; NaN where the
            epoch did not measure it.
        pictures: epoch to the file of its samples, by rising epoch.
    """

    losses: Mapping[str, Sequence[float]]
    pictures: Mapping[int, pathlib.Path]


def write_examples(
    folder: str | pathlib.Path,
    x: Any,
    condition: Any,
    tensors: Mapping[str, Any] | None = None,
) -> int:
    """Put examples beside the versions of an artefact; returns how many there are.

    Args:
        folder: `saved_models/<name>`.
        x: (n, [time,] height, width, channels) in [0, 1]; of clips the first frames are
            kept. As many as `MOST_EXAMPLES` and `MOST_BYTES` allow, the first ones.
        condition: (n, condition_size).
        tensors: the further tensors of the data by name, (n, ...); those of pixels are
            kept in 256 levels, as `x` is.

    Raises:
        ValueError: if `x` is neither pictures nor clips.
    """
    x = np.asarray(x, np.float32)
    if x.ndim not in (4, 5):
        raise ValueError(
            "`x` must be pictures or clips, (n, [time,] height, width, channels). "
            f"Received: shape {x.shape}."
        )
    x = x[:, 0] if x.ndim == 5 else x
    further = {name: np.asarray(value) for name, value in (tensors or {}).items()}
    size = sum(math.prod(value.shape[1:]) for value in (x, *further.values()))
    count = min(len(x), MOST_EXAMPLES, MOST_BYTES // size)
    condition = np.asarray(condition, np.float32)[:count]
    kept = {f"{_TENSOR}{name}": _compact(v[:count]) for name, v in further.items()}
    with atomic_files.replacing(pathlib.Path(folder) / EXAMPLES) as path:
        np.savez_compressed(path, x=_levels(x[:count]), condition=condition, **kept)
    return count


def _levels(x: np.ndarray) -> np.ndarray:
    return np.rint(np.clip(x, 0.0, 1.0) * 255.0).astype(np.uint8)


def _compact(values: np.ndarray) -> np.ndarray:
    """Numbers in [0, 1] in 256 levels, anything else as it is."""
    floats = values.dtype.kind == "f" and values.ndim > 2
    pixels = (
        floats and values.min(initial=0.0) >= 0.0 and values.max(initial=0.0) <= 1.0
    )
    return _levels(values) if pixels else values


def draw_examples(folder: str | pathlib.Path, model: Any, seed: int = 0) -> int:
    """Put examples that a model draws beside an artefact; returns how many there are.

    They stand in for the data's own where those may not be passed on.

    Args:
        folder: `saved_models/<name>`.
        model: an `Artefact` or `Client` of the same data that draws what it is asked
            for, by `sample`, or of clips by `generate`.
        seed: of the classes that are asked for, in random order, and of the samples.

    Raises:
        ValueError: if the model has no attributes, or not those of the artefact.
    """
    spec, told = model.spec, card.read(folder)
    wanted = DatasetSpec.from_dict({"name": told["dataset"], **told["spec"]}).attributes
    draws = "generate" if spec.is_clip else "sample"
    asks = "condition" in model.signatures[draws]["inputs"]
    if not asks or spec.attributes != wanted:
        raise ValueError(
            f"`model` must draw what is asked for, by the attributes of {folder}, "
            f"{wanted}. Received: {model.name}, which asks for "
            f"{spec.attributes if asks else 'none'}."
        )
    frame = math.prod(spec.x_shape[-3:])
    count = min(MOST_EXAMPLES, MOST_BYTES // frame)
    rng = np.random.default_rng(seed)
    classes = {
        a.name: rng.permutation(np.arange(count) % len(a.classes)).tolist()
        for a in spec.categorical
    }
    values = {
        a.name: rng.uniform(a.low, a.high, count).tolist()
        for a in spec.attributes
        if a.is_real
    }
    condition = spec.condition(count, **classes, **values)
    options = {"frames": 1} if draws == "generate" else {}
    drawn = [
        getattr(model, draws)(condition=rows, seed=(seed, i), **options)
        for i, rows in enumerate(np.array_split(condition, math.ceil(count / _AT_ONCE)))
    ]
    return write_examples(folder, np.concatenate(drawn), condition)


def read_examples(folder: str | pathlib.Path) -> Examples | None:
    """The examples beside an artefact, or None if there are none.

    Raises:
        ValueError: if the file is not one that `write_examples` wrote.
    """
    path = pathlib.Path(folder) / EXAMPLES
    if not path.is_file():
        return None
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as arrays:
            x, condition = arrays["x"], arrays["condition"]
            tensors = {
                name.removeprefix(_TENSOR): _unit(arrays[name])
                for name in arrays.files
                if name.startswith(_TENSOR)
            }
        found = Examples(_unit(x), np.float32(condition), tensors)
        shapes = [array.shape for array in (x, condition, *tensors.values())]
        if x.ndim != 4 or condition.ndim != 2 or len({s[:1] for s in shapes}) != 1:
            raise ValueError(f"shapes {shapes}")
    except _DAMAGES as error:
        raise ValueError(
            f"{path} must hold the arrays 'x', (n, height, width, channels), and "
            f"'condition', (n, condition_size). Received: {error!r}."
        ) from error
    return found


def _unit(values: np.ndarray) -> np.ndarray:
    """256 levels as float32 in [0, 1], anything else as it is."""
    return np.float32(values) / 255.0 if values.dtype == np.uint8 else values


def write_history(
    folder: str | pathlib.Path,
    losses: pathlib.Path,
    pictures: Mapping[int, pathlib.Path],
) -> None:
    """Copy a run's losses and some of its pictures beside an artefact.

    Args:
        folder: `saved_models/<name>`; an older history there is replaced by the whole
            new one.
        losses: the run's `metrics.csv`.
        pictures: epoch to picture; of many, `MOST_PICTURES` from the first to the last.
    """
    place = pathlib.Path(folder) / HISTORY
    beside = place.with_name(f".partial-{HISTORY}")
    shutil.rmtree(beside, ignore_errors=True)  # of a process that was killed
    try:
        _copy_history(beside, losses, pictures)
        shutil.rmtree(place, ignore_errors=True)
        os.rename(beside, place)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _copy_history(
    target: pathlib.Path, losses: pathlib.Path, pictures: Mapping[int, pathlib.Path]
) -> None:
    target.mkdir()
    shutil.copyfile(losses, target / LOSSES)
    epochs = sorted(pictures)
    places = np.linspace(0, len(epochs) - 1, min(len(epochs), MOST_PICTURES))
    for epoch in [epochs[round(place)] for place in places]:
        suffix = pictures[epoch].suffix
        shutil.copyfile(pictures[epoch], target / f"epoch-{epoch:04d}{suffix}")


def read_history(folder: str | pathlib.Path) -> History | None:
    """The history beside an artefact, or None if there is none.

    Raises:
        ValueError: if a loss is no number.
    """
    folder = pathlib.Path(folder) / HISTORY
    if not (folder / LOSSES).is_file():
        return None
    try:
        with (folder / LOSSES).open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        losses = {key: [_number(row[key]) for row in rows] for key in rows[0]}
    except (IndexError, TypeError, ValueError, csv.Error) as error:
        raise ValueError(
            f"{folder / LOSSES} must hold numbers under a line of names. "
            f"Received: {error}."
        ) from error
    pictures = {
        int(path.stem.removeprefix("epoch-")): path
        for path in sorted(folder.glob("epoch-*.png"))
        if path.stem.removeprefix("epoch-").isdecimal()
    }
    return History(losses, pictures)


def _number(text: str) -> float:
    """A figure of an epoch; one that was not measured then is not a number."""
    return math.nan if text == "" else float(text)
