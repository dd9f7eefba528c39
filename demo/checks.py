"""Checks of values that a client sent, before anything is computed with them.

A browser keeps to the sliders; a program that calls the same address need not.
"""

from __future__ import annotations

import math
import reprlib
from collections.abc import Mapping, Sequence
from typing import Any

from keras_genmodels.registry import suggest

LARGEST_SEED = 2**31 - 1


def number(name: str, value: Any, low: float, high: float) -> float:
    """Check a finite number in [low, high].

    Args:
        name: what the message calls it.
        value: what came.
        low: the least that is taken.
        high: the most that is taken.

    Raises:
        TypeError: for what is no number.
        ValueError: for NaN, infinity or a number outside.

    Example:
        >>> number("temperature", 0.5, 0, 2)
        0.5
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"`{name}` must be a number. Received: {shown(value)}.")
    if not (low <= value <= high):  # NaN is neither
        raise ValueError(
            f"`{name}` must be a number from {low} to {high}. Received: {shown(value)}."
        )
    return float(value)


def whole(name: str, value: Any, low: int, high: int) -> int:
    """Check a whole number in [low, high]; 3.0 is one.

    Raises:
        TypeError: for what is no number.
        ValueError: for NaN, infinity, a fraction or a number outside.
    """
    checked = number(name, value, low, high)
    if not math.isclose(checked, round(checked), abs_tol=0.0, rel_tol=0.0):
        raise ValueError(
            f"`{name}` must be a whole number from {low} to {high}. "
            f"Received: {shown(value)}."
        )
    return round(checked)


def seed(value: Any) -> int:
    """Check a seed as every signature takes it, 0 to 2**31 - 1."""
    return whole("seed", value, 0, LARGEST_SEED)


def one_of(name: str, value: Any, known: Sequence[str]) -> str:
    """Check that a name is one of the known ones.

    Raises:
        TypeError: for what is no name.
        ValueError: for another name; the message has the nearest ones.
    """
    if not isinstance(value, str):
        raise TypeError(f"`{name}` must be a name. Received: {shown(value)}.")
    if value not in known:
        raise ValueError(
            f"`{name}` must be one of the names that the page offers. "
            f"Received: {shown(value)}. {suggest(value[:80], list(known))}"
        )
    return value


def item(name: str, value: Any, known: Mapping[str, Any]) -> Any:
    """Find what belongs to a name that must be one of the known ones.

    Raises:
        TypeError, ValueError: as `one_of`.
    """
    return known[one_of(name, value, list(known))]


def shown(value: Any) -> str:
    """Shorten a received value for a message."""
    text = reprlib.repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
