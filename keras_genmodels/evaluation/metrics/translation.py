"""Metrics of translators: how near the right answer, and what is kept of the source."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from keras_genmodels.evaluation.batches import Condition, condition_of, named_batches
from keras_genmodels.evaluation.measures.frame_quality import similarity
from keras_genmodels.evaluation.memo import memoised
from keras_genmodels.evaluation.metrics import metric
from keras_genmodels.evaluation.metrics.attribute_control import is_judged, judges_of
from keras_genmodels.evaluation.sampling import at_first_epoch

CERTAIN = 0.9  # the probability from which on a class is plain to be seen
SSIM_WINDOW = 11  # pixels
MOST_DECIBELS = 100.0  # of a picture that has no error


class Translations(NamedTuple):
    """Sources, what was made of them and what is right, pictures or clips, (n, ...).

    `labels` are the classes of each example by attribute, (n,).
    """

    source: np.ndarray
    made: np.ndarray
    truth: np.ndarray
    labels: dict[str, np.ndarray]


def seeded_batches(
    model: Any, dataset: Any, max_examples: int | None, seed: int
) -> Iterator[tuple[dict[str, np.ndarray], Condition, tuple[int, int]]]:
    """Iterate over batches, what a translator takes as their condition, and seeds.

    Args:
        model: with `spec`.
        dataset: batches of named tensors; its first epoch is read.
        max_examples: the first examples only, >= 1; None for all.
        seed: that of a batch is (seed, its number).
    """
    dataset = at_first_epoch(dataset)
    for place, batch in enumerate(named_batches(model, dataset, max_examples)):
        yield batch, condition_of(model, batch), (seed, place)


def _ends(model: Any) -> tuple[str, str]:
    """The names of what a model translates, and of the right answer."""
    return getattr(model, "translates", ("source", "x"))


def has_answers(model: Any, options: dict[str, Any]) -> bool:
    """Check whether the data of a translator of pictures have the right answers.

    Those of two domains do where they are known, as of a set of drawn pictures.
    """
    return model.spec.kind != "tokens" and {*_ends(model)} <= {*model.spec.shapes}


@memoised
def translations(
    model: Any, dataset: Any, max_examples: int | None = None, seed: int = 0
) -> Translations:
    """Translate the sources of a data set.

    Args:
        model: with `translate` and `spec`.
        dataset: batches with what the model's `translates` names: what it is given, and
            the right answer; by default "source" and "x". Between two domains "truth"
            is what x is in the domain y.
        max_examples: the first examples only, >= 1. Default: all.
        seed: of the translator's noise.

    Raises:
        ValueError: for batches without the right answers.
    """
    source, truth = _ends(model)
    parts = []
    for batch, given, noise in seeded_batches(model, dataset, max_examples, seed):
        if not {source, truth} <= {*batch}:
            raise ValueError(
                f"`dataset` must have {source!r} and {truth!r}, the right answers. "
                f"Received: batches of {sorted(batch)}."
            )
        made = model.translate(batch[source], given, seed=noise)
        labels = batch["condition"]
        if truth == "truth":
            labels = batch.get("truth_condition", labels)
        parts.append((batch[source], np.asarray(made), batch[truth], labels))
    *pictures, condition = map(np.concatenate, zip(*parts, strict=True))
    return Translations(*pictures, model.spec.labels(condition))


@metric("translation_error", needs=("translate", "spec"), default=has_answers)
def translation_error(
    model: Any, dataset: Any, max_examples: int | None = None, seed: int = 0
) -> dict[str, float]:
    """Measure how far translations are from the right answers.

    Args:
        model: with `translate`.
        dataset: as for `translations`.
        max_examples: the first examples only, >= 1. Default: all.
        seed: of the translator's noise.

    Returns:
        `translation_error`, the mean absolute error of a pixel; `/of_source` the same
        of the sources as they are, where they have the shape of x; `/examples`.
    """
    found = translations(model, dataset, max_examples, seed)
    return _compared("translation_error", found, _mean_errors)


@metric("psnr", needs=("translate", "spec"), default=has_answers)
def psnr(
    model: Any, dataset: Any, max_examples: int | None = None, seed: int = 0
) -> dict[str, float]:
    """Measure the peak signal-to-noise ratio of translations, -10 log10 of the error.

    The error of a picture is the mean square over its pixels and channels, which are in
    [0, 1], so that the peak is 1; the mean is taken over the ratios of the pictures. A
    picture without an error would have an infinite one: it counts as 100 dB, some
    40 dB above what rounding to 8 bits leaves.

    Args:
        model: with `translate`.
        dataset: batches with "source", of which x is the right answer.
        max_examples: the first examples only, >= 1. Default: all.
        seed: of the translator's noise.

    Returns:
        `psnr`, the mean over the pictures in dB, larger is nearer; `/of_source` the
        same of the sources as they are, where they have the shape of x; `/examples`.
    """
    found = translations(model, dataset, max_examples, seed)
    return _compared("psnr", found, ratios)


def _has_room(model: Any) -> bool:
    return model.spec.is_image and min(model.spec.x_shape[:2]) >= SSIM_WINDOW


def _is_comparable(model: Any, options: dict[str, Any]) -> bool:
    return _has_room(model) and has_answers(model, options)


@metric("ssim", needs=("translate", "spec"), default=_is_comparable)
def ssim(
    model: Any, dataset: Any, max_examples: int | None = None, seed: int = 0
) -> dict[str, float]:
    """Measure the structural similarity of translations to the right answers.

    Args:
        model: with `translate`, of pictures of at least 11x11 pixels.
        dataset: batches with "source", of which x is the right answer.
        max_examples: the first examples only, >= 1. Default: all.
        seed: of the translator's noise.

    Returns:
        `ssim`, the mean over the pictures, at most 1; `/of_source` the same of the
        sources as they are, where they have the shape of x; `/examples`.

    Raises:
        ValueError: for smaller pictures.

    Reference: Wang et al., "Image Quality Assessment: From Error Visibility to
    Structural Similarity", 2004, with its window of 11 pixels; channels are averaged.
    """
    if not _has_room(model):
        raise ValueError(
            f"`ssim` needs pictures of at least {SSIM_WINDOW} pixels on a side. "
            f"Received: {model.spec.name!r} of the shape {tuple(model.spec.x_shape)}."
        )
    found = translations(model, dataset, max_examples, seed)
    return _compared("ssim", found, functools.partial(_similarities, "ssim"))


def _compared(
    name: str, found: Translations, measure: Callable[..., np.ndarray]
) -> dict[str, float]:
    """Take the mean of a measure of what was made, and of the source if it fits."""
    results = {name: float(measure(found.made, found.truth).mean())}
    if found.source.shape == found.truth.shape:
        left = measure(found.source, found.truth).mean()
        results[f"{name}/of_source"] = float(left)
    return {**results, f"{name}/examples": len(found.made)}


def _mean_errors(pictures: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Compute the mean absolute error of each picture or clip, (n,)."""
    return np.abs(pictures - truth).mean(axis=tuple(range(1, truth.ndim)))


