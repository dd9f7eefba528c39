"""Motion of clips, and their errors against other clips."""

from __future__ import annotations

import numpy as np

from keras_genmodels.evaluation.measures.feature_vectors import squared_distances

SIDE = 32  # pixels, at which frames are held against each other


def jitter(clips: np.ndarray) -> np.ndarray:
    """Compute how much of each clip's motion is to and fro, (n,).

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


def ratio_to_real(ours: float, theirs: float) -> float:
    """Compute `ours` as a share of what real clips have; of nothing, all or none.

    Example:
        >>> ratio_to_real(1.0, 4.0), ratio_to_real(0.0, 0.0), ratio_to_real(1.0, 0.0)
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


def downsampled(frames: np.ndarray, side: int = SIDE) -> np.ndarray:
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
