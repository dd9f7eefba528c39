"""Metrics of models that continue a frame: prediction errors and partial control."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras_genmodels.evaluation.clip_sampling import (
    classifier_accuracies,
    clip_classifier_for,
    has_clip_classifier,
    real_clips,
)
from keras_genmodels.evaluation.measures.frame_quality import similarity
from keras_genmodels.evaluation.metrics import metric

_AT_ONCE = 32  # clips that a model makes at a time


@metric(
    "prediction_error", needs=("continue_from", "spec"), default=has_clip_classifier
)
def prediction_error(
    model: Any, dataset: Any, max_examples: int | None = None, seed: int = 0
) -> dict[str, float]:
    """Measure how well a clip is predicted from its first frame and its attributes.

    One continuation is drawn for each test clip and held against what really came; a
    motion whose phase the first frame does not show cannot be foretold exactly.

    Args:
        model: with `continue_from` and `spec`.
        dataset: batches of test clips.
        max_examples: the first clips only, >= 1. Default: all.
        seed: of the continuations.

    Returns:
        `prediction_error`, the mean squared error of the frames after the first;
        `/psnr` in dB and `/ssim` of the same; `/mse:T`, `/psnr:T` and `/ssim:T` of
        frame T, 0 being the reconstruction of the one that is given; `/examples`.

    Reference: Wang et al., "Image Quality Assessment: From Error Visibility to
    Structural Similarity", 2004 (SSIM).
    """
    real = real_clips(model, dataset)
    x, condition = real.x[:max_examples], real.condition[:max_examples]
    found = _continued(model, x, condition, seed)
    by_frame = {
        "mse": np.mean(np.square(found - x), axis=(2, 3, 4)),
        "psnr": similarity("psnr", found, x),
        "ssim": similarity("ssim", found, x),
    }  # (clips, time) each
    name, later = "prediction_error", slice(1, None)
    return {
        name: float(by_frame["mse"][:, later].mean()),
        f"{name}/psnr": float(by_frame["psnr"][:, later].mean()),
        f"{name}/ssim": float(by_frame["ssim"][:, later].mean()),
        **{
            f"{name}/{key}:{t}": float(value)
            for key, values in by_frame.items()
            for t, value in enumerate(values.mean(axis=0))
        },
        f"{name}/examples": len(x),
    }


@metric(
    "continuation",
    needs=("continue_from", "infer_attributes", "spec"),
    default=lambda *_: False,
)
def continuation(
    model: Any,
    dataset: Any,
    attribute: str | None = None,
    classifier: Any = None,
    max_examples: int | None = None,
    seed: int = 0,
) -> dict[str, float]:
    """Measure partial control: one attribute is asked for, the rest inferred.

    Each test clip's first frame is continued with another class of the attribute than
    the frame's own, the classes in turn. What comes is read by a classifier: the
    attribute should be the one that was asked for, the others the frame's own.

    Args:
        model: with `continue_from`, `infer_attributes` and `spec`.
        dataset: batches of test clips.
        attribute: that is asked for. Default: the first.
        classifier: as for `video_inception_score`.
        max_examples: the first clips only, >= 1. Default: all.
        seed: of the continuations.

    Returns:
        `continuation`, the share of clips that show the class asked for; `/kept:NAME`,
        the share that keeps each other attribute; `/inferred:NAME`, the share of first
        frames of which it is inferred right; `/psnr`, the mean over clips of frame 0
        against the frame given, in dB, and `/psnr/worst`; `/examples`.

    Raises:
        ValueError: for an attribute that the data do not have, or without a classifier.
    """
    judge, spec = clip_classifier_for(model, classifier), model.spec
    real = real_clips(model, dataset)
    x, condition = real.x[:max_examples], real.condition[:max_examples]
    changed = spec.attributes[spec.position(attribute) if attribute else 0]
    labels = spec.labels(condition)
    wanted = _others(labels[changed.name], len(changed.classes))
    target = np.zeros_like(condition)
    target[np.arange(len(target)), changed.start + wanted] = 1.0
    found = _continued(model, x, target, seed)
    read = {key: p.argmax(axis=1) for key, p in judge.read(found).items()}
    inferred = model.infer_attributes(x[:, 0])
    inferred = {key: np.argmax(inferred[key], axis=1) for key in labels}
    psnr = similarity("psnr", found[:, :1], x[:, :1])
    name, others = "continuation", [key for key in labels if key != changed.name]
    return {
        name: float(np.mean(read[changed.name] == wanted)),
        **_shares(f"{name}/inferred", inferred, labels, labels),
        **_shares(f"{name}/kept", read, labels, others),
        f"{name}/psnr": float(psnr.mean()),
        f"{name}/psnr/worst": float(psnr.min()),
        f"{name}/examples": len(x),
        **classifier_accuracies(name, judge),
    }


def _shares(name, found, labels, keys) -> dict[str, float]:
    """Compute the share of clips that have their own class, of some attributes."""
    return {f"{name}:{k}": float(np.mean(found[k] == labels[k])) for k in keys}


def _others(own: np.ndarray, classes: int) -> np.ndarray:
    """Choose another class for each, all distances in turn."""
    steps = 1 + np.arange(len(own)) % max(1, classes - 1)
    return (own + steps) % classes


def _continued(model, x, condition, seed) -> np.ndarray:
    """Continue the first frame of every clip, as long as the clip."""
    parts = [
        np.asarray(
            model.continue_from(
                x[i : i + _AT_ONCE, 0],
                condition[i : i + _AT_ONCE],
                num_frames=x.shape[1],
                seed=(seed, i),
            )
        )
        for i in range(0, len(x), _AT_ONCE)
    ]
    return np.concatenate(parts)
