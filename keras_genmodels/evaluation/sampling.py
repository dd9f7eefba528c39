"""Samples of a model and examples of the data in batches, and the features of both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from keras_genmodels import checks, data
from keras_genmodels.data.pipeline import epoch_counter
from keras_genmodels.evaluation import feature_cache
from keras_genmodels.evaluation.batches import (
    Condition,
    batches,
    cycled,
    progress,
    rows_of,
)
from keras_genmodels.evaluation.extractors import (
    Extracted,
    Extractor,
    extract,
    has_extractor,
)
from keras_genmodels.evaluation.memo import memoised

BATCH = 250  # samples that are in memory at once


def compares_with_data(model: Any, options: dict[str, Any]) -> bool:
    """Check whether samples are compared with data where no metric was asked for.

    They are for a model that has nothing but its samples to be judged by, on data that
    an extractor was made for.
    """
    judged = "extractor" in options or has_extractor(model.spec)
    return judged and has_samples_alone(model)


def has_samples_alone(model: Any) -> bool:
    """Check whether a model has no density: a generator, or an ensemble of them."""
    return hasattr(model, "generate") or hasattr(model, "members")


def sample_batches(
    model: Any,
    num_samples: int,
    condition: Any = None,
    seed: int = 0,
    batch_size: int = BATCH,
    verbose: int = 0,
) -> Iterator[np.ndarray]:
    """Draw samples in batches, so that memory does not grow with their number.

    Args:
        model: with `sample(n, condition, seed)`.
        num_samples: how many in all, >= 1.
        condition: of every sample, as `batches.condition_of` has it, if any.
        seed: of all of them; with the same `batch_size` they are the same.
        batch_size: samples at a time, >= 1.
        verbose: 1 shows a progress bar.

    Raises:
        ValueError: if `num_samples` is < 1.
    """
    checks.integer("num_samples", num_samples, 1)
    show = progress(verbose, num_samples)
    for index, start in enumerate(range(0, num_samples, batch_size)):
        stop = min(start + batch_size, num_samples)
        given = rows_of(condition, slice(start, stop))
        yield np.asarray(model.sample(stop - start, given, seed=(seed, index)))
        show(stop)


@memoised
def sample_conditions(
    model: Any, dataset: Any, num_samples: int, max_examples: int | None = None
) -> Condition:
    """Make the `condition` of as many samples: that of the examples in turn, or None.

    Args:
        model: whose `spec` says whether the data have attributes.
        dataset: batches of `{"x", "condition"}`.
        num_samples: how many rows.
        max_examples: those of these first examples. Default: all.
    """
    if not (model.spec.condition_size or model.spec.tensors):
        return None
    rows = [c for _, c in batches(model, at_first_epoch(dataset), max_examples)]
    return cycled(rows, num_samples)


@memoised
def sample_features(
    model: Any,
    dataset: Any,
    extractor: Extractor,
    num_samples: int,
    seed: int = 0,
    max_examples: int | None = None,
    verbose: int = 0,
) -> Extracted:
    """Draw samples and extract their features; the samples are not kept.

    Where the data have attributes, the model is asked for those of the examples in
    turn.

    Args:
        model: with `sample` and `spec`.
        dataset: batches of `{"x", "condition"}`, or None where the data have no
            attributes.
        extractor: of the features.
        num_samples: how many, >= 1.
        seed: of the samples.
        max_examples: the attributes are those of these first examples. Default: all.
        verbose: 1 shows a progress bar.
    """
    rows = sample_conditions(model, dataset, num_samples, max_examples)
    samples = sample_batches(model, num_samples, rows, seed, verbose=verbose)
    features, probabilities = zip(
        *(extract(extractor, x) for x in samples), strict=True
    )
    told = probabilities[0] is not None
    return Extracted(
        np.concatenate(features), np.concatenate(probabilities) if told else None
    )


@memoised
def real_features(
    model: Any,
    dataset: Any,
    extractor: Extractor,
    max_examples: int | None = None,
    verbose: int = 0,
) -> np.ndarray:
    """Extract the features of examples, (n, feature_size), or read them from disk.

    Args:
        model: whose `spec` the data are held against.
        dataset: a finite iterable of `{"x", "condition"}`; one of `data.load` is read
            in the order of its first epoch.
        extractor: of the features.
        max_examples: the first ones only, >= 1. Default: all.
        verbose: 1 shows a progress bar.
    """

    def examples(verbose: int = 0) -> Iterator[np.ndarray]:
        parts = batches(model, at_first_epoch(dataset), max_examples, verbose)
        return (x for x, _ in parts)

    def extracted() -> np.ndarray:
        return np.concatenate([extractor.features(x) for x in examples(verbose)])

    return feature_cache.load_or_compute(
        feature_cache.content_hash(extractor, examples()), extracted
    )


def at_first_epoch(dataset: Any) -> Any:
    """Put a data set back to its first epoch, if it counts its epochs."""
    import tensorflow as tf

    if isinstance(dataset, tf.data.Dataset) and epoch_counter(dataset) is not None:
        data.set_epoch(dataset, 0)
    return dataset
