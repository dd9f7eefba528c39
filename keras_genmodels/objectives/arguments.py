"""Checks that the arguments of objectives share."""

from __future__ import annotations

import math


def at_least(name: str, value, least: float):
    """The value, if it is a finite number and not below `least`.

    Raises:
        ValueError: otherwise; the message names the argument.
    """
    if not (isinstance(value, int | float) and math.isfinite(value) and value >= least):
        raise ValueError(f"`{name}` must be >= {least}. Received: {name}={value!r}.")
    return value


def share(name: str, value):
    """The value, if it is in [0, 1).

    Raises:
        ValueError: otherwise; the message names the argument.
    """
    if not (isinstance(value, int | float) and 0 <= value < 1):
        raise ValueError(f"`{name}` must be in [0, 1). Received: {name}={value!r}.")
    return value
