"""Ranges of numbers as docstrings state them: ">= 1", "each >= 1", "in [0, 1)"."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

from keras_genmodels import checks

_ENDS = {">=": "least", ">": "above", "<=": "most", "<": "below"}
_ONE_END = re.compile(r"(?<!\w)(>=|<=|>|<) (-?\d+(?:\.\d+)?)(?= a \w|[^\w\s]|\s|$)")
_BOTH_ENDS = re.compile(r"\bin ([\[(])(-?\d+(?:\.\d+)?), (-?\d+(?:\.\d+)?)([\])])")


@dataclass(frozen=True)
class Range:
    """The numbers that an argument may be, for `checks.number`.

    Args:
        least: the closed lower end.
        most: the closed upper end.
        above: the open lower end.
        below: the open upper end.
    """

    least: float | None = None
    most: float | None = None
    above: float | None = None
    below: float | None = None

    def check(self, name: str, value: Any) -> None:
        """Refuse a number outside; those of a sequence are checked one by one.

        What is no number is passed over: its kind is checked elsewhere.

        Raises:
            ValueError: for a number out of range, or one that is not finite.

        Example:
            >>> Range(least=1).check("units", (8, 0))
            Traceback (most recent call last):
            ValueError: `units` must be >= 1. Received: units=0.
        """
        if isinstance(value, list | tuple):
            for item in value:
                self.check(name, item)
        elif isinstance(value, Real) and not isinstance(value, bool):
            checks.number(name, value, self.least, self.most, self.above, self.below)
            if isinstance(value, Integral):
                checks.integer(name, value)


def stated(meaning: str) -> Range:
    """Read the range that the meaning of an argument states; any number without one.

    Example:
        >>> stated("widths of the layers, each >= 1")
        Range(least=1, most=None, above=None, below=None)
        >>> stated("a share, in [0, 1)")
        Range(least=0, most=None, above=None, below=1)
        >>> stated("of the codes")
        Range(least=None, most=None, above=None, below=None)
    """
    both = _BOTH_ENDS.search(meaning)
    if both:
        left, low, high, right = both.groups()
        ends = {"least" if left == "[" else "above": _number(low)}
        return Range(**ends, **{"most" if right == "]" else "below": _number(high)})
    one = _ONE_END.search(meaning)
    return Range(**{_ENDS[one[1]]: _number(one[2])}) if one else Range()


def meanings_of(text: str) -> dict[str, str]:
    r"""Read what arguments mean from a docstring's `Args:`, without their defaults.

    Example:
        >>> meanings_of("A line.\n\nArgs:\n    size: of it, >= 1. Default 2.")
        {'size': 'of it, >= 1.'}
    """
    section = inspect.cleandoc(text).partition("Args:\n")[2].split("\n\n")[0]
    found: dict[str, str] = {}
    for line in section.splitlines():
        begun = re.fullmatch(r"    (\w+): (.*)", line)
        if begun:
            name, words = begun.groups()
        elif found:
            name, words = [*found][-1], f"{[*found.values()][-1]} {line.strip()}"
        else:
            continue
        found[name] = words
    return {name: re.sub(r"\s*Default\b.*", "", words) for name, words in found.items()}


def _number(text: str) -> float:
    return float(text) if "." in text else int(text)
