"""Metrics that hold a cloud of samples against a cloud of real examples."""

from __future__ import annotations

from typing import Any

from keras_genmodels.evaluation.extractors import Extractor, load_extractor
from keras_genmodels.evaluation.extractors.known_modes import KnownModes
from keras_genmodels.evaluation.measures import frechet
from keras_genmodels.evaluation.measures import precision_recall as measures
from keras_genmodels.evaluation.metrics import metric
from keras_genmodels.evaluation.sampling import comparable, drawn, real_features


@metric("frechet_distance", needs=("sample", "spec"), default=comparable)
def frechet_distance(
    model: Any,
    dataset: Any,
    train: Any = None,
    num_samples: int = 10_000,
    extractor: str | Extractor | None = None,
    max_examples: int | None = None,
    seed: int = 0,
    verbose: int = 0,
) -> dict[str, float]:
    """The Frechet distance of samples to data, beside that of data to data.

    The distance falls with the number of examples and depends on who looks, so the
    floor is measured with the same counts by the same extractor: other real examples
    in place of the samples. They come from the training split, or, if it is not given,
    every second example is held against the others.

    Args:
        model: with `sample` and `spec`.
        dataset: batches of `{"x", "condition"}` that samples should look like.
        train: other batches of the same distribution, for the floor.
        num_samples: samples to draw, >= 2; as many are used as there are real examples
            for the floor.
        extractor: who looks, a name or an `Extractor`. Default: that of the data set,
            else "inception_v3".
        max_examples: use the first examples of `dataset` only. Default: all.
        seed: of the samples.
        verbose: 1 shows progress bars.

    Returns:
        `frechet_distance`, its `/floor`, `/samples`, `/examples` (real ones on the
        other side), `/extractor:NAME`, the number of features.

    Raises:
        ValueError: if there are fewer than 4 examples, or no extractor suits.

    Example:
        >>> from keras_genmodels import data, zoo
        >>> test, spec = data.load("digits", "test")
        >>> model = zoo.build("gan", spec)
        >>> numbers = frechet_distance(model, test, num_samples=100)
        >>> numbers["frechet_distance"] > numbers["frechet_distance/floor"]
        True

    Reference:
        Heusel et al., GANs Trained by a Two Time-Scale Update Rule Converge to a Local
        Nash Equilibrium, 2017. The features are those of the extractor that is named.
    """
    extractor = load_extractor(extractor, model.spec)
    real = real_features(model, dataset, extractor, max_examples, verbose)
    if train is None:
        real, others = real[::2], real[1::2]
    else:
        others = real_features(model, train, extractor, num_samples, verbose)
    found = drawn(
        model, dataset, extractor, num_samples, seed, max_examples, verbose
    ).features
    count = min(len(found), len(others))
    reference = frechet.gaussian(real)
    distance, floor = (
        frechet.frechet_between(frechet.gaussian(cloud[:count]), reference)
        for cloud in (found, others)
    )
    return {
        "frechet_distance": distance,
        "frechet_distance/floor": floor,
        "frechet_distance/samples": count,
        "frechet_distance/examples": len(real),
        f"frechet_distance/extractor:{extractor.name}": extractor.feature_size,
    }


@metric("kernel_distance", needs=("sample", "spec"), default=lambda *_: False)
def kernel_distance(
    model: Any,
    dataset: Any,
    num_samples: int = 10_000,
    extractor: str | Extractor | None = None,
    max_examples: int | None = None,
    seed: int = 0,
    verbose: int = 0,
) -> dict[str, float]:
    """The kernel distance of samples to data, whose floor is 0 for any count.

    Args:
        model: with `sample` and `spec`.
        dataset: batches of `{"x", "condition"}`.
        num_samples: samples to draw, >= 4.
        extractor: as for `frechet_distance`.
        max_examples: use the first examples of `dataset` only. Default: all.
        seed: of the samples, and of the blocks.
        verbose: 1 shows progress bars.

    Returns:
        `kernel_distance`, its `/standard_error`, `/samples`, `/examples`,
        `/extractor:NAME`, the number of features.

    Reference:
        Binkowski et al., Demystifying MMD GANs, 2018.
    """
    extractor = load_extractor(extractor, model.spec)
    real = real_features(model, dataset, extractor, max_examples, verbose)
    found = drawn(
        model, dataset, extractor, num_samples, seed, max_examples, verbose
    ).features
    distance = frechet.kernel_distance(found, real, seed=seed)
    return {
        "kernel_distance": distance.value,
        "kernel_distance/standard_error": distance.standard_error,
        "kernel_distance/samples": len(found),
        "kernel_distance/examples": len(real),
        f"kernel_distance/extractor:{extractor.name}": extractor.feature_size,
    }


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
    """Which part of the samples looks real, and which part of the data is reached.

    Args:
        model: with `sample` and `spec`.
        dataset: batches of `{"x", "condition"}`.
        num_samples: samples to draw; of them and of the examples as many are used as
            there are of either.
        neighbours: k of `measures.precision_recall.precision_recall`.
        extractor: as for `frechet_distance`.
        max_examples: use the first examples of `dataset` only. Default: all.
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
    """Like `precision_recall`, but an outlier among real examples costs little.

    Args:
        model: with `sample` and `spec`.
        dataset: batches of `{"x", "condition"}`.
        num_samples: as for `precision_recall`.
        neighbours: k of `measures.precision_recall.density_coverage`.
        extractor: as for `frechet_distance`.
        max_examples: use the first examples of `dataset` only. Default: all.
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
    default=lambda model, options: model.spec.name == "gaussian_ring",
)
def mode_coverage(
    model: Any,
    dataset: Any = None,
    num_samples: int = 10_000,
    seed: int = 0,
    verbose: int = 0,
) -> dict[str, float]:
    """How many modes of the ring are reached, and how many samples lie on one.

    Args:
        model: with `sample`, of data whose modes are known: `gaussian_ring`.
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
    points = drawn(model, dataset, extractor, num_samples, seed, None, verbose).features
    found = measures.mode_coverage(points, extractor.centres, extractor.stddev)
    covered = found.pop("covered")
    return {
        "mode_coverage": covered,
        **{f"mode_coverage/{key}": value for key, value in found.items()},
    }


def _of_one_size(model, dataset, extractor, num_samples, seed, max_examples, verbose):
    """Features of as many real examples as samples, and those of the samples."""
    real = real_features(model, dataset, extractor, max_examples, verbose)
    found = drawn(
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
