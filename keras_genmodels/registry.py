"""One decorator that names a thing once, for Keras' serialisation and for people.

A thing is found by being there: every family has a home folder, whose files are read
as text for the names that they register, and a module is imported when one of its names
is asked for. A new loss, data set, metric or recipe is one new file, no list to edit.
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from keras_genmodels.source_files import Entry, read_folder

PACKAGE = "keras_genmodels"

# Family -> the folder whose files register its members.
HOMES = {
    "adversarial": "objectives",
    "callback": "evaluation",
    "caption": "data.sources",
    "constraint": "objectives",
    "dataset": "data.sources",
    "dataset scheme": "data.sources",
    "derivation": "data.derivations",
    "extractor": "evaluation.extractors",
    "figure": "evaluation.figures",
    "head": "distributions",
    "layer": "networks",
    "metric": "evaluation.metrics",
    "model": "models",
    "objective": "objectives",
    "output": "models",
    "penalty": "objectives",
    "prior": "distributions",
    "recipe": "zoo",
    "running_metric": "evaluation.measures",
    "signature": "export",
    "statements": "data.sources",
    "table": "tables",
    "term": "objectives",
    "view": "models",
}

# Families of classes that Keras saves in a model's file.
SAVED = (
    *("adversarial", "constraint", "head", "layer", "model", "objective", "penalty"),
    *("prior", "running_metric", "term", "view"),
)

# What an instance of a class that nobody registered must have; of others, a call.
INTERFACES = {
    "adversarial": ("critic_loss", "generator_loss"),
    "head": ("distribution", "params_size"),
    "objective": ("num_samples",),
    "prior": ("distribution", "latent_dim"),
    "term": ("critic_loss", "generator_loss"),
}

_FAMILIES: dict[str, dict[str, Any]] = {}


def register(name: str, family: str = "object") -> Callable[[Any], Any]:
    """Register a class or function under a public name.

    The name is both what a person types (`prior="vamp"`) and what Keras writes into a
    saved model (`keras_genmodels>prior.vamp`), so that files can move without breaking
    an artefact. A class without a config, such as a callback, has the first use only.

    Args:
        name: the public name, unique within `family`.
        family: the kind of thing, a singular noun: "head", "prior", "recipe", ...

    Returns:
        A decorator that returns its argument unchanged.

    Raises:
        ValueError: if another object already has this name in this family.

    Example:
        >>> @register("twice", family="example")
        ... def twice(x):
        ...     return 2 * x
        >>> get("twice", "example")(3)
        6
    """

    def decorate(thing: Any) -> Any:
        members = _FAMILIES.setdefault(family, {})
        if name in members and members[name].__qualname__ != thing.__qualname__:
            raise ValueError(
                f"`name` must be new among the {family}s. Received: {name!r}, which is "
                f"{members[name].__qualname__} already."
            )
        members[name] = thing
        if hasattr(thing, "get_config"):  # a class that Keras can save
            import keras

            keras.saving.register_keras_serializable(PACKAGE, f"{family}.{name}")(thing)
        return thing

    return decorate


def names(family: str) -> list[str]:
    """The sorted public names of one family; empty if nothing is registered."""
    return sorted({*_FAMILIES.get(family, {}), *entries(family)})


def entries(family: str) -> dict[str, Entry]:
    """Name to entry of what the files in the family's home folder register."""
    if family not in HOMES:
        return {}
    found = read_folder(HOMES[family])
    return {entry.name: entry for entry in found if entry.family == family}


def suggest(word: str, known: list[str]) -> str:
    """The tail of an error message: the nearest known names, then all of them.

    Example:
        >>> suggest("vea", ["vae", "gan"])
        "Did you mean 'vae'? Known: 'gan', 'vae'."
    """
    near = difflib.get_close_matches(str(word), known, n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(map(repr, near))}? " if near else ""
    return f"{hint}Known: {', '.join(map(repr, sorted(known)))}."


def check_name(name: str, family: str) -> None:
    """Refuse a name that nothing is registered under; imports nothing.

    Raises:
        ValueError: the message suggests the nearest names.
    """
    known = names(family)
    if name not in known:
        raise ValueError(f"Unknown {family} {name!r}. {suggest(name, known)}")


def lookup(name: str, family: str) -> Any:
    """The class or function registered as `name`; its module is imported if need be.

    Raises:
        ValueError: if there is none; the message suggests the nearest names.
    """
    check_name(name, family)
    if name not in _FAMILIES.get(family, {}):
        importlib.import_module(entries(family)[name].module)
    return _FAMILIES[family][name]


def load_all(*families: str) -> None:
    """Import every module that registers a member of these families.

    Keras finds the class of a saved object only after its module is imported:
    `load_all(*SAVED)` makes every model loadable.
    """
    for module in sorted({e.module for f in families for e in entries(f).values()}):
        importlib.import_module(module)


@dataclass(frozen=True)
class _StandIn:
    """An entry in Keras' list of classes that imports the class when it is needed."""

    name: str
    family: str

    def from_config(self, config: Any) -> Any:
        return lookup(self.name, self.family).from_config(config)


def make_loadable() -> None:
    """Let `keras.saving.load_model` find every class that a saved model may hold.

    Nothing of this package is imported before a file names it.
    """
    import keras

    known = keras.saving.get_custom_objects()
    for family in SAVED:
        for name in entries(family):
            known.setdefault(f"{PACKAGE}>{family}.{name}", _StandIn(name, family))


def get(identifier: Any, family: str, **arguments: Any) -> Any:
    """Resolve a name, a Keras config or an instance to an instance.

    Args:
        identifier: a registered name (a class is then called with `arguments`, a
            function is returned as it is), a config as `keras.saving` writes it, or an
            instance, which is returned unchanged.
        family: the family to look the name up in.
        **arguments: what the class needs that a name alone does not say, such as
            `event_shape`.

    Raises:
        ValueError: for a name that is not registered.
        TypeError: for anything that is no name, config or instance.
    """
    if isinstance(identifier, str):
        found = lookup(identifier, family)
        return found(**arguments) if isinstance(found, type) else found
    if isinstance(identifier, dict) and "class_name" in identifier:
        import keras

        return keras.saving.deserialize_keras_object(identifier)
    if isinstance(identifier, tuple(_classes(family))) or _can(identifier, family):
        return identifier
    needed = " and ".join(f"`{name}`" for name in INTERFACES.get(family, ()))
    raise TypeError(
        f"A {family} must be a name, a config or an instance"
        + (f" with {needed}, as CONTRIBUTING.md adds one" if needed else "")
        + f". Received: {identifier!r} of type {type(identifier).__name__}. "
        + suggest("", names(family))
    )


def _can(identifier: Any, family: str) -> bool:
    """Whether something that nobody registered can be a member of a family."""
    if family not in INTERFACES:
        return callable(identifier)
    instance = not isinstance(identifier, type)
    return instance and all(hasattr(identifier, a) for a in INTERFACES[family])


def _classes(family: str) -> list[type]:
    return [m for m in _FAMILIES.get(family, {}).values() if isinstance(m, type)]
