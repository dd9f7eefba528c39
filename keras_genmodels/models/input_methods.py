"""Methods that a model has only if one of its networks declares an input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class _InputMethod:
    """A method of models whose network declares an input; others do not have it."""

    def __init__(self, function: Callable[..., Any], name: str, network: str):
        self.function, self.name, self.network = function, name, network
        self.__doc__ = function.__doc__

    def __get__(self, model: Any, owner: type | None = None) -> Any:
        declared = () if model is None else getattr(model, self.network).input
        if model is not None and self.name not in declared:
            raise AttributeError(
                f"`{self.function.__name__}` needs a {self.network} that declares "
                f"{self.name!r}. Received: {sorted(declared)}."
            )
        return self.function.__get__(model, owner)


def needs_input(
    name: str, network: str = "generator"
) -> Callable[[Callable[..., Any]], Any]:
    """Decorate a method that a model has only if a network of it declares an input.

    Evaluation and export ask `hasattr(model, "decode")`; a translator, whose only input
    is a picture, has no latents to decode.

    Args:
        name: of the input, such as "latent" or "source".
        network: the attribute of the model that holds the network. Default "generator".
    """
    return lambda function: _InputMethod(function, name, network)
