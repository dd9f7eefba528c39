"""Named tensors: what a batch may hold next to `x` and `condition`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from keras_genmodels.data import checks
from keras_genmodels.registry import suggest

# Kind -> how many axes a tensor of it has without the batch axis; None for any.
KINDS = {"image": 3, "clip": 4, "mask": None, "vector": None, "tokens": 1}
# The right answers, of other splits than "train": what a translation of x should be,
# and one of y.
TRUTHS = ("truth", "y_truth")
# What no model is trained on: the right answers, what that of x shows, and pictures of
# which one is right.
OF_TEST = (*TRUTHS, "truth_condition", "options")


@dataclass(frozen=True)
class Tensor:
    """A further named tensor of every example, such as a picture to be translated.

    Args:
        name: of the tensor: "source" (what is translated), "mask", "y" (the unpaired
            second domain), "caption", "box", "layout", "first_frame", "weight", or
            "truth" and "y_truth" (the right answers), and "options" (pictures of which
            one is right), not of the training split.
        shape: of one example, without the batch axis.
        kind: "image" (height, width, channels) and "clip" (time, height, width,
            channels): float32 in [0, 1]; "mask": float32, 0 or 1, of any shape;
            "vector": finite float32 of any shape; "tokens": int32 (length,), places in
            `words`.
        words: of tokens, the vocabulary, in the order of the numbers.

    Raises:
        ValueError: for another kind, a shape that does not fit it, a name that every
            batch has already, or tokens without words and words without tokens.

    Example:
        >>> Tensor("source", (32, 32, 1)).dtype
        'float32'
    """

    name: str
    shape: tuple[int, ...]
    kind: str = "image"
    words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", tuple(int(size) for size in self.shape))
        object.__setattr__(self, "words", tuple(map(str, self.words)))
        if self.kind not in KINDS:
            raise ValueError(
                f"Unknown kind {self.kind!r}. {suggest(self.kind, list(KINDS))}"
            )
        if self.name in ("x", "condition", "latent", "seed", "sample_weight"):
            raise ValueError(
                "A further tensor must not be called 'x', 'condition', 'latent', "
                f"'seed' or 'sample_weight'. Received: {self.name!r}."
            )
        axes = KINDS[self.kind]
        if min(self.shape, default=1) < 1 or axes not in (None, len(self.shape)):
            raise ValueError(
                f"The tensor {self.name!r} of the kind {self.kind!r} must have "
                f"{'positive' if axes is None else axes} axes. "
                f"Received: shape {self.shape}."
            )
        if (self.kind == "tokens") != bool(self.words):
            raise ValueError(
                f"The tensor {self.name!r} must have words if it holds tokens, and "
                f"only then. Received: kind={self.kind!r}, {len(self.words)} words."
            )

    @property
    def dtype(self) -> str:
        """The dtype in a batch: "int32" of tokens, "float32" of everything else."""
        return "int32" if self.kind == "tokens" else "float32"

    def check(self, values: Any) -> None:
        """Refuse what is no batch of this tensor.

        Raises:
            TypeError: for integers where floats belong, and the other way round.
            ValueError: for a wrong shape, NaN, or values out of range.
        """
        array = np.asarray(values)
        checks.check_shape(self.name, array, self.shape)
        if self.kind == "tokens":
            checks.check_tokens(self.name, array, len(self.words))
        else:
            checks.check_floats(self.name, array)
        if self.kind in ("image", "clip"):
            checks.check_unit_range(self.name, array)
        if self.kind == "mask":
            checks.check_binary(self.name, array)

    def to_dict(self) -> dict[str, Any]:
        """The JSON form, as `card.json` holds it."""
        form = {"name": self.name, "shape": list(self.shape), "kind": self.kind}
        return form | ({"words": list(self.words)} if self.words else {})
