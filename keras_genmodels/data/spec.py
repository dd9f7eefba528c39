"""What a batch holds: the shape of `x`, the meaning of the columns of `condition`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from keras_genmodels.data.checks import check_floats, check_shape, check_x
from keras_genmodels.registry import suggest


@dataclass(frozen=True)
class Attribute:
    """One thing known about an example, and where `condition` says it.

    Args:
        name: what it is called: "label", "Smiling", "mode".
        classes: the names of its values, in the order of their indices.
        start: the first column of its one-hot in `condition`.
        stop: one past the last column; `stop - start` is the number of classes.

    Raises:
        ValueError: if the slice and the classes differ in length.

    Example:
        >>> Attribute("label", ("cat", "dog"), 0, 2).classes[1]
        'dog'
    """

    name: str
    classes: tuple[str, ...]
    start: int
    stop: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "classes", tuple(map(str, self.classes)))
        if self.start < 0 or self.stop - self.start != len(self.classes):
            raise ValueError(
                f"Attribute {self.name!r} must have one column a class. Received: "
                f"{len(self.classes)} classes for columns {self.start} to {self.stop}."
            )

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


def side_by_side(classes: Mapping[str, Sequence[str]]) -> tuple[Attribute, ...]:
    """Attributes whose one-hots follow each other in `condition`.

    Args:
        classes: attribute name -> its class names.

    Example:
        >>> [a.stop for a in side_by_side({"colour": ["red", "blue"], "size": "SML"})]
        [2, 5]
    """
    attributes, start = [], 0
    for name, known in classes.items():
        attributes.append(Attribute(name, tuple(known), start, start + len(known)))
        start += len(known)
    return tuple(attributes)


@dataclass(frozen=True)
class DatasetSpec:
    """The shape of `x` and the meaning of `condition`, the one thing models are told.

    A batch is `{"x": (batch, *x_shape) in [0, 1], "condition": (batch,
    condition_size)}`; `condition` holds the one-hot of each attribute side by side.

    Args:
        name: the data set's name.
        x_shape: the shape of one example, channels last, without the batch axis.
        attributes: what is known of each example; empty for unlabelled data, whose
            batches carry a `condition` of width 0.

    Raises:
        ValueError: if a dimension is not positive, or the attributes overlap, leave a
            gap or share a name.

    Example:
        >>> spec = DatasetSpec("shapes", (8, 8, 1), side_by_side({"label": "ab"}))
        >>> spec.condition(label=["b", "a"]).tolist()
        [[0.0, 1.0], [1.0, 0.0]]
    """

    name: str
    x_shape: tuple[int, ...]
    attributes: tuple[Attribute, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "x_shape", tuple(int(d) for d in self.x_shape))
        object.__setattr__(self, "attributes", tuple(self.attributes))
        if not self.x_shape or min(self.x_shape) < 1:
            raise ValueError(
                f"`x_shape` must hold positive integers. Received: {self.x_shape}."
            )
        names = [a.name for a in self.attributes]
        if len(set(names)) != len(names):
            raise ValueError(f"Attributes must differ in name. Received: {names}.")
        stops = [0, *(a.stop for a in self.attributes)]
        for attribute, stop in zip(self.attributes, stops, strict=False):
            if attribute.start != stop:
                raise ValueError(
                    f"Attribute {attribute.name!r} must start at column {stop}. "
                    f"Received: start={attribute.start}."
                )

    @property
    def is_image(self) -> bool:
        """Whether `x` has a height, a width and channels."""
        return len(self.x_shape) == 3

    @property
    def is_clip(self) -> bool:
        """Whether `x` has a time axis before those of an image."""
        return len(self.x_shape) == 4

    @property
    def condition_size(self) -> int:
        """The width of `condition`: the sum of the attributes' class counts."""
        return self.attributes[-1].stop if self.attributes else 0

    def position(self, name: str) -> int:
        """Where an attribute stands among `attributes`.

        Raises:
            ValueError: if there is none of that name.
        """
        known = [a.name for a in self.attributes]
        if name not in known:
            raise ValueError(
                f"Unknown attribute {name!r} of {self.name!r}. {suggest(name, known)}"
            )
        return known.index(name)

    def condition(self, n: int | None = None, **values: Any) -> np.ndarray:
        """Build `condition` from what a person would say.

        Args:
            n: the number of rows. Default: the length of the longest value, or 1.
            **values: for every attribute a class name or a class index, or a sequence
                of them with one entry a row. A single value is repeated.

        Returns:
            float32 array (n, condition_size) of one-hots side by side.

        Raises:
            ValueError: for an unknown attribute, class or index, an attribute that is
                not given, or lengths that differ.
            TypeError: for a value that is neither a name nor an integer.
        """
        self._check_given(values)
        lists = {name: _as_list(value) for name, value in values.items()}
        if n is None:
            n = max((len(given) for given in lists.values()), default=1)
        rows = np.zeros((n, self.condition_size), np.float32)
        for attribute in self.attributes:
            given = lists[attribute.name]
            if len(given) not in (1, n):
                raise ValueError(
                    f"Attribute {attribute.name!r} must be one value or {n} of them. "
                    f"Received: {len(given)}."
                )
            indices = [attribute.index(value) for value in given]
            rows[np.arange(n), attribute.start + np.resize(indices, n)] = 1.0
        return rows

    def _check_given(self, values: Mapping[str, Any]) -> None:
        for name in values:
            self.position(name)
        missing = [a.name for a in self.attributes if a.name not in values]
        if missing:
            raise ValueError(
                f"Every attribute of {self.name!r} must be given. Missing: {missing}."
            )

    def labels(self, condition: Any) -> dict[str, np.ndarray]:
        """Read a `condition` back: attribute name -> (batch,) int64 class indices."""
        condition = np.asarray(condition)
        check_shape("condition", condition, (self.condition_size,))
        return {
            a.name: condition[:, a.start : a.stop].argmax(axis=1)
            for a in self.attributes
        }

    def check(self, batch: Any, x_shape: tuple[int | None, ...] | None = None) -> None:
        """Refuse a batch that no model could mean: called before training starts.

        Args:
            batch: `{"x": ..., "condition": ...}` of arrays or eager tensors.
                `condition` may be absent if `condition_size` is 0.
            x_shape: of an example, where any size fits an axis that is `None`.
                Default: that of this dataset.

        Raises:
            TypeError: if `batch` is no dict, or holds integers where floats belong.
            ValueError: for a missing key, a wrong rank or shape, NaN, or values
                outside [0, 1]; the message says what was expected and what came.
        """
        if not isinstance(batch, Mapping):
            raise TypeError(
                "A batch must be a dict with 'x' and 'condition'. "
                f"Received: {type(batch).__name__}."
            )
        needed = ["x", "condition"] if self.condition_size else ["x"]
        for key in needed:
            if key not in batch:
                raise ValueError(
                    f"A batch of {self.name!r} must have the keys {needed}. "
                    f"Received: {sorted(batch)}."
                )
        check_x(np.asarray(batch["x"]), x_shape or self.x_shape)
        if "condition" not in batch:
            return
        condition = np.asarray(batch["condition"])
        check_floats("condition", condition)
        check_shape("condition", condition, (self.condition_size,))
        if len(condition) != len(batch["x"]):
            raise ValueError(
                "`x` and `condition` must have as many rows. "
                f"Received: {len(batch['x'])} and {len(condition)}."
            )

    def to_dict(self) -> dict[str, Any]:
        """The JSON form, as `card.json` and `config.json` hold it."""
        return {
            "name": self.name,
            "x_shape": list(self.x_shape),
            "condition_size": self.condition_size,
            "attributes": [
                asdict(a) | {"classes": list(a.classes)} for a in self.attributes
            ],
        }

    @classmethod
    def from_dict(cls, form: Mapping[str, Any]) -> DatasetSpec:
        """The inverse of `to_dict`."""
        attributes = [Attribute(**a) for a in form.get("attributes", ())]
        return cls(form["name"], tuple(form["x_shape"]), tuple(attributes))


def _as_list(value: Any) -> list[Any]:
    if isinstance(value, str) or np.ndim(value) == 0:
        return [value]
    return (
        list(value) if isinstance(value, (tuple, list)) else np.asarray(value).tolist()
    )
