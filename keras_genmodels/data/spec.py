"""The specification of a data set: what its batches hold and what that means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from keras_genmodels.data.attributes import Attribute, as_list
from keras_genmodels.data.checks import check_floats, check_shape, check_tokens, check_x
from keras_genmodels.data.tensors import OF_TEST, Tensor
from keras_genmodels.registry import suggest

# Kind of `x` -> the number of its axes without that of the batch.
KINDS = {"image": 3, "clip": 4, "volume": 4, "points": 1, "sequence": 2, "tokens": 1}
_BY_RANK = {1: "points", 2: "sequence", 3: "image", 4: "clip"}


@dataclass(frozen=True)
class DatasetSpec:
    """The shape of `x` and the meaning of everything else in a batch.

    It is the one thing that models are told of their data. A batch is `{"x": (batch,
    *x_shape) in [0, 1], "condition": (batch, condition_size), ...}`; `condition` holds
    the columns of each attribute side by side, and further tensors stand under their
    own names.

    Args:
        name: the data set's name.
        x_shape: the shape of one example, channels last, without the batch axis.
        attributes: what is known of each example; empty for unlabelled data, whose
            batches carry a `condition` of width 0.
        tensors: what else is in a batch.
        kind: of `x`: "image" (height, width, channels), "clip" (time, height, width,
            channels), "volume" (depth, height, width, channels), "points" (size,),
            "sequence" (time, size) or "tokens" (length,). Default: by the number of
            axes; four are a clip, one is points.
        steps_per_epoch: batches in one pass over the data that the spec came with, for
            schedules that follow a training; None where that is not known. Specs that
            differ in it alone are equal.
        words: of an `x` of tokens, the vocabulary, in the order of the numbers; the
            first, which fills a sentence up, is no word. None of any other kind.

    Raises:
        ValueError: if a dimension is not positive, the kind has another number of axes,
            the attributes overlap, leave a gap or share a name, or tensors do.

    Example:
        >>> from keras_genmodels.data import side_by_side
        >>> spec = DatasetSpec("shapes", (8, 8, 1), side_by_side({"label": "ab"}))
        >>> spec.condition(label=["b", "a"]).tolist()
        [[0.0, 1.0], [1.0, 0.0]]
    """

    name: str
    x_shape: tuple[int, ...]
    attributes: tuple[Attribute, ...] = ()
    tensors: tuple[Tensor, ...] = ()
    kind: str | None = None
    steps_per_epoch: int | None = field(default=None, compare=False)
    words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "x_shape", tuple(int(d) for d in self.x_shape))
        object.__setattr__(self, "attributes", tuple(self.attributes))
        object.__setattr__(self, "tensors", tuple(self.tensors))
        object.__setattr__(self, "words", tuple(map(str, self.words)))
        if not self.x_shape or min(self.x_shape) < 1:
            raise ValueError(
                f"`x_shape` must hold positive integers. Received: {self.x_shape}."
            )
        kind = self.kind or _BY_RANK.get(len(self.x_shape))
        object.__setattr__(self, "kind", kind)
        if KINDS.get(kind) != len(self.x_shape):
            raise ValueError(
                f"`kind` must be one of {list(KINDS)} with as many axes as `x_shape`. "
                f"Received: kind={kind!r}, x_shape={self.x_shape}."
            )
        if self.words and kind != "tokens":
            raise ValueError(
                "`words` must be left out of a spec whose `x` holds no tokens. "
                f"Received: kind={kind!r}, {len(self.words)} words."
            )
        self._check_attributes()
        names = [tensor.name for tensor in self.tensors]
        if len(set(names)) != len(names):
            raise ValueError(f"Tensors must differ in name. Received: {names}.")

    def _check_attributes(self) -> None:
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
        """Whether `x` is a picture: height, width and channels."""
        return self.kind == "image"

    @property
    def is_clip(self) -> bool:
        """Whether `x` is a film: a time axis before those of an image."""
        return self.kind == "clip"

    @property
    def condition_size(self) -> int:
        """The width of `condition`: the sum of the attributes' columns."""
        return self.attributes[-1].stop if self.attributes else 0

    @property
    def categorical(self) -> tuple[Attribute, ...]:
        """The attributes that have classes."""
        return tuple(a for a in self.attributes if not a.is_real)

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Name to shape, without the batch axis, of everything that a batch holds."""
        further = {tensor.name: tensor.shape for tensor in self.tensors}
        return {"x": self.x_shape, "condition": (self.condition_size,), **further}

    @property
    def dtypes(self) -> dict[str, str]:
        """Name to dtype of everything that a batch holds."""
        further = {tensor.name: tensor.dtype for tensor in self.tensors}
        x = "int32" if self.kind == "tokens" else "float32"
        return {"x": x, "condition": "float32", **further}

    def tensor(self, name: str) -> Tensor:
        """The further tensor of a name.

        Raises:
            ValueError: if there is none.
        """
        known = {tensor.name: tensor for tensor in self.tensors}
        if name not in known:
            raise ValueError(
                f"Unknown tensor {name!r} of {self.name!r}. "
                f"{suggest(name, list(known))}"
            )
        return known[name]

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
            **values: for every attribute a class name or a class index, of a real
                one a number in its range, or a sequence of them with one entry a row. A
                single value is repeated.

        Returns:
            float32 array (n, condition_size), the columns of attributes side by side.

        Raises:
            ValueError: for an unknown attribute, class or index, an attribute that is
                not given, or lengths that differ.
            TypeError: for a value that is neither a name nor an integer, or no number.
        """
        self._check_given(values)
        lists = {name: as_list(value) for name, value in values.items()}
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
            columns = np.stack([attribute.columns(value) for value in given])
            rows[:, attribute.start : attribute.stop] = columns
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
        """Read a `condition` back.

        Returns:
            Attribute name -> class indices, (batch,) int64, or the values of a real
            one, (batch,) float64.
        """
        condition = np.asarray(condition)
        check_shape("condition", condition, (self.condition_size,))
        return {a.name: a.read(condition) for a in self.attributes}

    def check(
        self,
        batch: Any,
        x_shape: tuple[int | None, ...] | None = None,
        needed: Iterable[str] | None = None,
    ) -> None:
        """Refuse a batch that no model could mean: called before training starts.

        What a batch holds beyond this spec is nobody's business and is passed over.

        Args:
            batch: name to array or eager tensor.
            x_shape: of an example, where any size fits an axis that is `None`.
                Default: that of this dataset.
            needed: the names that must be there. Default: "x", "condition" if there
                are attributes, and every further tensor but those of the test alone.

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
        missing = [name for name in self._needed(needed) if name not in batch]
        if missing:
            raise ValueError(
                f"A batch of {self.name!r} must have the keys {self._needed(needed)}. "
                f"Received: {sorted(batch)}."
            )
        self._check_x(np.asarray(batch["x"]), x_shape or self.x_shape)
        if self.condition_size and "condition" in batch:
            condition = np.asarray(batch["condition"])
            check_floats("condition", condition)
            check_shape("condition", condition, (self.condition_size,))
        for tensor in self.tensors:
            if tensor.name in batch:
                tensor.check(batch[tensor.name])
        self._check_rows(batch)

    def _check_x(self, x: np.ndarray, shape: tuple[int | None, ...]) -> None:
        if self.kind == "tokens":
            check_shape("x", x, shape)
            check_tokens("x", x, len(self.words) or None)
        else:
            check_x(x, shape)

    def _needed(self, names: Iterable[str] | None) -> list[str]:
        if names is not None:
            return list(names)
        condition = ["condition"] if self.condition_size else []
        further = [t.name for t in self.tensors if t.name not in OF_TEST]
        return ["x", *condition, *further]

    def _check_rows(self, batch: Mapping[str, Any]) -> None:
        """Refuse tensors of which one has more rows than `x`."""
        for name, shape in self.shapes.items():
            if shape != (0,) and name in batch and len(batch[name]) != len(batch["x"]):
                raise ValueError(
                    f"`x` and `{name}` must have as many rows. "
                    f"Received: {len(batch['x'])} and {len(batch[name])}."
                )

    def to_dict(self) -> dict[str, Any]:
        """The JSON form, as `card.json` and `config.json` hold it."""
        form = {
            "name": self.name,
            "x_shape": list(self.x_shape),
            "kind": self.kind,
            "condition_size": self.condition_size,
            "attributes": [attribute.to_dict() for attribute in self.attributes],
            "tensors": [tensor.to_dict() for tensor in self.tensors],
        }
        return form | ({"words": list(self.words)} if self.words else {})

    @classmethod
    def from_dict(cls, form: Mapping[str, Any]) -> DatasetSpec:
        """The inverse of `to_dict`; of what is missing there is none."""
        attributes = [Attribute(**a) for a in form.get("attributes", ())]
        tensors = [Tensor(**t) for t in form.get("tensors", ())]
        own = {"kind": form.get("kind"), "words": form.get("words", ())}
        return cls(form["name"], tuple(form["x_shape"]), attributes, tensors, **own)
