"""Distance of the motions of predicted pictures from those of real ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras_genmodels.evaluation.measures import motion
from keras_genmodels.evaluation.metrics import metric
from keras_genmodels.evaluation.metrics.translation import seeded_batches

FARTHEST = 6 / 32  # of the width of a picture, that a histogram tells apart


def _is_tracked(model: Any, options: dict[str, Any]) -> bool:
    return "layout" in model.spec.shapes


@metric("motion", needs=("predict_next", "spec"), default=_is_tracked)
def motion_distance(
    model: Any, dataset: Any, max_examples: int | None = None, seed: int = 0
) -> dict[str, float]:
    """Measure whether shapes move as they do in the data, one prediction a picture.

    Shapes are found by their colours, and their steps counted by whole pixels; the
    histogram of the predicted steps is held against that of the real ones. How far what
    moves together does so is the correlation of the steps of two shapes.

    Args:
        model: with `predict_next`, of pictures of coloured shapes on black.
        dataset: batches with "first_frame", and "layout", (height, width, shapes), 1
            where the first frame shows a shape; as `moving_laws` has them.
        max_examples: the first examples only, >= 1. Default: all.
        seed: of the predictions.

    Returns:
        `motion`, the KL divergence of real steps from predicted ones in nats, the mean
        over the shapes, with 1/2 added to every count; `/total_variation`, likewise;
        `/SHAPE`, the divergence of each, by its number; `/lost`, the share of shapes
        that are not found again; `/correlation/I_J` of the steps down of two shapes,
        and `/real` the same of real steps; `/examples`.

    Raises:
        ValueError: for batches without a layout.
    """
    parts = []
    for batch, _, noise in seeded_batches(model, dataset, max_examples, seed):
        if not {"first_frame", "layout"} <= {*batch}:
            raise ValueError(
                "`dataset` must have 'first_frame' and 'layout'. "
                f"Received: batches of {sorted(batch)}."
            )
        first, layout = batch["first_frame"], batch["layout"]
        made = np.asarray(model.predict_next(first, seed=noise))[:, 0]
        parts.append([motion.steps(first, x, layout) for x in (batch["x"], made)])
    real, made = map(np.concatenate, zip(*parts, strict=True))
    return {**compared(real, made, model.spec.x_shape[1]), "motion/examples": len(made)}


def compared(real: np.ndarray, made: np.ndarray, width: int) -> dict[str, float]:
    """Compare steps (right, down) of shapes, (n, shapes, 2), in pixels.

    Args:
        real: the steps in the data.
        made: those in predictions, in the same order.
        width: of a picture in pixels.
    """
    farthest, shapes = round(FARTHEST * width), range(real.shape[1])
    found = [motion.distance(real[:, i], made[:, i], farthest) for i in shapes]
    results = {
        "motion": float(np.mean([d.kl for d in found])),
        "motion/total_variation": float(np.mean([d.total_variation for d in found])),
        **{f"motion/{i}": found[i].kl for i in shapes},
        "motion/lost": float(np.isnan(made[..., 0]).mean()),
    }
    for i, j in zip(*np.triu_indices(len(shapes), 1), strict=True):
        for suffix, values in (("", made), ("/real", real)):
            key = f"motion/correlation/{i}_{j}{suffix}"
            results[key] = _correlation(values[:, i, 1], values[:, j, 1])
    return results


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Compute the correlation of two rows of numbers; 0 where either is constant."""
    there = np.isfinite(one) & np.isfinite(other)
    one, other = one[there], other[there]
    if len(one) < 2 or min(one.std(), other.std()) < 1e-6:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])
