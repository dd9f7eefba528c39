"""Two domains of one data set: which examples are x, and which are y, in what order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from keras_genmodels.data.options import Order
from keras_genmodels.data.random_keys import SECOND, key, shuffled
from keras_genmodels.data.request import SPLIT_SEED
from keras_genmodels.data.spec import DatasetSpec


@dataclass(frozen=True)
class Domains:
    """The two classes of an attribute that are x and y, and their examples.

    Args:
        attribute: its name.
        classes: the index of the class of x, and of y.
        rows: the numbers of the examples of x, and of y.
    """

    attribute: str
    classes: tuple[int, int]
    rows: tuple[np.ndarray, np.ndarray]

    @classmethod
    def found(
        cls, given: Mapping[str, Sequence[Any]], labels: np.ndarray, spec: DatasetSpec
    ) -> Domains:
        """Find the examples of two domains.

        Args:
            given: `{attribute: (class of x, class of y)}`, one attribute.
            labels: class indices, (n, attributes).
            spec: what they mean.

        Raises:
            TypeError: for `domains` that are no mapping.
            ValueError: for domains that are not two classes of one attribute, or have
                no examples.
        """
        name, classes = _one_pair(given)
        place = spec.position(name)
        attribute = spec.attributes[place]
        if attribute.is_real:
            raise ValueError(
                "`domains` must name an attribute that has classes. "
                f"Received: {name!r}, which is a real value."
            )
        indices = tuple(attribute.index(value) for value in classes)
        rows = tuple(np.flatnonzero(labels[:, place] == index) for index in indices)
        if indices[0] == indices[1] or not all(map(len, rows)):
            raise ValueError(
                f"`domains` must be two classes of {name!r} that have examples. "
                f"Received: {list(classes)}, of which there are "
                f"{[len(r) for r in rows]}."
            )
        return cls(name, indices, rows)

    def change(self, spec: DatasetSpec) -> np.ndarray:
        """Make what changes an x's condition to that of its translation, when added.

        Args:
            spec: of the data set.

        Returns:
            float32 (condition_size,).
        """
        columns = np.zeros(spec.condition_size, np.float32)
        start = spec.attributes[spec.position(self.attribute)].start
        columns[[start + index for index in self.classes]] = -1.0, 1.0
        return columns


def _one_pair(given: Mapping[str, Sequence[Any]]) -> tuple[str, Sequence[Any]]:
    """The attribute, and its two classes."""
    if not isinstance(given, Mapping):
        raise TypeError(
            "`domains` must be {attribute: (class of x, class of y)}. "
            f"Received: {given!r}."
        )
    pairs = [
        (name, classes)
        for name, classes in given.items()
        if isinstance(classes, list | tuple) and len(classes) == 2
    ]
    if len(pairs) != 1 or len(given) != 1:
        raise ValueError(
            "`domains` must be {attribute: (class of x, class of y)} of one attribute. "
            f"Received: {dict(given)}."
        )
    return pairs[0]


class SecondRows:
    """The examples of y that stand beside those of x, in an order of their own.

    All of them in turn, in new orders: a pass over x is an epoch, however many there
    are of y.

    Args:
        rows: the numbers of the examples of y.
        order: of whole batches.
    """

    def __init__(self, rows: np.ndarray, order: Order) -> None:
        self._rows, self._order = rows.astype(np.int32), order

    def batches(self, count: int, epoch: tf.Tensor) -> tf.data.Dataset:
        """Row numbers of so many batches of an epoch, (batch_size,) each."""
        wanted = count * self._order.batch_size
        rounds = -(-wanted // len(self._rows))
        # A loop in the graph: of a few beside many there are hundreds of rounds.
        orders = tf.map_fn(
            lambda number: self._permuted(epoch, number),
            tf.range(rounds),
            fn_output_signature=tf.int32,
        )
        rows = tf.reshape(orders, [-1])[:wanted]
        return tf.data.Dataset.from_tensor_slices(
            tf.reshape(rows, (count, self._order.batch_size))
        )

    def _permuted(self, epoch, number):
        if self._order.shuffle:
            return shuffled(self._rows, key(self._order.seed, SECOND, epoch, number))
        return shuffled(self._rows, key(SPLIT_SEED, SECOND, number))
