"""Smoothness of walks through the latent space of a model."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras_genmodels import checks, latents
from keras_genmodels.evaluation.batches import rows_of
from keras_genmodels.evaluation.extractors import Extractor, load_extractor
from keras_genmodels.evaluation.measures.latent_smoothness import step_lengths
from keras_genmodels.evaluation.metrics import metric
from keras_genmodels.evaluation.sampling import BATCH, sample_conditions
from keras_genmodels.seeds import seed_pair

PATHS = {"slerp": latents.slerp, "lerp": latents.lerp}


@metric(
    "smoothness", needs=("prior", "decode", "spec"), default=lambda *arguments: False
)
def smoothness(
    model: Any,
    dataset: Any = None,
    num_walks: int = 50,
    steps: int = 33,
    path: str = "slerp",
    extractor: str | Extractor | None = None,
    seed: int = 0,
) -> dict[str, float]:
    """Measure the largest perceptual step of a latent walk, over the mean step.

    Equal steps through the latents should be about equal steps to the eye: 1 is a walk
    at a constant pace, or one that stands still, `steps` - 1 a single jump from one
    picture to another.

        mean over walks of max_i |f(x_(i+1)) - f(x_i)| / mean_i |f(x_(i+1)) - f(x_i)|

    Args:
        model: with `prior` and `decode`.
        dataset: whose attributes are asked for, one example's along a whole walk, where
            the data have any.
        num_walks: between two draws of the prior each, >= 1.
        steps: latents of a walk, both ends counted, >= 3.
        path: "slerp" or "lerp".
        extractor: whose features are the eye, a name or an `Extractor`. Default: that
            of the data set, else "inception_v3".
        seed: of the latents.

    Returns:
        `smoothness`, >= 1, its `/worst_walk`, `/largest_step`, the largest step of all
        over the mean distance of two ends, `/walks`, `/steps`, `/extractor:NAME`, the
        number of features.

    Raises:
        ValueError: for counts below the least, or another path.
    """
    checks.integer("num_walks", num_walks, 1)
    checks.integer("steps", steps, 3)
    checks.one_of("path", path, tuple(PATHS))
    extractor = load_extractor(extractor, model.spec)
    walks = _walks(
        model,
        sample_conditions(model, dataset, num_walks),
        num_walks,
        steps,
        path,
        seed,
    )
    seen = np.stack([extractor.features(x) for x in walks])  # (steps, walks, features)
    lengths = step_lengths(seen)
    mean, largest = lengths.mean(axis=0), lengths.max(axis=0)
    uneven = np.divide(largest, mean, out=np.ones_like(mean), where=mean > 0)
    between = step_lengths(seen[[0, -1]]).mean()
    return {
        "smoothness": float(uneven.mean()),
        "smoothness/worst_walk": float(uneven.max()),
        "smoothness/largest_step": float(lengths.max() / between),
        "smoothness/walks": num_walks,
        "smoothness/steps": steps,
        f"smoothness/extractor:{extractor.name}": extractor.feature_size,
    }


def _walks(model, condition, num_walks, steps, path, seed):
    """Decode all walks, (walks, *x_shape), one step at a time."""
    prior = model.prior(condition)
    count = [2] if prior.batch_shape.rank else [2, num_walks]
    ends = prior.sample(count, seed=seed_pair(seed)).numpy()  # (2, walks, latent_dim)
    for z in latents.interpolate(ends, steps, PATHS[path]):
        parts = range(0, num_walks, BATCH)
        rows = [slice(start, start + BATCH) for start in parts]
        yield np.concatenate([model.decode(z[r], rows_of(condition, r)) for r in rows])
