"""From whole arrays to batches, every one a pure function of (seed, epoch, index)."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import tensorflow as tf

from keras_genmodels.checks import integer
from keras_genmodels.data.labels import FewLabels, columns, real_columns
from keras_genmodels.data.options import Labels, Order, Pixels
from keras_genmodels.data.random_keys import (
    BEGIN,
    BINARISE,
    DEQUANTISE,
    ORDER,
    key,
    shuffled,
)
from keras_genmodels.data.request import ALIGNMENT, SPLIT_SEED, Arrays, Request
from keras_genmodels.data.sequences import Sequences
from keras_genmodels.data.spec import DatasetSpec

_PARALLEL = 2  # batches gathered side by side


class EpochCounter:
    """Counts the epochs that a data set has begun; lives outside the graph.

    A Python object and not a `tf.Variable`: under a distribution strategy a variable
    would be mirrored, which a `tf.data` graph cannot capture.
    """

    def __init__(self) -> None:
        self.next = 0
        self._lock = threading.Lock()

    def begin(self) -> np.int64:
        with self._lock:
            epoch, self.next = self.next, self.next + 1
        return np.int64(epoch)


def set_epoch(dataset: tf.data.Dataset, epoch: int) -> None:
    """Make the next iteration over `dataset` be that of `epoch`.

    Why: an interrupted run that continues in epoch 7 must see the order of epoch 7.
    Call it before the iteration starts, from `on_epoch_begin` for instance; looking
    at a batch by hand counts as an epoch, too.

    Args:
        dataset: what `load` returned, or anything made of it by `map`, `take`, ...
        epoch: the epoch's number, >= 0; the first is 0.

    Raises:
        ValueError: if `epoch` is negative, or `dataset` does not stem from `load`.

    Example:
        >>> import keras_genmodels as kgm
        >>> train, spec = kgm.data.load("digits")
        >>> kgm.data.set_epoch(train, 7)
    """
    integer("epoch", epoch, 0)
    counter = epoch_counter(dataset)
    if counter is None:
        raise ValueError(
            f"`dataset` must come from `data.load`. Received: {dataset!r}."
        )
    counter.next = int(epoch)


def epoch_counter(dataset: tf.data.Dataset) -> EpochCounter | None:
    """The counter of `dataset`; None if it does not stem from `load`."""
    waiting = [dataset]
    while waiting:
        one = waiting.pop()
        counter = getattr(one, "_keras_genmodels_epochs", None)
        if counter is not None:
            return counter
        waiting.extend(one._inputs())
    return None


def is_loaded(dataset: tf.data.Dataset) -> bool:
    """Whether `dataset` is what `load` returned, and nothing made of it."""
    return hasattr(dataset, "_keras_genmodels_epochs")


def batches(
    arrays: Arrays,
    request: Request,
    order: Order,
    pixels: Pixels,
    labels: Labels,
    prefetch: int,
) -> tf.data.Dataset:
    """Batches of named tensors as `load` documents them."""
    _check_heeded(arrays, request, pixels)
    rows = np.arange(len(arrays.labels), dtype=np.int32)
    rest = labels.rest(order)
    count = rest.count(len(rows))
    few = None if labels.number is None else FewLabels(arrays, rows, labels, order)
    if few is not None:
        arrays = few.hidden(arrays)
    counter = EpochCounter()
    gather = _Gather(*_settled(arrays, pixels), order.seed)

    def begin(_: tf.Tensor) -> tf.data.Dataset:
        epoch = tf.numpy_function(counter.begin, [], tf.int64)
        epoch = tf.ensure_shape(epoch, ())
        drawn = _drawn(rest, rows, epoch)
        drawn = drawn if few is None else few.beside(drawn, count, epoch)
        return drawn.enumerate().map(lambda index, rows: (epoch, index, rows))

    dataset = (
        tf.data.Dataset.range(1)
        .flat_map(begin)
        .map(gather, num_parallel_calls=_PARALLEL, deterministic=True)
        .apply(tf.data.experimental.assert_cardinality(count))
    )
    if prefetch:
        dataset = dataset.prefetch(prefetch)
    dataset = dataset.with_options(_options())
    dataset._keras_genmodels_epochs = counter
    return dataset


def _drawn(order: Order, rows: np.ndarray, epoch: tf.Tensor) -> tf.data.Dataset:
    """The row numbers of every batch."""
    if order.shuffle:
        rows = shuffled(rows, key(order.seed, ORDER, epoch))
    return tf.data.Dataset.from_tensor_slices(rows).batch(
        order.batch_size, drop_remainder=order.drop_remainder
    )


def _check_heeded(arrays: Arrays, request: Request, pixels: Pixels) -> None:
    """Refuse options that did, or will do, nothing to this set."""
    points, x_shape = arrays.x.dtype != np.uint8, arrays.spec.x_shape
    unheeded = {
        "image_size": request.image_size not in (None, x_shape[-3:-1]),
        "crop": points and request.crop,
        "greyscale": request.greyscale and x_shape[-1] != 1,
        "binarise": points and pixels.binarise != "none",
        "dequantise": points and pixels.dequantise,
        "num_frames": request.num_frames and arrays.sequences is None,
    }
    given = [key for key, value in unheeded.items() if value]
    if given:
        raise ValueError(
            f"Options must suit the data set {arrays.spec.name!r}, whose examples have "
            f"shape {x_shape} and do not heed these. Received: {given}."
        )


def _options() -> tf.data.Options:
    """The changes that tf.data may make to the graph."""
    options = tf.data.Options()
    # Rewriting the graph would copy the whole captured arrays once more.
    options.experimental_optimization.apply_default_optimizations = False
    # Its thread would take time from training: up to a tenth, on two cores.
    options.autotune.enabled = False
    # There are no files that workers could share out.
    policy = tf.data.experimental.AutoShardPolicy.DATA
    options.experimental_distribute.auto_shard_policy = policy
    return options


def _noise(shape: tuple[int, ...]) -> np.ndarray:
    """Fixed uint8 draws, uniform over 0..254, a property of each example."""
    return np.random.RandomState(SPLIT_SEED).randint(0, 255, shape, dtype=np.uint8)


def _settled(arrays: Arrays, pixels: Pixels) -> tuple[Arrays, Pixels]:
    """Draw now the binary pixels that are never drawn again: P(255) = pixel / 255."""
    if pixels.binarise == "none" or (pixels.binarise == "dynamic" and pixels.resample):
        return arrays, pixels
    drawn = (_noise(arrays.x.shape) < arrays.x).astype(np.uint8) * np.uint8(255)
    return replace(arrays, x=np.asarray(drawn)), replace(pixels, binarise="none")


def _tensor(x: np.ndarray) -> tf.Tensor:
    """A tensor of `x` that shares its memory, or its file, where it is aligned."""
    if x.ctypes.data % ALIGNMENT or not (x.flags.c_contiguous and x.flags.writeable):
        return tf.constant(x)
    return tf.experimental.dlpack.from_dlpack(x.__dlpack__())


class _Gather:
    """The batch of given rows; arrays are captured, never copied into the graph."""

    def __init__(self, arrays: Arrays, pixels: Pixels, seed: int) -> None:
        self._seed, self._spec, self._pixels = seed, arrays.spec, pixels
        fixed = pixels.dequantise and not pixels.resample
        noise = _noise(arrays.x.shape) if fixed else None
        with tf.device("CPU:0"):
            self._x = _tensor(arrays.x)
            self._columns = tf.constant(columns(arrays))  # (n, attributes)
            real = real_columns(arrays)  # (n, condition_size)
            self._real = None if real is None else tf.constant(real)
            self._tensors = {k: _tensor(v) for k, v in arrays.tensors.items()}
            self._noise = None if noise is None else tf.constant(noise)
            self._clips = arrays.sequences and _Clips(arrays.sequences, arrays.spec)

    def __call__(
        self, epoch: tf.Tensor, index: tf.Tensor, rows: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        places = rows  # of what is gathered: examples, or the frames of each clip
        if self._clips:
            places = self._clips(rows, key(self._seed, BEGIN, epoch, index))
        x = tf.gather(self._x, places)  # (batch, *x_shape)
        if x.dtype == tf.uint8:
            x = self._unit(tf.cast(x, tf.float32), epoch, index, places)
        further = {key: self._further(key, rows) for key in self._tensors}
        return {"x": x, "condition": self._condition(rows), **further}

    def _condition(self, rows: tf.Tensor) -> tf.Tensor:
        """The columns of all attributes, (batch, condition_size)."""
        columns = tf.gather(self._columns, rows)  # (batch, attributes)
        one_hots = tf.one_hot(columns, self._spec.condition_size)
        condition = tf.reduce_sum(one_hots, axis=1)
        if self._real is not None:
            condition += tf.gather(self._real, rows)
        return condition

    def _further(self, name: str, rows: tf.Tensor) -> tf.Tensor:
        """A further tensor of the spec, (batch, *shape); pixels in [0, 1]."""
        values = tf.gather(self._tensors[name], rows)
        if values.dtype == tf.uint8 and self._spec.tensor(name).dtype == "float32":
            return tf.cast(values, tf.float32) / 255.0
        return tf.cast(values, self._spec.tensor(name).dtype)

    def _unit(
        self, x: tf.Tensor, epoch: tf.Tensor, index: tf.Tensor, places: tf.Tensor
    ) -> tf.Tensor:
        """From 0..255 to [0, 1], with the random options."""
        if self._pixels.binarise == "dynamic":
            drawn = self._uniform(tf.shape(x), BINARISE, epoch, index)
            return tf.cast(drawn * 255.0 < x, tf.float32)
        if self._noise is not None:
            fixed = tf.cast(tf.gather(self._noise, places), tf.float32)
            return (x + (fixed + 0.5) / 255.0) / 256.0
        if self._pixels.dequantise:
            drawn = self._uniform(tf.shape(x), DEQUANTISE, epoch, index)
            return (x + drawn) / 256.0
        return x / 255.0

    def _uniform(
        self, shape: tf.Tensor, purpose: int, *numbers: tf.Tensor
    ) -> tf.Tensor:
        """Uniform floats in [0, 1) of 16 bits: two from one draw, for speed."""
        seed = key(self._seed, purpose, *numbers)
        size = tf.reduce_prod(shape)
        bits = tf.random.stateless_uniform(
            [(size + 1) // 2], seed, None, None, tf.int32, alg="philox"
        )
        halves = tf.reshape(tf.bitcast(bits, tf.uint16), [-1])[:size]
        return tf.cast(tf.reshape(halves, shape), tf.float32) / 65536.0


class _Clips:
    """The frames of the clips of given rows, each clip at a random place of its row."""

    def __init__(self, sequences: Sequences, spec: DatasetSpec) -> None:
        self._size = spec.x_shape[0]
        self._frames = tf.constant(sequences.frames)  # (n, longest)
        self._room = tf.constant(sequences.lengths - self._size, tf.int32)  # (n,)

    def __call__(self, rows: tf.Tensor, key: tf.Tensor) -> tf.Tensor:
        room = tf.cast(tf.gather(self._room, rows) + 1, tf.float32)
        drawn = tf.random.stateless_uniform(tf.shape(rows), key, alg="philox")
        begin = tf.cast(drawn * room, tf.int32)  # (batch,)
        steps = begin[:, None] + tf.range(self._size)  # (batch, size)
        return tf.gather(tf.gather(self._frames, rows), steps, batch_dims=1)
