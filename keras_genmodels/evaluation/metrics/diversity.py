"""Diversity of samples, cheap enough to be measured during training."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras_genmodels.evaluation.batches import batches
from keras_genmodels.evaluation.extractors import has_extractor, load_extractor
from keras_genmodels.evaluation.measures.class_scores import inter_entropy
from keras_genmodels.evaluation.measures.diversity import mean_distance
from keras_genmodels.evaluation.metrics import metric
from keras_genmodels.evaluation.sampling import (
    at_first_epoch,
    has_samples_alone,
    sample_batches,
    sample_conditions,
)


@metric(
    "diversity",
    needs=("sample", "spec"),
    default=lambda model, options: has_samples_alone(model),
)
def diversity(
    model: Any,
    dataset: Any,
    num_samples: int = 256,
    extractor: Any = None,
    seed: int = 0,
) -> dict[str, float]:
    """Measure how much samples differ, over how much the data do; 1 is right.

        mean distance of two samples / mean distance of two real examples

    A generator that has collapsed makes one picture over and over, near 0. The
    distance is that of pixels; `/class_entropy` sees what it misses, a generator that
    makes fewer classes than there are.

    Args:
        model: with `sample` and `spec`.
        dataset: batches of `{"x", "condition"}`; as many examples as samples are used.
        num_samples: samples to draw, >= 2.
        extractor: that reads classes. Default: that of the data set; there is no class
            entropy where the data have none.
        seed: of the samples.

    Returns:
        `diversity`; `/class_entropy`, the entropy of the histogram of classes over that
        of equal shares, in [0, 1]; `/samples`, `/examples`; and `/classifier:NAME`, the
        accuracy of the classifier on its own test data.

    Raises:
        ValueError: for fewer than 2 samples or examples, or examples that are all the
            same.
    """
    real = np.concatenate(
        [x for x, _ in batches(model, at_first_epoch(dataset), num_samples)]
    )
    rows = sample_conditions(model, dataset, num_samples, num_samples)
    found = np.concatenate(list(sample_batches(model, num_samples, rows, seed)))
    wide = mean_distance(real.reshape(len(real), -1))
    if wide == 0:
        raise ValueError(
            f"`dataset` must hold examples that differ. Received: {len(real)} that are "
            "all the same."
        )
    return {
        "diversity": mean_distance(found.reshape(len(found), -1)) / wide,
        **_classes(model, extractor, found),
        "diversity/samples": len(found),
        "diversity/examples": len(real),
    }


def _classes(model: Any, extractor: Any, found: np.ndarray) -> dict[str, float]:
    if extractor is None and not has_extractor(model.spec):
        return {}
    judge = load_extractor(extractor, model.spec)
    if not hasattr(judge, "probabilities"):
        return {}
    one_hots = np.eye(len(judge.classes))[judge.probabilities(found).argmax(axis=1)]
    share = inter_entropy(one_hots) / float(np.log(len(judge.classes)))
    return {
        "diversity/class_entropy": max(0.0, share),
        f"diversity/classifier:{judge.name}": judge.test_accuracy,
    }
