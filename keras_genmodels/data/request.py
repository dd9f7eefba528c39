"""Requests to a data set, the arrays that it answers with, and pictures made to fit."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from keras_genmodels.checks import integer, number
from keras_genmodels.data.fitting import centre, resize
from keras_genmodels.data.options import colour, size
from keras_genmodels.data.sequences import Sequences
from keras_genmodels.data.spec import DatasetSpec

# Splits and fixed draws are properties of a data set: the same for every user and
# every `seed`. `RandomState` and not `default_rng`: its stream never changes.
SPLIT_SEED = 20130613
TRAIN_SHARE = 0.8
# Bytes; TensorFlow shares arrays that are aligned so, and .npy files are.
ALIGNMENT = 64


def in_memory(shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """An empty array that a tensor can share, so that a set is in memory once."""
    size = math.prod(shape) * np.dtype(dtype).itemsize
    room = np.empty(size + ALIGNMENT, np.uint8)
    start = -room.ctypes.data % ALIGNMENT
    return room[start : start + size].view(dtype).reshape(shape)


def rows_of(array: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """These rows of an array, in memory that a tensor can share."""
    taken = in_memory((len(rows), *array.shape[1:]), array.dtype)
    np.take(array, rows, axis=0, out=taken)
    return taken


@dataclass(frozen=True)
class Arrays:
    """A whole split in memory, or memory-mapped: what a data set function returns.

    Args:
        x: uint8 pictures (n, height, width, channels), or float32 (n, ...) in [0, 1].
        labels: class indices (n, attributes), one column an attribute; of a real
            attribute its values, and then all columns are floats.
        spec: shape, attributes and tensors; `spec.x_shape` is `x.shape[1:]`.
        sequences: for clips and tunes, which rows of `x` are the frames or events of
            each example; then `x` holds all of them, (frames, height, width, channels)
            or (events, size), and a row of `labels` belongs to a row of `sequences`.
        tensors: the further tensors of `spec` by name, (n, ...), a row an example:
            uint8 or float32 of images, clips and masks, float32 of vectors, int32 of
            tokens.
        domain: "x" or "y" of each example, (n,), of a set of two domains whose examples
            are not paired; None of any other.
        origin: the number that each picture of `x` had before any was left out, (n,);
            None where nobody asks.
    """

    x: np.ndarray
    labels: np.ndarray
    spec: DatasetSpec
    sequences: Sequences | None = None
    tensors: Mapping[str, np.ndarray] = field(default_factory=dict)
    domain: np.ndarray | None = None
    origin: np.ndarray | None = None

    def take(self, rows: np.ndarray) -> Arrays:
        """The examples of these rows, in their order."""
        taken = {
            "labels": self.labels[rows],
            "tensors": {key: rows_of(v, rows) for key, v in self.tensors.items()},
            "domain": None if self.domain is None else self.domain[rows],
        }
        if self.sequences is None:
            origin = None if self.origin is None else self.origin[rows]
            return replace(self, x=rows_of(self.x, rows), origin=origin, **taken)
        return replace(self, sequences=self.sequences.take(rows), **taken)

    def clips(self, num_frames: int | None, at_random: bool) -> Arrays:
        """Examples of `num_frames` frames each, as `Sequences.cut` makes them.

        Their order is random and fixed, so that the first ones are of all kinds.
        """
        if self.sequences is None:
            return self
        length = self.sequences.clip_length(num_frames)
        rows, sequences = self.sequences.cut(length, at_random)
        # Of pictures a clip, of vectors a sequence.
        spec = replace(self.spec, x_shape=(length, *self.spec.x_shape), kind=None)
        cut = replace(
            self,
            labels=self.labels[rows],
            spec=spec,
            sequences=sequences,
            tensors={key: value[rows] for key, value in self.tensors.items()},
            domain=None if self.domain is None else self.domain[rows],
        )
        return cut.take(np.random.RandomState(SPLIT_SEED).permutation(len(rows)))

    def first(self, n: int | None) -> Arrays:
        """At most `n` examples, of each of two domains; None stands for all."""
        if n is None:
            return self
        kept = np.zeros(len(self.labels), bool)
        for own in self.domains():
            kept[own[:n]] = True
        return self if kept.all() else self.take(np.flatnonzero(kept))

    def domains(self) -> list[np.ndarray]:
        """The rows of each domain, x before y; all rows where there is one."""
        if self.domain is None:
            return [np.arange(len(self.labels))]
        return [np.flatnonzero(self.domain == name) for name in "xy"]


@dataclass(frozen=True)
class Request:
    """The request that a data set function answers.

    Args:
        split: "train", "test" or another split that the set has.
        target: what follows the colon of `tfds:NAME` and `folder:PATH`, else "".
        data_dir: the folder of TFDS sets as the caller gave it.
        image_size: pixels to scale pictures to, one number or (height, width).
        crop: pixels of the centre that is kept before scaling, likewise.
        greyscale: whether three channels become one.
        num_examples: at most so many examples, the first ones.
        num_frames: of a clip; a set of clips says what is usual.
        manual_dir: the folder of files that a person has put there.
        background: the colour behind transparent pixels, its name or three levels.
        fps: frames a second that clips with times are brought to.
        reverse: whether the two sides of pairs, or of two domains, change places.
        frontal: whether x is a thing from its front, and "source" from where it may be.
        max_words: of a sentence; pairs with a longer one are left out.
        partition: which division into "train" and "test" is wanted; 0 is the usual one.
        allocate: (shape, dtype) -> empty array that `collect` fills.
    """

    split: str = "train"
    target: str = ""
    data_dir: str | os.PathLike[str] | None = None
    image_size: tuple[int, int] | None = None
    crop: tuple[int, int] | None = None
    greyscale: bool = False
    num_examples: int | None = None
    num_frames: int | None = None
    manual_dir: str | os.PathLike[str] | None = None
    background: tuple[int, int, int] | str | None = None
    fps: float | None = None
    reverse: bool = False
    frontal: bool = False
    max_words: int | None = None
    partition: int = 0
    allocate: Callable[[tuple[int, ...], Any], np.ndarray] = in_memory

    def __post_init__(self) -> None:
        for name in ("image_size", "crop"):
            object.__setattr__(self, name, size(name, getattr(self, name)))
        background = colour("background", self.background)
        object.__setattr__(self, "background", background)
        if self.fps is not None:
            number("fps", self.fps, above=0)
        integer("partition", self.partition, 0)
        for name in ("num_examples", "num_frames", "max_words"):
            if getattr(self, name) is not None:
                integer(name, getattr(self, name), 1)

    def of(self, target: str) -> Request:
        """The same request for what follows the colon of a name."""
        return replace(self, target=target)

    def into(self, allocate: Callable[[tuple[int, ...], Any], np.ndarray]) -> Request:
        """The same request with another home for the pictures."""
        return replace(self, allocate=allocate)

    def limit(self, n: int) -> int:
        """How many of `n` examples are wanted."""
        return n if self.num_examples is None else min(n, self.num_examples)

    def fixed_split(self, n: int) -> np.ndarray:
        """The indices of this split of `n` examples that came without one.

        A fixed permutation, another one for each `partition`: its first 80 per cent are
        "train", the rest "test".
        """
        seed = [SPLIT_SEED, self.partition] if self.partition else SPLIT_SEED
        order = np.random.RandomState(seed).permutation(n)
        cut = min(int(TRAIN_SHARE * n), n - 1)
        parts = {"train": order[:cut], "test": order[cut:]}
        check_split(self.split, list(parts))
        return parts[self.split][: self.num_examples]

    def fixed_order(self, n: int) -> np.ndarray:
        """The indices of `n` examples, or their first ones, in a fixed random order."""
        return np.random.RandomState(SPLIT_SEED).permutation(n)[: self.num_examples]

    def fit(self, images: Any, method: str = "bilinear") -> Any:
        """Crop, scale and grey uint8 pictures (..., height, width, channels).

        Runs in graphs. Without `crop`, a picture whose shape is not that of
        `image_size` loses its longer sides' ends, not its proportions. `method` is
        that of `tf.image.resize`.
        """
        import tensorflow as tf

        images = tf.convert_to_tensor(images)
        if self.crop is not None:
            images = centre(images, *self.crop)
        if self.image_size not in (None, tuple(images.shape[-3:-1])):
            images = resize(images, *self.image_size, method)
        if self.greyscale and images.shape[-1] != 1:
            images = tf.image.rgb_to_grayscale(images)
        return images

    def collect(self, chunks: Iterable[np.ndarray], n: int) -> np.ndarray:
        """Fill an array of `n` pictures from uint8 chunks (k, height, width, channels).

        Fewer than `n` may come; the array is as long as what came.

        Raises:
            ValueError: if the pictures differ in shape, or there are none.
        """
        x, filled = None, 0
        progress = _Progress(n)
        for chunk in chunks:
            if x is None:
                x = self.allocate((n, *chunk.shape[1:]), np.uint8)
            if chunk.shape[1:] != x.shape[1:]:
                raise ValueError(
                    "Pictures must have one shape: give `image_size`. Received: "
                    f"{x.shape[1:]} and {chunk.shape[1:]}."
                )
            x[filled : filled + len(chunk)] = chunk
            filled += len(chunk)
            progress.update(filled)
        if x is None:
            raise ValueError(
                f"Split {self.split!r} must hold pictures. Received: none."
            )
        return x[:filled]


class _Progress:
    """A progress bar that appears only when the job turns out to be long."""

    patience = 10.0  # seconds

    def __init__(self, target: int) -> None:
        import keras

        self._bar = keras.utils.Progbar(target, interval=1, unit_name="picture")
        self._start = time.monotonic()

    def update(self, done: int) -> None:
        if time.monotonic() - self._start > self.patience:
            self._bar.update(done)


def check_split(split: str, known: list[str]) -> None:
    """Refuse a split that a set does not have."""
    if split not in known:
        raise ValueError(f"`split` must be one of {known}. Received: split={split!r}.")