def ratios(pictures: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Compute the signal-to-noise ratio of each picture in dB, (n,).

    Args:
        pictures: (n, height, width, channels) in [0, 1], or clips, (n, time, height,
            width, channels), of which the mean over the frames is taken.
        truth: what they should be, of the same shape; without an error: 100 dB.
    """
    return _similarities("psnr", pictures, truth, MOST_DECIBELS)


def _similarities(
    kind: str, pictures: np.ndarray, truth: np.ndarray, most: float = 1.0
) -> np.ndarray:
    """Compare each picture, as a clip of one frame, with its truth, (n,)."""
    if pictures.ndim == 4:
        pictures, truth = pictures[:, None], truth[:, None]
    return np.minimum(similarity(kind, pictures, truth), most).mean(axis=1)


def _is_readable(model: Any, options: dict[str, Any]) -> bool:
    return is_judged(model, options) and has_answers(model, options)


@metric("attributes_kept", needs=("translate", "spec"), default=_is_readable)
def attributes_kept(
    model: Any,
    dataset: Any,
    classifier: Any = None,
    max_examples: int | None = None,
    seed: int = 0,
) -> dict[str, float]:
    """Measure the share of translations that show the attributes of their example.

    What a source does not tell, such as a colour that is not in its edges, can only be
    guessed; whether a guess is plain to be seen, and no mixture, is the share of
    pictures whose likeliest class has a probability of 0.9 or more. Of a turn, an
    attribute whose classes are degrees at even distances all the way round, the class
    next to the right one is nearly right.

    Args:
        model: with `translate`, of data with attributes.
        dataset: as for `translations`; "truth_condition", where batches have it, says
            what the right answers show.
        classifier: as for `control_accuracy`.
        max_examples: the first examples only, >= 1. Default: all.
        seed: of the translator's noise.

    Returns:
        `attributes_kept`, the mean over the attributes; of each attribute `/NAME`, the
        share that is read as the example's, and `/NAME/certain`, the share that is
        plain to be seen, and of a turn `/NAME/within_a_step`, the share that is read as
        the example's class or one beside it; each also for the right answers, `/real`;
        `/examples`.

    Raises:
        ValueError: if the data have no attributes, or no classifier knows them.
    """
    judges = judges_of(model.spec, classifier)
    found, name = translations(model, dataset, max_examples, seed), "attributes_kept"
    results = {}
    for suffix, pictures in (("", found.made), ("/real", found.truth)):
        for attribute, judge in judges.items():
            p = judge.probabilities(pictures)
            away = (p.argmax(axis=1) - found.labels[attribute]) % p.shape[1]
            shares = {"": away == 0, "/certain": p.max(axis=1) >= CERTAIN}
            if _is_turn(judge.classes):
                shares["/within_a_step"] = np.isin(away, (0, 1, p.shape[1] - 1))
            for key, share in shares.items():
                results[f"{name}/{attribute}{key}{suffix}"] = float(share.mean())
    mean = np.mean([results[f"{name}/{attribute}"] for attribute in judges])
    return {name: float(mean), **results, f"{name}/examples": len(found.made)}


def _is_turn(classes: tuple[str, ...]) -> bool:
    """Check whether classes are degrees at even distances all the way round."""
    steps = np.arange(len(classes)) * 360 / len(classes)
    return len(classes) > 3 and list(classes) == [str(round(step)) for step in steps]
