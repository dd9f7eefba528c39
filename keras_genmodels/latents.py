"""Ways through latent space: pure functions on latents, arrays in and arrays out.

Every function takes NumPy arrays (or lists) and gives NumPy arrays, or takes tensors
and gives tensors, also in a graph where the number of steps is known at run time only.
Latents are `(..., latent_dim)`; what a walk adds comes in front, so that
`reshape(-1, latent_dim)` makes a batch for `decode`.
"""

from __future__ import annotations

import functools
import numbers
import statistics
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from keras import backend, ops, tree

_SMALL = 1e-4  # a sine below this says too little about the plane to turn in


def _same_kind(function: Callable[..., Any]) -> Callable[..., Any]:
    """Tensors if any argument is a tensor, NumPy arrays otherwise."""

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        given = any(map(ops.is_tensor, tree.flatten([args, kwargs])))
        return result if given else ops.convert_to_numpy(result)

    return wrapped


def _floats(*values: Any) -> list[Any]:
    """Tensors of one floating-point type; integers and lists become float32."""
    tensors = [ops.convert_to_tensor(value) for value in values]
    dtype = backend.result_type(*(ops.dtype(t) for t in tensors), float)
    return [ops.cast(tensor, dtype) for tensor in tensors]


@_same_kind
def lerp(start: Any, end: Any, weight: Any) -> Any:
    """The straight line between two latents: `(1 - weight) * start + weight * end`.

    The usual path for a VAE, whose prior has its mass in the middle too. Both ends come
    out exactly.

    Args:
        start: `(..., latent_dim)`.
        end: `(..., latent_dim)`.
        weight: 0 at `start`, 1 at `end`; a number, or an array that broadcasts with
            the shape of the latents without its last axis. Outside [0, 1] it goes on
            beyond the ends.

    Returns:
        The latents on the line, of the shape that the three broadcast to.

    Example:
        >>> lerp([0.0, 0.0], [2.0, 4.0], 0.25).tolist()
        [0.5, 1.0]
    """
    start, end, weight = _line(start, end, weight)
    return (1.0 - weight) * start + weight * end


def _line(start: Any, end: Any, weight: Any) -> tuple[Any, Any, Any]:
    start, end = _floats(start, end)
    if start.shape[-1:] != end.shape[-1:] or not start.shape:
        raise ValueError(
            "`start` and `end` must have the same last axis, latent_dim. "
            f"Received: shapes {tuple(start.shape)} and {tuple(end.shape)}."
        )
    return start, end, ops.cast(weight, start.dtype)[..., None]


@_same_kind
def slerp(start: Any, end: Any, weight: Any) -> Any:
    """The arc between two latents, at the norms that normal samples have.

    The straight line between two samples of a normal distribution in many dimensions
    passes through norms that the distribution never gives; the arc does not:
    `sin((1 - w) * a) / sin(a) * start + sin(w * a) / sin(a) * end` with the angle `a`
    between the two. Where the two span no plane (parallel, opposite, or one is zero)
    this is `lerp`, which is also the limit for parallel vectors.

    Args:
        start: `(..., latent_dim)`.
        end: `(..., latent_dim)`.
        weight: 0 at `start`, 1 at `end`; as for `lerp`.

    Returns:
        The latents on the arc, of the shape that the three broadcast to.

    Example:
        >>> slerp([1.0, 0.0], [0.0, 1.0], 0.5).round(3)
        array([0.707, 0.707], dtype=float32)

    Reference: White, "Sampling Generative Networks", 2016.
    """
    start, end, weight = _line(start, end, weight)
    angle = _angle(start, end)
    flat = ops.sin(angle) < _SMALL
    angle = ops.where(flat, ops.ones_like(angle), angle)
    near = ops.sin((1.0 - weight) * angle) / ops.sin(angle)
    far = ops.sin(weight * angle) / ops.sin(angle)
    near = ops.where(flat, 1.0 - weight, near)
    far = ops.where(flat, ops.broadcast_to(weight, ops.shape(far)), far)
    return near * start + far * end


