"""Metrics of single frames of clips: sharpness and ghosting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_genmodels.evaluation.clip_sampling import (
    SAMPLES,
    Clips,
    real_clips,
    sample_clips,
    training_clips,
)
from keras_genmodels.evaluation.measures.frame_quality import laplacian_variance
from keras_genmodels.evaluation.measures.video import (
    downsampled,
    nearest_error,
    ratio_to_real,
)
from keras_genmodels.evaluation.metrics import metric


@metric(
    "sharpness",
    needs=("sample", "spec"),
    default=lambda model, options: model.spec.is_clip,
)
def sharpness(
    model: Any, dataset: Any, num_samples: int = SAMPLES, seed: int = 0
) -> dict[str, float]:
    """Measure the variance of the Laplacian of sampled frames, over real test frames'.

    1 is as sharp as real frames; a blurred picture is near 0.

    Args:
        model: of clips, with `sample` and `spec`.
        dataset: batches of test clips; the model is asked for what they show.
        num_samples: clips to draw, >= 1.
        seed: of the samples.

    Returns:
        `sharpness`, the ratio of the means; `/drawn` and `/real`, the means; `/frames`.
    """
    found = sample_clips(model, dataset, num_samples, seed)
    real = real_clips(model, dataset)
    ours, theirs = (
        float(laplacian_variance(_frames(clips.x)).mean()) for clips in (found, real)
    )
    return {
        "sharpness": ratio_to_real(ours, theirs),
        "sharpness/drawn": ours,
        "sharpness/real": theirs,
        "sharpness/frames": found.x.shape[0] * found.x.shape[1],
    }


@metric("ghosting", needs=("sample", "spec"), default=lambda *_: False)
def ghosting(
    model: Any,
    dataset: Any,
    train: Any = None,
    num_samples: int = SAMPLES,
    same: Sequence[str] = ("identity",),
    passes: int = 4,
    seed: int = 0,
) -> dict[str, float]:
    """Measure how far a sampled frame is from any training frame, over a real one.

        median over drawn frames of the least error to a training frame of the same kind
        / the same for real test frames

    A body between two poses is like neither: it has ghost arms. Errors are mean squares
    at 32x32 pixels.

    Args:
        model: of clips, with `sample` and `spec`.
        dataset: batches of test clips; the model is asked for what they show.
        train: batches of training clips.
        num_samples: clips to draw, >= 1.
        same: attributes that the training frame must share. Those that the data do not
            have are passed over. Default: `("identity",)`.
        passes: over `train`, whose clips begin elsewhere each time, >= 1; 4,096 clips
            are looked at at most.
        seed: of the samples.

    Returns:
        `ghosting`, 1 for real frames; `/drawn` and `/real`, the medians; `/frames`.

    Raises:
        ValueError: if `train` is not given, or has no clip of some kind.
    """
    seen = training_clips(model, train, passes)
    found = sample_clips(model, dataset, num_samples, seed)
    columns = [
        column
        for a in model.spec.attributes
        if a.name in same
        for column in range(a.start, a.stop)
    ]
    ours, theirs = (
        float(np.median(_least_errors(clips, seen, columns)))
        for clips in (found, real_clips(model, dataset))
    )
    return {
        "ghosting": ours / theirs,
        "ghosting/drawn": ours,
        "ghosting/real": theirs,
        "ghosting/frames": found.x.shape[0] * found.x.shape[1],
    }


def _least_errors(clips: Clips, seen: Clips, columns: list[int]) -> np.ndarray:
    """Compute each frame's least error to a training frame of the same kind."""
    errors = []
    for row in np.unique(clips.condition[:, columns], axis=0):
        ours, theirs = (
            downsampled(_frames(x[(c[:, columns] == row).all(axis=1)]))
            for x, c in (clips, seen)
        )
        if not len(theirs):
            raise ValueError(
                "`train` must have clips of every kind that `same` tells apart. "
                "Received: none of a kind that the model draws or the test clips show."
            )
        errors.append(nearest_error(ours, np.unique(theirs, axis=0)))
    return np.concatenate(errors)


def _frames(clips: np.ndarray) -> np.ndarray:
    return clips.reshape(-1, *clips.shape[2:])
