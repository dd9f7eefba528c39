"""Figures of translators: what they are given, what they make of it, what is right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_genmodels import pictures
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.data.tensors import Tensor
from keras_genmodels.evaluation.batches import condition_of, cycled, num_rows, rows_of
from keras_genmodels.evaluation.figures.images import enlarged
from keras_genmodels.registry import register


def shown_sources(model: Any, examples: Mapping[str, Any]) -> list[str]:
    """Name the pictures that a model is given to make pictures of.

    They are as large as x, or so many times smaller, a whole number.

    Args:
        model: with `spec`.
        examples: a batch of named tensors.

    Returns:
        Names of tensors of the batch; none of a model that is no translator.
    """
    spec, given = model.spec, condition_of(model, examples)
    if not isinstance(given, dict) or not spec.is_image:
        return []
    if hasattr(model, "translate_back"):
        return ["x", "y"]
    return [t.name for t in spec.tensors if t.name in given and _alike(t, spec)]


def translations(
    model: Any,
    examples: Mapping[str, Any],
    count: int = 8,
    columns: int = 8,
    seed: int = 0,
) -> np.ndarray:
    """Draw rows of sources, of what is made of them, and of what is right.

    Of a model that translates back, too, pictures of x come first, what is made of
    them, and what is right where it is known; then pictures of y, and what is made of
    them.

    Args:
        model: a translator.
        examples: a batch of named tensors; it is repeated where it has too few.
        count: sources, >= 1.
        columns: sources a row, >= 1; the rows of all kinds come before the next
            sources, and an incomplete last row is filled with white.
        seed: of the translator's noise.

    Returns:
        float32 (height, width, channels) in [0, 1].

    Raises:
        ValueError: for a model that is given no such pictures.
    """
    kinds = _kinds(model, examples, count, seed)
    channels = max(kind.shape[-1] for kind in kinds)
    kinds = [np.broadcast_to(kind, (*kind.shape[:-1], channels)) for kind in kinds]
    columns = min(columns, count)
    white = np.ones((len(kinds), -count % columns, *kinds[0].shape[1:]), np.float32)
    rows = np.concatenate([np.stack(kinds), white], axis=1)
    rows = rows.reshape(len(kinds), -1, columns, *rows.shape[2:]).swapaxes(0, 1)
    return pictures.grid(enlarged(rows.reshape(-1, *rows.shape[3:])), columns)


def _kinds(model, examples, count, seed):
    """The sources, what is made of them, what is right: (count, ...) each."""
    shown = shown_sources(model, examples)
    if not shown:
        raise ValueError(
            "The figure 'translations' needs a model that is given pictures. "
            f"Received: {type(model).__name__}."
        )
    rows = cycled([{key: np.asarray(value) for key, value in examples.items()}], count)
    if hasattr(model, "translate_back"):
        right = [rows["truth"]] if "truth" in rows else []
        there = [rows["x"], model.translate(rows["x"], seed=seed), *right]
        made = [*there, rows["y"], model.translate_back(rows["y"], seed=seed)]
    elif getattr(model, "translates", (None,))[0] == "truth":
        made = _unpaired(model, rows, shown, seed)
    else:
        given = rows_of(condition_of(model, rows), slice(count))
        drawn = model.sample(num_rows(given), given, seed=seed)
        sources = [_as_large(given[name], model.spec.x_shape) for name in shown]
        made = [*sources, drawn, rows["x"]]
    return [np.asarray(kind, np.float32) for kind in made]


def _unpaired(model, rows, shown, seed):
    """Of a model from y to x, whose x and y do not belong together.

    The truth of x is its picture in y, of which x is the right answer; without it only
    what is made of y is drawn.
    """
    if "truth" in rows:
        made = model.translate(rows["truth"], seed=seed)
        return [rows["truth"], made, rows["x"]]
    return [rows[shown[0]], model.translate(rows[shown[0]], seed=seed)]


def _alike(tensor: Tensor, spec: DatasetSpec) -> bool:
    """Check whether a tensor is a picture that fits into `x`, of colours or greys."""
    if tensor.kind not in ("image", "mask") or len(tensor.shape) != 3:
        return False
    (height, width), channels = tensor.shape[:-1], {tensor.shape[-1], spec.x_shape[-1]}
    large = spec.x_shape[:-1]
    times = large[0] // height
    fits = times >= 1 and (times * height, times * width) == tuple(large)
    return fits and (channels <= {1, 3} or len(channels) == 1)


def _as_large(pictures: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Repeat the pixels of small pictures, to the height and width of a shape."""
    times = shape[0] // pictures.shape[1]
    return np.asarray(pictures).repeat(times, axis=1).repeat(times, axis=2)


@register("translations", family="figure")
def _translations(model: Any, examples: Mapping[str, Any]) -> np.ndarray:
    """Sources, below each what is made of it, and below that what is right."""
    return translations(model, examples, count=32)
