"""Checks of numbers and sizes that a person may have given."""

from __future__ import annotations

from typing import Any


def integer(name: str, value: Any, least: int) -> int:
    """`value` as an int of at least `least`."""
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(
            f"`{name}` must be an integer. "
            f"Received: {name}={value!r} of type {type(value).__name__}."
        )
    if value < least:
        raise ValueError(f"`{name}` must be >= {least}. Received: {name}={value}.")
    if value >= 2**63:
        raise ValueError(f"`{name}` must be below 2**63. Received: {name}={value}.")
    return int(value)


def size(name: str, value: Any) -> tuple[int, int] | None:
    """One number or (height, width) as (height, width), in pixels."""
    if value is None:
        return None
    pair = value if isinstance(value, (tuple, list)) else (value, value)
    if len(pair) != 2:
        raise ValueError(
            f"`{name}` must be one number or (height, width). Received: {value!r}."
        )
    return integer(name, pair[0], 1), integer(name, pair[1], 1)
