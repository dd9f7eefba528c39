"""The I-Score of clips: clear ones of all kinds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_genmodels.evaluation.clip_sampling import (
    SAMPLES,
    classifier_accuracies,
    clip_classifier_for,
    has_clip_classifier,
    real_clips,
    sample_clips,
)
from keras_genmodels.evaluation.measures import class_scores
from keras_genmodels.evaluation.measures.video import ratio_to_real
from keras_genmodels.evaluation.metrics import metric

_NAME = "video_inception_score"


@metric("video_inception_score", needs=("sample", "spec"), default=has_clip_classifier)
def video_score(
    model: Any,
    dataset: Any,
    train: Any = None,
    num_samples: int = SAMPLES,
    classifier: Any = None,
    attributes: Sequence[str] | None = None,
    seed: int = 0,
) -> dict[str, float]:
    """Measure the I-Score: every clip is clear, and all kinds of clips occur.

        exp(inter-entropy - intra-entropy)

    Classes are the combinations of the attributes. The model is asked for what the test
    clips show, the first of them if fewer are drawn, so that both have the same mix of
    classes. Neither they nor training clips are a bound: a classifier is surer of clips
    like those that it was trained on, and those of a model may be more typical still.

    Args:
        model: with `sample` and `spec`.
        dataset: batches of test clips.
        train: batches of training clips, of which as many are read. Default: none.
        num_samples: clips to draw, >= 1.
        classifier: a `ClipClassifier` or the name of a bundled one. Default: that of
            the data set.
        attributes: whose combinations are the classes. Default: all that it reads.
        seed: of the samples.

    Returns:
        `video_inception_score`, `/intra_entropy` and `/inter_entropy` in nats; of each
        `/real_test`, that of the test clips, and `/share_of_real_test`, and likewise
        `/real_train` and `/share_of_real_train`; `/classes`, `/samples`, `/examples`,
        `/classifier:NAME/ATTRIBUTE`, its test accuracy.

    Raises:
        ValueError: if no classifier of clips knows the data, or for an attribute that
            it does not read.

    Reference: He, Lehrmann, Marino, Mori, Sigal, "Probabilistic Video Generation using
    Holistic Attribute Control", ECCV 2018. Salimans et al., 2016, for images.
    """
    judge = clip_classifier_for(model, classifier)
    found = sample_clips(model, dataset, num_samples, seed)
    shown = real_clips(model, dataset).x[:num_samples]
    real = {"test": shown}
    if train is not None:
        real["train"] = real_clips(model, train, most=len(shown)).x
    ours = _scores(judge, found.x, attributes)
    held_against = {}
    for split, x in real.items():
        for part, value in _scores(judge, x, attributes).items():
            share = ratio_to_real(ours[part], value)
            held_against[f"{part}/real_{split}"] = value
            held_against[f"{part}/share_of_real_{split}"] = share
    return {
        **ours,
        **held_against,
        f"{_NAME}/classes": _classes(judge, attributes),
        f"{_NAME}/samples": num_samples,
        f"{_NAME}/examples": len(shown),
        **classifier_accuracies(_NAME, judge),
    }


def _scores(judge, x: np.ndarray, attributes) -> dict[str, float]:
    """Compute the score and the two entropies that it is made of."""
    read = judge.read(x)
    p = class_scores.joint_probabilities(
        [read[name] for name in _chosen(judge, attributes)]
    )
    return {
        _NAME: class_scores.video_inception_score(p),
        f"{_NAME}/intra_entropy": class_scores.intra_entropy(p),
        f"{_NAME}/inter_entropy": class_scores.inter_entropy(p),
    }


def _chosen(judge, attributes) -> list[str]:
    known = [a.name for a in judge.attributes]
    wrong = [name for name in attributes or () if name not in known]
    if wrong:
        raise ValueError(
            f"`attributes` must be among {known}, which {judge.name!r} reads. "
            f"Received: {wrong}."
        )
    return list(attributes or known)


def _classes(judge, attributes) -> int:
    chosen = _chosen(judge, attributes)
    return int(np.prod([len(a.classes) for a in judge.attributes if a.name in chosen]))
