"""Checks of one argument each, with one wording for the whole package.

Each returns the value, so that it can be checked where it is stored. A value of the
wrong kind is a `TypeError`, one out of range a `ValueError`; the message names the
argument, says what was expected and shows what was received. Imports no TensorFlow.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from numbers import Real
from typing import Any

_LIMIT = 2**63  # of the integers that an int64 tensor holds


def integer(
    name: str, value: Any, least: int | None = None, most: int | None = None
) -> int:
    """Require an integer in a range; one of NumPy becomes an int, a bool is none.

    Args:
        name: of the argument, for the message.
        value: what was given.
        least: the smallest that is allowed. Default: any.
        most: the largest that is allowed. Default: any below 2**63.

    Raises:
        TypeError: for anything but an integer.
        ValueError: for an integer out of range.

    Example:
        >>> integer("epochs", 3, least=1)
        3
        >>> integer("epochs", 0, least=1)
        Traceback (most recent call last):
        ValueError: `epochs` must be >= 1. Received: epochs=0.
    """
    try:
        found = operator.index(value)
    except TypeError:
        found = None
    if found is None or isinstance(value, bool):
        raise TypeError(f"`{name}` must be an integer. {_received(name, value)}")
    _check_range(name, found, least=least, most=most)
    if found >= _LIMIT:
        raise ValueError(f"`{name}` must be below 2**63. Received: {name}={found}.")
    return found


def number(
    name: str,
    value: Any,
    least: float | None = None,
    most: float | None = None,
    above: float | None = None,
    below: float | None = None,
) -> Any:
    """Require a finite real number in a range, whose ends may be open or closed.

    Args:
        name: of the argument, for the message.
        value: what was given.
        least: the closed lower end.
        most: the closed upper end.
        above: the open lower end, in place of `least`.
        below: the open upper end, in place of `most`.

    Raises:
        TypeError: for anything but an integer or a float; a bool is none.
        ValueError: for NaN, infinity or a number out of range.

    Example:
        >>> number("rate", 0.5, above=0)
        0.5
        >>> number("rate", 1.5, above=0, most=1)
        Traceback (most recent call last):
        ValueError: `rate` must be in (0, 1]. Received: rate=1.5.
    """
    if not isinstance(value, Real) or isinstance(value, bool):
        raise TypeError(f"`{name}` must be a number. {_received(name, value)}")
    _check_range(name, value, least, most, above, below)
    if not math.isfinite(value):
        raise ValueError(f"`{name}` must be finite. Received: {name}={value}.")
    return value


def share(name: str, value: Any) -> Any:
    """Require a number in [0, 1): a part that leaves something of the rest.

    Raises:
        TypeError: for anything but a number.
        ValueError: for a number out of range.

    Example:
        >>> share("holdout", 0.25)
        0.25
    """
    return number(name, value, least=0, below=1)


def one_of(name: str, value: Any, known: Sequence[str]) -> str:
    """Require one of a few names.

    For a long list of names, or one that grows, `registry.suggest` says the nearest.

    Args:
        name: of the argument, for the message.
        value: what was given.
        known: what is allowed, at least one.

    Raises:
        ValueError: for anything else.

    Example:
        >>> one_of("path", "arc", ("slerp", "lerp"))
        Traceback (most recent call last):
        ValueError: `path` must be 'slerp' or 'lerp'. Received: path='arc'.
    """
    if value not in known:
        *others, last = map(repr, known)
        wanted = f"{', '.join(others)} or {last}" if others else last
        raise ValueError(f"`{name}` must be {wanted}. Received: {name}={value!r}.")
    return value


def not_empty(name: str, value: Sequence[Any]) -> Sequence[Any]:
    """Require a sequence of one thing at least.

    Raises:
        ValueError: for an empty one.

    Example:
        >>> not_empty("filters", (32, 64))
        (32, 64)
    """
    if not value:
        raise ValueError(f"`{name}` must not be empty. Received: {name}={value!r}.")
    return value


def _check_range(name, value, least=None, most=None, above=None, below=None) -> None:
    """Refuse a value outside of the interval, NaN included."""
    inside = (
        (least is None or value >= least)
        and (most is None or value <= most)
        and (above is None or value > above)
        and (below is None or value < below)
    )
    if not inside:
        wanted = _interval(least, most, above, below)
        raise ValueError(f"`{name}` must be {wanted}. Received: {name}={value}.")


def _interval(least, most, above, below) -> str:
    """Describe a range: ">= 1", "< 2", "in (0, 1]"."""
    low, high = (least if above is None else above), (most if below is None else below)
    if high is None:
        return f"{'>=' if above is None else '>'} {low}"
    if low is None:
        return f"{'<=' if below is None else '<'} {high}"
    left, right = "[" if above is None else "(", "]" if below is None else ")"
    return f"in {left}{low}, {high}{right}"


def _received(name: str, value: Any) -> str:
    return f"Received: {name}={value!r} of type {type(value).__name__}."
