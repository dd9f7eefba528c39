"""The pictures that show what a latent-variable model has learned, as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from keras_genmodels import latents, pictures
from keras_genmodels.registry import register

Batch = Mapping[str, Any]


def prior_samples(
    model: Any, n: int = 64, condition: Any = None, seed: int = 0
) -> np.ndarray:
    """What the model draws by itself, in a square grid.

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
    return pictures.grid(_images(model, model.sample(n, condition, seed)))


def class_samples(model: Any, per_class: int = 8, seed: int = 0) -> np.ndarray:
    """A row of samples for each class of the first attribute.

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
    images = _images(model, model.sample(len(asked), condition, seed))
    return pictures.grid(images, columns=per_class)


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
    pair = np.stack([x, _images(model, made)])
    white = np.ones((2, -len(x) % columns, *x.shape[1:]), np.float32)
    rows = np.concatenate([pair, white], axis=1)
    rows = rows.reshape(2, -1, columns, *x.shape[1:]).swapaxes(0, 1)
    return pictures.grid(rows.reshape(-1, *x.shape[1:]), columns)


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
    return pictures.grid(_decoded(model, z, condition), columns=rows, padding=0)


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
    images = _decoded(model, z.reshape(-1, len(latent)), condition)
    return pictures.grid(images, columns=len(values))


def pairs(model: Any, columns: int = 8, rows: int = 4, seed: int = 0) -> np.ndarray:
    """Samples of one domain, and below each its companion in the other.

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
    drawn = _images(model, model.sample_pairs(columns * rows, seed=seed))
    shape = drawn.shape[2:]
    drawn = drawn.reshape(rows, columns, 2, *shape).swapaxes(1, 2)
    return pictures.grid(drawn.reshape(-1, *shape), columns)


# --- by name, of a batch of test examples ---------------------------------------------


@register("reconstructions", family="figure")
def _reconstructions(model: Any, examples: Batch) -> np.ndarray:
    """Four rows of examples, each above what comes back of them."""
    return reconstructions(model, examples["x"][:32], examples["condition"][:32])


@register("inversions", family="figure")
def _inversions(model: Any, examples: Batch) -> np.ndarray:
    """Four rows of examples, each above what a search of the latents finds for them."""
    return inversions(
        model, examples["x"][:32], examples["condition"][:32], start="prior"
    )


@register("classes", family="figure")
def _classes(model: Any, examples: Batch) -> np.ndarray:
    """A row of samples for each class of the first attribute."""
    return class_samples(model)


@register("manifold", family="figure")
def _manifold(model: Any, examples: Batch) -> np.ndarray:
    """Every cell of a two-dimensional latent space."""
    return data_manifold(model, condition=examples["condition"][:1])


@register("traversals", family="figure")
def _traversals(model: Any, examples: Batch) -> np.ndarray:
    """From the code of the first example along the ten dimensions that vary most."""
    codes = np.asarray(model.encode(examples["x"], examples["condition"]))
    most = np.argsort(-codes.var(axis=0))[:10]
    return traversals(model, codes[0], most, condition=examples["condition"][:1])


@register("pairs", family="figure")
def _pairs(model: Any, examples: Batch) -> np.ndarray:
    """Four rows of samples of one domain, each above its companions in the other."""
    return pairs(model)


def _decoded(model: Any, z: np.ndarray, condition: Any) -> np.ndarray:
    if condition is not None:
        condition = np.broadcast_to(condition, (len(z), np.shape(condition)[-1]))
    return _images(model, model.decode(z, condition))


def _images(model: Any, x: Any) -> np.ndarray:
    if not model.spec.is_image:
        raise ValueError(
            "Pictures need data of shape (height, width, channels). "
            f"Received: {model.spec.name!r} of shape {model.spec.x_shape}."
        )
    return np.asarray(x, np.float32)
