"""One decorator that names a thing once, for Keras' serialisation and for people.

A thing is found by being there: every family has a home folder, whose files are read
as text for the names that they register, and a module is imported when one of its names
is asked for. A new loss, data set, metric or recipe is one new file, no list to edit.
"""

from __future__ import annotations

import ast
import difflib
import functools
import importlib
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PACKAGE = "keras_genmodels"

# Family -> the folder whose files register its members.
HOMES = {
    "adversarial": "objectives",
    "callback": "evaluation",
    "caption": "data.sources",
    "constraint": "objectives",
    "dataset": "data.sources",
    "dataset scheme": "data.sources",
    "domain": "models",
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
    "table": "tables",
    "term": "objectives",
    "view": "models",
}

_FAMILIES: dict[str, dict[str, Any]] = {}


@dataclass(frozen=True)
class Parameter:
    """One argument of a registered function or class, as its file spells it.

    Args:
        name: of the argument.
        annotation: its type as it is written, such as "int"; None without one.
        default: as it is written, such as "(256, 512)"; None if it must be given.
    """

    name: str
    annotation: str | None
    default: str | None


@dataclass(frozen=True)
class Entry:
    """The description of a registered thing, read from its file without importing it.

    Args:
        name: the public name.
        family: the kind of thing.
        module: the dotted name of the module that registers it.
        doc: its docstring, without indentation.
        parameters: of the function, or of the class's `__init__` without `self`.
    """

    name: str
    family: str
    module: str
    doc: str
    parameters: tuple[Parameter, ...]

    @property
    def summary(self) -> str:
        """The first paragraph of the docstring on one line."""
        return " ".join(self.doc.split("\n\n")[0].split())


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
    found = _read_folder(HOMES[family])
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

    Keras finds the class of a saved object only after its module is imported.
    """
    for module in sorted({e.module for f in families for e in entries(f).values()}):
        importlib.import_module(module)


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
    if isinstance(identifier, tuple(_classes(family))) or callable(identifier):
        return identifier
    raise TypeError(
        f"A {family} must be a name, a config or an instance. "
        f"Received: {identifier!r} of type {type(identifier).__name__}."
    )


def _classes(family: str) -> list[type]:
    return [m for m in _FAMILIES.get(family, {}).values() if isinstance(m, type)]


# --- files read as text ---------------------------------------------------------------


@functools.cache
def _read_folder(home: str) -> tuple[Entry, ...]:
    """The entries of all files of a folder of the package and below."""
    root = Path(__file__).parent
    found: list[Entry] = []
    for file in sorted(root.joinpath(*home.split(".")).rglob("*.py")):
        parts = file.relative_to(root).with_suffix("").parts
        if parts[-1] == "__main__":
            continue
        module = ".".join([PACKAGE, *parts]).removesuffix(".__init__")
        found += _read_file(file, module)
    return tuple(found)


def _read_file(file: Path, module: str) -> Iterator[Entry]:
    tree = ast.parse(file.read_text(encoding="utf-8"), filename=str(file))
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        for decorator in node.decorator_list:
            registered = _registered(decorator)
            if registered is not None:
                name, family = registered
                doc = ast.get_docstring(node) or ""
                yield Entry(name, family, module, inspect.cleandoc(doc), _read(node))


def _registered(decorator: ast.expr) -> tuple[str, str] | None:
    """Name and family of `@register("name", family="prior")` and `@metric("name")`."""
    if not isinstance(decorator, ast.Call) or not decorator.args:
        return None
    function = decorator.func
    called = function.attr if isinstance(function, ast.Attribute) else function.id
    constants = [a.value for a in decorator.args if isinstance(a, ast.Constant)]
    constants += [
        keyword.value.value
        for keyword in decorator.keywords
        if keyword.arg == "family" and isinstance(keyword.value, ast.Constant)
    ]
    if called == "register" and len(constants) == 2:
        return constants[0], constants[1]
    if called in HOMES and constants:  # a decorator that is called like its family
        return constants[0], called
    return None


def _read(node: ast.FunctionDef | ast.ClassDef) -> tuple[Parameter, ...]:
    """The parameters of a function, or of a class's own `__init__`."""
    if isinstance(node, ast.ClassDef):
        makers = [
            n
            for n in node.body
            if isinstance(n, ast.FunctionDef) and n.name == "__init__"
        ]
        return _read(makers[0])[1:] if makers else ()
    given = node.args
    places = [*given.posonlyargs, *given.args]
    missing = [None] * (len(places) - len(given.defaults))
    pairs = [
        *zip(places, [*missing, *given.defaults], strict=True),
        *zip(given.kwonlyargs, given.kw_defaults, strict=True),
    ]
    return tuple(
        Parameter(
            argument.arg,
            None if argument.annotation is None else ast.unparse(argument.annotation),
            None if default is None else ast.unparse(default),
        )
        for argument, default in pairs
    )
