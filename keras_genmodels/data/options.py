"""The options of `load` and their checks, before TensorFlow is imported."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from keras_genmodels.checks import integer


def size(name: str, value: Any) -> tuple[int, int] | None:
    """One number or (height, width) as (height, width), in pixels."""
    if value is None:
        return None
    pair = value if isinstance(value, (tuple, list)) else (value, value)
    if len(pair) != 2:
        raise ValueError(
            f"`{name}` must be one number or (height, width). Received: {value!r}."
        )
    return integer(name, pair[0], 1), integer(name, pair[1], 1)


def colour(name: str, value: Any) -> tuple[int, int, int] | None:
    """A colour's name, "#rrggbb" or three levels 0..255 as these levels."""
    from PIL import ImageColor

    if value is None:
        return None
    try:
        levels = ImageColor.getrgb(value) if isinstance(value, str) else tuple(value)
    except (TypeError, ValueError):
        levels = ()
    if len(levels) != 3 or any(level not in range(256) for level in levels):
        raise ValueError(
            f"`{name}` must be a colour such as 'white', '#ff8000' or (255, 128, 0). "
            f"Received: {name}={value!r}."
        )
    return tuple(map(int, levels))


@dataclass(frozen=True)
class Order:
    """Which examples stand in which batch, as `load` documents it."""

    seed: int
    batch_size: int
    shuffle: bool
    drop_remainder: bool

    def __post_init__(self) -> None:
        integer("seed", self.seed, -(2**63))
        integer("batch_size", self.batch_size, 1)

    def count(self, n: int) -> int:
        """The number of batches of `n` examples."""
        if not self.drop_remainder:
            return -(-n // self.batch_size)
        if self.batch_size > n:
            raise ValueError(
                f"`batch_size` must be <= {n}, the number of examples, or "
                f"`drop_remainder` False. Received: batch_size={self.batch_size}."
            )
        return n // self.batch_size


@dataclass(frozen=True)
class Labels:
    """How many examples have labels, as `load` documents it; `None` is all of them."""

    number: int | None = None
    share: float = 0.25

    def __post_init__(self) -> None:
        if self.number is not None:
            integer("num_labels", self.number, 1)
        if not 0 < self.share < 1:
            raise ValueError(
                "`labelled_share` must be in (0, 1). "
                f"Received: labelled_share={self.share}."
            )

    def in_batch(self, batch_size: int) -> int:
        """How many labelled examples are added to every batch."""
        if self.number is None:
            return 0
        if batch_size < 2:
            raise ValueError(
                "`batch_size` must be >= 2 where `num_labels` is given. "
                f"Received: batch_size={batch_size}."
            )
        return min(max(1, round(self.share * batch_size)), batch_size - 1)

    def rest(self, order: Order) -> Order:
        """The order of what else is in every batch."""
        rest = order.batch_size - self.in_batch(order.batch_size)
        return replace(order, batch_size=rest)


@dataclass(frozen=True)
class Pixels:
    """The options of pixels, as `load` documents them.

    `resample` says whether random pixels are drawn anew every epoch; if not, each
    example keeps its own, whatever the order, the batch size and the seed.
    """

    binarise: str = "none"
    dequantise: bool = False
    resample: bool = True

    def __post_init__(self) -> None:
        if self.binarise not in ("none", "dynamic", "static"):
            raise ValueError(
                "`binarise` must be 'none', 'dynamic' or 'static'. "
                f"Received: binarise={self.binarise!r}."
            )
        if self.binarise != "none" and self.dequantise:
            raise ValueError(
                "`dequantise` must be False where `binarise` is not 'none'. "
                f"Received: binarise={self.binarise!r}, dequantise={self.dequantise}."
            )
