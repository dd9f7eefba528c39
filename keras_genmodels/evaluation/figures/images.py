"""Images of a model as the figures take them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

_SMALLEST = 48  # pixels: smaller images are enlarged by whole numbers


def image_array(model: Any, x: Any) -> np.ndarray:
    """Convert images to float32, (n, height, width, channels).

    Args:
        model: whose `spec` says whether its data are images.
        x: what it made or was given.

    Raises:
        ValueError: if the data are no images.
    """
    if not model.spec.is_image:
        raise ValueError(
            "Pictures need data of shape (height, width, channels). "
            f"Received: {model.spec.name!r} of shape {model.spec.x_shape}."
        )
    return np.asarray(x, np.float32)


def decoded(model: Any, z: np.ndarray, condition: Any) -> np.ndarray:
    """Decode latents, all with the same condition, as `image_array`.

    Args:
        model: with `decode`.
        z: (n, latent_dim).
        condition: (1, condition_size), or None.
    """
    if condition is not None:
        condition = np.broadcast_to(condition, (len(z), np.shape(condition)[-1]))
    return image_array(model, model.decode(z, condition))


def enlarged(images: np.ndarray) -> np.ndarray:
    """Draw every pixel as a square of pixels, so that small images can be looked at."""
    factor = math.ceil(_SMALLEST / max(images.shape[-3:-1]))
    return images.repeat(factor, axis=-3).repeat(factor, axis=-2)
