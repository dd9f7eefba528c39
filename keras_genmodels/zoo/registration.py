"""The decorator of a recipe: its name, its training's defaults, and its seed."""

from __future__ import annotations

import contextlib
import functools
import inspect
import random
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, TypeVar

from keras_genmodels.registry import register
from keras_genmodels.zoo.requirements import check_kind
from keras_genmodels.zoo.training_settings import TrainingSettings

Recipe = TypeVar("Recipe", bound=Callable[..., Any])
_SEEDED = ContextVar("_SEEDED", default=False)


def recipe(
    name: str, kinds: tuple[str, ...] | None = None, **training: Any
) -> Callable[[Recipe], Recipe]:
    """Register a function as a recipe: from a spec to a model that is not compiled.

    A call of it seeds the initial weights by its argument `seed`; within another
    recipe's call that one's seed holds, so that no two networks begin alike.

    Args:
        name: the public name, unique among the recipes.
        kinds: of the data that the recipe is made for, see `zoo.requirements`; others
            are refused before a network is made. Default: any.
        **training: defaults of the training, where they differ from those of
            `TrainingSettings`; a `decay_steps`, 0 say, holds however long the training.

    Returns:
        A decorator, which keeps the signature.

    Raises:
        TypeError: for a setting that there is not.
        ValueError: for a taken name, or a setting out of its range.

    Example:
        >>> @recipe("nothing", learning_rate=1e-2)
        ... def nothing(spec, size: int = 3, seed: int = 0):
        ...     return size
        >>> nothing(None, size=4)
        4
    """
    settings = TrainingSettings(**training)

    def decorate(function: Recipe) -> Recipe:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def seeded(*args: Any, **kwargs: Any) -> Any:
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            if kinds is not None:
                spec = next(iter(bound.arguments.values()))
                check_kind(spec, name, kinds)
            with _seed_initialisers(bound.arguments.get("seed", 0)):
                return function(*args, **kwargs)

        seeded.training, seeded.decays = settings, "decay_steps" not in training
        return register(name, family="recipe")(seeded)

    return decorate


@contextlib.contextmanager
def _seed_initialisers(seed: int) -> Iterator[None]:
    """Seed `random`, whence Keras seeds its initialisers, then put its state back."""
    if _SEEDED.get():
        yield
        return
    state, token = random.getstate(), _SEEDED.set(True)
    random.seed(seed)
    try:
        yield
    finally:
        _SEEDED.reset(token)
        random.setstate(state)
