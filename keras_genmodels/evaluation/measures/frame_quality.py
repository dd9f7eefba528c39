"""Quality of single frames: their sharpness, and PSNR and SSIM against a reference."""

from __future__ import annotations

import numpy as np

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

    Reference: Wang et al., "Image Quality Assessment: From Error Visibility to
    Structural Similarity", 2004 (SSIM).
    """
    import tensorflow as tf

    window = min(11, *clips.shape[2:4])
    options = {"filter_size": window} if kind == "ssim" else {}
    measure = getattr(tf.image, kind)
    rows = [
        np.asarray(measure(clip, reference, 1.0, **options))
        for clip, reference in zip(
            np.asarray(clips, np.float32),
            np.asarray(references, np.float32),
            strict=True,
        )
    ]
    return np.stack(rows)
