"""What `fit` does between the epochs, and the one thing it watches in each batch."""

from __future__ import annotations

import csv
import math
import os
import time
from pathlib import Path

import keras
import tensorflow as tf

from keras_genmodels.training import checkpoints


class NonFiniteError(ArithmeticError):
    """A loss, a term or a weight became NaN or infinite in training."""


class StopOnNonFinite(keras.callbacks.Callback):
    """End training soon after the first batch with a NaN or infinite loss or term.

    The logs are means since the epoch began, so that none is missed where Keras reports
    several batches at a time. The weights are checked at the end of each epoch, too,
    because a last step can spoil them while the loss is still finite. It must stand
    before what saves checkpoints, so that the last good one stays.

    Raises:
        NonFiniteError: from `fit`; names the epoch, from 1, and the terms or the
            weight.
    """

    # Keras may hand over the logs of a batch while the next one runs.
    async_safe = True

    def on_train_batch_end(self, batch, logs=None):
        if not all(map(math.isfinite, logs.values())):
            self.model.stop_training = True

    def on_epoch_end(self, epoch, logs=None):
        bad = {k: v for k, v in (logs or {}).items() if not math.isfinite(v)}
        if bad:
            terms = ", ".join(f"{name} = {value}" for name, value in bad.items())
            raise NonFiniteError(f"Epoch {epoch + 1}: {terms}.")
        for weight in self.model.trainable_variables:
            if not tf.reduce_all(tf.math.is_finite(weight.value)):
                raise NonFiniteError(
                    f"Epoch {epoch + 1}, after its last batch: the weight "
                    f"{weight.path} is not finite."
                )


class Clock(keras.callbacks.Callback):
    """The seconds of the last epoch's steps; it stands first, so that nothing that
    other callbacks do between the epochs is on it.
    """

    def __init__(self):
        super().__init__()
        self.seconds = 0.0

    def on_epoch_begin(self, epoch, logs=None):
        self.begun = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds = round(time.perf_counter() - self.begun, 3)


class MetricsFile(keras.callbacks.Callback):
    """Write a row an epoch to a CSV file: `epoch` from 1, `seconds`, then the logs.

    What only some epochs have is empty in the rows of the others.

    Args:
        path: of the file.
        clock: says how long an epoch took.
        epoch: the number of epochs that are done; rows after it are dropped.
    """

    def __init__(self, path: Path, clock: Clock, epoch: int = 0):
        super().__init__()
        self.path, self.clock = path, clock
        self.rows = [row for row in read_metrics(path) if row["epoch"] <= epoch]

    def on_epoch_end(self, epoch, logs=None):
        seconds = self.clock.seconds
        self.rows.append({"epoch": epoch + 1, "seconds": seconds, **(logs or {})})
        columns = dict.fromkeys(name for row in self.rows for name in row)
        partial = self.path.with_name(f".{self.path.name}.partial")
        with open(partial, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(columns))
            writer.writeheader()
            writer.writerows(self.rows)
        os.replace(partial, self.path)


def read_metrics(path: Path) -> list[dict[str, float]]:
    """The rows of a metrics file, numbers as numbers, without what is empty in them.

    There are none if there is no file.
    """
    if not path.is_file():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        return [
            {k: int(v) if k == "epoch" else float(v) for k, v in row.items() if v}
            for row in csv.DictReader(file)
        ]


class Scalars(keras.callbacks.Callback):
    """Write the logs of an epoch as TensorBoard scalars.

    Keras' own callback has hooks on every batch, which cost small models dear.

    Args:
        writer: a TensorFlow summary writer.
    """

    def __init__(self, writer: tf.summary.SummaryWriter):
        super().__init__()
        self.writer = writer

    def on_epoch_end(self, epoch, logs=None):
        with self.writer.as_default(step=epoch + 1):
            for name, value in (logs or {}).items():
                tf.summary.scalar(name, value)
        self.writer.flush()


class Checkpoints(keras.callbacks.Callback):
    """Save the whole model at the end of every epoch; stands last in the list.

    Args:
        folder: of the checkpoints.
    """

    def __init__(self, folder: Path):
        super().__init__()
        self.folder = folder

    def on_epoch_end(self, epoch, logs=None):
        checkpoints.save(self.model, self.folder, epoch + 1)
