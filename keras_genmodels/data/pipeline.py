"""From whole arrays to batches, every one a pure function of (seed, epoch, index)."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import tensorflow as tf

from keras_genmodels.data.request import SPLIT_SEED, Arrays

# What a random number is for: folded into the seed, so that no two uses share one.
ORDER, BINARISE, DEQUANTISE = range(3)


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
    if epoch < 0:
        raise ValueError(f"`epoch` must be >= 0. Received: epoch={epoch}.")
    waiting = [dataset]
    while waiting:
        one = waiting.pop()
        counter = getattr(one, "_keras_genmodels_epochs", None)
        if counter is not None:
            counter.next = int(epoch)
            return
        waiting.extend(one._inputs())
    raise ValueError(f"`dataset` must come from `data.load`. Received: {dataset!r}.")


def batches(
    arrays: Arrays,
    *,
    batch_size: int,
    seed: int,
    shuffle: bool,
    drop_remainder: bool,
    binarise: str,
    dequantise: bool,
    resample: bool,
    prefetch: int,
) -> tf.data.Dataset:
    """Batches of `{"x", "condition"}` as `load` documents them.

    `resample` says whether random pixels are drawn anew every epoch; if not, each
    example keeps its own, whatever the order, the batch size and the seed.
    """
    n = len(arrays.labels)
    counter = EpochCounter()
    indices = _indices(n, counter, seed, shuffle, batch_size, drop_remainder)
    if binarise == "static" or (binarise == "dynamic" and not resample):
        arrays, binarise = _binarised(arrays), "none"
    gather = _Gather(arrays, seed, binarise == "dynamic", dequantise, resample)
    count = n // batch_size if drop_remainder else -(-n // batch_size)
    dataset = (
        tf.data.Dataset.range(1)
        .flat_map(indices)
        .map(gather, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
        .apply(tf.data.experimental.assert_cardinality(count))
    )
    if prefetch:
        dataset = dataset.prefetch(prefetch)
    options = tf.data.Options()
    # There are no files to share out among workers.
    policy = tf.data.experimental.AutoShardPolicy.DATA
    options.experimental_distribute.auto_shard_policy = policy
    dataset = dataset.with_options(options)
    dataset._keras_genmodels_epochs = counter
    return dataset


def _indices(
    n: int,
    counter: EpochCounter,
    seed: int,
    shuffle: bool,
    batch_size: int,
    drop_remainder: bool,
) -> Any:
    """A function of nothing that begins an epoch: (epoch, batch index, indices)."""

    def begin(_: tf.Tensor) -> tf.data.Dataset:
        epoch = tf.ensure_shape(tf.numpy_function(counter.begin, [], tf.int64), ())
        order = tf.range(n)
        if shuffle:
            key = _key(seed, ORDER, epoch)
            order = tf.random.experimental.stateless_shuffle(order, key, alg="philox")
        chosen = tf.data.Dataset.from_tensor_slices(order)
        chosen = chosen.batch(batch_size, drop_remainder=drop_remainder).enumerate()
        return chosen.map(lambda index, rows: (epoch, index, rows))

    return begin


def _key(seed: int, purpose: int, *numbers: tf.Tensor) -> tf.Tensor:
    """An int64 (2,) seed made of everything that the draw may depend on."""
    key = tf.constant([seed, purpose], tf.int64)
    for number in numbers:
        key = tf.random.experimental.stateless_fold_in(key, number, alg="philox")
    return key


def _noise(shape: tuple[int, ...]) -> np.ndarray:
    """Fixed uint8 draws, uniform over 0..254, a property of each example."""
    return np.random.RandomState(SPLIT_SEED).randint(0, 255, shape, dtype=np.uint8)


def _binarised(arrays: Arrays) -> Arrays:
    """Pixels of 0 and 255, drawn once: P(255) = pixel / 255, exactly."""
    x = np.asarray(arrays.x)
    drawn = (_noise(x.shape) < x).astype(np.uint8) * np.uint8(255)
    return Arrays(drawn, arrays.labels, arrays.spec)


class _Gather:
    """The batch of given rows; arrays are captured, never copied into the graph."""

    def __init__(
        self,
        arrays: Arrays,
        seed: int,
        binarise: bool,
        dequantise: bool,
        resample: bool,
    ) -> None:
        self._seed, self._binarise, self._dequantise = seed, binarise, dequantise
        self._spec = arrays.spec
        starts = [a.start for a in arrays.spec.attributes]
        columns = np.asarray(arrays.labels, np.int32) + np.asarray(starts, np.int32)
        noise = None if resample or not dequantise else _noise(arrays.x.shape)
        with tf.device("CPU:0"):
            self._x = tf.constant(arrays.x)
            self._columns = tf.constant(columns)  # (n, attributes)
            self._noise = None if noise is None else tf.constant(noise)

    def __call__(
        self, epoch: tf.Tensor, index: tf.Tensor, rows: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        x = tf.gather(self._x, rows)  # (batch, *x_shape)
        if x.dtype == tf.uint8:
            x = self._pixels(tf.cast(x, tf.float32), epoch, index, rows)
        columns = tf.gather(self._columns, rows)  # (batch, attributes)
        one_hots = tf.one_hot(columns, self._spec.condition_size)
        return {"x": x, "condition": tf.reduce_sum(one_hots, axis=1)}

    def _pixels(
        self, x: tf.Tensor, epoch: tf.Tensor, index: tf.Tensor, rows: tf.Tensor
    ) -> tf.Tensor:
        """From 0..255 to [0, 1], with the random options."""
        if self._binarise:
            drawn = self._uniform(tf.shape(x), BINARISE, epoch, index)
            return tf.cast(drawn * 255.0 < x, tf.float32)
        if self._noise is not None:
            fixed = tf.cast(tf.gather(self._noise, rows), tf.float32)
            return (x + (fixed + 0.5) / 255.0) / 256.0
        if self._dequantise:
            drawn = self._uniform(tf.shape(x), DEQUANTISE, epoch, index)
            return (x + drawn) / 256.0
        return x / 255.0

    def _uniform(
        self, shape: tf.Tensor, purpose: int, *numbers: tf.Tensor
    ) -> tf.Tensor:
        key = _key(self._seed, purpose, *numbers)
        return tf.random.stateless_uniform(shape, key, alg="philox")
