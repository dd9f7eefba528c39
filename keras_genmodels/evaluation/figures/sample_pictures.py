"""Sample pictures: what the run folder, TensorBoard and `sample` show of a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from keras_genmodels import checks, pictures
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.evaluation.batches import (
    Condition,
    condition_of,
    cycled,
    num_rows,
    rows_of,
)
from keras_genmodels.evaluation.figures.images import enlarged
from keras_genmodels.evaluation.figures.translations import shown_sources, translations
from keras_genmodels.music import is_tune, piano_rolls
from keras_genmodels.volumes import turning, views

COUNT = 64
_CLIPS = 16  # that move side by side in an overview
_STRIPS = 4  # clips whose frames stand side by side
_ROWS = 8


def overview(
    model: keras.Model, examples: Mapping[str, Any], seed: int = 0
) -> dict[str, np.ndarray]:
    """Draw the pictures that show how far a model is, always of the same latents.

    Args:
        model: any model with `spec` and `sample`.
        examples: a batch of named tensors.
        seed: of the latents.

    Returns:
        Pictures by name, (height, width, channels) in [0, 1]: `samples`, and, of a
        model that can, `reconstructions`, a row of inputs above a row of what became
        of them; of a model that is given pictures, `translations`, a row of each kind
        of them, then one of samples and one of the examples; of one that translates
        back, too, what it makes of either domain. Of a model of clips
        `samples` move, (time, height, width, channels), and `strips` shows the frames
        of some of them. Empty if `x` cannot be drawn, or the model makes no samples.
    """
    if not draws(model):
        return {}
    moving = model.spec.is_clip
    width = model.spec.condition_size
    count = COUNT // width * width if 0 < width <= COUNT else COUNT  # whole rows
    asked = conditions(model, examples, _CLIPS if moving else count)
    drawn = {"samples": picture(model, *asked, seed, moving)}
    if moving:
        drawn["strips"] = picture(model, rows_of(asked[0], slice(_STRIPS)), seed=seed)
    if shown_sources(model, examples):
        count = min(_ROWS, num_rows(examples))
        drawn["translations"] = translations(model, examples, count, seed=seed)
    if hasattr(model, "reconstruct") and model.spec.x_shape != (2,):
        x = np.asarray(examples["x"])[: _STRIPS if moving else _ROWS]
        given = rows_of(condition_of(model, examples), slice(len(x)))
        rebuilt = model.reconstruct(x, given)
        pair = np.stack([x, np.asarray(rebuilt)])
        # Pictures above their copies; of clips, each above its own.
        rows = pair.swapaxes(0, 1) if moving else pair
        rows = enlarged(rows.reshape(-1, *x.shape[1:]))
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
        condition: a row a sample, (n, spec.condition_size), whose width may be 0, or a
            dict of named tensors.
        columns: images a row; by default as many as make the picture square.
        seed: of the samples.
        moving: whether clips are drawn as they move, and volumes as they turn; if not,
            a clip is a row of frames, and a volume is seen from one side.

    Returns:
        (height, width, channels) in [0, 1], of what moves (time, height, width,
        channels).

    Raises:
        ValueError: if the model makes no samples, what it samples is no image, clip,
            volume, point or tune, or nothing that moves is to be drawn as it moves.
    """
    if not hasattr(model, "sample"):
        raise ValueError(
            "`model` must make samples to be drawn. "
            f"Received: {type(model).__name__}, which makes none."
        )
    volume = model.spec.kind == "volume"
    if not drawable(model.spec) or (moving and not (volume or model.spec.is_clip)):
        still = "images, clips, volumes, points or tunes"
        kinds = "clips or volumes" if moving else still
        raise ValueError(
            f"`model` must sample {kinds} to be drawn. "
            f"Received: samples of shape {model.spec.x_shape}."
        )
    count = num_rows(condition)
    drawn = np.asarray(model.sample(count, condition=condition, seed=seed))
    if model.spec.x_shape == (2,):
        return pictures.scatter(drawn)
    if is_tune(model.spec):
        return pictures.grid(1.0 - piano_rolls(drawn), columns)
    if volume:
        drawn = turning(drawn) if moving else views(drawn)[:, 0]
    if moving:
        frames = enlarged(drawn).swapaxes(0, 1)  # (time, n, height, width, channels)
        return np.stack([pictures.grid(images, columns) for images in frames])
    return _laid_out(enlarged(drawn), columns)


def conditions(
    model: keras.Model, examples: Mapping[str, Any], count: int = COUNT
) -> tuple[Condition, int | None]:
    """Choose the conditions of a grid of samples, and its columns.

    With one attribute of few classes a column shows a class. Otherwise the examples say
    what occurs together, since not every combination of attributes does.

    Args:
        model: any model with `spec`.
        examples: a batch of named tensors.
        count: of samples, >= 1.

    Returns:
        The condition, (count, spec.condition_size) or, for a model that needs further
        tensors, a dict of them; and the number of columns, None for a square.

    Raises:
        ValueError: for `count` < 1.
    """
    checks.integer("count", count, 1)
    spec, given = model.spec, condition_of(model, examples)
    if given is None:
        return np.zeros((count, 0), np.float32), None
    plain = len(spec.attributes) == len(spec.categorical) == 1
    if plain and not isinstance(given, dict) and spec.condition_size <= count:
        indices = np.arange(count) % spec.condition_size
        rows = spec.condition(**{spec.attributes[0].name: indices})
        return rows, spec.condition_size
    return cycled([given], count), None


def draws(model: Any) -> bool:
    """Check whether a model makes samples that can be drawn."""
    return hasattr(model, "sample") and drawable(model.spec)


def drawable(spec: DatasetSpec) -> bool:
    """Check whether `x` can be drawn.

    That is an image or a clip with 1 or 3 channels, a volume with one, a point, or a
    tune.
    """
    pixels = (spec.is_image or spec.is_clip) and spec.x_shape[-1] in (1, 3)
    voxels = spec.kind == "volume" and spec.x_shape[-1] == 1
    return pixels or voxels or spec.x_shape == (2,) or is_tune(spec)


def _laid_out(drawn: np.ndarray, columns: int | None) -> np.ndarray:
    """Images in a grid, or clips as rows of frames."""
    if drawn.ndim == 5:
        return pictures.film_strip(drawn)
    return pictures.grid(drawn, columns)
