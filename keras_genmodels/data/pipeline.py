"""From whole arrays to batches, every one a pure function of (seed, epoch, index)."""

from __future__ import annotations

import threading

import numpy as np
import tensorflow as tf

from keras_genmodels.checks import integer
from keras_genmodels.data.gathering import Gatherer
from keras_genmodels.data.labels import FewLabels
from keras_genmodels.data.options import Labels, Order, Pixels
from keras_genmodels.data.pairing import Pairing
from keras_genmodels.data.random_keys import ORDER, key, shuffled
from keras_genmodels.data.request import Arrays, Request

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
    pairing: Pairing,
    prefetch: int,
) -> tf.data.Dataset:
    """Batches of named tensors as `load` documents them."""
    _check_heeded(arrays, request, pixels)
    rows = pairing.rows.astype(np.int32)
    rest = labels.rest(order)
    count = rest.count(len(rows))
    few = None if labels.number is None else FewLabels(arrays, rows, labels, order)
    if few is not None:
        arrays = few.hidden(arrays)
    counter = EpochCounter()
    gather = Gatherer(arrays, pixels, pairing, order.seed)

    def begin(_: tf.Tensor) -> tf.data.Dataset:
        epoch = tf.numpy_function(counter.begin, [], tf.int64)
        epoch = tf.ensure_shape(epoch, ())
        drawn = _drawn(rest, rows, epoch)
        drawn = drawn if few is None else few.beside(drawn, count, epoch)
        second = pairing.second_rows(order, count, epoch)
        drawn = tf.data.Dataset.zip(drawn, second).enumerate()
        return drawn.map(lambda index, rows: (epoch, index, *rows))

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
