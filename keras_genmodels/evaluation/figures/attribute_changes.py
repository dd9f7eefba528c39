"""A figure of what each attribute changes, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_genmodels import pictures
from keras_genmodels.registry import register


def attribute_changes(model: Any, condition: Any, seed: int = 0) -> np.ndarray:
    """Draw one attribute at a time going through its classes, all else held.

    A row for each attribute, a column for each of its classes; shorter rows end in
    white. Every sample is drawn with the same seed, so that what differs within a row
    is what the attribute says.

    Args:
        model: a conditional model of images or clips with attributes, with `sample`.
        condition: (condition_size,) or (1, condition_size), what all samples begin
            from.
        seed: of every sample.

    Returns:
        float32 in [0, 1], (height, width, channels), of clips (time, height, width,
        channels).

    Raises:
        ValueError: if the data have no attributes or are neither images nor clips, or
            for a `condition` of another size.

    Example:
        >>> from keras_genmodels import data, zoo
        >>> spec = data.load("digits")[1]
        >>> model = zoo.build("conditional_vae", spec, latent_dim=2)
        >>> attribute_changes(model, spec.condition(label=[3])).shape
        (18, 171, 1)
    """
    spec, start = model.spec, _start(model.spec, condition)
    rows = [_row(attribute, start) for attribute in spec.attributes]
    columns = max(map(len, rows))
    blank = np.ones(spec.x_shape, np.float32)
    drawn = []
    for row in rows:
        asked = [model.sample(1, condition=one, seed=seed) for one in row]
        drawn += [np.asarray(x)[0] for x in asked]
        drawn += [blank] * (columns - len(row))
    if blank.ndim == 3:
        return pictures.grid(np.stack(drawn), columns)
    frames = np.stack(drawn, axis=1)  # (time, n, height, width, channels)
    return np.stack([pictures.grid(images, columns) for images in frames])


def _start(spec: Any, condition: Any) -> np.ndarray:
    """The condition that all begin from, (1, condition_size)."""
    if not spec.attributes or len(spec.x_shape) not in (3, 4):
        raise ValueError(
            "Changes of attributes need images or clips with attributes. "
            f"Received: {spec.name!r} of shape {spec.x_shape} with "
            f"{len(spec.attributes)} attributes."
        )
    found = np.asarray(condition, np.float32)
    if found.size != spec.condition_size:
        raise ValueError(
            f"`condition` must be one row of {spec.condition_size} numbers. "
            f"Received: shape {found.shape}."
        )
    return found.reshape(1, -1)


def _row(attribute: Any, start: np.ndarray) -> list[np.ndarray]:
    """A condition for each class of an attribute."""
    found = []
    for column in range(attribute.start, attribute.stop):
        asked = start.copy()
        asked[:, attribute.start : attribute.stop] = 0.0
        asked[:, column] = 1.0
        found.append(asked)
    return found


@register("changes", family="figure")
def _changes(model: Any, examples: Mapping[str, Any]) -> np.ndarray:
    """From the attributes of the first example, one at a time through its classes."""
    return attribute_changes(model, np.asarray(examples["condition"])[:1])