def _angle(a: Any, b: Any) -> Any:
    """The angle between vectors, (..., 1), accurate where an arccosine is not.

    `2 * atan2(|a/|a| - b/|b||, |a/|a| + b/|b||)`, and 0 if one of them is zero.
    """
    a, b = (v / ops.where(_norm(v) > 0.0, _norm(v), 1.0) for v in (a, b))
    angle = 2.0 * ops.arctan2(_norm(a - b), _norm(a + b))
    both = ops.logical_and(_norm(a) > 0.0, _norm(b) > 0.0)
    return ops.where(both, angle, ops.zeros_like(angle))


def _norm(vector: Any) -> Any:
    return ops.sqrt(ops.sum(ops.square(vector), axis=-1, keepdims=True))


@_same_kind
def interpolate(points: Any, steps: Any, path: Callable[..., Any] = lerp) -> Any:
    """A walk through several latents, in equal steps on every leg.

    Args:
        points: `(k, ..., latent_dim)`, two or more, in the order of the walk. With two
            this is the interpolation between a start and an end.
        steps: latents a leg, both of its ends counted, >= 1; an int, or an integer
            scalar tensor. The point where two legs meet stands once. 1 stays at the
            first point.
        path: `lerp` or `slerp`.

    Returns:
        `(1 + (k - 1) * (steps - 1), ..., latent_dim)`: it passes through every point.

    Raises:
        ValueError: for fewer than two points, or an int `steps` below 1.

    Example:
        >>> interpolate([[0.0], [1.0], [3.0]], steps=3).ravel().tolist()
        [0.0, 0.5, 1.0, 2.0, 3.0]
    """
    [points] = _floats(points)
    if len(points.shape) < 2 or points.shape[0] is None or points.shape[0] < 2:
        raise ValueError(
            "`points` must hold two latents or more, (k, ..., latent_dim). "
            f"Received: shape {tuple(points.shape)}."
        )
    if isinstance(steps, numbers.Integral) and steps < 1:
        raise ValueError(f"`steps` must be >= 1. Received: steps={steps}.")
    legs, strides = points.shape[0] - 1, ops.cast(steps, "int32") - 1
    index = ops.arange(1 + legs * strides, dtype="int32")
    stride = ops.maximum(strides, 1)
    leg = ops.minimum(index // stride, legs - 1)
    weight = ops.cast(index - leg * stride, points.dtype)
    weight = weight / ops.cast(stride, points.dtype)
    weight = ops.reshape(weight, (-1,) + (1,) * (len(points.shape) - 2))
    start, end = ops.take(points, leg, axis=0), ops.take(points, leg + 1, axis=0)
    return path(start, end, weight)


def grid2d(rows: int = 20, columns: int | None = None) -> np.ndarray:
    """The grid of latents behind the picture of a 2-d data manifold.

    Equally spaced probabilities, `(i + 0.5) / n`, go through the inverse of the normal
    distribution function, so that every cell stands for the same mass of the prior.

    Args:
        rows: of the picture, >= 1. The first row has the largest second latent, so that
            both axes of the picture point as in a plot.
        columns: of the picture, >= 1; default: as many as rows.

    Returns:
        float32 (rows, columns, 2).

    Raises:
        ValueError: if `rows` or `columns` is below 1.

    Example:
        >>> grid2d(1, 3)[0, :, 0].round(3)
        array([-0.967,  0.   ,  0.967], dtype=float32)

    Reference: Kingma & Welling, "Auto-Encoding Variational Bayes", 2014, figure 4.
    """
    columns = rows if columns is None else columns
    for name, value in (("rows", rows), ("columns", columns)):
        if value < 1:
            raise ValueError(f"`{name}` must be >= 1. Received: {name}={value}.")
    x, y = (np.asarray(_quantiles(n), np.float32) for n in (columns, rows))
    return np.stack(np.meshgrid(x, y[::-1]), axis=-1)


def _quantiles(n: int) -> list[float]:
    normal = statistics.NormalDist()
    return [normal.inv_cdf((i + 0.5) / n) for i in range(n)]


@_same_kind
def traverse(latent: Any, values: Any, dimensions: Sequence[int] | None = None) -> Any:
    """One dimension at a time set to each value, everything else left as it is.

    Shows what each dimension has learned: a row of pictures a dimension.

    Args:
        latent: `(..., latent_dim)`, where to start from.
        values: `(steps,)`, what the dimension becomes; `numpy.linspace(-3, 3, 9)` walks
            through nearly all of a standard normal prior.
        dimensions: which; default: all of them. Negative ones count from the end.

    Returns:
        `(len(dimensions), steps, ..., latent_dim)`.

    Raises:
        ValueError: for a dimension that the latent does not have.

    Example:
        >>> traverse([1.0, 2.0], [0.0, 9.0]).tolist()
        [[[0.0, 2.0], [9.0, 2.0]], [[1.0, 0.0], [1.0, 9.0]]]
    """
    [latent] = _floats(latent)
    size, rank = latent.shape[-1], len(latent.shape)
    dimensions = range(size) if dimensions is None else dimensions
    if not all(-size <= d < size for d in dimensions):
        raise ValueError(
            f"`dimensions` must be in -{size}..{size - 1}. "
            f"Received: {list(dimensions)}."
        )
    values = ops.reshape(ops.cast(values, latent.dtype), (1, -1) + (1,) * rank)
    chosen = ops.one_hot([d % size for d in dimensions], size, dtype="bool")
    chosen = ops.reshape(chosen, (-1,) + (1,) * rank + (size,))
    return ops.where(chosen, values, latent)


@_same_kind
def attribute_vector(latents: Any, present: Any) -> Any:
    """The direction of an attribute: mean latent with it minus mean latent without it.

    Args:
        latents: `(n, latent_dim)`, the codes of examples.
        present: `(n,)`, true or 1 where the example has the attribute, else 0.

    Returns:
        `(latent_dim,)`; add it to a latent to give it the attribute.

    Raises:
        ValueError: if all examples have the attribute, or none has.

    Example:
        >>> attribute_vector([[0.0, 1.0], [2.0, 1.0]], [False, True]).tolist()
        [2.0, 0.0]

    Reference: Larsen et al., "Autoencoding beyond pixels using a learned similarity
    metric", 2016.
    """
    [latents] = _floats(latents)
    present = ops.cast(present, latents.dtype)[:, None]
    absent = 1.0 - present
    counts = ops.sum(present), ops.sum(absent)
    if hasattr(counts[0], "numpy") and 0.0 in map(float, counts):  # not in a graph
        raise ValueError(
            "`present` must be true for some examples and false for others. "
            f"Received: {int(counts[0])} with the attribute, {int(counts[1])} without."
        )
    with_it = ops.sum(latents * present, axis=0) / counts[0]
    return with_it - ops.sum(latents * absent, axis=0) / counts[1]


@_same_kind
def arithmetic(a: Any, b: Any, c: Any) -> Any:
    """The difference of `a` from `b`, added to `c`: `a - b + c`.

    The means of several latents a concept give clearer pictures than single ones.

    Args:
        a: `(..., latent_dim)`, say smiling women.
        b: `(..., latent_dim)`, say neutral women.
        c: `(..., latent_dim)`, say neutral men; the result is smiling men.

    Returns:
        `(..., latent_dim)`.

    Example:
        >>> arithmetic([3.0, 1.0], [2.0, 1.0], [2.0, 5.0]).tolist()
        [3.0, 5.0]

    Reference: Radford, Metz, Chintala, "Unsupervised Representation Learning with Deep
    Convolutional Generative Adversarial Networks", 2016.
    """
    a, b, c = _floats(a, b, c)
    return a - b + c
