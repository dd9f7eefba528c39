"""Checks of the arrays of a batch: floats, finite, of a shape, in a range."""

from __future__ import annotations

import numpy as np


def check_floats(key: str, array: np.ndarray) -> None:
    """Refuse what holds anything but finite floats."""
    if array.dtype.kind != "f":
        raise TypeError(
            f"`{key}` must hold floats, float32 as `data.load` gives them. "
            f"Received: dtype {array.dtype}.{_division(array)}"
        )
    if not np.isfinite(array).all():
        raise ValueError(
            f"`{key}` must be finite. Received: {int((~np.isfinite(array)).sum())} "
            f"NaN or infinite values of {array.size}."
        )


def check_tokens(key: str, array: np.ndarray, size: int | None = None) -> None:
    """Refuse what holds anything but places in a vocabulary of `size` words."""
    if array.dtype.kind not in "iu":
        raise TypeError(f"`{key}` must hold integers. Received: dtype {array.dtype}.")
    low, high = (array.min(), array.max()) if array.size else (0, 0)
    if low < 0 or (size is not None and high >= size):
        wanted = ">= 0" if size is None else f"in 0..{size - 1}"
        raise ValueError(
            f"`{key}` must be {wanted}. Received: values from {low} to {high}."
        )


def check_shape(key: str, array: np.ndarray, shape: tuple[int | None, ...]) -> None:
    """Refuse rows of another shape; any size fits an axis that is `None`."""
    fits = array.ndim == len(shape) + 1 and all(
        size in (None, given)
        for size, given in zip(shape, array.shape[1:], strict=True)
    )
    if not fits:
        names = ("any" if size is None else str(size) for size in shape)
        wanted = ", ".join(("batch", *names))
        raise ValueError(
            f"`{key}` must have shape ({wanted}). Received: {array.shape}."
        )


def check_unit_range(key: str, array: np.ndarray) -> None:
    """Refuse values outside [0, 1]."""
    low, high = (array.min(), array.max()) if array.size else (0.0, 1.0)
    if low < 0.0 or high > 1.0:
        raise ValueError(
            f"`{key}` must be in [0, 1]. Received: values from {low:.6g} to {high:.6g}."
            + _division(array)
        )


def check_binary(key: str, array: np.ndarray) -> None:
    """Refuse values other than 0 and 1."""
    wrong = array[(array != 0.0) & (array != 1.0)]
    if wrong.size:
        raise ValueError(
            f"`{key}` must hold 0 and 1 alone. Received: {wrong.size} other values of "
            f"{array.size}, such as {wrong[0]:.6g}.{_division(array)}"
        )


def _division(array: np.ndarray) -> str:
    """The end of a message about pixels that may be those of a file."""
    bytes_of_a_file = array.dtype == np.uint8 or (
        array.dtype.kind in "iuf" and array.size and array.max() > 2
    )
    return " Divide pixels of 0..255 by 255." if bytes_of_a_file else ""


def check_x(x: np.ndarray, x_shape: tuple[int | None, ...]) -> None:
    """Refuse an `x` of another shape, or of values that are no pixels in [0, 1]."""
    check_shape("x", x, x_shape)
    check_floats("x", x)
    check_unit_range("x", x)
