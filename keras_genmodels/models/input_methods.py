"""Methods that a model has only if its generator declares an input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class _InputMethod:
    """A method of models whose generator declares an input; others do not have it."""

    def __init__(self, function: Callable[..., Any], name: str):
        self.function, self.name = function, name
        self.__doc__ = function.__doc__

    def __get__(self, model: Any, owner: type | None = None) -> Any:
        if model is not None and self.name not in model.generator.input:
            raise AttributeError(
                f"`{self.function.__name__}` needs a generator that declares "
                f"{self.name!r}. Received: {sorted(model.generator.input)}."
            )
        return self.function.__get__(model, owner)


def needs_input(name: str) -> Callable[[Callable[..., Any]], Any]:
    """Decorate a method that a GAN has only if its generator declares an input.

    Evaluation and export ask `hasattr(model, "decode")`; a translator, whose only input
    is a picture, has no latents to decode.

    Args:
        name: of the input, such as "latent" or "source".
    """
    return lambda function: _InputMethod(function, name)
