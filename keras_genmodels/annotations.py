"""Arguments held against the parameters that they are for, before anything is built."""

from __future__ import annotations

import ast
import inspect
import numbers
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from keras_genmodels import ranges
from keras_genmodels.registry import suggest
from keras_genmodels.source_files import Parameter


def check_arguments(
    given: Mapping[str, Any], parameters: Iterable[Parameter], kind: str, of: str
) -> None:
    """Refuse an argument without a parameter, a value of the wrong kind or range.

    Args:
        given: name to value.
        parameters: what is taken, from a file's text or from a signature.
        kind: of the arguments, for the message: "argument", "option", ...
        of: whose they are, likewise: "of the recipe 'vae'", ...

    Raises:
        ValueError: for an unknown name, with the nearest ones, or a number out of the
            range that the docstring states.
        TypeError: for a value that the parameter's annotation does not allow.

    Example:
        >>> known = [Parameter("size", "int", "2", "of it, >= 1")]
        >>> check_arguments({"size": 0}, known, "option", "of the table 'ring'")
        Traceback (most recent call last):
        ValueError: `size` must be >= 1. Received: size=0.
        >>> check_arguments({"sise": 3}, known, "option", "of the table 'ring'")
        Traceback (most recent call last):
        ValueError: Unknown option 'sise' of the table 'ring'. Did you mean 'size'? ...
    """
    known = {parameter.name: parameter for parameter in parameters}
    for name, value in given.items():
        if name not in known:
            near = suggest(name, list(known))
            raise ValueError(f"Unknown {kind} {name!r} {of}. {near}")
        check_value(name, value, known[name])


def check_value(name: str, value: Any, parameter: Parameter) -> None:
    """Refuse a value that a parameter does not take.

    Raises:
        TypeError: for a value that the annotation does not allow.
        ValueError: for a number out of the range that the docstring states.
    """
    check_type(name, value, parameter.annotation)
    ranges.stated(parameter.meaning).check(name, value)


def check_type(name: str, value: Any, annotation: str | None) -> None:
    """Refuse a value of another kind than the annotation says.

    Args:
        name: of the argument, for the message.
        value: that was given.
        annotation: as it is written: "int", "float | None", "Sequence[int]", ... A
            class that is none of Python's own, or no annotation, allows any value.

    Raises:
        TypeError: for a value that is not allowed.

    Example:
        >>> check_type("latent_dim", "abc", "int")
        Traceback (most recent call last):
        TypeError: `latent_dim` must be an integer. Received: latent_dim='abc'.
    """
    if annotation is None:
        return
    parts = _alternatives(ast.parse(annotation, mode="eval").body)
    if any(_allows(part, value) for part in parts):
        return
    words = " or ".join(dict.fromkeys(_word(part) for part in parts))
    raise TypeError(f"`{name}` must be {words}. Received: {name}={value!r}.")


def parameters_of(function: Callable[..., Any]) -> tuple[Parameter, ...]:
    """List the parameters of a function as its file would spell them.

    Example:
        >>> def scale(x, by: float = 2.0): ...
        >>> parameters_of(scale)[1]
        Parameter(name='by', annotation='float', default='2.0')
    """
    empty = inspect.Parameter.empty
    meanings = ranges.meanings_of(function.__doc__ or "")
    return tuple(
        Parameter(
            p.name,
            None if p.annotation is empty else _spelt(p.annotation),
            None if p.default is empty else repr(p.default),
            meanings.get(p.name, ""),
        )
        for p in inspect.signature(function).parameters.values()
    )


# --- annotations as syntax trees ------------------------------------------------------


def _is_number(value: Any, kind: type) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


# Name of a type -> how it is called, and whether it allows a value.
_KINDS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "int": ("an integer", lambda value: _is_number(value, numbers.Integral)),
    "float": ("a number", lambda value: _is_number(value, numbers.Real)),
    "bool": ("True or False", lambda value: isinstance(value, bool)),
    "str": ("a string", lambda value: isinstance(value, str)),
    "dict": ("a dict", lambda value: isinstance(value, Mapping)),
    "Mapping": ("a dict", lambda value: isinstance(value, Mapping)),
    "None": ("None", lambda value: value is None),
}
_SEQUENCES = {"Sequence", "tuple", "list"}
_PLURALS = {
    **{"int": "integers", "float": "numbers", "str": "strings", "bool": "booleans"},
    **{"dict": "dicts", "Mapping": "dicts"},
}


def _alternatives(node: ast.expr) -> list[ast.expr]:
    """List the parts of a union."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return [*_alternatives(node.left), *_alternatives(node.right)]
    return [node]


def _name(node: ast.expr) -> str:
    """Find the last word of a type, without what stands in its brackets."""
    if isinstance(node, ast.Subscript):
        return _name(node.value)
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Constant):
        return str(node.value)
    return node.id if isinstance(node, ast.Name) else ""


def _element(node: ast.expr) -> ast.expr | None:
    """Find the type of a sequence's elements, where it says one."""
    if not isinstance(node, ast.Subscript):
        return None
    inside = node.slice
    return inside.elts[0] if isinstance(inside, ast.Tuple) else inside


def _allows(node: ast.expr, value: Any) -> bool:
    name = _name(node)
    if name in _KINDS:
        return _KINDS[name][1](value)
    if name not in _SEQUENCES:
        return True
    if isinstance(value, str | Mapping) or not hasattr(value, "__len__"):
        return False
    element = _element(node)
    parts = [] if element is None else _alternatives(element)
    return not parts or all(any(_allows(p, v) for p in parts) for v in value)


def _word(node: ast.expr) -> str:
    name = _name(node)
    if name in _KINDS:
        return _KINDS[name][0]
    element = _element(node)
    plural = _PLURALS.get("" if element is None else _name(element))
    return f"a sequence of {plural}" if plural else "a sequence"


def _spelt(annotation: Any) -> str:
    """Give an annotation as text, which a postponed one is already."""
    if isinstance(annotation, str):
        return annotation
    return inspect.formatannotation(annotation)
