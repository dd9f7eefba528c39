"""Few labels: which examples keep theirs, and how often a batch sees those."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import tensorflow as tf

from keras_genmodels.data.attributes import UNKNOWN
from keras_genmodels.data.options import Labels, Order
from keras_genmodels.data.random_keys import LABELS, REPEAT, key, shuffled
from keras_genmodels.data.request import Arrays


def columns(arrays: Arrays) -> np.ndarray:
    """The column of `condition` that is 1 for each class attribute, (n, attributes).

    UNKNOWN where there is no label, and for real attributes: a one-hot of that is all
    zeros.
    """
    found = np.full(arrays.labels.shape, UNKNOWN, np.int32)
    for place, attribute in enumerate(arrays.spec.attributes):
        if not attribute.is_real:
            labels = np.asarray(arrays.labels[:, place], np.int32)
            known = labels != UNKNOWN
            found[known, place] = labels[known] + attribute.start
    return found


def real_columns(arrays: Arrays) -> np.ndarray | None:
    """The columns of `condition` of the real attributes, the others being 0.

    Returns:
        float32 (n, condition_size), or None if all attributes have classes. A label
        that is not a number stands for none and is 0.
    """
    real = [(i, a) for i, a in enumerate(arrays.spec.attributes) if a.is_real]
    if not real:
        return None
    found = np.zeros((len(arrays.labels), arrays.spec.condition_size), np.float32)
    for place, attribute in real:
        values = np.float64(arrays.labels[:, place])
        scaled = (values - attribute.low) / (attribute.high - attribute.low)
        found[:, attribute.start] = np.nan_to_num(scaled)
    return found


class FewLabels:
    """The rows of a split that keep their labels, the same in every epoch.

    As many of each class of the first attribute that has classes; where their number is
    no multiple of the classes, the first classes have one more.

    Args:
        arrays: the whole split, with all labels.
        rows: the numbers of the examples that are used.
        labels: how many keep theirs, and how much of a batch they are.
        order: of whole batches.

    Raises:
        ValueError: if the data have no attributes, or a class would have no label or
            has too few examples.
    """

    def __init__(
        self, arrays: Arrays, rows: np.ndarray, labels: Labels, order: Order
    ) -> None:
        if not arrays.spec.categorical:
            raise ValueError(
                "`num_labels` must be None where the data have no labels. Received: "
                f"num_labels={labels.number} for {arrays.spec.name!r}."
            )
        self._order = order
        self._in_batch = labels.in_batch(order.batch_size)
        mixed = shuffled(rows, key(order.seed, LABELS)).numpy()
        first = arrays.spec.position(arrays.spec.categorical[0].name)
        self._rows = _balanced(mixed, arrays.labels[mixed, first], labels.number)

    def hidden(self, arrays: Arrays) -> Arrays:
        """The same examples, of which only these have labels."""
        labels = np.full_like(arrays.labels, UNKNOWN)
        real = [a.is_real for a in arrays.spec.attributes]
        if any(real):
            labels[:, real] = np.nan
        labels[self._rows] = arrays.labels[self._rows]
        return replace(arrays, labels=labels)

    def beside(
        self, rows: tf.data.Dataset, count: int, epoch: tf.Tensor
    ) -> tf.data.Dataset:
        """Batches of row numbers, to each of which labelled ones are added.

        They stand evenly among the others, so that devices which share a batch have
        alike parts.

        Args:
            rows: the other row numbers of each batch of an epoch.
            count: the number of batches.
            epoch: its number.
        """
        more = tf.data.Dataset.from_tensor_slices(self._repeated(count, epoch))
        return tf.data.Dataset.zip(rows, more).map(_spread)

    def _repeated(self, count: int, epoch: tf.Tensor) -> tf.Tensor:
        """All rows again and again, in new orders: (count, rows a batch)."""
        rounds = -(-count * self._in_batch // len(self._rows))
        rows = tf.tile(tf.constant(self._rows, tf.int32)[None], (rounds, 1))
        if self._order.shuffle:
            seed = key(self._order.seed, REPEAT, epoch)
            draws = tf.random.stateless_uniform(tf.shape(rows), seed, alg="philox")
            rows = tf.gather(rows, tf.argsort(draws, axis=1), axis=1, batch_dims=1)
        wanted = (count, self._in_batch)
        return tf.reshape(tf.reshape(rows, [-1])[: count * self._in_batch], wanted)


def _balanced(rows: np.ndarray, classes: np.ndarray, number: int) -> np.ndarray:
    """The first rows of each class, `number` in all, in the order of the examples."""
    known, sizes = np.unique(classes, return_counts=True)
    wanted = [(number + len(known) - 1 - i) // len(known) for i in range(len(known))]
    if number < len(known) or np.any(sizes < wanted):
        raise ValueError(
            f"`num_labels` must be in {len(known)}..{len(known) * min(sizes)}, so that "
            f"{len(known)} classes have as many. Received: num_labels={number}."
        )
    pairs = zip(known, wanted, strict=True)
    return np.sort(np.concatenate([rows[classes == c][:size] for c, size in pairs]))


def _spread(rows: tf.Tensor, more: tf.Tensor) -> tf.Tensor:
    """`more` evenly among `rows`."""
    order = tf.argsort(tf.concat([_places(rows), _places(more)], axis=0), stable=True)
    return tf.gather(tf.concat([rows, more], axis=0), order)


def _places(rows: tf.Tensor) -> tf.Tensor:
    """A place in (0, 1) for each row, at equal distances."""
    count = tf.cast(tf.size(rows), tf.float32)
    return (tf.range(count) + 0.5) / count
