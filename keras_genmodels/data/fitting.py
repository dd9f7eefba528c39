"""Pictures cut and scaled to a size, in graphs and outside."""

from __future__ import annotations

from typing import Any


def check_crop(crop: tuple[int, int], size: tuple[int | None, int | None]) -> None:
    """Refuse a crop that is larger than a picture, as far as its size is known."""
    if any(s is not None and s < c for c, s in zip(crop, size, strict=True)):
        raise ValueError(f"{_too_large(crop)} for pictures of {tuple(size)}.")


def centre(images: Any, height: int, width: int) -> Any:
    """The centre (height, width) of pictures that are at least as large."""
    import tensorflow as tf

    check_crop((height, width), images.shape[-3:-1])
    shape = tf.shape(images)
    for axis, wanted in ((-3, height), (-2, width)):
        message = _too_large((height, width))
        tf.debugging.assert_less_equal(wanted, shape[axis], message)
    top, left = (shape[-3] - height) // 2, (shape[-2] - width) // 2
    return images[..., top : top + height, left : left + width, :]


def resize(images: Any, height: int, width: int, method: str = "bilinear") -> Any:
    """Cut to the proportions of (height, width), then scale with anti-aliasing.

    Args:
        images: (..., rows, columns, channels), levels from 0 to 255.
        height: of what comes out, in pixels.
        width: likewise.
        method: of `tf.image.resize`; with "nearest" no value is new.

    Returns:
        uint8 (..., height, width, channels), rounded.
    """
    import tensorflow as tf

    rows, columns = tf.shape(images)[-3], tf.shape(images)[-2]
    kept_rows = tf.minimum(rows, columns * height // width)
    kept_columns = tf.minimum(columns, rows * width // height)
    kept_rows = tf.maximum(kept_rows, 1)
    kept_columns = tf.maximum(kept_columns, 1)
    top, left = (rows - kept_rows) // 2, (columns - kept_columns) // 2
    cut = images[..., top : top + kept_rows, left : left + kept_columns, :]
    scaled = tf.image.resize(cut, (height, width), method, antialias=True)
    levels = tf.round(tf.cast(scaled, tf.float32))
    return tf.cast(tf.clip_by_value(levels, 0.0, 255.0), tf.uint8)


def shifted(images: Any, uniform: Any, most: tuple[int, int], fill: float = 0.0) -> Any:
    """Move each picture by whole pixels, up to `most` in either direction.

    Args:
        images: float (batch, height, width, channels).
        uniform: (batch, 2) in [0, 1), where to, down and across.
        most: pixels along each axis, >= 0.
        fill: what comes in.
    """
    import tensorflow as tf

    for axis, limit in zip((1, 2), most, strict=True):
        first = tf.cast(tf.floor(uniform[:, axis - 1] * (2 * limit + 1)), tf.int32)
        around = [(limit, limit) if place == axis else (0, 0) for place in range(4)]
        wide = tf.pad(images, around, constant_values=fill)
        places = first[:, None] + tf.range(tf.shape(images)[axis])
        images = tf.gather(wide, places, axis=axis, batch_dims=1)
    return images


def _too_large(crop: tuple[int, int]) -> str:
    return f"`crop` must fit into every picture. Received: crop={crop}"


def with_channels(images: Any, channels: int) -> Any:
    """Bring pictures (..., height, width, channels) to another number of channels.

    Grey is repeated, colours are averaged to grey; what has the number stays.

    Raises:
        ValueError: for any other change.
    """
    import tensorflow as tf

    own = images.shape[-1]
    if own == channels:
        return images
    if channels == 1:
        return tf.reduce_mean(images, axis=-1, keepdims=True)
    if own == 1:
        return tf.repeat(images, channels, axis=-1)
    raise ValueError(
        f"Pictures of {own} channels cannot become ones of {channels}: only grey and "
        f"colours do. Received: the shape {tuple(images.shape)}."
    )
