"""The training of a classifier, which goes on where it was stopped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_genmodels import atomic_files

_NAME = re.compile(r"epoch-(\d+)\.npz")


def fit(
    classifier: keras.Model,
    dataset: tf.data.Dataset,
    epochs: int,
    learning_rate: float,
    verbose: int,
    loss: Any,
    metrics: Sequence[str] = (),
    folder: Path | None = None,
) -> None:
    """Train with Adam along a cosine; leaves the classifier without an optimiser.

    Args:
        classifier: to logits.
        dataset: (x, labels) of all epochs, one after another.
        epochs: that the data set holds.
        learning_rate: the highest.
        verbose: as for `keras.Model.fit`.
        loss: of labels and logits.
        metrics: to be shown.
        folder: where the state after the last epoch is kept; a training that finds one
            there goes on after it, as if it had not been stopped. Default None: no
            state is kept.
    """
    steps = int(dataset.cardinality())
    schedule = keras.optimizers.schedules.CosineDecay(learning_rate, steps)
    # The optimiser stays behind with this shell around the same layers.
    model = keras.Model(classifier.input, classifier.output)
    model.compile(keras.optimizers.Adam(schedule), loss, metrics=list(metrics))
    done = 0 if folder is None else _restored(model, folder)
    model.fit(
        dataset.skip(done * (steps // epochs)),
        epochs=epochs,
        initial_epoch=done,
        steps_per_epoch=steps // epochs,
        shuffle=False,
        verbose=verbose,
        callbacks=[] if folder is None else [_Keeper(folder)],
    )


class _Keeper(keras.callbacks.Callback):
    """Keeps all variables after the last epoch in a folder."""

    def __init__(self, folder: Path):
        super().__init__()
        self.folder = folder

    def on_epoch_end(self, epoch, logs=None):
        self.folder.mkdir(parents=True, exist_ok=True)
        earlier = _kept(self.folder)
        path = self.folder / f"epoch-{epoch + 1:04d}.npz"
        with atomic_files.replacing(path) as partial:
            np.savez(partial, *(v.numpy() for v in _variables(self.model)))
        for other in earlier.values():
            other.unlink()


def _restored(model: keras.Model, folder: Path) -> int:
    """Give a compiled model the state that is kept; the number of epochs so far."""
    kept = _kept(folder)
    if not kept:
        return 0
    done = max(kept)
    model.optimizer.build(model.trainable_variables)
    with np.load(kept[done]) as arrays:
        for variable, value in zip(_variables(model), arrays.values(), strict=True):
            variable.assign(value)
    return done


def _variables(model: keras.Model) -> list[keras.Variable]:
    """All that training changes; Keras' files of weights lack the state of dropout."""
    return [*model.variables, *model.optimizer.variables]


def _kept(folder: Path) -> dict[int, Path]:
    """The files of a folder by their numbers of epochs."""
    found = {path: _NAME.fullmatch(path.name) for path in folder.glob("*")}
    return {int(name.group(1)): path for path, name in found.items() if name}
