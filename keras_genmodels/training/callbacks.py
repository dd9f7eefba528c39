"""Callbacks of a run: checks, times, files, an early picture and checkpoints."""

from __future__ import annotations

import csv
import io
import math
import time
from pathlib import Path

import keras
import tensorflow as tf

from keras_genmodels import atomic_files, checkpoints, terminal
from keras_genmodels.evaluation.figures import sample_pictures
from keras_genmodels.training import schema
from keras_genmodels.training.drawing import write_picture

VALIDATION = "val_"  # begins the name of a term that was measured on validation data


class NonFiniteError(ArithmeticError):
    """A loss, a term or a weight became NaN or infinite in training."""


class StopOnNonFinite(keras.callbacks.Callback):
    """The end of training soon after the first batch with a NaN or infinite term.

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
    """The seconds of the last epoch's steps, without the validation that follows.

    It stands first, so that it counts nothing that other callbacks do between the
    epochs; what they do within an epoch they add to `begun`.
    """

    def __init__(self):
        super().__init__()
        self.seconds = 0.0

    def on_epoch_begin(self, epoch, logs=None):
        self.begun, self.ended = time.perf_counter(), None

    def on_test_begin(self, logs=None):
        self.ended = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        ended = self.ended or time.perf_counter()
        self.seconds = round(ended - self.begun, 3)


class FirstPicture(keras.callbacks.Callback):
    """A picture of samples soon after the start, and a line that says where it lies.

    `evaluation.Evaluation` draws at the end of some epochs, and an epoch may take
    minutes. Where no picture is there after `seconds`, one is drawn before the next
    batch, and not after a batch, because Keras lets another thread do that while the
    next step runs. Samples have a seed of their own, so that training is the same.

    Args:
        folder: of the pictures; this one is called `step-000512.png`, `.webp` of clips.
        dataset: batches of `{"x", "condition"}`, to say what is asked for.
        clock: that does not count the drawing.
        seed: of the samples, as that of `Evaluation`.
        seconds: of training until the picture is drawn.
    """

    def __init__(
        self,
        folder: Path,
        dataset: tf.data.Dataset,
        clock: Clock,
        seed: int = 0,
        seconds: float = 30.0,
    ):
        super().__init__()
        self.folder, self.dataset, self.clock = folder, dataset, clock
        self.seed, self.seconds = seed, seconds

    def on_train_begin(self, logs=None):
        self.begun = time.perf_counter()
        there = [*self.folder.glob("step-*"), *self.folder.glob("epoch-*")]
        self.missing = sample_pictures.draws(self.model) and not there

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_begin(self, batch, logs=None):
        if not self.missing or time.perf_counter() - self.begun < self.seconds:
            return
        begun = time.perf_counter()
        step = self.epoch * self.params["steps"] + batch
        drawn = sample_pictures.overview(
            self.model, next(iter(self.dataset)), self.seed
        )
        suffix = ".webp" if drawn["samples"].ndim == 4 else ".png"
        path = self.folder / f"step-{step:06d}{suffix}"
        self._tell(f"after {step} steps", write_picture(path, drawn["samples"]))
        self.clock.begun += time.perf_counter() - begun

    def on_epoch_end(self, epoch, logs=None):
        for path in self.folder.glob("epoch-*[0-9].*") if self.missing else ():
            self._tell(f"after epoch {epoch + 1}", path)

    def _tell(self, when: str, path: Path) -> None:
        self.missing = False
        terminal.say(f"First samples, {when}: {path}", self.params["verbose"])


class MetricsFile(keras.callbacks.Callback):
    """A CSV file with a row an epoch: `epoch` from 1, `seconds`, then the logs.

    What only some epochs have is empty in the rows of the others.

    Args:
        path: of the file.
        clock: says how long an epoch took.
        epoch: the number of epochs that are done; rows after it are dropped.
    """

    def __init__(self, path: Path, clock: Clock, epoch: int = 0):
        super().__init__()
        self.path, self.clock = path, clock
        self.rows = [row for row in schema.read_metrics(path) if row["epoch"] <= epoch]

    def on_epoch_end(self, epoch, logs=None):
        seconds = self.clock.seconds
        self.rows.append({"epoch": epoch + 1, "seconds": seconds, **(logs or {})})
        columns = dict.fromkeys(name for row in self.rows for name in row)
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, list(columns))
        writer.writeheader()
        writer.writerows(self.rows)
        atomic_files.write_text(self.path, text.getvalue())


class Scalars(keras.callbacks.Callback):
    """The logs of an epoch as TensorBoard scalars.

    A term has the same tag in training and in validation, so that both lines share a
    chart. Keras' own callback has hooks on every batch, which cost small models dear.

    Args:
        train: a TensorFlow summary writer.
        validation: one for what was measured on validation data. Default: `train`.
    """

    def __init__(
        self,
        train: tf.summary.SummaryWriter,
        validation: tf.summary.SummaryWriter | None = None,
    ):
        super().__init__()
        self.train, self.validation = train, validation or train

    def on_epoch_end(self, epoch, logs=None):
        for name, value in (logs or {}).items():
            tag = name.removeprefix(VALIDATION)
            writer = self.train if tag == name else self.validation
            with writer.as_default(step=epoch + 1):
                tf.summary.scalar(tag, value)
        self.train.flush()
        self.validation.flush()


class Checkpoints(keras.callbacks.Callback):
    """A checkpoint of the whole model after every epoch; stands last in the list.

    Args:
        folder: of the checkpoints.
    """

    def __init__(self, folder: Path):
        super().__init__()
        self.folder = folder

    def on_epoch_end(self, epoch, logs=None):
        checkpoints.save(self.model, self.folder, epoch + 1)
