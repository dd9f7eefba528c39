"""Metrics of the classes that a classifier reads from samples."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras_genmodels.evaluation.batches import progress
from keras_genmodels.evaluation.extractors import (
    Extractor,
    has_extractor,
    load_extractor,
)
from keras_genmodels.evaluation.measures import class_scores
from keras_genmodels.evaluation.metrics import metric
from keras_genmodels.evaluation.sampling import (
    BATCH,
    compares_with_data,
    sample_features,
)
from keras_genmodels.seeds import seed_pair


def _tells_classes(model: Any, options: dict[str, Any]) -> bool:
    """Check whether the extractor of the data reads one class, not several attributes.

    It is loaded to know: where none was made for the data, nobody asks.
    """
    judge = load_extractor(options.get("extractor"), model.spec)
    return hasattr(judge, "probabilities")


def _compared(model: Any, options: dict[str, Any]) -> bool:
    return compares_with_data(model, options) and _tells_classes(model, options)


@metric("classifier_score", needs=("sample", "spec"), default=_compared)
def classifier_score(
    model: Any,
    dataset: Any = None,
    num_samples: int = 10_000,
    extractor: str | Extractor | None = None,
    max_examples: int | None = None,
    seed: int = 0,
    verbose: int = 0,
) -> dict[str, float]:
    """Measure the Inception Score of samples, under the classifier that is named.

    From 1 to the number of classes; clear and varied samples score high.

    Args:
        model: with `sample` and `spec`.
        dataset: whose attributes are asked for, where the data have any.
        num_samples: samples to draw, >= 1.
        extractor: that reads the class, a name or an `Extractor` with `probabilities`.
            Default: that of the data set, else "inception_v3".
        max_examples: as for `frechet_distance`.
        seed: of the samples.
        verbose: 1 shows a progress bar.

    Returns:
        `classifier_score`, its `/samples`, `/classes`, and `/classifier:NAME`, the
        accuracy of the classifier on its own test data.

    Raises:
        ValueError: if the extractor tells no classes apart.

    Reference:
        Salimans et al., Improved Techniques for Training GANs, 2016. We score all
        samples at once; the paper takes the mean over ten splits.
    """
    judge = _judge(extractor, model.spec)
    p = sample_features(
        model, dataset, judge, num_samples, seed, max_examples, verbose
    ).probabilities
    return {
        "classifier_score": class_scores.inception_score(p),
        "classifier_score/samples": len(p),
        "classifier_score/classes": len(judge.classes),
        f"classifier_score/classifier:{judge.name}": judge.test_accuracy,
    }


@metric("class_coverage", needs=("sample", "spec"), default=_compared)
def class_coverage(
    model: Any,
    dataset: Any = None,
    num_samples: int = 10_000,
    extractor: str | Extractor | None = None,
    minimum: float = 0.5,
    max_examples: int | None = None,
    seed: int = 0,
    verbose: int = 0,
) -> dict[str, float]:
    """Measure the share of samples of each class, which shows dropped ones.

    Args:
        model: with `sample` and `spec`.
        dataset: whose attributes are asked for, where the data have any.
        num_samples: samples to draw, >= 1.
        extractor: as for `classifier_score`.
        minimum: a class is covered from this part of its fair share, in [0, 1].
        max_examples: as for `frechet_distance`.
        seed: of the samples.
        verbose: 1 shows a progress bar.

    Returns:
        `class_coverage`, how many classes are covered, `/classes`, `/smallest_share`
        and `/largest_share`, `/share:CLASS` of each, `/samples`, and
        `/classifier:NAME`, the accuracy of the classifier on its own test data.

    Raises:
        ValueError: if the extractor tells no classes apart, or for a bad `minimum`.
    """
    judge = _judge(extractor, model.spec)
    p = sample_features(
        model, dataset, judge, num_samples, seed, max_examples, verbose
    ).probabilities
    found = class_scores.class_coverage(p, minimum)
    shares = np.bincount(p.argmax(axis=1), minlength=len(judge.classes)) / len(p)
    name = "class_coverage"
    return {
        name: found["covered"],
        **{f"{name}/{key}": found[key] for key in list(found)[1:]},
        **{
            f"{name}/share:{one}": float(share)
            for one, share in zip(judge.classes, shares, strict=True)
        },
        f"{name}/classifier:{judge.name}": judge.test_accuracy,
    }


def _coded(model: Any, options: dict[str, Any]) -> bool:
    """Check whether there is a categorical code, and a classifier of the data."""
    judged = "extractor" in options or has_extractor(model.spec)
    coded = judged and bool(getattr(model.latent_prior, "categorical", ()))
    return coded and _tells_classes(model, options)


@metric("code_purity", needs=("generate", "prior", "latent_prior"), default=_coded)
def code_purity(
    model: Any,
    dataset: Any = None,
    num_samples: int = 10_000,
    extractor: str | Extractor | None = None,
    seed: int = 0,
    verbose: int = 0,
) -> dict[str, float]:
    """Measure how well the categorical code of a latent matches the classes.

    Samples of each value of the first code are read by a classifier.

        purity = mean over codes of the largest share of one class

    Several codes may share a class; `/matched` gives each code a class of its own.

    Args:
        model: with `generate`, `prior` and a `latent_prior` with `categorical` codes.
        dataset: not looked at; every metric is called with one.
        num_samples: samples to draw over all codes, equally often each, >= 1 a code.
        extractor: as for `classifier_score`.
        seed: of the latents.
        verbose: 1 shows a progress bar.

    Returns:
        `code_purity` in [0, 1], its `/matched`, the mean share under the best matching
        of codes and classes, one to one, `/worst_code`, `/codes`, `/samples`, and
        `/classifier:NAME`, the accuracy of the classifier on its own test data.

    Raises:
        ValueError: for a prior without a code, fewer samples than codes, or an
            extractor that tells no classes apart.

    Reference:
        Chen et al., InfoGAN: Interpretable Representation Learning by Information
        Maximizing Generative Adversarial Nets, 2016.
    """
    judge = _judge(extractor, model.spec)
    shares = _shares_of_codes(model, judge, num_samples, seed, verbose)
    largest = shares.max(axis=1)
    return {
        "code_purity": float(largest.mean()),
        "code_purity/matched": _matched(shares),
        "code_purity/worst_code": float(largest.min()),
        "code_purity/codes": len(shares),
        "code_purity/samples": num_samples,
        f"code_purity/classifier:{judge.name}": judge.test_accuracy,
    }


def _shares_of_codes(model, judge, num_samples, seed, verbose) -> np.ndarray:
    """Compute the share of each class for each value of the first code."""
    sizes = getattr(model.latent_prior, "categorical", ())
    if not sizes or num_samples < sizes[0]:
        raise ValueError(
            "`code_purity` needs a prior with a categorical code, and a sample for "
            f"each value of it. Received: codes of the sizes {list(sizes)} and "
            f"num_samples={num_samples}."
        )
    asked, read = np.arange(num_samples) % sizes[0], []
    show = progress(verbose, num_samples)
    for index, start in enumerate(range(0, num_samples, BATCH)):
        codes = asked[start : start + BATCH]
        z = model.prior().sample(len(codes), seed=seed_pair((seed, index))).numpy()
        z[:, : sizes[0]] = np.eye(sizes[0])[codes]
        read.append(judge.probabilities(model.generate(z)).argmax(axis=1))
        show(start + len(codes))
    counts = np.zeros((sizes[0], len(judge.classes)))
    np.add.at(counts, (asked, np.concatenate(read)), 1)
    return counts / counts.sum(axis=1, keepdims=True)


def _matched(shares: np.ndarray) -> float:
    from scipy.optimize import linear_sum_assignment

    pairs = linear_sum_assignment(shares, maximize=True)
    return float(shares[pairs].sum() / len(shares))


def _judge(extractor: str | Extractor | None, spec: Any) -> Any:
    """An extractor that tells classes apart."""
    judge = load_extractor(extractor, spec)
    if not hasattr(judge, "probabilities"):
        raise ValueError(
            "`extractor` must tell classes apart, with `probabilities`. "
            f"Received: {judge.name!r}."
        )
    return judge
