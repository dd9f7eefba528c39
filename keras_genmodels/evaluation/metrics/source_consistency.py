"""Consistency of enlarged pictures with the small ones that they were made of."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras_genmodels.evaluation.metrics import metric
from keras_genmodels.evaluation.metrics.translation import translations


def _factor(spec: Any) -> int:
    """Compute how many times as high and wide x is as its source; 1 if it is not."""
    source, x = spec.shapes.get("source", ()), tuple(spec.x_shape)
    if len(source) != 3 or len(x) != 3:
        return 1
    factor = max(1, x[0] // source[0])
    fits = x == (factor * source[0], factor * source[1], source[2])
    return factor if fits else 1


def _is_larger(model: Any, options: dict[str, Any]) -> bool:
    return _factor(model.spec) > 1


@metric("source_consistency", needs=("translate", "spec"), default=_is_larger)
def source_consistency(
    model: Any, dataset: Any, max_examples: int | None = None, seed: int = 0
) -> dict[str, float]:
    """Measure how far means of cells of an enlarged picture are from its source.

    Whatever else a picture shows, a small one that is made of it again should be the
    source.

    Args:
        model: with `translate`, of data whose x is a multiple of "source" in size.
        dataset: batches with "source", the means of cells of x.
        max_examples: the first examples only, >= 1. Default: all.
        seed: of the translator's noise.

    Returns:
        `source_consistency`, the greatest absolute difference of any pixel of any
        source; `/mean`, their mean; `/examples`.

    Raises:
        ValueError: if x is not larger than its source.
    """
    factor = _factor(model.spec)
    if factor == 1:
        raise ValueError(
            "`source_consistency` needs an x that is a multiple of its source in size. "
            f"Received: {model.spec.name!r} with {dict(model.spec.shapes)}."
        )
    found = translations(model, dataset, max_examples, seed)
    n, height, width, channels = found.source.shape
    cells = found.made.reshape(n, height, factor, width, factor, channels)
    difference = np.abs(cells.mean(axis=(2, 4)) - found.source)
    return {
        "source_consistency": float(difference.max()),
        "source_consistency/mean": float(difference.mean()),
        "source_consistency/examples": n,
    }
