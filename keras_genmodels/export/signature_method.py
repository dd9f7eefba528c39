"""Methods that an exported model has if it has the signature of their name."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any


class SignatureMethod:
    """A method that an artefact has where its model has the signature of that name.

    Args:
        function: of an artefact, with the name of the signature.
    """

    def __init__(self, function: Callable[..., Any]):
        functools.update_wrapper(self, function)
        self.function = function

    def __get__(self, artefact: Any, owner: type | None = None) -> Any:
        name = self.function.__name__
        if artefact is None:
            return self.function
        if name not in artefact.signatures:
            raise AttributeError(
                f"The model {artefact.name!r} has no signature {name!r}. "
                f"Known: {', '.join(map(repr, artefact.signatures))}."
            )
        return types.MethodType(self.function, artefact)
