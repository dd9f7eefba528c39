"""Metrics of whole clips: clarity, variety, distance from real clips, motion."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras_genmodels.evaluation.clip_sampling import (
    SAMPLES,
    Clips,
    classifier_accuracies,
    clip_classifier_for,
    real_clips,
    sample_clips,
    training_clips,
)
from keras_genmodels.evaluation.measures import frechet
from keras_genmodels.evaluation.measures.diversity import root_mean_square_distance
from keras_genmodels.evaluation.measures.video import (
    downsampled,
    jitter,
    nearest_error,
    ratio_to_real,
)
from keras_genmodels.evaluation.metrics import metric


@metric("frechet_video_distance", needs=("sample", "spec"), default=lambda *_: False)
def frechet_video_distance(
    model: Any,
    dataset: Any,
    train: Any = None,
    num_samples: int = SAMPLES,
    classifier: Any = None,
    passes: int = 4,
    seed: int = 0,
) -> dict[str, float]:
    """Measure the distance of clips from training clips, beside that of test clips.

    Features are those of the classifier of clips. As many drawn clips as test clips are
    used, since the distance falls with their number.

    Args:
        model: with `sample` and `spec`.
        dataset: batches of test clips.
        train: batches of training clips, which both are held against.
        num_samples: clips to draw, >= 2; as many are used as there are test clips.
        classifier: as for `video_inception_score`.
        passes: over `train`, whose clips begin elsewhere each time, >= 1; 4,096 clips
            are looked at at most.
        seed: of the samples.

    Returns:
        `frechet_video_distance`, its `/real`, that of the test clips, and `/ratio` of
        both, 1 for clips as real as those; `/to_test`, from the test clips; `/samples`,
        `/examples`, `/classifier:NAME/ATTRIBUTE`.

    Raises:
        ValueError: if `train` is not given, or no classifier of clips knows the data.

    Reference: Unterthiner et al., "Towards Accurate Generative Models of Video: A New
    Metric & Challenges", 2018, whose features are those of a network for human actions.
    """
    judge = clip_classifier_for(model, classifier)
    test = real_clips(model, dataset)
    found = sample_clips(model, dataset, num_samples, seed)
    learnt = frechet.gaussian(judge.features(training_clips(model, train, passes).x))
    count = min(len(found.x), len(test.x))
    ours, real = (
        frechet.gaussian(judge.features(clips.x[:count])) for clips in (found, test)
    )
    distance, floor = (frechet.frechet_between(x, learnt) for x in (ours, real))
    name = "frechet_video_distance"
    return {
        name: distance,
        f"{name}/real": floor,
        f"{name}/ratio": distance / floor,
        f"{name}/to_test": frechet.frechet_between(ours, real),
        f"{name}/samples": count,
        f"{name}/examples": learnt.count,
        **classifier_accuracies(name, judge),
    }


def _can_turn(model: Any, options: dict[str, Any]) -> bool:
    """Check whether a model makes clips of at least three frames."""
    return model.spec.is_clip and model.spec.x_shape[0] > 2


@metric("jitter", needs=("sample", "spec"), default=_can_turn)
def clip_jitter(
    model: Any, dataset: Any, num_samples: int = SAMPLES, seed: int = 0
) -> dict[str, float]:
    """Measure how much sampled clips move to and fro, over real test clips.

    A classifier of clips does not mind frames that jump: they may look the livelier.
    What is measured is the mean squared change of the change from frame to frame,
    divided by the mean squared change, of every clip.

    Args:
        model: of clips of three or more frames, with `sample` and `spec`.
        dataset: batches of test clips; the model is asked for what they show.
        num_samples: clips to draw, >= 1.
        seed: of the samples.

    Returns:
        `jitter`, the ratio of the means over clips, 1 for clips that move like real
        ones; `/drawn` and `/real`, the means, 3 for frames that have nothing to do with
        each other; `/samples`.

    Raises:
        ValueError: for clips of fewer than three frames.
    """
    if not _can_turn(model, {}):
        raise ValueError(
            "`jitter` needs clips of at least 3 frames. Received: "
            f"{model.spec.name!r} of the shape {tuple(model.spec.x_shape)}."
        )
    ours, theirs = (
        float(jitter(clips.x).mean())
        for clips in (
            sample_clips(model, dataset, num_samples, seed),
            real_clips(model, dataset),
        )
    )
    return {
        "jitter": ratio_to_real(ours, theirs),
        "jitter/drawn": ours,
        "jitter/real": theirs,
        "jitter/samples": num_samples,
    }


@metric("clip_diversity", needs=("sample", "spec"), default=lambda *_: False)
def clip_diversity(
    model: Any,
    dataset: Any,
    train: Any = None,
    num_samples: int = SAMPLES,
    passes: int = 4,
    seed: int = 0,
) -> dict[str, float]:
    """Measure how much clips of one condition differ, and whether they are copies.

    For each combination of attributes the mean distance of two drawn clips is held
    against that of two real test clips of it. Then each drawn clip is held against the
    most similar training clip, as each test clip is: a model that repeats what it saw
    is nearer.

    Args:
        model: with `sample` and `spec`.
        dataset: batches of test clips.
        train: batches of training clips; without them nothing is said of copies.
        num_samples: clips to draw, >= 2, several of each combination.
        passes: over `train`, whose clips begin elsewhere each time, >= 1; 4,096 clips
            are looked at at most.
        seed: of the samples.

    Returns:
        `clip_diversity`, the median over combinations of the ratio, 1 for real ones;
        `/worst` of them; `/combinations`, with two real and two drawn clips each;
        `/nearest`, the median distance of drawn clips to the training set, and
        `/nearest/real` of test clips, root mean squared errors at 32x32; `/copies`, the
        share of drawn clips that are nearer than all but 5 % of the test clips.
    """
    found = sample_clips(model, dataset, num_samples, seed)
    real = real_clips(model, dataset)
    ratios = _ratios(found, real)
    name = "clip_diversity"
    results = {
        name: float(np.median(ratios)),
        f"{name}/worst": float(np.min(ratios)),
        f"{name}/combinations": len(ratios),
        f"{name}/samples": num_samples,
    }
    if train is None:
        return results
    seen = downsampled(training_clips(model, train, passes).x)
    ours, usual = (
        np.sqrt(nearest_error(downsampled(clips.x), seen)) for clips in (found, real)
    )
    return {
        **results,
        f"{name}/nearest": float(np.median(ours)),
        f"{name}/nearest/real": float(np.median(usual)),
        f"{name}/copies": float(np.mean(ours < np.quantile(usual, 0.05))),
    }


def _ratios(found: Clips, real: Clips) -> list[float]:
    """Compute how much sampled clips of each combination differ, over real ones."""
    ratios = []
    for row in np.unique(real.condition, axis=0):
        parts = [x[(c == row).all(axis=1)] for x, c in (found, real)]
        if min(map(len, parts)) < 2:
            continue
        ours, theirs = (root_mean_square_distance(downsampled(part)) for part in parts)
        if theirs > 0:
            ratios.append(ours / theirs)
    if not ratios:
        raise ValueError(
            "A combination of attributes must have two test clips that differ, and two "
            f"drawn ones. Received: {len(real.x)} and {len(found.x)} clips."
        )
    return ratios
