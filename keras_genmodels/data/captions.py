"""Sentences that say what an example shows."""

from __future__ import annotations

from typing import Any

from keras_genmodels import registry
from keras_genmodels.data.spec import DatasetSpec


def captions(spec: DatasetSpec, condition: Any) -> list[str]:
    """Write a sentence for each row of a condition.

    Why: for teaching, and for models that are conditioned on text. A set writes its own
    sentences with a function in its file, which takes the class name of every attribute
    by the attribute's name and is registered in the family "caption" under the set's
    name. Any other set gets its attributes one after another.

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
