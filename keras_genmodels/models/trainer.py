"""Keras' methods that take data: what they are given becomes checked batches."""

from __future__ import annotations

import contextlib
from typing import Any

import keras
import tensorflow as tf

from keras_genmodels.data.keras_inputs import BatchReader
from keras_genmodels.data.pipeline import epoch_counter, set_epoch
from keras_genmodels.workers import are_several


class _EpochOrder(keras.callbacks.Callback):
    """Tells a dataset which epoch begins."""

    def __init__(self, dataset):
        super().__init__()
        self.dataset = dataset

    def on_epoch_begin(self, epoch, logs=None):
        set_epoch(self.dataset, epoch)


class EpochBegin(keras.callbacks.Callback):
    """Tells a model with `begin_epoch` which epoch begins, before its first step."""

    def on_epoch_begin(self, epoch, logs=None):
        self.model.begin_epoch(epoch)


class TrainerMethods(keras.Model):
    """`keras.Model`'s methods that take data, for models with a `spec`.

    `x` is an array in [0, 1], which is the tensor "x"; a dict of named arrays; a
    `tf.data.Dataset`, a `keras.utils.PyDataset`, a generator or another iterable of
    batches. `y` are labels of the spec's attributes, or `x` itself; a batch may be a
    tuple with them, `(x, y)` or `(x, y, sample_weight)`. Every batch is held against
    the spec, but for those of `data.load`, of which the first one is.
    """

    def _reader(self, class_weight=None) -> BatchReader:
        return BatchReader(
            self.spec, self.fitted_shape, self.batch_tensors, class_weight
        )

    def fit(
        self,
        x=None,
        y=None,
        *args,
        callbacks=None,
        validation_data=None,
        sample_weight=None,
        class_weight=None,
        **kwargs,
    ):
        """`keras.Model.fit`, after a look at the data against `spec`.

        A dataset from `data.load` is told which epoch begins, so that its order is a
        function of its seed and the epoch's number, wherever training starts.

        Args:
            x: the data, as the class says.
            y: labels, beside an array.
            *args: of `keras.Model.fit`.
            callbacks: a Keras callback, several or a `CallbackList`.
            validation_data: whatever `x` may be, or a tuple with `y` and weights.
            sample_weight: (examples,), beside an array.
            class_weight: class index to weight, for data with one attribute.
            **kwargs: of `keras.Model.fit`.

        Raises:
            TypeError: for data of another kind, or integers where floats belong.
            ValueError: if a batch has another shape, width of condition or value range
                than `spec` says; the message names both.
        """
        reader, validation = self._reader(class_weight), self._reader()
        data = reader.source(x, y, sample_weight)
        if not _can_be_shuffled(data):
            kwargs.setdefault("shuffle", False)  # the data's own order holds
        if validation_data is not None:
            parts = keras.utils.unpack_x_y_sample_weight(validation_data)
            validation_data = validation.source(*parts)
        order = []
        if isinstance(data, tf.data.Dataset):
            with reader.reraising():
                for batch in data.take(1):
                    self.spec.check(batch, self.fitted_shape, self.batch_tensors)
            order = [] if epoch_counter(data) is None else [_EpochOrder(data)]
        kwargs["validation_data"] = validation_data
        with (
            reader.reraising(),
            validation.reraising(),
            led_by(order, callbacks) as callbacks,
        ):
            self._give_directions(getattr(callbacks, "callbacks", callbacks))
            return super().fit(data, None, *args, callbacks=callbacks, **kwargs)

    @property
    def metrics_names(self) -> list[str]:
        """The names of the numbers that `evaluate` lists, in their order."""
        return sorted(self.term_names)

    def direction(self, name: str) -> str | None:
        """Say whether a term is to fall, "min", or to rise, "max"; None for neither.

        Args:
            name: of the term, or of its value in validation, "val_...".
        """
        name = name.removeprefix("val_")
        if name not in self.term_names or name in self.undirected_terms:
            return None
        return "max" if name in self.rising_terms else "min"

    def _give_directions(self, callbacks):
        """Tell callbacks that watch a term, and were not told, where it is to go."""
        for callback in callbacks:
            if getattr(callback, "mode", None) == "auto":
                callback.mode = self.direction(callback.monitor) or "auto"

    def evaluate(self, x=None, y=None, *args, sample_weight=None, **kwargs):
        """`keras.Model.evaluate` of the same kinds of data as `fit` takes."""
        if kwargs.get("_use_cached_eval_dataset"):  # in `fit`, which has read them
            return super().evaluate(x, y, *args, sample_weight=sample_weight, **kwargs)
        reader = self._reader()
        data = reader.source(x, y, sample_weight)
        with reader.reraising():
            return super().evaluate(data, None, *args, **kwargs)

    def predict(self, x, *args, **kwargs):
        """`keras.Model.predict` of the same kinds of data as `fit` takes."""
        reader = self._reader()
        data = reader.source(x)
        with reader.reraising():
            return super().predict(data, *args, **kwargs)

    def train_on_batch(
        self, x, y=None, sample_weight=None, class_weight=None, return_dict=False
    ):
        """`keras.Model.train_on_batch`, with `x`, `y` and weights as for `fit`."""
        batch = self._reader(class_weight).batch(x, y, sample_weight)
        return super().train_on_batch(batch, return_dict=return_dict)

    def _maybe_symbolic_build(self, iterator=None, data_batch=None):
        """Do nothing: models arrive built.

        Keras would average the first batch over the devices, which fails where they do
        not have equal shares of it.
        """

    def make_train_function(self, force=False):
        """`keras.Model.make_train_function`, for several workers, too."""
        if not are_several(self.distribute_strategy):
            return super().make_train_function(force)
        if self.train_function is None or force:
            self.train_function = self._function_of_workers(self.train_step)
        return self.train_function

    def make_test_function(self, force=False):
        """`keras.Model.make_test_function`, for several workers, too."""
        if not are_several(self.distribute_strategy):
            return super().make_test_function(force)
        if self.test_function is None or force:
            self.test_function = self._function_of_workers(self.test_step)
        return self.test_function

    def _function_of_workers(self, step):
        """A step of every worker on its share of the next batch; logs are of all.

        Keras averages each log over the workers, which fails; the metrics are sums over
        all of them, and every worker reads the same.
        """
        if self.steps_per_execution != 1:
            raise ValueError(
                "`steps_per_execution` must be 1 with several workers. "
                f"Received: steps_per_execution={self.steps_per_execution}."
            )

        def next_step(iterator):
            self.distribute_strategy.run(step, args=(next(iterator),))
            return self.get_metrics_result()

        if self.run_eagerly:
            return next_step
        return tf.function(next_step, reduce_retracing=True, autograph=False)

    def test_on_batch(self, x, y=None, sample_weight=None, return_dict=False):
        """`keras.Model.test_on_batch`, with `x`, `y` and weights as for `fit`."""
        batch = self._reader().batch(x, y, sample_weight)
        return super().test_on_batch(batch, return_dict=return_dict)

    def predict_on_batch(self, x):
        """`keras.Model.predict_on_batch`, with `x` as for `fit`."""
        return super().predict_on_batch(self._reader().batch(x))


def _can_be_shuffled(data: Any) -> bool:
    """Whether Keras orders the data; others have an order of their own."""
    if isinstance(data, keras.utils.PyDataset):
        return data.num_batches is not None
    return isinstance(data, dict)


@contextlib.contextmanager
def led_by(first, callbacks):
    """Put callbacks before those that `fit` is given, as long as it runs."""
    if isinstance(callbacks, keras.callbacks.CallbackList):
        callbacks.callbacks[:0] = first
        try:
            yield callbacks
        finally:
            del callbacks.callbacks[: len(first)]
    else:
        given = [] if callbacks is None else keras.tree.flatten(callbacks)
        yield [*first, *given]
