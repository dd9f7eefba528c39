"""The parts of a command line: commands, options of KEY=VALUE, one-line errors."""

from __future__ import annotations

import argparse
import ast
from collections.abc import Sequence
from typing import Any

_BOOLEANS = {"true": True, "false": False}


class InputError(Exception):
    """An error in what a person typed; the message says why."""


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line."""

    def error(self, message: str):
        raise InputError(f"{message} (see `{self.prog} --help`)")


def command(commands: Any, name: str, function: Any, summary: str) -> Parser:
    """Add a command that calls `function` with the arguments."""
    parser = commands.add_parser(name, help=summary, description=summary.capitalize())
    parser.set_defaults(command=function)
    return parser


def key_values(parser: Parser, option: str, summary: str) -> None:
    """Add an option that takes any number of KEY=VALUE words, for `pairs` to read."""
    parser.add_argument(
        option,
        nargs="+",
        action="extend",
        default=[],
        metavar="KEY=VALUE",
        help=f"{summary}; may be repeated",
    )


def pairs(option: str, given: Sequence[str]) -> dict[str, Any]:
    """Read `key=value` words into a dict of Python literals, or else of strings.

    "true" and "false" are the booleans, too.

    Example:
        >>> pairs("--data", ["greyscale=true", "crop=(8, 9)", "source=edges"])
        {'greyscale': True, 'crop': (8, 9), 'source': 'edges'}
    """
    read = {}
    for word in given:
        key, equals, value = word.partition("=")
        if not key or not equals:
            raise InputError(f"`{option}` must be KEY=VALUE. Received: {word!r}.")
        try:
            read[key] = ast.literal_eval(value)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            read[key] = _BOOLEANS.get(value, value)
    return read
