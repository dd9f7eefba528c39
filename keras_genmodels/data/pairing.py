"""Companions of x in a batch: what is computed from it, and a second domain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import tensorflow as tf

from keras_genmodels.data.counterparts import Counterpart
from keras_genmodels.data.derived import Derivation, Tensors
from keras_genmodels.data.domains import Domains, SecondRows
from keras_genmodels.data.options import Order
from keras_genmodels.data.request import Arrays
from keras_genmodels.data.tensors import TRUTHS, Tensor
from keras_genmodels.data.truths import Truths, truths


def with_source(arrays: Arrays, name: str | None) -> tuple[Arrays, str | None]:
    """Call a further picture of a set "source", if `name` is its name.

    Args:
        arrays: a whole split.
        name: of a further picture, or of a derivation.

    Returns:
        The split, and the name of the derivation that is still to make "source".
    """
    known = arrays.spec.tensors
    own = [t for t in known if t.name == name and t.kind == "image"]
    if not own:
        return arrays, name
    tensors = {**arrays.tensors, "source": arrays.tensors[name]}
    del tensors[name]
    kinds = [replace(t, name="source") if t in own else t for t in known]
    spec = replace(arrays.spec, tensors=tuple(kinds))
    return replace(arrays, tensors=tensors, spec=spec), None


class Pairing:
    """The examples that are x, those that are y, and what is computed of either.

    Args:
        arrays: a whole split.
        source: the derivation that makes "source" of x, or None.
        y: the derivation that makes "y" of an example, or None.
        domains: `{attribute: (class of x, class of y)}`, or None.
        counterpart: makes the pictures of the set in another class; None if none does.
        is_training: whether this is the split of training, which has no "truth".

    Raises:
        ValueError: if more than one thing says what y is, a domain is empty, and for
            what `Derivation` and `Domains.found` refuse.
    """

    def __init__(
        self,
        arrays: Arrays,
        source: str | None = None,
        y: str | None = None,
        domains: Mapping[str, Sequence[Any]] | None = None,
        counterpart: Counterpart | None = None,
        is_training: bool = True,
    ) -> None:
        spec, self._is_training = arrays.spec, is_training
        if [y is None, domains is None, arrays.domain is None].count(False) > 1:
            raise ValueError(
                "Only one of `y`, `domains` and a set of two domains can say what y "
                f"is. Received: y={y!r}, domains={domains!r} for {spec.name!r}."
            )
        self.truths: dict[str, Truths] = {}
        self._known = ()  # names of truths that a split other than "train" has
        self._change = None  # of a condition, where domains are classes
        self.rows, self._second = np.arange(len(arrays.labels)), None
        if y is not None:
            self._second = self.rows
        elif domains is not None:
            self._divide(arrays, domains, counterpart)
        elif arrays.domain is not None:
            self.rows, self._second = _both(arrays)
        self._source = None if source is None else Derivation(source, "source", spec)
        self._y = None if y is None else Derivation(y, "y", spec)
        self.spec = replace(spec, tensors=(*spec.tensors, *self._tensors(spec)))

    def _divide(self, arrays, given, counterpart):
        """Find two domains, and the right translations where they are known."""
        domains = Domains.found(given, arrays.labels, arrays.spec)
        self.rows, self._second = domains.rows
        self._change = domains.change(arrays.spec)
        if counterpart is not None and domains.attribute in counterpart.attributes:
            self._known = TRUTHS
            if not self._is_training:
                self.truths = truths(arrays, domains, counterpart)

    def _tensors(self, spec):
        """The further tensors of a batch."""
        tensors = self._source.tensors if self._source else ()
        if self._y is not None:
            pictures = self._y.tensors
            return *tensors, *pictures, *(replace(t, name="truth") for t in pictures)
        if self._second is None:
            return tensors
        kind = "clip" if spec.is_clip else "image"
        tensors += tuple(Tensor(n, spec.x_shape, kind) for n in ("y", *self._known))
        if self._change is None:
            return tensors
        return *tensors, Tensor("truth_condition", (spec.condition_size,), "vector")

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

    def computed(self, x: tf.Tensor, condition: tf.Tensor, keys: tf.Tensor) -> Tensors:
        """Compute the tensors that are functions of x and its condition.

        Args:
            x: (batch, *x_shape).
            condition: (batch, condition_size).
            keys: int64 (batch, 2), what random numbers are a function of.
        """
        tensors = {} if self._source is None else self._source(x, keys)
        if self._is_training:
            return tensors
        if self._y is not None:
            tensors["truth"] = self._y(x, keys)["y"]
        if self._change is not None:
            tensors["truth_condition"] = condition + self._change
        return tensors


def _both(arrays: Arrays) -> list[np.ndarray]:
    """The rows of either domain, of which none may be empty."""
    rows = arrays.domains()
    if not all(map(len, rows)):
        raise ValueError(
            f"Both domains of {arrays.spec.name!r} must have examples. Received: "
            f"{[len(r) for r in rows]} of x and y."
        )
    return rows
