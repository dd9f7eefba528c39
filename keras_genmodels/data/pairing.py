"""Companions of x in a batch: what is computed from it, and a second domain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import tensorflow as tf

from keras_genmodels.data.derived import Derivation, Tensors
from keras_genmodels.data.domains import SecondRows, domain_rows
from keras_genmodels.data.options import Order
from keras_genmodels.data.request import Arrays
from keras_genmodels.data.tensors import Tensor


class Pairing:
    """The examples that are x, those that are y, and what is computed of either.

    Args:
        arrays: a whole split.
        source: the derivation that makes "source" of x, or None.
        y: the derivation that makes "y" of an example, or None.
        domains: `{attribute: (class of x, class of y)}`, or None.
        counterpart: of these arrays, makes pictures in another class of the attribute
            of `domains`; None if the set cannot.
        is_training: whether this is the split of training, which has no "truth".

    Raises:
        ValueError: if more than one thing says what y is, a domain is empty, and for
            what `Derivation` and `domain_rows` refuse.
    """

    def __init__(
        self,
        arrays: Arrays,
        source: str | None = None,
        y: str | None = None,
        domains: Mapping[str, Sequence[Any]] | None = None,
        counterpart: Make | None = None,
        is_training: bool = True,
    ) -> None:
        spec, self._is_training = arrays.spec, is_training
        if [y is None, domains is None, arrays.domain is None].count(False) > 1:
            raise ValueError(
                "Only one of `y`, `domains` and a set of two domains can say what y "
                f"is. Received: y={y!r}, domains={domains!r} for {spec.name!r}."
            )
        self.rows, self._second = _rows(arrays, y, domains)
        self.truths, self._known = {}, ()
        if counterpart is not None:
            self._known = TRUTHS
            if not is_training:
                self.truths = _truths()
        self._source = None if source is None else Derivation(source, "source", spec)
        self._y = None if y is None else Derivation(y, "y", spec)
        self.spec = replace(spec, tensors=(*spec.tensors, *self._tensors(spec)))

    def _tensors(self, spec):
        """The further tensors of a batch."""
        tensors = self._source.tensors if self._source else ()
        if self._y is not None:
            pictures = self._y.tensors
            return *tensors, *pictures, *(replace(t, name="truth") for t in pictures)
        if self._second is not None:
            return *tensors, Tensor("y", spec.x_shape)
        return tensors

    @property
    def has_second(self) -> bool:
        """Whether batches have a second domain."""
        return self._second is not None

    def second_rows(
        self, order: Order, count: int, epoch: tf.Tensor
    ) -> tf.data.Dataset:
        """The numbers of the examples of y, of so many batches; empty without y.

        Args:
            order: of whole batches.
            count: of batches.
            epoch: its number.
        """
        if self._second is None:
            return tf.data.Dataset.from_tensors(tf.zeros([0], tf.int32)).repeat(count)
        return SecondRows(self._second, order).batches(count, epoch)

    def second(self, examples: tf.Tensor, keys: tf.Tensor) -> Tensors:
        """Gather the second domain of a batch.

        Args:
            examples: of the rows of y, (batch, *x_shape).
            keys: int64 (batch, 2), what their random numbers are a function of.
        """
        return {"y": examples} if self._y is None else self._y(examples, keys)

    def computed(self, x: tf.Tensor, keys: tf.Tensor) -> Tensors:
        """Compute the tensors that are functions of x.

        Args:
            x: (batch, *x_shape).
            keys: int64 (batch, 2), what random numbers are a function of.
        """
        tensors = {} if self._source is None else self._source(x, keys)
        if self._y is None or self._is_training:
            return tensors
        return {**tensors, "truth": self._y(x, keys)["y"]}
