"""Maps of the class of each pixel, as pictures of one colour a class."""

from __future__ import annotations

import numpy as np


def palette() -> np.ndarray:
    """Compute the 256 colours of classes, uint8 (256, 3): those of PASCAL VOC.

    The lowest three bits of a class are the highest of red, green and blue, the next
    three the second highest, and so on: neighbours differ much, and 0 is black.

    Example:
        >>> palette()[:3].tolist()
        [[0, 0, 0], [128, 0, 0], [0, 128, 0]]
    """
    classes = np.arange(256)[:, None] >> np.arange(3)  # (256, channels)
    bits = [(classes >> 3 * place & 1) << 7 - place for place in range(3)]
    return np.sum(bits, axis=0).astype(np.uint8)


def coloured(maps: np.ndarray) -> np.ndarray:
    """Draw maps in the colours of `palette`.

    Args:
        maps: uint8 classes, (..., height, width, 1).

    Returns:
        uint8 (..., height, width, 3).
    """
    return palette()[maps[..., 0]]
