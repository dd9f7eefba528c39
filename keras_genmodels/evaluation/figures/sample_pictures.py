"""Sample pictures: what the run folder, TensorBoard and `sample` show of a model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from keras_genmodels import checks, pictures
from keras_genmodels.data.spec import DatasetSpec

COUNT = 64
_CLIPS = 16  # that move side by side in an overview
_STRIPS = 4  # clips whose frames stand side by side
_ROWS = 8
_SMALLEST = 48  # pixels: smaller images are enlarged by whole numbers


def overview(
    model: keras.Model, examples: Mapping[str, Any], seed: int = 0
) -> dict[str, np.ndarray]:
    """Draw the pictures that show how far a model is, always of the same latents.

    Args:
        model: any model with `spec` and `sample`.
        examples: a batch of `{"x", "condition"}`.
        seed: of the latents.

    Returns:
        Pictures by name, (height, width, channels) in [0, 1]: `samples`, and, of a
        model that can, `reconstructions`, a row of inputs above a row of what became
        of them. Of a model of clips `samples` move, (time, height, width, channels),
        and `strips` shows the frames of some of them. Empty if `x` cannot be drawn.
    """
    if not drawable(model.spec):
        return {}
    moving = model.spec.is_clip
    width = model.spec.condition_size
    count = COUNT // width * width if 0 < width <= COUNT else COUNT  # whole rows
    asked = conditions(model.spec, examples, _CLIPS if moving else count)
    drawn = {"samples": picture(model, *asked, seed, moving)}
    if moving:
        drawn["strips"] = picture(model, asked[0][:_STRIPS], seed=seed)
    if hasattr(model, "reconstruct") and model.spec.x_shape != (2,):
        x = np.asarray(examples["x"])[: _STRIPS if moving else _ROWS]
        rebuilt = model.reconstruct(x, np.asarray(examples["condition"])[: len(x)])
        pair = np.stack([x, np.asarray(rebuilt)])
        # Pictures above their copies; of clips, each above its own.
        rows = pair.swapaxes(0, 1) if moving else pair
        rows = _enlarged(rows.reshape(-1, *x.shape[1:]))
        drawn["reconstructions"] = _laid_out(rows, len(x))
    return drawn


def picture(
    model: keras.Model,
    condition: Any,
    columns: int | None = None,
    seed: int = 0,
    moving: bool = False,
) -> np.ndarray:
    """Draw samples side by side, or points of the plane in one picture.

    Args:
        model: any model with `spec` and `sample`.
        condition: (n, spec.condition_size), a row a sample; its width may be 0.
        columns: images a row; by default as many as make the picture square.
        seed: of the samples.
        moving: whether clips are drawn as they move; if not, each is a row of frames.

    Returns:
        (height, width, channels) in [0, 1], of clips that move (time, height, width,
        channels).

    Raises:
        ValueError: if what the model samples is no image, clip or point, or nothing
            that moves is to be drawn as it moves.
    """
    if not drawable(model.spec) or (moving and not model.spec.is_clip):
        kinds = "clips" if moving else "images, clips or points of the plane"
        raise ValueError(
            f"`model` must sample {kinds} to be drawn. "
            f"Received: samples of shape {model.spec.x_shape}."
        )
    drawn = np.asarray(model.sample(len(condition), condition=condition, seed=seed))
    if model.spec.x_shape == (2,):
        return pictures.scatter(drawn)
    if moving:
        frames = _enlarged(drawn).swapaxes(0, 1)  # (time, n, height, width, channels)
        return np.stack([pictures.grid(images, columns) for images in frames])
    return _laid_out(_enlarged(drawn), columns)


def conditions(
    spec: DatasetSpec, examples: Mapping[str, Any], count: int = COUNT
) -> tuple[np.ndarray, int | None]:
    """Choose the conditions of a grid of samples, and its columns.

    With one attribute of few classes a column shows a class. Otherwise the examples say
    what occurs together, since not every combination of attributes does.

    Returns:
        `condition`, (count, spec.condition_size), and the number of columns, None for
        a square.

    Raises:
        ValueError: for `count` < 1.
    """
    checks.integer("count", count, 1)
    classes = spec.condition_size
    if len(spec.attributes) == 1 and classes <= count:
        indices = np.arange(count) % classes
        return spec.condition(**{spec.attributes[0].name: indices}), classes
    rows = np.asarray(examples["condition"], np.float32)
    return np.resize(rows, (count, classes)), None


def drawable(spec: DatasetSpec) -> bool:
    """Check whether `x` is an image or a clip with 1 or 3 channels, or a point."""
    pixels = (spec.is_image or spec.is_clip) and spec.x_shape[-1] in (1, 3)
    return pixels or spec.x_shape == (2,)


def _laid_out(drawn: np.ndarray, columns: int | None) -> np.ndarray:
    """Images in a grid, or clips as rows of frames."""
    if drawn.ndim == 5:
        return pictures.film_strip(drawn)
    return pictures.grid(drawn, columns)


def _enlarged(images: np.ndarray) -> np.ndarray:
    """Every pixel as a square of pixels, so that small images can be looked at."""
    factor = math.ceil(_SMALLEST / max(images.shape[-3:-1]))
    return images.repeat(factor, axis=-3).repeat(factor, axis=-2)
