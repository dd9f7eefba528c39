"""Methods that a model has only if one of its networks has an input, or an output."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class _InputMethod:
    """A method of models whose network declares an input; others do not have it."""

    end, verb = "input", "declares"

    def __init__(self, function: Callable[..., Any], name: str, network: str):
        self.function, self.name, self.network = function, name, network
        self.__doc__ = function.__doc__

    def __get__(self, model: Any, owner: type | None = None) -> Any:
        declared = ()
        if model is not None:
            declared = getattr(getattr(model, self.network), self.end)
        if model is not None and self.name not in declared:
            raise AttributeError(
                f"`{self.function.__name__}` needs a {self.network} that {self.verb} "
                f"{self.name!r}. Received: {sorted(declared)}."
            )
        return self.function.__get__(model, owner)


class _OutputMethod(_InputMethod):
    """A method of models whose network has an output; others do not have it."""

    end, verb = "output", "puts out"


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


def needs_output(
    name: str, network: str = "network"
) -> Callable[[Callable[..., Any]], Any]:
    """Decorate a method that a model has only if a network of it has an output.

    Args:
        name: of the output, such as "classes".
        network: the attribute of the model that holds the network. Default "network".
    """
    return lambda function: _OutputMethod(function, name, network)
