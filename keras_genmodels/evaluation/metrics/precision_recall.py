"""Metrics of quality and coverage apart: precision and recall, and their kin."""

from __future__ import annotations

from typing import Any

from keras_genmodels.evaluation.extractors import Extractor, load_extractor
from keras_genmodels.evaluation.extractors.known_modes import KNOWN_MODES, KnownModes
from keras_genmodels.evaluation.measures import precision_recall as measures
from keras_genmodels.evaluation.metrics import metric
from keras_genmodels.evaluation.sampling import real_features, sample_features


@metric("precision_recall", needs=("sample", "spec"), default=lambda *_: False)
def precision_recall(
    model: Any,
    dataset: Any,
    num_samples: int = 10_000,
    neighbours: int = 3,
    extractor: str | Extractor | None = None,
    max_examples: int | None = None,
    seed: int = 0,
    verbose: int = 0,
) -> dict[str, float]:
    """Measure the share of samples that look real and of data that is reached.

    Args:
        model: with `sample` and `spec`.
        dataset: batches of `{"x", "condition"}`.
        num_samples: samples to draw; of them and of the examples as many are used as
            there are of either.
        neighbours: k of `measures.precision_recall.precision_recall`, >= 1.
        extractor: as for `frechet_distance`.
        max_examples: use the first examples of `dataset` only, >= 1. Default: all.
        seed: of the samples.
        verbose: 1 shows progress bars.

    Returns:
        `precision_recall`, the harmonic mean of both, `/precision` and `/recall`, in
        [0, 1], `/samples`, `/examples`, `/neighbours`, `/extractor:NAME`, the number of
        features.

    Reference:
        Kynkaanniemi et al., Improved Precision and Recall Metric for Assessing
        Generative Models, 2019.
    """
    extractor = load_extractor(extractor, model.spec)
    clouds = _of_one_size(
        model, dataset, extractor, num_samples, seed, max_examples, verbose
    )
    parts = measures.precision_recall(*clouds, neighbours)
    both = sum(parts.values())
    return {
        "precision_recall": 2 * parts["precision"] * parts["recall"] / (both or 1.0),
        **_under("precision_recall", parts, clouds, neighbours, extractor),
    }


@metric("density_coverage", needs=("sample", "spec"), default=lambda *_: False)
def density_coverage(
    model: Any,
    dataset: Any,
    num_samples: int = 10_000,
    neighbours: int = 5,
    extractor: str | Extractor | None = None,
    max_examples: int | None = None,
    seed: int = 0,
    verbose: int = 0,
) -> dict[str, float]:
    """Measure density and coverage, which an outlier among real examples hardly moves.

    Args:
        model: with `sample` and `spec`.
        dataset: batches of `{"x", "condition"}`.
        num_samples: as for `precision_recall`.
        neighbours: k of `measures.precision_recall.density_coverage`, >= 1.
        extractor: as for `frechet_distance`.
        max_examples: use the first examples of `dataset` only, >= 1. Default: all.
        seed: of the samples.
        verbose: 1 shows progress bars.

    Returns:
        `density_coverage`, which is the coverage, in [0, 1], `/density`, `/coverage`,
        `/samples`, `/examples`, `/neighbours`, `/extractor:NAME`, the number of
        features.

    Reference:
        Naeem et al., Reliable Fidelity and Diversity Metrics for Generative Models,
        2020.
    """
    extractor = load_extractor(extractor, model.spec)
    clouds = _of_one_size(
        model, dataset, extractor, num_samples, seed, max_examples, verbose
    )
    parts = measures.density_coverage(*clouds, neighbours)
    return {
        "density_coverage": parts["coverage"],
        **_under("density_coverage", parts, clouds, neighbours, extractor),
    }


@metric(
    "mode_coverage",
    needs=("sample", "spec"),
    default=lambda model, options: model.spec.name in KNOWN_MODES,
)
def mode_coverage(
    model: Any,
    dataset: Any = None,
    num_samples: int = 10_000,
    seed: int = 0,
    verbose: int = 0,
) -> dict[str, float]:
    """Measure how many modes of the data are reached, and how many samples are good.

    Args:
        model: with `sample`, of data whose modes are known: `gaussian_ring` and
            `gaussian_grid`.
        dataset: whose attributes are asked for, where the model has a condition.
        num_samples: samples to draw, >= 1.
        seed: of the samples.
        verbose: 1 shows a progress bar.

    Returns:
        `mode_coverage`, the modes that a tenth of their fair share of the samples hits,
        `/modes`, `/good`, the share of samples within 3 standard deviations of a mode,
        `/samples`.

    Raises:
        ValueError: for data whose modes are not known.
    """
    extractor = load_extractor(None, model.spec)
    if not isinstance(extractor, KnownModes):
        raise ValueError(
            "`mode_coverage` needs data whose modes are known, such as "
            f"'gaussian_ring'. Received: {model.spec.name!r}."
        )
    points = sample_features(
        model, dataset, extractor, num_samples, seed, None, verbose
    ).features
    found = measures.mode_coverage(points, extractor.centres, extractor.stddev)
    covered = found.pop("covered")
    return {
        "mode_coverage": covered,
        **{f"mode_coverage/{key}": value for key, value in found.items()},
    }


def _of_one_size(model, dataset, extractor, num_samples, seed, max_examples, verbose):
    """Features of as many real examples as samples, and those of the samples."""
    real = real_features(model, dataset, extractor, max_examples, verbose)
    found = sample_features(
        model, dataset, extractor, num_samples, seed, max_examples, verbose
    ).features
    count = min(len(real), len(found))
    return real[:count], found[:count]


def _under(name, parts, clouds, neighbours, extractor) -> dict[str, float]:
    real, found = map(len, clouds)
    return {
        **{f"{name}/{key}": value for key, value in parts.items()},
        f"{name}/samples": found,
        f"{name}/examples": real,
        f"{name}/neighbours": neighbours,
        f"{name}/extractor:{extractor.name}": extractor.feature_size,
    }
