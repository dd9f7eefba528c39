"""Figures of inputs, each above what a model makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_genmodels import pictures
from keras_genmodels.evaluation.batches import condition_of, rows_of
from keras_genmodels.evaluation.figures.images import image_array
from keras_genmodels.registry import register


def reconstructions(
    model: Any, x: Any, condition: Any = None, columns: int = 8
) -> np.ndarray:
    """Inputs, and below each what comes back of it.

    Args:
        model: with `reconstruct`, of image data.
        x: (n, height, width, channels) in [0, 1].
        condition: (n, condition_size), if the model looks at it.
        columns: inputs a row, >= 1; an incomplete last row is filled with white.

    Returns:
        float32 (height, width, channels) in [0, 1]: rows of inputs and rows of
        reconstructions in turn.

    Raises:
        ValueError: if the data are no images.
    """
    return _paired(model, x, model.reconstruct(x, condition), columns)


def inversions(
    model: Any, x: Any, condition: Any = None, columns: int = 8, **options: Any
) -> np.ndarray:
    """Inputs, and below each what the model makes of the latent that is found for it.

    Args:
        model: with `inverter`, of image data; an encoder is not needed.
        x: (n, height, width, channels) in [0, 1].
        condition: (n, condition_size), if the model looks at it.
        columns: inputs a row, >= 1; an incomplete last row is filled with white.
        **options: of `models.Inverter`.

    Returns:
        float32 (height, width, channels) in [0, 1]: rows of inputs and rows of
        inversions in turn.

    Raises:
        ValueError: as `models.Inverter`, and if the data are no images.
    """
    found = model.inverter(**options)(x, condition)
    return _paired(model, x, found.x, columns)


def _paired(model: Any, x: Any, made: Any, columns: int) -> np.ndarray:
    """Rows of pictures and rows of what was made of them in turn."""
    x = np.asarray(x, np.float32)
    pair = np.stack([x, image_array(model, made)])
    white = np.ones((2, -len(x) % columns, *x.shape[1:]), np.float32)
    rows = np.concatenate([pair, white], axis=1)
    rows = rows.reshape(2, -1, columns, *x.shape[1:]).swapaxes(0, 1)
    return pictures.grid(rows.reshape(-1, *x.shape[1:]), columns)


@register("reconstructions", family="figure")
def _reconstructions(model: Any, examples: Mapping[str, Any]) -> np.ndarray:
    """Four rows of examples, each above what comes back of them."""
    given = rows_of(condition_of(model, examples), slice(32))
    return reconstructions(model, examples["x"][:32], given)


@register("inversions", family="figure")
def _inversions(model: Any, examples: Mapping[str, Any]) -> np.ndarray:
    """Four rows of examples, each above what a search of the latents finds for them."""
    given = rows_of(condition_of(model, examples), slice(32))
    return inversions(model, examples["x"][:32], given, start="prior")
