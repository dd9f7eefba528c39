"""The arguments that a recipe is built with: its own, and those of its training."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Mapping
from typing import Any

from keras_genmodels import registry
from keras_genmodels.annotations import check_arguments, parameters_of
from keras_genmodels.source_files import Parameter
from keras_genmodels.zoo import training_settings

_GIVEN_BY_BUILD = ("spec", "seed")


def check(name: str, given: Mapping[str, Any]) -> None:
    """Refuse arguments that a recipe cannot be built with; imports no TensorFlow.

    Args:
        name: of the recipe.
        given: argument to value.

    Raises:
        ValueError: for an unknown recipe or argument, with the nearest names.
        TypeError: for a value of the wrong kind.

    Example:
        >>> check("vae", {"latent_dim": "abc"})
        Traceback (most recent call last):
        TypeError: `latent_dim` must be an integer. Received: latent_dim='abc'.
    """
    known = [*_own(name), *training_settings.PARAMETERS]
    check_arguments(given, known, "argument", f"of the recipe {name!r}")


def check_own(name: str, given: Mapping[str, Any]) -> None:
    """Refuse arguments that a recipe itself does not take, such as those of training.

    Args:
        name: of the recipe.
        given: argument to value.

    Raises:
        ValueError, TypeError: as `check`.

    Example:
        >>> check_own("gan", {"learning_rate": 0.1})
        Traceback (most recent call last):
        ValueError: Unknown option 'learning_rate' of the recipe 'gan'. ...
    """
    check_arguments(given, _own(name), "option", f"of the recipe {name!r}")


def defaults(name: str) -> dict[str, Any]:
    """List the arguments of a recipe and of its training, with their defaults.

    Args:
        name: of the recipe.

    Raises:
        ValueError: for an unknown recipe, with the nearest names.
    """
    parameters = inspect.signature(_function(name)).parameters.values()
    own = {p.name: p.default for p in _without(parameters)}
    return {**own, **_training_defaults(name)}


def with_decay(name: str, given: Mapping[str, Any], steps: int) -> dict[str, Any]:
    """Add the learning rate's decay over a training to arguments that do not say it.

    Args:
        name: of the recipe, which may say its own.
        given: argument to value.
        steps: of the whole training; 0 where they are not known.
    """
    decay = {"decay_steps": steps} if steps and _function(name).decays else {}
    return {**decay, **given}


def _training_defaults(name: str) -> dict[str, Any]:
    settings = vars(_function(name).training)
    if _has_one_optimiser(name):
        return {k: v for k, v in settings.items() if k not in training_settings.OF_GANS}
    return dict(settings)


def _has_one_optimiser(name: str) -> bool:
    """Tell whether the recipe says that it returns a model without a generator."""
    from keras_genmodels.models import GAN, Ensemble

    returned = typing.get_type_hints(_function(name)).get("return")
    return isinstance(returned, type) and not issubclass(returned, GAN | Ensemble)


def _own(name: str) -> list[Parameter]:
    registry.check_name(name, "recipe")
    entry = registry.entries("recipe").get(name)
    return _without(entry.parameters if entry else parameters_of(_function(name)))


def _function(name: str) -> Any:
    return registry.lookup(name, "recipe")


def _without(parameters: typing.Iterable[Any]) -> list[Parameter]:
    """Leave out the parameters that no person gives."""
    return [p for p in parameters if p.name not in _GIVEN_BY_BUILD]
