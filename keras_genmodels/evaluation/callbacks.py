"""Callbacks that watch a model in training: numbers, pictures and an alarm."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_genmodels import checks, pictures
from keras_genmodels.evaluation.figures import sample_pictures
from keras_genmodels.evaluation.metrics import Metric
from keras_genmodels.evaluation.report import evaluate
from keras_genmodels.evaluation.sampling import has_samples_alone
from keras_genmodels.registry import lookup, register

LOG = logging.getLogger("keras_genmodels")
SAMPLES = 1000  # that a run's cheap look at its model draws
_CHEAP = ("frechet_distance", "mode_coverage", "diversity")
# What is worth a column of its own next to the losses.
_LEAST = {"diversity": 0.5, "diversity/class_entropy": 0.5}


@register("evaluation", family="callback")
class Evaluation(keras.callbacks.Callback):
    """Measure the model, and draw the same latents, every few epochs.

    The numbers join the logs of the epoch, for what stands after this callback to
    write down, show or stop at. Nothing that training depends on is touched.

    Args:
        dataset: batches of `{"x", "condition"}`, the test split usually.
        metrics: as for `evaluate`. Default: every quick one that the model allows.
        every: epochs from one look to the next, >= 1; the last epoch is always one.
        folder: of the pictures, `epoch-0010.png`. Default: none are drawn.
        writer: a TensorFlow summary writer, which gets the pictures, too.
        seed: of the latents, always the same.
        **options: of the metrics, as for `evaluate`.

    Raises:
        ValueError: if `every` is < 1.

    Example:
        >>> from keras_genmodels import data, zoo
        >>> test, spec = data.load("digits", "test")
        >>> watch = Evaluation(test, ["diversity"])
        >>> model = zoo.build("gan", spec)
        >>> history = model.fit(test, epochs=1, callbacks=[watch], verbose=0)
        >>> "diversity" in history.history
        True
    """

    def __init__(
        self,
        dataset: Any,
        metrics: Sequence[str | Metric] | None = None,
        every: int = 1,
        folder: str | Path | None = None,
        writer: tf.summary.SummaryWriter | None = None,
        seed: int = 0,
        **options: Any,
    ):
        super().__init__()
        self.dataset, self.metrics = dataset, metrics
        self.every = checks.integer("every", every, 1)
        self.folder = None if folder is None else Path(folder)
        self.writer = writer
        self.seed, self.options = seed, {**options, "seed": seed}

    def on_train_begin(self, logs=None):
        self.examples = {k: np.asarray(v) for k, v in next(iter(self.dataset)).items()}

    def on_epoch_end(self, epoch, logs=None):
        done = epoch + 1
        if done % self.every and done != self.params["epochs"]:
            return
        found = evaluate(self.model, self.dataset, self.metrics, **self.options)
        if logs is not None:
            logs.update(found)
        if self.folder is not None:
            self._draw(done)

    def _draw(self, done: int) -> None:
        drawn = sample_pictures.overview(self.model, self.examples, self.seed)
        for kind, picture in drawn.items():
            suffix = "" if kind == "samples" else f"-{kind}"
            path = self.folder / f"epoch-{done:04d}{suffix}.png"
            if picture.ndim == 4:  # it moves, which TensorBoard cannot show
                pictures.save_clip(picture, path.with_suffix(".webp"))
                continue
            pictures.save_png(path, picture)
            if self.writer is not None:
                with self.writer.as_default(step=done):
                    tf.summary.image(kind, picture[None])


@register("collapse_alarm", family="callback")
class CollapseAlarm(keras.callbacks.Callback):
    """Warn in the log where a generator makes fewer and fewer different samples.

    It reads the logs of each epoch, so it stands after the `Evaluation` that puts the
    numbers there. A number that falls below its threshold is told once, with the
    threshold and the epoch, and again only if it has risen above in between. A young
    generator makes grey pictures that are all alike: until `grace` epochs are done, a
    number must have been above its threshold before it can fall.

    Args:
        least: threshold of each number, by its name in the logs. Default: 0.5 of
            "diversity", the mean distance of two samples over that of two real
            examples, and of "diversity/class_entropy", the entropy of the classes that
            a classifier reads over that of equal shares.
        grace: epochs, >= 0.

    Raises:
        ValueError: if `grace` is < 0.
    """

    def __init__(self, least: Mapping[str, float] | None = None, grace: int = 10):
        super().__init__()
        self.least = dict(_LEAST if least is None else least)
        self.grace = checks.integer("grace", grace, 0)
        self.risen: set[str] = set()
        self.told: set[str] = set()

    def on_epoch_end(self, epoch, logs=None):
        done = epoch + 1
        for name in self.least.keys() & (logs or {}).keys():
            if logs[name] >= self.least[name]:
                self.risen.add(name)
                self.told.discard(name)
            elif name not in self.told and (name in self.risen or done > self.grace):
                self.told.add(name)
                LOG.warning(
                    "Epoch %d: mode collapse? %s = %.3f, below %.3f.",
                    done,
                    name,
                    logs[name],
                    self.least[name],
                )


def cheap_look(model: Any) -> dict[str, Any]:
    """Choose the arguments of an `Evaluation` that costs a run little.

    The losses of an adversarial model say little of its samples, so a thousand of them
    are measured. Any other model has a loss that says how it is; of it nothing is.

    Args:
        model: any model.
    """
    options = {"num_samples": SAMPLES, "max_examples": 2 * SAMPLES}
    chosen = [
        name
        for name in _CHEAP
        if has_samples_alone(model) and lookup(name, "metric").default(model, options)
    ]
    return {"metrics": chosen, **(options if chosen else {})}
