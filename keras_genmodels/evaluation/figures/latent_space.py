"""Figures of a latent space: all of a plane, or one dimension at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from keras_genmodels import latents, pictures
from keras_genmodels.evaluation.batches import condition_of, rows_of
from keras_genmodels.evaluation.figures.images import decoded
from keras_genmodels.registry import register


def data_manifold(model: Any, rows: int = 20, condition: Any = None) -> np.ndarray:
    """Every cell of a two-dimensional latent space, at equal steps of probability.

    Args:
        model: with `decode` and `latent_dim` 2, of image data.
        rows: of the picture, and its columns, >= 1.
        condition: (1, condition_size), the same for all, if the model looks at it.

    Returns:
        float32 (height, width, channels) in [0, 1].

    Raises:
        ValueError: if the latent is not two-dimensional, or the data are no images.

    Reference:
        Kingma & Welling, Auto-Encoding Variational Bayes, 2014, figure 4.
    """
    if model.latent_dim != 2:
        raise ValueError(
            "A data manifold needs `latent_dim` 2. "
            f"Received: a model with latent_dim={model.latent_dim}."
        )
    z = latents.grid2d(rows).reshape(-1, 2)
    return pictures.grid(decoded(model, z, condition), columns=rows, padding=0)


def traversals(
    model: Any,
    latent: Any,
    dimensions: Sequence[int] | None = None,
    values: Any = None,
    condition: Any = None,
) -> np.ndarray:
    """One latent dimension at a time walked from end to end: a row for each.

    Args:
        model: with `decode`, of image data.
        latent: where to start from, (latent_dim,): a code, or zeros for the middle of
            the prior.
        dimensions: which to walk along. Default: all.
        values: what the dimension becomes. Default: nine from -3 to 3, nearly all of a
            standard normal prior.
        condition: (1, condition_size), if the model looks at it.

    Returns:
        float32 (height, width, channels) in [0, 1].

    Raises:
        ValueError: for a dimension that the latent does not have, a `latent` of another
            rank, or data that are no images.
    """
    latent = np.asarray(latent, np.float32)
    if latent.ndim != 1:
        raise ValueError(
            f"`latent` must have shape (latent_dim,). Received: shape {latent.shape}."
        )
    values = np.linspace(-3.0, 3.0, 9) if values is None else np.asarray(values)
    z = latents.traverse(latent, values, dimensions)
    images = decoded(model, z.reshape(-1, len(latent)), condition)
    return pictures.grid(images, columns=len(values))


@register("manifold", family="figure")
def _manifold(model: Any, examples: Mapping[str, Any]) -> np.ndarray:
    """Every cell of a two-dimensional latent space."""
    given = rows_of(condition_of(model, examples), slice(1))
    return data_manifold(model, condition=given)


@register("traversals", family="figure")
def _traversals(model: Any, examples: Mapping[str, Any]) -> np.ndarray:
    """From the code of the first example along the ten dimensions that vary most."""
    given = condition_of(model, examples)
    codes = np.asarray(model.encode(examples["x"], given))
    most = np.argsort(-codes.var(axis=0))[:10]
    return traversals(model, codes[0], most, condition=rows_of(given, slice(1)))
