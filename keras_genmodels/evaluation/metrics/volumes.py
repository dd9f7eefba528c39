"""Metrics of models of volumes: whether they hold together, and are the right ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import ndimage

from keras_genmodels.evaluation.batches import condition_of, named_batches
from keras_genmodels.evaluation.metrics import metric
from keras_genmodels.evaluation.metrics.linear_probe import given_train
from keras_genmodels.evaluation.sampling import at_first_epoch, sample_batches

FILLED = 0.5  # a voxel above it is filled
WHOLE = 0.99  # the share of a volume's voxels from which on its largest piece is all


def _samples_volumes(model: Any, options: dict[str, Any]) -> bool:
    return model.spec.kind == "volume" and hasattr(model, "sample")


@metric("largest_piece", needs=("sample", "spec"), default=_samples_volumes)
def largest_piece(
    model: Any,
    dataset: Any = None,
    num_samples: int = 1000,
    seed: int = 0,
    batch_size: int = 100,
) -> dict[str, float]:
    """Measure whether sampled volumes are one piece, and no cloud of voxels.

    Pieces are voxels above 0.5 that share a face.

    Args:
        model: with `sample`, of volumes of one channel.
        dataset: is not read.
        num_samples: how many, >= 1.
        seed: of the samples.
        batch_size: samples at a time, >= 1.

    Returns:
        `largest_piece`, the mean share of a sample's voxels that lie in its largest
        piece, 0 of an empty one; `/whole`, the share of samples in which that is 0.99
        or more; `/filled`, the mean share of voxels that are filled; `/samples`.

    Raises:
        ValueError: for data that are no volumes.
    """
    if model.spec.kind != "volume":
        raise ValueError(
            "`largest_piece` needs a model of volumes. "
            f"Received: {model.spec.name!r}, of the kind {model.spec.kind!r}."
        )
    shares, filled = [], []
    for x in sample_batches(model, num_samples, None, seed, batch_size):
        for volume in np.asarray(x)[..., 0] > FILLED:
            pieces, count = ndimage.label(volume)
            sizes = np.bincount(pieces.ravel())[1:] if count else np.zeros(1)
            shares.append(sizes.max() / max(1, volume.sum()))
            filled.append(volume.mean())
    return {
        "largest_piece": float(np.mean(shares)),
        "largest_piece/whole": float(np.mean(np.array(shares) >= WHOLE)),
        "largest_piece/filled": float(np.mean(filled)),
        "largest_piece/samples": num_samples,
    }


def _finds_volumes(model: Any, options: dict[str, Any]) -> bool:
    seen = "source" in getattr(model, "batch_tensors", ())
    return model.spec.kind == "volume" and seen and hasattr(model, "reconstruct")


@metric("voxel_overlap", needs=("reconstruct", "spec"), default=_finds_volumes)
def voxel_overlap(
    model: Any, dataset: Any, train: Any = None, max_examples: int | None = None
) -> dict[str, float]:
    """Measure how far volumes that were found from pictures are the right ones.

    Args:
        model: whose `reconstruct` makes volumes of the pictures "source".
        dataset: batches with "source", of which x are the volumes.
        train: the same of the training split. With it the volume of the training
            picture that is most alike stands beside the model's.
        max_examples: the first examples only, >= 1. Default: all.

    Returns:
        `voxel_overlap`, the mean over the examples of intersection over union of the
        voxels above 0.5; `/nearest`, the same of the training volume whose picture has
        the least squared distance; `/examples`.

    Raises:
        ValueError: for a model that finds no volumes.
    """
    if not _finds_volumes(model, {}):
        raise ValueError(
            "`voxel_overlap` needs a model that finds volumes from 'source'. "
            f"Received: {type(model).__name__} of {model.spec.name!r}."
        )
    dataset, found, truth, sources = at_first_epoch(dataset), [], [], []
    for batch in named_batches(model, dataset, max_examples):
        given = condition_of(model, batch)
        found.append(np.asarray(model.reconstruct(given, given)) > FILLED)
        truth.append(batch["x"] > FILLED)
        sources.append(batch["source"])
    truth = np.concatenate(truth)
    results = {"voxel_overlap": float(_overlap(np.concatenate(found), truth).mean())}
    if train is not None:
        nearest = _nearest(model, train, np.concatenate(sources))
        results["voxel_overlap/nearest"] = float(_overlap(nearest, truth).mean())
    return {**results, "voxel_overlap/examples": len(truth)}


def _overlap(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Intersection over union of boolean volumes, (n,); 1 of two empty ones."""
    axes = tuple(range(1, found.ndim))
    both, either = (found & truth).sum(axes), (found | truth).sum(axes)
    return np.where(either > 0, both / np.maximum(either, 1), 1.0)


def _nearest(model: Any, train: Any, sources: np.ndarray) -> np.ndarray:
    """The volumes of the training pictures that are most like these."""
    train = at_first_epoch(given_train(train, "the nearest pictures"))
    batches = [*named_batches(model, train)]
    known = _flat(np.concatenate([batch["source"] for batch in batches]))
    volumes = np.concatenate([batch["x"] > FILLED for batch in batches])
    squares = (known**2).sum(axis=1)
    distance = squares - 2 * _flat(sources) @ known.T
    return volumes[distance.argmin(axis=1)]


def _flat(pictures: np.ndarray) -> np.ndarray:
    return pictures.reshape(len(pictures), -1)
