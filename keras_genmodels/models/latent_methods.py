"""Methods that only a model with latents has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class latent_method:
    """A method that a GAN has only if its generator declares "latent".

    Evaluation and export ask `hasattr(model, "decode")`; a translator, whose only input
    is a picture, has no latents to decode.
    """

    def __init__(self, function: Callable[..., Any]):
        self.function = function
        self.__doc__ = function.__doc__

    def __get__(self, model: Any, owner: type | None = None) -> Any:
        if model is not None and model.latent_prior is None:
            raise AttributeError(
                f"`{self.function.__name__}` needs a generator that declares 'latent'. "
                f"Received: {sorted(model.generator.input)}."
            )
        return self.function.__get__(model, owner)
