"""What can be measured of clips as arrays: pure functions, arrays in, numbers out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from keras_genmodels.evaluation.measures.feature_vectors import squared_distances

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
SIDE = 32  # pixels, at which frames are held against each other


def joint_probabilities(parts: Sequence[np.ndarray]) -> np.ndarray:
    """The probabilities of all combinations of independent classes.

    Args:
        parts: (n, classes) of each attribute, rows that sum to 1.

    Returns:
        (n, product of the classes), the last attribute running fastest.

    Example:
        >>> joint_probabilities([np.array([[0.5, 0.5]]), np.array([[1.0, 0.0]])])
        array([[0.5, 0. , 0.5, 0. ]])
    """
    joint = np.ones((len(parts[0]), 1))
    for part in parts:
        joint = (joint[:, :, None] * part[:, None, :]).reshape(len(joint), -1)
    return joint


def sharpness(frames: np.ndarray) -> np.ndarray:
    """The variance of the grey frame's Laplacian, (n,): 0 of what has no edges.

    Args:
        frames: (n, height, width, channels), with 1 or 3 channels.

    Example:
        >>> sharpness(np.full((1, 8, 8, 3), 0.5)).tolist()
        [0.0]

    Reference: Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy",
    2000.
    """
    frames = np.asarray(frames, np.float32)
    grey = frames @ LUMA if frames.shape[-1] == 3 else frames[..., 0]
    wide = np.pad(grey, ((0, 0), (1, 1), (1, 1)), "edge")
    vertical = wide[:, :-2, 1:-1] + wide[:, 2:, 1:-1]
    horizontal = wide[:, 1:-1, :-2] + wide[:, 1:-1, 2:]
    return np.var(vertical + horizontal - 4 * grey, axis=(1, 2))


def jitter(clips: np.ndarray) -> np.ndarray:
    """How much of each clip's motion is to and fro, (n,).

        sum over t of |x_t+1 - 2 x_t + x_t-1|**2 / sum over t of |x_t+1 - x_t|**2

    both as means over t. It is near 0 for what moves steadily, 3 for frames that have
    nothing to do with each other, 4 for two frames in turn, and 0 of what stands still.

    Args:
        clips: (n, time, ...), with a time of 3 or more.

    Example:
        >>> jitter(np.array([[0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 0.0, 1.0]])).tolist()
        [0.0, 4.0]
    """
    motion, turn = (  # clip by clip: thousands do not fit into memory as float64
        np.array(
            [np.square(np.diff(np.float64(clip), n, axis=0)).mean() for clip in clips]
        )
        for n in (1, 2)
    )
    return np.divide(turn, motion, out=np.zeros_like(turn), where=motion > 0)


def share(ours: float, theirs: float) -> float:
    """`ours` as a share of what real clips have; of nothing, all or none.

    Example:
        >>> share(1.0, 4.0), share(0.0, 0.0), share(1.0, 0.0)
        (0.25, 1.0, 0.0)
    """
    return ours / theirs if theirs else float(ours == 0)


def nearest_error(frames: np.ndarray, references: np.ndarray) -> np.ndarray:
    """The mean squared error to the most similar reference, (n,).

    Args:
        frames: (n, ...).
        references: (m, ...), of the same shape otherwise.

    Example:
        >>> nearest_error(np.array([[0.0, 2.0]]), np.array([[0.0, 0.0], [1.0, 1.0]]))
        array([1.])
    """
    a, b = (np.asarray(x, np.float64).reshape(len(x), -1) for x in (frames, references))
    return squared_distances(a, b).min(axis=1) / a.shape[1]


def reduced(frames: np.ndarray, side: int = SIDE) -> np.ndarray:
    """Frames averaged down to `side` pixels, or as they are where they do not divide.

    Args:
        frames: (..., height, width, channels).
        side: wanted height and width.
    """
    *leading, height, width, channels = frames.shape
    rows, columns = height // side, width // side
    if height != rows * side or width != columns * side or not rows:
        return frames
    blocks = frames.reshape(*leading, side, rows, side, columns, channels)
    return blocks.mean(axis=(-4, -2))


def pairwise_distance(clips: np.ndarray) -> float:
    """The mean root mean squared difference of two different clips.

    Args:
        clips: (n, ...), n >= 2.

    Example:
        >>> pairwise_distance(np.array([[0.0, 0.0], [1.0, 1.0]]))
        1.0
    """
    flat = np.asarray(clips, np.float64).reshape(len(clips), -1)
    distances = np.sqrt(squared_distances(flat, flat) / flat.shape[1])
    np.fill_diagonal(distances, 0.0)
    return float(distances.sum() / (len(flat) * (len(flat) - 1)))
