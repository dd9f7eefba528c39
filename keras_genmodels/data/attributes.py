"""Attributes: what is known of an example, and which columns of `condition` say it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from keras_genmodels.registry import suggest

UNKNOWN = -1  # the class index of an example that has no label


@dataclass(frozen=True)
class Attribute:
    """One thing known about an example: one of several classes, or a real value.

    The columns `start` to `stop` of `condition` hold the one-hot of the class, or, in
    one column, `(value - low) / (high - low)`.

    Args:
        name: what it is called: "label", "Smiling", "age".
        classes: the names of its values, in the order of their indices; empty for a
            real value.
        start: its first column in `condition`.
        stop: one past the last column: as many columns as classes, or one.
        low: the least value of a real one, in its own unit; None for classes.
        high: the greatest, likewise.

    Raises:
        ValueError: if columns and classes differ in number, both classes and a range
            are given or neither, or the range is not finite or empty.

    Example:
        >>> Attribute("label", ("cat", "dog"), 0, 2).classes[1]
        'dog'
        >>> Attribute("age", (), 2, 3, low=0.0, high=80.0).columns(20)
        array([0.25], dtype=float32)
    """

    name: str
    classes: tuple[str, ...]
    start: int
    stop: int
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "classes", tuple(map(str, self.classes)))
        if (self.low, self.high) != (None, None):
            self._check_range()
        size = 1 if self.is_real else len(self.classes)
        if self.start < 0 or self.stop - self.start != size:
            raise ValueError(
                f"Attribute {self.name!r} must have one column a class. Received: "
                f"{size} classes for columns {self.start} to {self.stop}."
            )

    def _check_range(self) -> None:
        numbers = [isinstance(v, int | float) for v in (self.low, self.high)]
        if self.classes or not all(numbers) or not -math.inf < self.low < self.high:
            raise ValueError(
                f"Attribute {self.name!r} must have either classes or a range, low < "
                f"high. Received: classes={self.classes}, low={self.low}, "
                f"high={self.high}."
            )

    @property
    def is_real(self) -> bool:
        """Whether the attribute is a real value, and not one of several classes."""
        return self.low is not None

    @property
    def values(self) -> tuple[str, ...] | tuple[float, float]:
        """The classes, or the range (low, high), as `side_by_side` takes them."""
        return (float(self.low), float(self.high)) if self.is_real else self.classes

    def index(self, value: Any) -> int:
        """The class index of a class name, or of an index, which is then checked."""
        if isinstance(value, str):
            if value not in self.classes:
                raise ValueError(
                    f"Unknown class {value!r} of attribute {self.name!r}. "
                    f"{suggest(value, list(self.classes))}"
                )
            return self.classes.index(value)
        if isinstance(value, (bool, np.bool_)) or not isinstance(
            value, (int, np.integer)
        ):
            raise TypeError(
                f"A value of attribute {self.name!r} must be a class name or an "
                f"integer. Received: {value!r} of type {type(value).__name__}."
            )
        if not 0 <= value < len(self.classes):
            raise ValueError(
                f"A class index of attribute {self.name!r} must be in "
                f"0..{len(self.classes) - 1}. Received: {value}."
            )
        return int(value)

    def scaled(self, value: Any) -> float:
        """A real value as its column holds it, in [0, 1].

        Raises:
            TypeError: for anything but a number.
            ValueError: for a value outside of the range.
        """
        number = isinstance(value, int | float | np.integer | np.floating)
        if not number or isinstance(value, bool):
            raise TypeError(
                f"A value of attribute {self.name!r} must be a number. "
                f"Received: {value!r} of type {type(value).__name__}."
            )
        if not self.low <= value <= self.high:
            raise ValueError(
                f"A value of attribute {self.name!r} must be in "
                f"[{self.low:g}, {self.high:g}]. Received: {value}."
            )
        return (float(value) - self.low) / (self.high - self.low)

    def columns(self, value: Any) -> np.ndarray:
        """The attribute's part of a row of `condition`, float32 (stop - start,)."""
        if self.is_real:
            return np.array([self.scaled(value)], np.float32)
        return np.eye(len(self.classes), dtype=np.float32)[self.index(value)]

    def read(self, condition: np.ndarray) -> np.ndarray:
        """The class indices, int64, or the values, float64, of rows of `condition`."""
        part = condition[:, self.start : self.stop]
        if self.is_real:
            return self.low + np.float64(part[:, 0]) * (self.high - self.low)
        return part.argmax(axis=1)

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; a range is in it only where there is one."""
        form = asdict(self) | {"classes": list(self.classes)}
        return {key: value for key, value in form.items() if value is not None}


def side_by_side(
    values: Mapping[str, Sequence[str] | tuple[float, float]],
) -> tuple[Attribute, ...]:
    """Attributes whose columns follow each other in `condition`.

    Args:
        values: attribute name -> its class names, or the range (low, high) of a real
            value as two floats.

    Example:
        >>> [a.stop for a in side_by_side({"colour": ["red", "blue"], "size": "SML"})]
        [2, 5]
        >>> side_by_side({"age": (0.0, 116.0)})[0].high
        116.0
    """
    attributes, start = [], 0
    for name, known in values.items():
        known = tuple(known)
        if len(known) == 2 and all(isinstance(value, float) for value in known):
            one = Attribute(name, (), start, start + 1, *known)
        else:
            one = Attribute(name, known, start, start + len(known))
        attributes.append(one)
        start = one.stop
    return tuple(attributes)


def as_list(value: Any) -> list[Any]:
    """Put a single value into a list; several are a list already, or become one."""
    if isinstance(value, str) or np.ndim(value) == 0:
        return [value]
    return (
        list(value) if isinstance(value, (tuple, list)) else np.asarray(value).tolist()
    )
