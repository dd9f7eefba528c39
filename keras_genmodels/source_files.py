"""Source files read as text: the things that they register, without importing them."""

from __future__ import annotations

import ast
import functools
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from keras_genmodels.ranges import meanings_of

PACKAGE = "keras_genmodels"
DECORATORS = ("metric", "recipe", "signature")  # that are called like their families


@dataclass(frozen=True)
class Parameter:
    """One argument of a registered function or class, as its file spells it.

    Args:
        name: of the argument.
        annotation: its type as it is written, such as "int"; None without one.
        default: as it is written, such as "(256, 512)"; None if it must be given.
        meaning: what the docstring says of it, the range of a number among it.
    """

    name: str
    annotation: str | None
    default: str | None
    meaning: str = field(default="", repr=False)


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

    def meaning(self, argument: str) -> str:
        """Return what the docstring says of an argument, or nothing."""
        return next((p.meaning for p in self.parameters if p.name == argument), "")

    @property
    def summary(self) -> str:
        """The first paragraph of the docstring on one line."""
        return " ".join(self.doc.split("\n\n")[0].split())


@functools.cache
def read_folder(home: str) -> tuple[Entry, ...]:
    """The entries of all files of a folder of the package and below.

    Args:
        home: dotted name of the folder below the package, such as "evaluation.metrics".
    """
    root = Path(__file__).parent
    found: list[Entry] = []
    for file in sorted(root.joinpath(*home.split(".")).rglob("*.py")):
        parts = file.relative_to(root).with_suffix("").parts
        if parts[-1] == "__main__":
            continue
        module = ".".join([PACKAGE, *parts]).removesuffix(".__init__")
        found += _read_file(file, module)
    known = {entry.name: entry for entry in found}
    return tuple(_explained(entry, known) for entry in found)


def _explained(entry: Entry, known: Mapping[str, Entry]) -> Entry:
    """Look up what is said "as for `vae`", or of all "arguments" of another entry."""
    all_of = re.search(r"Arguments[^.]* are those of (`\w+`)", entry.doc)
    parameters = []
    for parameter in entry.parameters:
        meaning = parameter.meaning or (f"as for {all_of[1]}" if all_of else "")
        for _ in known:  # a circle of them ends, too
            other = re.match(r"as for `(\w+)`", meaning)
            if other and other[1] in known:
                meaning = known[other[1]].meaning(parameter.name)
        parameters.append(replace(parameter, meaning=meaning))
    return replace(entry, parameters=tuple(parameters))


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
                meanings = meanings_of(doc)
                parameters = tuple(
                    replace(p, meaning=meanings.get(p.name, "")) for p in _read(node)
                )
                yield Entry(name, family, module, inspect.cleandoc(doc), parameters)


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
    if called in DECORATORS and constants:
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
