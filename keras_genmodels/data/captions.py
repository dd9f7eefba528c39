"""What an example shows, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras_genmodels import registry
from keras_genmodels.data.spec import DatasetSpec


def caption(name: str) -> Callable[[Callable[..., str]], Callable[..., str]]:
    """Register how the examples of a data set are put into words.

    The function takes the class name of every attribute by the attribute's name.
    """
    return registry.register(name, "caption")


def captions(spec: DatasetSpec, condition: Any) -> list[str]:
    """A sentence for each row of a condition.

    Why: for teaching, and for models that are asked in words. A set that has no
    sentences of its own gets its attributes one after another.

    Args:
        spec: of the data set.
        condition: (batch, spec.condition_size), as in its batches.

    Raises:
        ValueError: for a condition of another shape.

    Example:
        >>> import keras_genmodels as kgm
        >>> train, spec = kgm.data.load("moving_shapes", batch_size=1, num_examples=1)
        >>> asked = spec.condition(shape="disc", colour="red", path="up")
        >>> kgm.data.captions(spec, asked)
        ['a red disc moves up']
    """
    named = spec.name in registry.names("caption")
    say = registry.lookup(spec.name, "caption") if named else _plain
    labels = spec.labels(condition)
    rows = zip(*labels.values(), strict=True) if labels else ((),) * len(condition)
    return [
        say(**{a.name: a.classes[i] for a, i in zip(spec.attributes, row, strict=True)})
        for row in rows
    ]


def _plain(**classes: str) -> str:
    return ", ".join(f"{name} {value}" for name, value in classes.items())
