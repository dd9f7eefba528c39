"""The data that Keras' methods take, as batches of named tensors that were checked.

Arrays are checked whole before anything runs, what comes batch by batch when it comes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_genmodels.data.pipeline import is_loaded
from keras_genmodels.data.sample_weights import SAMPLE_WEIGHT, weights_of
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.data.targets import are_examples, condition_of

_TAKEN = (
    "an array, a dict of named arrays, a `tf.data.Dataset`, a `keras.utils.PyDataset`, "
    "or an iterable of batches"
)


class BatchReader:
    """A reader of whatever `fit` and its like are given.

    `x` alone is the tensor "x"; `y` are labels of the spec's attributes, or `x` once
    more; weights of examples become the tensor "sample_weight".

    Args:
        spec: of the data.
        x_shape: of an example, where any size fits an axis that is `None`.
        needed: names of the tensors that a batch must have.
        class_weight: class index to weight, for data with one attribute of classes.

    Attributes:
        error: the exception that a batch was refused with, which TensorFlow replaces
            by one of its own where it reads the batches; else None.
    """

    def __init__(
        self,
        spec: DatasetSpec,
        x_shape: tuple[int | None, ...],
        needed: tuple[str, ...],
        class_weight: Mapping[int, float] | None = None,
    ) -> None:
        self.spec, self.x_shape, self.needed = spec, x_shape, needed
        self.class_weight = class_weight
        self.error: Exception | None = None

    def batch(self, x: Any, y: Any = None, sample_weight: Any = None) -> dict[str, Any]:
        """Return the named tensors of a batch, or of a whole set that is in arrays.

        Raises:
            TypeError: for an `x` that is no array, or integers where floats belong.
            ValueError: for what the spec does not say, values outside [0, 1], or
                labels and weights that do not belong to it.
        """
        if not isinstance(x, Mapping) and not hasattr(x, "__array__"):
            raise TypeError(
                f"`x` must be {_TAKEN}; write `np.stack(x)` of a list of pictures. "
                f"Received: {type(x).__name__}."
            )
        tensors = dict(x) if isinstance(x, Mapping) else {"x": x}
        if y is not None and "x" in tensors:
            tensors |= self._condition(tensors, y)
        if "condition" in self.needed and "condition" not in tensors:
            raise ValueError(
                "`y` must be given: this model needs the labels of "
                f"{[a.name for a in self.spec.attributes]}. Write `fit(x, y)`, or "
                "`{'x': x, 'condition': spec.condition(NAME=labels)}`. "
                f"Received: {sorted(tensors)}."
            )
        self.spec.check(tensors, self.x_shape, self.needed)
        weights = weights_of(self.spec, tensors, sample_weight, self.class_weight)
        return tensors if weights is None else {**tensors, SAMPLE_WEIGHT: weights}

    def _condition(self, tensors, y):
        """The condition of labels; nothing of targets that are the examples."""
        if "condition" in tensors:
            raise ValueError(
                "`y` must be left out where a batch has a condition of its own. "
                f"Received: y, and x with {sorted(tensors)}."
            )
        y = y if isinstance(y, Mapping) or hasattr(y, "shape") else np.asarray(y)
        if not are_examples(self.spec, tensors["x"], y):
            return {"condition": condition_of(self.spec, y)}
        if not np.array_equal(tensors["x"], y, equal_nan=True):
            raise ValueError(
                "`y` of the shape of `x` must be `x` itself, which is what the model "
                "reconstructs. Received: other values; write `fit(x)`."
            )
        return {}

    def source(self, x: Any, y: Any = None, sample_weight: Any = None) -> Any:
        """Return what Keras reads such batches from.

        A data set that `data.load` returned is taken as it is.

        Raises:
            TypeError: for anything that holds no batches.
            ValueError: as `batch`, and for labels or weights beside `x` where `x` makes
                whole batches.
        """
        if isinstance(x, Mapping) or hasattr(x, "__array__"):
            return self.batch(x, y, sample_weight)
        if y is not None or sample_weight is not None:
            raise ValueError(
                "`y` and `sample_weight` must be parts of each batch where `x` makes "
                "batches: (x, y) or (x, y, sample_weight). "
                f"Received: x={type(x).__name__} with more beside it."
            )
        if isinstance(x, tf.data.Dataset):
            known = is_loaded(x) and self.class_weight is None
            return x if known else x.map(self._in_graph)
        if isinstance(x, tf.distribute.DistributedDataset):
            return x
        if isinstance(x, keras.utils.PyDataset):
            return _ReadDataset(x, self)
        if isinstance(x, Iterator):
            return ((self.read(batch),) for batch in x)  # Keras wants tuples
        if isinstance(x, Iterable) and not isinstance(x, list | tuple | str | bytes):
            return self._in_turn(x)
        return self.batch(x)

    def read(self, batch: Any) -> dict[str, Any]:
        """Return the named tensors of a batch `x`, `(x, y)` or `(x, y, weights)`."""
        return self._kept(*keras.utils.unpack_x_y_sample_weight(batch))

    def _kept(self, *parts, **named):
        """`batch`, whose refusal is kept."""
        try:
            return self.batch(*parts, **named)
        except (TypeError, ValueError) as error:
            self.error = error
            raise

    @contextlib.contextmanager
    def reraising(self) -> Iterator[None]:
        """Replace TensorFlow's error about a refused batch by the refusal itself."""
        try:
            yield
        except tf.errors.OpError:
            if self.error is None:
                raise
            raise self.error from None

    def _in_graph(self, *element):
        """`read` as a step of a `tf.data.Dataset`."""
        x, y, weight = keras.utils.unpack_x_y_sample_weight(element)
        tensors = dict(x) if isinstance(x, Mapping) else {"x": x}
        known = (*self.spec.shapes, SAMPLE_WEIGHT)
        named = {name: tensors[name] for name in known if name in tensors}
        given = {"x": named, "y": y, SAMPLE_WEIGHT: weight}
        given = {key: part for key, part in given.items() if part is not None}
        made = self._made(named, y, weight)

        def read(*arrays):
            batch = self._kept(**tf.nest.pack_sequence_as(given, arrays))
            return [np.float32(batch[name]) for name in made] or [np.float32(0)]

        dtypes = [tf.float32] * max(len(made), 1)  # one value, for the order's sake
        values = tf.numpy_function(read, tf.nest.flatten(given), dtypes)
        with tf.control_dependencies(values):
            tensors = {name: tf.identity(tensor) for name, tensor in tensors.items()}
        for (name, shape), value in zip(made.items(), values, strict=False):
            tensors[name] = tf.ensure_shape(value, (None, *shape))
        return tensors

    def _made(self, tensors, y, weight) -> dict[str, tuple[int, ...]]:
        """Name to shape of the tensors that `batch` makes of other things."""
        made = {}
        if weight is not None or self.class_weight or SAMPLE_WEIGHT in tensors:
            made[SAMPLE_WEIGHT] = ()
        if y is not None and not are_examples(self.spec, tensors.get("x"), y):
            made["condition"] = (self.spec.condition_size,)
        return made

    def _in_turn(self, batches):
        """A data set of what can be iterated over again, such as a `DataLoader`."""
        names = list(self._known(next(iter(batches))))
        shapes = {**self.spec.shapes, "x": self.x_shape, SAMPLE_WEIGHT: ()}
        dtypes = {**self.spec.dtypes, SAMPLE_WEIGHT: "float32"}
        form = {n: tf.TensorSpec((None, *shapes[n]), dtypes[n]) for n in names}
        dataset = tf.data.Dataset.from_generator(
            lambda: map(self._known, batches), output_signature=form
        )
        if hasattr(batches, "__len__"):
            count = tf.data.experimental.assert_cardinality(len(batches))
            dataset = dataset.apply(count)
        return dataset

    def _known(self, batch):
        """The arrays of a batch that the spec names, and its weights."""
        names, read = (*self.spec.shapes, SAMPLE_WEIGHT), self.read(batch)
        return {n: np.asarray(read[n]) for n in names if n in read}


class _ReadDataset(keras.utils.PyDataset):
    """A `PyDataset` whose batches are read."""

    def __init__(self, source, reader):
        super().__init__(source.workers, source.use_multiprocessing)
        self.max_queue_size = source.max_queue_size
        self.source, self.reader = source, reader

    def __getitem__(self, index):
        return (self.reader.read(self.source[index]),)

    @property
    def num_batches(self):
        return self.source.num_batches

    def on_epoch_begin(self):
        self.source.on_epoch_begin()

    def on_epoch_end(self):
        self.source.on_epoch_end()
