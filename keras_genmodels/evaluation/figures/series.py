"""Figure of series of pictures, of what is foretold of them, and of options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_genmodels import pictures
from keras_genmodels.evaluation.batches import condition_of, rows_of
from keras_genmodels.evaluation.figures.images import enlarged
from keras_genmodels.registry import register


def series(
    model: Any, examples: Mapping[str, Any], count: int = 6, seed: int = 0
) -> np.ndarray:
    """Draw two rows or three a series: it, what was foretold of it, and the options.

    What is foretold of a picture stands below it, and nothing below the first.

    Args:
        model: with `translate`, from a series of pictures to those after each of them.
        examples: a batch with "source" and x, and "options" where they are known.
        count: series, >= 1. Default 6.
        seed: of the model's noise.

    Returns:
        float32 (height, width, channels) in [0, 1].

    Raises:
        ValueError: for a model that foretells no series.
    """
    if not (hasattr(model, "translate") and model.spec.is_clip):
        raise ValueError(
            "The figure 'series' needs a model that foretells series, such as a "
            f"`context_rnn_gan`. Received: {type(model).__name__} of "
            f"{model.spec.name!r}."
        )
    rows = {key: np.asarray(value)[:count] for key, value in examples.items()}
    source, x = rows["source"], rows["x"]
    given = rows_of(condition_of(model, rows), slice(count))
    made = np.asarray(model.translate(source, given, seed=seed))
    white = np.ones_like(x[:, :1])
    shown = [np.concatenate([source[:, :1], x], axis=1)]
    shown.append(np.concatenate([white, made], axis=1))
    if "options" in rows:
        options = rows["options"][:, : x.shape[1]]
        filled = x.shape[1] + 1 - options.shape[1]
        shown.append(np.concatenate([options, *[white] * filled], axis=1))
    laid = np.stack(shown, axis=1).reshape(-1, *x.shape[2:])
    return pictures.grid(enlarged(laid), x.shape[1] + 1)


@register("series", family="figure")
def _series(model: Any, examples: Mapping[str, Any]) -> np.ndarray:
    """Six series, what was foretold of them, and their options."""
    return series(model, examples)
