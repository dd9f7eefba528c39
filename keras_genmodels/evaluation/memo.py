"""The memory of one evaluation: what several metrics need is computed once."""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

_KNOWN: ContextVar[dict[Any, Any] | None] = ContextVar("known", default=None)


@contextlib.contextmanager
def scope() -> Iterator[None]:
    """Open a scope in which a function under `memoised` remembers its results.

    Models do not change inside; at the end all of it is forgotten.
    """
    token = _KNOWN.set({})
    try:
        yield
    finally:
        _KNOWN.reset(token)


def memoised(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, called once for equal arguments within a scope of `scope`.

    Numbers and strings are compared by value, everything else by identity. Outside of
    a scope the function is called every time.

    Example:
        >>> draw = memoised(lambda count: [0] * count)
        >>> with scope():
        ...     draw(3) is draw(3), draw(3) is draw(2)
        (True, False)
        >>> with scope():
        ...     draw(3) is draw(count=3)
        True
        >>> draw(3) is draw(3)
        False
    """
    signature = inspect.signature(function)

    @functools.wraps(function)
    def shared(*arguments: Any, **named: Any) -> Any:
        known = _KNOWN.get()
        if known is None:
            return function(*arguments, **named)
        given = signature.bind(*arguments, **named)
        given.apply_defaults()
        key = (function, *map(_identity, given.arguments.values()))
        if key not in known:  # the arguments are kept: no other gets their identity
            known[key] = given, function(*arguments, **named)
        return known[key][1]

    return shared


def _identity(argument: Any) -> Any:
    plain = argument is None or isinstance(argument, int | float | str)
    return (type(argument), argument) if plain else id(argument)
