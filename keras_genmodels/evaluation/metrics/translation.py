"""Metrics of translators: how near the right answer, and what is kept of the source."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from keras_genmodels.evaluation import classifiers
from keras_genmodels.evaluation.batches import condition_of, named_batches
from keras_genmodels.evaluation.measures.frame_quality import similarity
from keras_genmodels.evaluation.memo import memoised
from keras_genmodels.evaluation.metrics import metric
from keras_genmodels.evaluation.metrics.attribute_control import judges_of
from keras_genmodels.evaluation.sampling import at_first_epoch

CERTAIN = 0.9  # the probability from which on a class is plain to be seen


class Translations(NamedTuple):
    """Sources, what was made of them and what is right, (n, height, width, channels).

    `labels` are the classes of each example by attribute, (n,).
    """

    source: np.ndarray
    made: np.ndarray
    truth: np.ndarray
    labels: dict[str, np.ndarray]


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
    source, truth = getattr(model, "translates", ("source", "x"))
    parts = []
    dataset = at_first_epoch(dataset)
    for place, batch in enumerate(named_batches(model, dataset, max_examples)):
        if not {source, truth} <= {*batch}:
            raise ValueError(
                f"`dataset` must have {source!r} and {truth!r}, the right answers. "
                f"Received: batches of {sorted(batch)}."
            )
        given = condition_of(model, batch)
        made = model.translate(batch[source], given, seed=(seed, place))
        labels = batch["condition"]
        if truth == "truth":
            labels = batch.get("truth_condition", labels)
        parts.append((batch[source], np.asarray(made), batch[truth], labels))
    *pictures, condition = map(np.concatenate, zip(*parts, strict=True))
    return Translations(*pictures, model.spec.labels(condition))


@metric("translation_error", needs=("translate", "spec"))
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
        `translation_error`, the mean absolute error of a pixel; `/psnr` in dB and
        `/ssim`, means over pictures; of sources that have the shape of x each of them
        for the sources as they are, `/of_source`; `/examples`.
    """
    found, name = translations(model, dataset, max_examples, seed), "translation_error"
    results = _errors(name, found.made, found.truth)
    if found.source.shape == found.truth.shape:
        left = _errors(name, found.source, found.truth)
        results |= {f"{key}/of_source": value for key, value in left.items()}
    return {**results, f"{name}/examples": len(found.made)}


def _errors(name: str, made: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Measure the mean error, and likeness in decibels and of structure."""
    shown = {
        kind: similarity(kind, made[:, None], truth[:, None])
        for kind in ("psnr", "ssim")
    }
    return {
        name: float(np.abs(made - truth).mean()),
        **{f"{name}/{kind}": float(values.mean()) for kind, values in shown.items()},
    }


def _is_read(model: Any, options: dict[str, Any]) -> bool:
    return "classifier" in options or model.spec.name in classifiers.names()


@metric("attributes_kept", needs=("translate", "spec"), default=_is_read)
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
    pictures whose likeliest class has a probability of 0.9 or more.

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
        plain to be seen; each also for the right answers, `/real`; `/examples`.

    Raises:
        ValueError: if the data have no attributes, or no classifier knows them.
    """
    judges = judges_of(model.spec, classifier)
    found, name = translations(model, dataset, max_examples, seed), "attributes_kept"
    results = {}
    for suffix, pictures in (("", found.made), ("/real", found.truth)):
        for attribute, judge in judges.items():
            p = judge.probabilities(pictures)
            right = p.argmax(axis=1) == found.labels[attribute]
            results[f"{name}/{attribute}{suffix}"] = float(right.mean())
            certain = (p.max(axis=1) >= CERTAIN).mean()
            results[f"{name}/{attribute}/certain{suffix}"] = float(certain)
    mean = np.mean([results[f"{name}/{attribute}"] for attribute in judges])
    return {name: float(mean), **results, f"{name}/examples": len(found.made)}
