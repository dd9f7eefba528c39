"""The terms of a step: their sums, and their running means in one metric."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras
import tensorflow as tf

from keras_genmodels.data.sample_weights import SAMPLE_WEIGHT


def add(terms: dict[str, tf.Tensor], added: Mapping[str, tf.Tensor]) -> None:
    """Add values to those of the same name; the first of a name stands alone."""
    for name, value in added.items():
        terms[name] = terms[name] + value if name in terms else value


def weighted(
    terms: dict[str, tf.Tensor], batch: Mapping[str, tf.Tensor]
) -> dict[str, tf.Tensor]:
    """Multiply the terms by the weights of the examples, if the batch has any.

    Args:
        terms: (batch,) each.
        batch: named tensors, from `unpack`.
    """
    if SAMPLE_WEIGHT not in batch:
        return terms
    return {name: batch[SAMPLE_WEIGHT] * value for name, value in terms.items()}


class TermMeans(keras.metrics.Metric):
    """The mean over all examples seen of several per-example values at once.

    One vector of sums in place of a `keras.metrics.Mean` for each term: a step of a
    small model would spend a tenth of its time on those.

    Args:
        terms: the names of the values, which become the names in the logs.
        name: of the metric itself.
    """

    def __init__(self, terms: Sequence[str], name: str = "terms"):
        super().__init__(name=name)
        self.terms = tuple(terms)
        self.total = self.add_variable((len(self.terms),), "zeros", name="total")
        self.count = self.add_variable((), "zeros", name="count")

    def update_state(self, values: Mapping[str, tf.Tensor]) -> None:
        """Add a batch: every term by its name, each (batch,)."""
        stacked = tf.stack([values[name] for name in self.terms])  # (terms, batch)
        self.total.assign_add(tf.reduce_sum(stacked, axis=1))
        self.count.assign_add(tf.cast(tf.shape(stacked)[1], self.count.dtype))

    def result(self) -> dict[str, tf.Tensor]:
        """Every term's mean by its name; 0 before the first batch."""
        means = tf.math.divide_no_nan(self.total, self.count)
        return dict(zip(self.terms, tf.unstack(means), strict=True))
