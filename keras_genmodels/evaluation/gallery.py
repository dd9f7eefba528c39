"""What a model draws, as pictures: for the run folder, TensorBoard and `sample`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from keras_genmodels import pictures
from keras_genmodels.data.spec import DatasetSpec

COUNT = 64
_ROWS = 8
_SMALLEST = 48  # pixels: smaller images are enlarged by whole numbers


def overview(
    model: keras.Model, examples: Mapping[str, Any], seed: int = 0
) -> dict[str, np.ndarray]:
    """The pictures that show how far a model is, always of the same latents.

    Args:
        model: any model with `spec` and `sample`.
        examples: a batch of `{"x", "condition"}`.
        seed: of the latents.

    Returns:
        Pictures by name, (height, width, channels) in [0, 1]: `samples`, and, of a
        model that can, `reconstructions`, a row of inputs above a row of what became
        of them. Empty if `x` cannot be drawn.
    """
    if not drawable(model.spec):
        return {}
    width = model.spec.condition_size
    count = COUNT // width * width if 0 < width <= COUNT else COUNT  # whole rows
    asked = conditions(model.spec, examples, count)
    drawn = {"samples": picture(model, *asked, seed)}
    if hasattr(model, "reconstruct") and _is_image(model.spec):
        x = np.asarray(examples["x"])[:_ROWS]
        rebuilt = model.reconstruct(x, np.asarray(examples["condition"])[:_ROWS])
        pair = np.concatenate([x, np.asarray(rebuilt)])
        drawn["reconstructions"] = pictures.grid(_enlarged(pair), columns=len(x))
    return drawn


def picture(
    model: keras.Model, condition: Any, columns: int | None = None, seed: int = 0
) -> np.ndarray:
    """Samples side by side, or points of the plane in one picture.

    Args:
        model: any model with `spec` and `sample`.
        condition: (n, spec.condition_size), a row a sample; its width may be 0.
        columns: images a row; by default as many as make the picture square.
        seed: of the samples.

    Raises:
        ValueError: if what the model samples is neither an image nor a point.
    """
    if not drawable(model.spec):
        raise ValueError(
            "`model` must sample images or points of the plane to be drawn. "
            f"Received: samples of shape {model.spec.x_shape}."
        )
    drawn = np.asarray(model.sample(len(condition), condition=condition, seed=seed))
    if _is_image(model.spec):
        return pictures.grid(_enlarged(drawn), columns=columns)
    return pictures.scatter(drawn)


def conditions(
    spec: DatasetSpec, examples: Mapping[str, Any], count: int = COUNT
) -> tuple[np.ndarray, int | None]:
    """What a grid of samples is asked for, and its columns.

    With one attribute of few classes a column shows a class. Otherwise the examples say
    what occurs together, since not every combination of attributes does.

    Returns:
        `condition`, (count, spec.condition_size), and the number of columns, None for
        a square.

    Raises:
        ValueError: for `count` < 1.
    """
    if count < 1:
        raise ValueError(f"`count` must be >= 1. Received: count={count}.")
    classes = spec.condition_size
    if len(spec.attributes) == 1 and classes <= count:
        indices = np.arange(count) % classes
        return spec.condition(**{spec.attributes[0].name: indices}), classes
    rows = np.asarray(examples["condition"], np.float32)
    return np.resize(rows, (count, classes)), None


def drawable(spec: DatasetSpec) -> bool:
    """Whether `x` is an image with 1 or 3 channels, or a point of the plane."""
    return _is_image(spec) or spec.x_shape == (2,)


def _is_image(spec: DatasetSpec) -> bool:
    return len(spec.x_shape) == 3 and spec.x_shape[-1] in (1, 3)


def _enlarged(images: np.ndarray) -> np.ndarray:
    """Every pixel as a square of pixels, so that small images can be looked at."""
    factor = math.ceil(_SMALLEST / max(images.shape[1:3]))
    return images.repeat(factor, axis=1).repeat(factor, axis=2)
