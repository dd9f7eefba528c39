"""Clips of a model and of the data side by side, drawn once for many measures."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from keras_genmodels.evaluation import classifiers
from keras_genmodels.evaluation.drawn import asked, rewound, sampled
from keras_genmodels.evaluation.metrics import batches
from keras_genmodels.evaluation.sharing import once

SAMPLES = 360
_AT_ONCE = 32  # clips that a model makes at a time


class Clips(NamedTuple):
    """Clips, (n, time, height, width, channels), and what each shows, (n, size)."""

    x: np.ndarray
    condition: np.ndarray


def of_clips(model: Any, options: dict[str, Any]) -> bool:
    """Whether a model makes clips that a bundled classifier can read."""
    known = "classifier" in options or model.spec.name in classifiers.names()
    return len(model.spec.x_shape) == 4 and known


@once
def drawn_clips(model: Any, dataset: Any, num_samples: int, seed: int = 0) -> Clips:
    """Clips of a model, asked for what the examples show, in turn.

    Args:
        model: with `sample` and `spec`.
        dataset: batches of `{"x", "condition"}`.
        num_samples: how many, >= 1.
        seed: of the samples.
    """
    rows = asked(model, dataset, num_samples)
    parts = sampled(model, num_samples, rows, seed, _AT_ONCE)
    empty = np.zeros((num_samples, 0), np.float32)
    return Clips(np.concatenate(list(parts)), empty if rows is None else rows)


@once
def real_clips(model: Any, dataset: Any, passes: int = 1) -> Clips:
    """All clips of a data set; several passes see films at several places.

    Args:
        model: whose `spec` the data are held against.
        dataset: batches of `{"x", "condition"}`.
        passes: over the data set, >= 1.
    """
    dataset = rewound(dataset)
    x, condition = [], []
    for _ in range(passes):
        for clips, rows in batches(model, dataset):
            x.append(clips)
            condition.append(np.zeros((len(clips), 0)) if rows is None else rows)
    return Clips(np.concatenate(x), np.concatenate(condition))


def judge_of(model: Any, classifier: Any) -> classifiers.ClipClassifier:
    """The classifier of clips that is named, or that of the model's data set.

    Raises:
        ValueError: if there is none, or it is not one of clips.
    """
    judge = model.spec.name if classifier is None else classifier
    if isinstance(judge, str):
        judge = classifiers.load_classifier(judge)
    if not isinstance(judge, classifiers.ClipClassifier):
        raise ValueError(
            f"`classifier` must be a `ClipClassifier`. Received: {judge.name!r}."
        )
    return judge


def accuracies(name: str, judge: classifiers.ClipClassifier) -> dict[str, float]:
    """The judge's own test accuracy of every attribute, to stand beside a number."""
    return {
        f"{name}/classifier:{judge.name}/{attribute}": accuracy
        for attribute, accuracy in judge.test_accuracies.items()
    }
