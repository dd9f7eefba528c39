"""How near blended pictures are to the right ones, and what the parts of a blend do."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras_genmodels.evaluation.measures.poisson import poisson_clone
from keras_genmodels.evaluation.metrics import metric
from keras_genmodels.evaluation.metrics.translation import ratios, seeded_batches


def _has_parts(model: Any, options: dict[str, Any]) -> bool:
    return {"source", "mask", "foreground"} <= set(model.spec.shapes)


@metric("blending", needs=("translate", "low_resolution", "spec"), default=_has_parts)
def blending(
    model: Any, dataset: Any, max_examples: int | None = None, seed: int = 0
) -> dict[str, float]:
    """Measure the peak signal-to-noise ratio of blends, and of simpler ones.

    Args:
        model: with `translate` and `low_resolution`, of composites.
        dataset: batches with "source", "mask" and "foreground", of which x is the right
            answer.
        max_examples: the first examples only, >= 1. Default: all.
        seed: of the model's noise, if it has any.

    Returns:
        `blending`, the mean ratio over the pictures in dB, as `psnr` has it;
        `/of_source` that of the composites; `/of_poisson` of Poisson cloning, which
        knows the colours at the edge of the mask alone; `/of_network` of what the
        network makes without the equation; `/examples`.

    Raises:
        ValueError: for data without these tensors.
    """
    if not _has_parts(model, {}):
        raise ValueError(
            "`blending` needs the tensors ['source', 'mask', 'foreground'] of a batch; "
            f"`source='composite'` makes them. Received: {sorted(model.spec.shapes)}."
        )
    parts = []
    for batch, given, noise in seeded_batches(model, dataset, max_examples, seed):
        source = batch["source"]
        cloned = poisson_clone(batch["foreground"], source, batch["mask"])
        made = {
            "": model.translate(source, given, seed=noise),
            "/of_source": source,
            "/of_poisson": np.clip(cloned, 0.0, 1.0),
            "/of_network": model.low_resolution(source, given, seed=noise),
        }
        found = {k: ratios(np.asarray(v), batch["x"]) for k, v in made.items()}
        parts.append(found)
    values = {k: np.concatenate([part[k] for part in parts]) for k in parts[0]}
    results = {f"blending{key}": float(v.mean()) for key, v in values.items()}
    return {**results, "blending/examples": len(values[""])}
