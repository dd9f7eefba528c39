"""Arguments of an artefact's methods, brought to what its signatures take."""

from __future__ import annotations

import numbers
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

Seed = int | Sequence[int]


def pair(seed: Seed) -> Any:
    """Return a seed as signatures take it: an int s is [0, s]."""
    return (0, seed) if isinstance(seed, numbers.Integral) else seed


def named(condition: Any) -> dict[str, Any]:
    """Return the named tensors of a `condition`: an array, or a dict of them."""
    if isinstance(condition, Mapping):
        return dict(condition)
    return {"condition": condition}


def one_row(condition: Any) -> dict[str, np.ndarray]:
    """Return the tensors of the only row of a condition, without the batch axis.

    Args:
        condition: as for `named`.

    Raises:
        ValueError: for more rows than one.
    """
    given = {key: v for key, v in named(condition).items() if v is not None}
    rows = {key: np.asarray(value) for key, value in given.items()}
    for key, value in rows.items():
        if value.ndim < 1 or len(value) != 1:
            raise ValueError(
                f"`condition` must have one row. Received: {key!r} of the shape "
                f"{value.shape}."
            )
    return {key: value[0] for key, value in rows.items()}


def counted(n: int | None, condition: Any) -> dict[str, Any]:
    """Return `count` and the tensors of so many samples, whichever a signature takes.

    Args:
        n: how many; None for as many as the condition has rows.
        condition: as for `named`; one row stands for all.

    Raises:
        ValueError: if both are given and do not agree.
    """
    given = {k: np.asarray(v) for k, v in named(condition).items() if v is not None}
    if not given:
        return {"count": n}
    rows = max(len(value) if value.ndim else 1 for value in given.values())
    n = rows if n is None else n
    if n < 1 or rows not in (1, n):
        raise ValueError(
            "`n` must be >= 1, and `condition` have one row or `n`. "
            f"Received: n={n}, {rows} rows."
        )
    repeated = {
        name: np.repeat(value, n, axis=0) if value.ndim and len(value) < n else value
        for name, value in given.items()
    }
    return {"count": n, **repeated}
