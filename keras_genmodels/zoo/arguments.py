"""What a recipe hands on to another function stands in its own signature, too."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any


def handing_on(
    to: Callable[..., Any], but: Sequence[str] = ()
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A recipe's `**arguments` are those of another function that have defaults.

    `zoo.describe`, the command line and `help` then list them as the recipe's own, and
    a recipe that differs from another in one thing says only that.

    Args:
        to: the function that takes them.
        but: names of its arguments that the recipe sets itself.

    Returns:
        A decorator that gives the recipe the whole signature.

    Example:
        >>> def base(spec, size=3, seed=0): ...
        >>> @handing_on(base, but=["seed"])
        ... def variant(spec, rate=0.1, **arguments): ...
        >>> str(inspect.signature(variant))
        '(spec, rate=0.1, *, size=3)'
    """

    def decorate(recipe: Callable[..., Any]) -> Callable[..., Any]:
        signature = inspect.signature(recipe)
        *own, rest = signature.parameters.values()
        if rest.kind is not inspect.Parameter.VAR_KEYWORD:
            raise TypeError(f"`{recipe.__name__}` must end in `**arguments`.")
        taken = {*but, *(parameter.name for parameter in own)}
        handed = [
            parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
            for parameter in inspect.signature(to).parameters.values()
            if parameter.default is not inspect.Parameter.empty
            and parameter.name not in taken
        ]
        recipe.__signature__ = signature.replace(parameters=[*own, *handed])
        return recipe

    return decorate
