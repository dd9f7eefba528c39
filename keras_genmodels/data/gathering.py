"""The tensors of a batch, gathered from whole arrays by the numbers of its rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import tensorflow as tf

from keras_genmodels.data.derived import row_keys
from keras_genmodels.data.labels import columns, real_columns
from keras_genmodels.data.options import Pixels
from keras_genmodels.data.pairing import Pairing
from keras_genmodels.data.random_keys import BEGIN, BINARISE, DEQUANTISE, key
from keras_genmodels.data.request import ALIGNMENT, SPLIT_SEED, Arrays
from keras_genmodels.data.sequences import Sequences
from keras_genmodels.data.spec import DatasetSpec


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


class Gatherer:
    """The batch of given rows; arrays are captured, never copied into the graph.

    Args:
        arrays: the whole split.
        pixels: what becomes of pixels.
        pairing: what is computed of them.
        seed: of random numbers.
    """

    def __init__(
        self, arrays: Arrays, pixels: Pixels, pairing: Pairing, seed: int
    ) -> None:
        arrays, pixels = _settled(arrays, pixels)
        self._seed, self._spec, self._pixels = seed, arrays.spec, pixels
        self._pairing = pairing
        fixed = pixels.dequantise and not pixels.resample
        noise = _noise(arrays.x.shape) if fixed else None
        with tf.device("CPU:0"):
            self._x = _tensor(arrays.x)
            self._columns = tf.constant(columns(arrays))  # (n, attributes)
            real = real_columns(arrays)  # (n, condition_size)
            self._real = None if real is None else tf.constant(real)
            self._tensors = {k: _tensor(v) for k, v in arrays.tensors.items()}
            self._truths = {
                k: (_tensor(t.pictures), tf.constant(t.places))
                for k, t in pairing.truths.items()
            }
            self._noise = None if noise is None else tf.constant(noise)
            self._clips = arrays.sequences and _Clips(arrays.sequences, arrays.spec)

    def __call__(
        self, epoch: tf.Tensor, index: tf.Tensor, rows: tf.Tensor, second: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        """The named tensors of a batch.

        Args:
            epoch: its number.
            index: of the batch in the epoch.
            rows: numbers of the examples, (batch,).
            second: numbers of the examples of y, (at least batch,).
        """
        places = self._places(rows, epoch, index)
        x = self._pictures(places, epoch, index)
        further = {key: self._further(key, rows) for key in self._tensors}
        condition = self._condition(rows)
        batch = {"x": x, "condition": condition, **further}
        if self._pairing.has_second:
            second = second[: tf.size(rows)]
            others = self._places(second, epoch, -1 - index)
            y = self._pictures(others, epoch, -1 - index)
            batch |= self._pairing.second(y, self._keys(second, epoch))
            batch |= self._right(truth=places, y_truth=others)
        return batch | self._pairing.computed(x, condition, self._keys(rows, epoch))

    def _places(self, rows: tf.Tensor, epoch: tf.Tensor, index: tf.Tensor) -> tf.Tensor:
        """Where the pictures of examples are: an example, or the frames of a clip."""
        if not self._clips:
            return rows
        return self._clips(rows, key(self._seed, BEGIN, epoch, index))

    def _right(self, **places: tf.Tensor) -> dict[str, tf.Tensor]:
        """The right translations of pictures at these places, as far as known."""
        return {
            name: tf.cast(tf.gather(pictures, tf.gather(at, places[name])), tf.float32)
            / 255.0
            for name, (pictures, at) in self._truths.items()
        }

    def _pictures(
        self, places: tf.Tensor, epoch: tf.Tensor, index: tf.Tensor
    ) -> tf.Tensor:
        """Examples in [0, 1], (batch, *x_shape)."""
        x = tf.gather(self._x, places)
        if x.dtype == tf.uint8:
            x = self._unit(tf.cast(x, tf.float32), epoch, index, places)
        return x

    def _keys(self, rows: tf.Tensor, epoch: tf.Tensor) -> tf.Tensor:
        return row_keys(rows, self._seed, epoch, self._pixels.resample)

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
