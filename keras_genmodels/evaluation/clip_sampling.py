"""Clips of a model and of the data, drawn once for several metrics."""

from __future__ import annotations

from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from keras_genmodels.evaluation import classifiers
from keras_genmodels.evaluation.batches import attribute_columns, batches
from keras_genmodels.evaluation.memo import memoised
from keras_genmodels.evaluation.sampling import (
    at_first_epoch,
    sample_batches,
    sample_conditions,
)

SAMPLES = 360
MAX_TRAINING_CLIPS = 4096  # that others are compared with: they are in memory
_AT_ONCE = 32  # clips that a model makes at a time


class Clips(NamedTuple):
    """Clips, (n, time, height, width, channels), and what each shows, (n, size)."""

    x: np.ndarray
    condition: np.ndarray


def has_clip_classifier(model: Any, options: dict[str, Any]) -> bool:
    """Check whether a model makes clips that a bundled classifier can read."""
    known = "classifier" in options or model.spec.name in classifiers.names()
    return model.spec.is_clip and known


def check_clips(model: Any) -> None:
    """Refuse a model of other data than clips.

    Raises:
        ValueError: names the shape of its data.
    """
    if not model.spec.is_clip:
        raise ValueError(
            "This metric needs a model of clips, (time, height, width, channels). "
            f"Received: one of {model.spec.name!r}, of shape {model.spec.x_shape}."
        )


@memoised
def sample_clips(model: Any, dataset: Any, num_samples: int, seed: int = 0) -> Clips:
    """Draw clips of a model, with the conditions of the examples in turn.

    Args:
        model: with `sample` and `spec`.
        dataset: batches of `{"x", "condition"}`.
        num_samples: how many, >= 1.
        seed: of the samples.

    Raises:
        ValueError: for a model of other data.
    """
    check_clips(model)
    rows = sample_conditions(model, dataset, num_samples)
    parts = sample_batches(model, num_samples, rows, seed, _AT_ONCE)
    empty = np.zeros((num_samples, 0), np.float32)
    return Clips(np.concatenate(list(parts)), empty if rows is None else rows)


@memoised
def real_clips(
    model: Any, dataset: Any, passes: int = 1, most: int | None = None
) -> Clips:
    """Load the clips of a data set; several passes see films at several places.

    Args:
        model: whose `spec` the data are held against.
        dataset: batches of `{"x", "condition"}`.
        passes: over the data set, >= 1.
        most: where it ends at the latest. Default: all clips.

    Raises:
        ValueError: for a model of other data.
    """
    check_clips(model)
    dataset = at_first_epoch(dataset)
    x, condition = [], []
    parts = chain.from_iterable(batches(model, dataset) for _ in range(passes))
    for clips, rows in parts:
        x.append(clips)
        rows = attribute_columns(rows)
        condition.append(np.zeros((len(clips), 0)) if rows is None else rows)
        if most is not None and sum(map(len, x)) >= most:
            break
    return Clips(np.concatenate(x)[:most], np.concatenate(condition)[:most])


def training_clips(model: Any, train: Any, passes: int) -> Clips:
    """Load the clips to compare with: `real_clips`, at most `MAX_TRAINING_CLIPS`.

    Raises:
        ValueError: if `train` is not given.
    """
    if train is None:
        raise ValueError(
            "`train` must be the batches of the training split. Received: train=None."
        )
    return real_clips(model, train, passes, MAX_TRAINING_CLIPS)


def clip_classifier_for(model: Any, classifier: Any) -> classifiers.ClipClassifier:
    """Load the classifier of clips that is named, or that of the model's data set.

    Raises:
        ValueError: if there is none, or it is not one of clips.
    """
    check_clips(model)
    judge = model.spec.name if classifier is None else classifier
    if isinstance(judge, str):
        judge = classifiers.load_classifier(judge)
    if not isinstance(judge, classifiers.ClipClassifier):
        raise ValueError(
            f"`classifier` must be a `ClipClassifier`. Received: {judge.name!r}."
        )
    return judge


def classifier_accuracies(
    name: str, judge: classifiers.ClipClassifier
) -> dict[str, float]:
    """Name the classifier's own test accuracy of every attribute."""
    return {
        f"{name}/classifier:{judge.name}/{attribute}": accuracy
        for attribute, accuracy in judge.test_accuracies.items()
    }
