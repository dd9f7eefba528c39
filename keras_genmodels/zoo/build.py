"""From a recipe's name to a built and compiled model."""

from __future__ import annotations

import contextlib
import inspect
import random
from collections.abc import Iterator
from typing import Any

import keras

from keras_genmodels import registry
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.zoo.presets import PRESETS


def names() -> list[str]:
    """The names of all recipes."""
    return registry.names("recipe")


def describe(name: str) -> dict[str, Any]:
    """What a recipe is: its name, paper, summary, and arguments with their defaults.

    Raises:
        ValueError: for an unknown recipe, with the nearest names.

    Example:
        >>> describe("vae")["arguments"]["latent_dim"]
        50
    """
    function = registry.lookup(name, "recipe")
    text = inspect.getdoc(function)
    parameters = list(inspect.signature(function).parameters.values())
    return {
        "name": name,
        "paper": " ".join(text.partition("Reference: ")[2].split("\n\n")[0].split()),
        "summary": text.split("\n")[0],
        "arguments": {
            p.name: p.default for p in parameters if p.name not in ("spec", "seed")
        },
    }


def preset(name: str, dataset: str) -> dict[str, Any]:
    """How long and on what a recipe is trained: `PRESETS`, with its gaps filled.

    Returns:
        A dict with `epochs`, `batch_size`, `data` (options of `data.load`), `fit_data`
        (further ones of what is fitted) and `arguments` (of the recipe).
    """
    registry.lookup(name, "recipe")
    row = PRESETS.get((name, dataset), {})
    return {
        "epochs": row.get("epochs", 50),
        "batch_size": row.get("batch_size", 128),
        "data": dict(row.get("data", {})),
        "fit_data": dict(row.get("fit_data", {})),
        "arguments": dict(row.get("arguments", {})),
    }


def build(
    name: str,
    spec: DatasetSpec,
    *,
    seed: int = 0,
    jit_compile: bool = False,
    dtype: str | None = None,
    **arguments: Any,
) -> keras.Model:
    """Build and compile the model of a recipe.

    Args:
        name: of the recipe, one of `names()`.
        spec: of the dataset, from `data.load`.
        seed: of the initial weights and of the noise in training.
        jit_compile: compile the training step with XLA. Slower on a CPU.
        dtype: a Keras dtype policy for the networks, such as "mixed_bfloat16";
            distributions and losses stay in float32.
        **arguments: of the recipe; `describe(name)["arguments"]` lists them.

    Returns:
        A compiled model that remembers how it was made in `model.recipe`.

    Raises:
        ValueError: for an unknown recipe or argument, with the nearest names.

    Example:
        >>> from keras_genmodels import data
        >>> spec = data.load("digits")[1]
        >>> build("vae", spec, latent_dim=2).latent_dim
        2
    """
    known = describe(name)["arguments"]
    for key in arguments:
        if key not in known:
            raise ValueError(
                f"Unknown argument {key!r} of the recipe {name!r}. "
                f"{registry.suggest(key, list(known))}"
            )
    with _seeded(seed), _policy(dtype):
        model = registry.lookup(name, "recipe")(spec, seed=seed, **arguments)
    model.jit_compile = jit_compile
    model.recipe = {"name": name, "arguments": _plain({**known, **arguments})}
    return model


@contextlib.contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Seed `random`, whence Keras seeds its initialisers, then put its state back."""
    state = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)


@contextlib.contextmanager
def _policy(dtype: str | None) -> Iterator[None]:
    """Build under a dtype policy, then put the former one back."""
    former = keras.config.dtype_policy()
    if dtype is not None:
        keras.config.set_dtype_policy(dtype)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(former)


def _plain(value: Any) -> Any:
    """The value as JSON can hold it: lists for tuples, configs for Keras objects."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return keras.saving.serialize_keras_object(value)
