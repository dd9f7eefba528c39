"""Images side by side in one array, and that array as a file."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np


def grid(
    images: np.ndarray, columns: int | None = None, padding: int = 1
) -> np.ndarray:
    """Lay images side by side in one picture, row by row.

    Many small samples say more together than apart: this is the one place that decides
    how they are laid out.

    Args:
        images: floats in [0, 1] (values outside are clipped), of shape
            (n, height, width, channels), with 1 or 3 channels and n >= 1.
        columns: images a row, >= 1; by default as many as make the picture square.
        padding: white pixels between images and around them, >= 0.

    Returns:
        (H, W, channels) float32 in [0, 1]. Cells that no image fills are white.

    Raises:
        ValueError: for another shape, no image, `columns` < 1 or `padding` < 0.

    Example:
        >>> grid(np.zeros((6, 8, 8, 1)), columns=3, padding=0).shape
        (16, 24, 1)
    """
    images = np.asarray(images, np.float32)
    if images.ndim != 4 or not len(images) or images.shape[-1] not in (1, 3):
        raise ValueError(
            "`images` must have shape (n, height, width, channels) with n >= 1 and "
            f"1 or 3 channels. Received: shape {images.shape}."
        )
    columns = math.ceil(math.sqrt(len(images))) if columns is None else columns
    if columns < 1 or padding < 0:
        raise ValueError(
            "`columns` must be >= 1 and `padding` >= 0. "
            f"Received: columns={columns}, padding={padding}."
        )
    _, height, width, channels = images.shape
    rows = math.ceil(len(images) / columns)
    cells = np.ones((rows * columns, height + padding, width + padding, channels))
    cells[: len(images), :height, :width] = np.clip(images, 0.0, 1.0)
    cells = cells.reshape(rows, columns, *cells.shape[1:])
    cells = cells.transpose(0, 2, 1, 3, 4)  # (rows, height, columns, width, channels)
    picture = cells.reshape(rows * (height + padding), -1, channels)
    edge = ((padding, 0), (padding, 0), (0, 0))
    return np.pad(picture, edge, constant_values=1.0).astype(np.float32)


def save_png(path: str | Path, image: np.ndarray) -> None:
    """Write a (height, width, channels) image with values in [0, 1] as a PNG file.

    Args:
        path: the file; its folder is made if it is not there.
        image: floats in [0, 1], with 1 or 3 channels.

    Raises:
        ValueError: for another shape.
    """
    from PIL import Image

    image = np.asarray(image)
    if image.ndim != 3 or image.shape[-1] not in (1, 3):
        raise ValueError(
            "`image` must have shape (height, width, channels) with 1 or 3 channels. "
            f"Received: shape {image.shape}."
        )
    levels = np.rint(np.clip(image, 0.0, 1.0) * 255.0).astype(np.uint8)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(levels[..., 0] if levels.shape[-1] == 1 else levels).save(path)


def scatter(points: np.ndarray, size: int = 256) -> np.ndarray:
    """Mark points of the unit square in one picture.

    Args:
        points: (n, 2), horizontal and vertical place in [0, 1], upwards; points outside
            are left out.
        size: edge of the picture in pixels, >= 1.

    Returns:
        (size, size, 1) float32 in [0, 1]: black dots on white, of 3 by 3 pixels.

    Raises:
        ValueError: for another shape or `size` < 1.

    Example:
        >>> scatter(np.array([[0.5, 0.5]]), size=9).sum()
        np.float32(72.0)
    """
    points = np.asarray(points, np.float32)
    if points.ndim != 2 or points.shape[-1] != 2 or size < 1:
        raise ValueError(
            "`points` must have shape (n, 2) and `size` be >= 1. "
            f"Received: shape {points.shape}, size={size}."
        )
    inside = ((points >= 0.0) & (points <= 1.0)).all(axis=1)
    places = np.rint(points[inside] * (size - 1)).astype(int)
    picture = np.ones((size + 2, size + 2, 1), np.float32)
    for down in range(3):
        for right in range(3):
            picture[size - 1 - places[:, 1] + down, places[:, 0] + right] = 0.0
    return picture[1:-1, 1:-1]
