"""Quality of single frames: their sharpness, and PSNR and SSIM against a reference."""

from __future__ import annotations

import numpy as np

_TOGETHER = 256  # frames that are compared in one call
LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def laplacian_variance(frames: np.ndarray) -> np.ndarray:
    """The variance of the grey frame's Laplacian, (n,): 0 of what has no edges.

    Args:
        frames: (n, height, width, channels), with 1 or 3 channels.

    Example:
        >>> laplacian_variance(np.full((1, 8, 8, 3), 0.5)).tolist()
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


def similarity(kind: str, clips: np.ndarray, references: np.ndarray) -> np.ndarray:
    """Compare every frame with its reference, (clips, time).

    SSIM's window has 11 pixels, of smaller frames as many as fit.

    Args:
        kind: "psnr", in dB, or "ssim", at most 1.
        clips: (clips, time, height, width, channels) in [0, 1].
        references: of the same shape.

    Raises:
        ValueError: for another shape.

    Reference: Wang et al., "Image Quality Assessment: From Error Visibility to
    Structural Similarity", 2004 (SSIM).
    """
    import tensorflow as tf

    if np.shape(clips) != np.shape(references):
        raise ValueError(
            "`references` must have the shape of `clips`, "
            f"{np.shape(clips)}. Received: {np.shape(references)}."
        )
    window = min(11, *clips.shape[2:4])
    options = {"filter_size": window} if kind == "ssim" else {}
    measure = getattr(tf.image, kind)
    pairs = [
        np.asarray(x, np.float32).reshape(-1, *clips.shape[2:])
        for x in (clips, references)
    ]
    found = [
        np.asarray(
            measure(*(x[start : start + _TOGETHER] for x in pairs), 1.0, **options)
        )
        for start in range(0, len(pairs[0]), _TOGETHER)
    ]
    return np.concatenate(found).reshape(clips.shape[:2])
