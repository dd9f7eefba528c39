"""Figures of samples: a grid of them, rows of classes, pairs of two domains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_genmodels import pictures
from keras_genmodels.evaluation.figures.images import image_array
from keras_genmodels.registry import register


def prior_samples(
    model: Any, n: int = 64, condition: Any = None, seed: int = 0
) -> np.ndarray:
    """Draw samples of the model in a square grid.

    Args:
        model: with `sample`, of image data.
        n: how many, >= 1.
        condition: (n, condition_size), or one row for all, if the model looks at it.
        seed: of the draws.

    Returns:
        float32 (height, width, channels) in [0, 1].

    Raises:
        ValueError: if the data are no images.

    Example:
        >>> from keras_genmodels import data, zoo
        >>> model = zoo.build("vae", data.load("digits")[1])
        >>> prior_samples(model, 4).shape
        (35, 35, 1)
    """
    return pictures.grid(image_array(model, model.sample(n, condition, seed)))


def class_samples(model: Any, per_class: int = 8, seed: int = 0) -> np.ndarray:
    """Draw a row of samples for each class of the first attribute.

    With several attributes the others keep their first class.

    Args:
        model: a conditional model of image data, with `sample`.
        per_class: samples a row, >= 1.
        seed: of the draws.

    Returns:
        float32 (height, width, channels) in [0, 1].

    Raises:
        ValueError: if the data are no images or have no attributes.
    """
    first, *others = model.spec.attributes or (None,)
    if first is None:
        raise ValueError(
            "Samples of classes need data with attributes. "
            f"Received: {model.spec.name!r}, which has none."
        )
    asked = np.repeat(np.arange(len(first.classes)), per_class)
    fixed = {a.name: 0 for a in others}
    condition = model.spec.condition(len(asked), **{first.name: asked}, **fixed)
    images = image_array(model, model.sample(len(asked), condition, seed))
    return pictures.grid(images, columns=per_class)


def pairs(model: Any, columns: int = 8, rows: int = 4, seed: int = 0) -> np.ndarray:
    """Draw samples of one domain, and below each its companion in the other.

    Args:
        model: with `sample_pairs`, of image data.
        columns: pairs side by side, >= 1.
        rows: of pairs, >= 1.
        seed: of the draws.

    Returns:
        float32 (height, width, channels) in [0, 1].

    Raises:
        ValueError: if the data are no images.
    """
    drawn = image_array(model, model.sample_pairs(columns * rows, seed=seed))
    shape = drawn.shape[2:]
    drawn = drawn.reshape(rows, columns, 2, *shape).swapaxes(1, 2)
    return pictures.grid(drawn.reshape(-1, *shape), columns)


@register("classes", family="figure")
def _classes(model: Any, examples: Mapping[str, Any]) -> np.ndarray:
    """A row of samples for each class of the first attribute."""
    return class_samples(model)


@register("pairs", family="figure")
def _pairs(model: Any, examples: Mapping[str, Any]) -> np.ndarray:
    """Four rows of samples of one domain, each above its companions in the other."""
    return pairs(model)
