"""The metric of pictures whose halves should mirror each other."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras_genmodels.evaluation.metrics import metric
from keras_genmodels.evaluation.metrics.translation import (
    translates_pictures,
    translations,
)


@metric("asymmetry", needs=("translate", "spec"), default=translates_pictures)
def asymmetry(
    model: Any, dataset: Any, max_examples: int | None = None, seed: int = 0
) -> dict[str, float]:
    """Measure how far translations are from their mirror images.

    Args:
        model: with `translate`, of pictures.
        dataset: batches with what the model translates and the right answers, as for
            `translation_error`.
        max_examples: the first examples only, >= 1. Default: all.
        seed: of the translator's noise.

    Returns:
        `asymmetry`, the mean absolute difference of a pixel from the one that mirrors
        it across the vertical middle; `/real`, the same of the right answers;
        `/examples`.
    """
    found = translations(model, dataset, max_examples, seed)
    made, real = (
        float(np.abs(x - x[:, :, ::-1]).mean()) for x in (found.made, found.truth)
    )
    return {
        "asymmetry": made,
        "asymmetry/real": real,
        "asymmetry/examples": len(found.made),
    }
