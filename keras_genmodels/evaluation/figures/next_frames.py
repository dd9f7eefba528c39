"""Figure of pictures and of those that may follow them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_genmodels import pictures
from keras_genmodels.evaluation.figures.images import enlarged
from keras_genmodels.registry import register


def next_frames(
    model: Any,
    first_frame: Any,
    truth: Any,
    draws: int = 4,
    of_mean: int = 64,
    seed: int = 0,
) -> np.ndarray:
    """Draw a column a picture: it, several futures, their mean, and what followed.

    Args:
        model: with `predict_next`.
        first_frame: (n, height, width, channels) in [0, 1].
        truth: what followed, likewise.
        draws: futures of each that are shown, >= 1. Default 4.
        of_mean: futures of each that the mean is of, >= draws. Default 64.
        seed: of the futures.

    Returns:
        float32 (height, width, channels) in [0, 1].

    Raises:
        ValueError: for a model that predicts no pictures.
    """
    if not hasattr(model, "predict_next"):
        raise ValueError(
            "The figure 'next_frames' needs a model with `predict_next`, such as a "
            f"`visual_dynamics`. Received: {type(model).__name__}."
        )
    first, truth = (np.asarray(x, np.float32) for x in (first_frame, truth))
    futures = np.asarray(model.predict_next(first, of_mean, seed=seed))
    shown = futures[:, :draws].swapaxes(0, 1)  # (draws, n, height, width, channels)
    rows = [first, *shown, futures.mean(axis=1), truth]
    return pictures.grid(enlarged(np.concatenate(rows)), len(first))


@register("next_frames", family="figure")
def _next_frames(model: Any, examples: Mapping[str, Any]) -> np.ndarray:
    """Eight pictures, four futures of each, the mean of many, and what followed."""
    if "first_frame" not in examples:
        raise ValueError(
            "The figure 'next_frames' needs data with 'first_frame'. "
            f"Received: batches of {sorted(examples)}."
        )
    return next_frames(model, examples["first_frame"][:8], examples["x"][:8])
