"""Figure of pictures whose lower half is hidden, and of what a model draws there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_genmodels import pictures
from keras_genmodels.evaluation.batches import condition_of, rows_of
from keras_genmodels.evaluation.figures.images import enlarged
from keras_genmodels.registry import register

GREY = 0.5  # of what is hidden


def completions(
    model: Any, x: Any, condition: Any = None, draws: int = 4, seed: int = 0
) -> np.ndarray:
    """Draw a column a picture: its known half, several completions, and the picture.

    Args:
        model: with `complete`.
        x: (n, height, width, channels) in [0, 1].
        condition: of n rows, if the model looks at it.
        draws: completions of each, >= 1. Default 4.
        seed: of the first one; the others are the numbers that follow.

    Returns:
        float32 (height, width, channels) in [0, 1].

    Raises:
        ValueError: for a model that does not complete pictures.
    """
    if not hasattr(model, "complete"):
        raise ValueError(
            "The figure 'completions' needs a model with `complete`, such as a "
            f"`gated_pixel_cnn`. Received: {type(model).__name__}."
        )
    x = np.asarray(x, np.float32)
    mask = np.ones((*x.shape[:3], 1), np.float32)
    mask[:, x.shape[1] // 2 :] = 0.0
    made = [
        model.complete(x, mask, condition, seed=seed + draw) for draw in range(draws)
    ]
    rows = [mask * x + (1.0 - mask) * GREY, *map(np.asarray, made), x]
    return pictures.grid(enlarged(np.concatenate(rows)), len(x))


@register("completions", family="figure")
def _completions(model: Any, examples: Mapping[str, Any]) -> np.ndarray:
    """Eight pictures without their lower half, and four completions of each."""
    given = rows_of(condition_of(model, examples), slice(8))
    return completions(model, examples["x"][:8], given)
