"""How near what fills a hole is to what was there."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras_genmodels.evaluation.metrics import metric
from keras_genmodels.evaluation.metrics.translation import seeded_batches


def _has_hole(model: Any, options: dict[str, Any]) -> bool:
    shapes = model.spec.shapes
    is_filled = shapes.get("source") == tuple(model.spec.x_shape)
    return is_filled and "mask" in shapes and "foreground" not in shapes


@metric("hole_error", needs=("translate", "spec"), default=_has_hole)
def hole_error(
    model: Any, dataset: Any, max_examples: int | None = None, seed: int = 0
) -> dict[str, float]:
    """Measure the mean absolute error of pixels that the mask hides.

    Args:
        model: with `translate`, of pictures with a hole.
        dataset: batches with "source" and "mask", 0 in the hole, of which x is the
            right answer.
        max_examples: the first examples only, >= 1. Default: all.
        seed: of the model's noise, if it has any.

    Returns:
        `hole_error`; `/of_mean` the same of the mean picture of the data, which knows
        nothing of what is around the hole, and `/ratio` of both; `/examples`.

    Raises:
        ValueError: for data without a mask, or masks that hide nothing.
    """
    if "mask" not in model.spec.shapes:
        raise ValueError(
            "`hole_error` needs the tensors ['source', 'mask'] of a batch; "
            f"`source='hidden'` makes them. Received: {sorted(model.spec.shapes)}."
        )
    parts = []
    for batch, given, noise in seeded_batches(model, dataset, max_examples, seed):
        made = model.translate(batch["source"], given, seed=noise)
        parts.append((np.asarray(made), batch["x"], batch["mask"]))
    made, truth, mask = map(np.concatenate, zip(*parts, strict=True))
    hidden = np.broadcast_to(1.0 - mask, truth.shape)
    if not hidden.any():
        raise ValueError(
            "`dataset` must have masks that hide a pixel. Received: masks of ones."
        )
    filled, mean = (
        float(np.average(np.abs(x - truth), weights=hidden))
        for x in (made, np.broadcast_to(truth.mean(axis=0), truth.shape))
    )
    return {
        "hole_error": filled,
        "hole_error/of_mean": mean,
        "hole_error/ratio": filled / mean,
        "hole_error/examples": len(made),
    }
