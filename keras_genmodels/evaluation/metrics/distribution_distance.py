"""Metrics of the distance between samples and data, as distributions of features."""

from __future__ import annotations

from typing import Any

from keras_genmodels.evaluation.extractors import Extractor, load_extractor
from keras_genmodels.evaluation.measures import frechet
from keras_genmodels.evaluation.measures import kernel_distance as kernel
from keras_genmodels.evaluation.metrics import metric
from keras_genmodels.evaluation.sampling import (
    compares_with_data,
    real_features,
    sample_features,
)


@metric("frechet_distance", needs=("sample", "spec"), default=compares_with_data)
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
    """Measure the Frechet distance of samples to data, beside that of data to data.

    The distance falls with the number of examples and depends on the extractor, so the
    floor is measured with the same counts by the same extractor: other real examples
    in place of the samples. They come from the training split, or, if it is not given,
    every second example is held against the others.

    Args:
        model: with `sample` and `spec`.
        dataset: batches of `{"x", "condition"}` that samples should look like.
        train: other batches of the same distribution, for the floor.
        num_samples: samples to draw, >= 2; as many are used as there are real examples
            for the floor.
        extractor: of the features, a name or an `Extractor`. Default: that of the data
            set, else "inception_v3".
        max_examples: use the first examples of `dataset` only, >= 1. Default: all.
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
    found = sample_features(
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
    """Measure the kernel distance of samples to data, whose floor is 0 for any count.

    Args:
        model: with `sample` and `spec`.
        dataset: batches of `{"x", "condition"}`.
        num_samples: samples to draw, >= 4.
        extractor: as for `frechet_distance`.
        max_examples: use the first examples of `dataset` only, >= 1. Default: all.
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
    found = sample_features(
        model, dataset, extractor, num_samples, seed, max_examples, verbose
    ).features
    distance = kernel.kernel_distance(found, real, seed=seed)
    return {
        "kernel_distance": distance.value,
        "kernel_distance/standard_error": distance.standard_error,
        "kernel_distance/samples": len(found),
        "kernel_distance/examples": len(real),
        f"kernel_distance/extractor:{extractor.name}": extractor.feature_size,
    }
