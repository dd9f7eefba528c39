"""Pictures of which something is lost: sharpness, a part, or the view through rain."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.registry import register

FACTOR = 4  # of `low_resolution`
STREAK = 9  # pixels, the longest streak of rain


@register("low_resolution", family="derivation")
def low_resolution(x, uniform):
    """Means of 4x4 pixels, (batch, height / 4, width / 4, channels).

    Raises:
        ValueError: if height or width are no multiples of 4.
    """
    height, width = x.shape[1:3]
    if height % FACTOR or width % FACTOR:
        raise ValueError(
            f"'low_resolution' needs pictures whose sides are multiples of {FACTOR}. "
            f"Received: {height}x{width}; give `image_size`."
        )
    return tf.nn.avg_pool2d(x, FACTOR, FACTOR, "VALID")


@register("hidden", family="derivation")
def hidden(x, uniform):
    """The picture with a hole, half as high and wide, at a random place.

    Returns:
        "source", where the hole is black, and "mask", (batch, height, width, 1): 1
        where the picture is known, 0 in the hole.

    Reference: Denton, Gross, Fergus, "Semi-Supervised Learning with Context-Conditional
    Generative Adversarial Networks", 2016.
    """
    place = uniform(2)  # (batch, 2)
    inside = [
        _interval(size, size // 2, place[:, axis])
        for axis, size in enumerate(x.shape[1:3])
    ]
    hole = inside[0][:, :, None, None] & inside[1][:, None, :, None]
    mask = 1.0 - tf.cast(hole, tf.float32)
    return {"source": mask * x, "mask": mask}


def _interval(size, length, place):
    """Which of `size` pixels lie in an interval that begins at `place`, in [0, 1)."""
    begin = tf.floor(place * (size - length + 1))[:, None]  # (batch, 1)
    pixels = tf.range(size, dtype=tf.float32)
    return (pixels >= begin) & (pixels < begin + length)


@register("rain", family="derivation")
def rain(x, uniform):
    """The picture behind streaks of rain, which fall at one slant in each picture.

    Drops are drawn at random places, smeared along the slant and added.

    Reference: Zhang, Sindagi, Patel, "Image De-raining Using a Conditional Generative
    Adversarial Network", 2017, whose streaks are drawn with an editor of pictures.
    """
    height, width = x.shape[1:3]
    share = 0.01 + 0.03 * uniform(1, 1)  # of the pixels where a drop begins
    drops = tf.cast(uniform(height, width) < share, tf.float32)
    slant = uniform(1, 1) - 0.5  # columns a row
    length = 3.0 + (STREAK - 2.0) * uniform(1, 1)  # rows
    # Where each tap of a streak comes from; between pixels it is shared by two.
    streaks = tf.zeros_like(drops)
    for row in range(STREAK):
        shift = slant * float(row)
        left = tf.floor(shift)
        part = shift - left
        tap = tf.cast(float(row) < length, tf.float32)
        for column, weight in ((left, 1.0 - part), (left + 1.0, part)):
            streaks += tap * weight * _fallen(drops, row, column[:, 0, 0])
    bright = 0.25 + 0.35 * uniform(1, 1)
    return tf.clip_by_value(x + (bright * streaks)[..., None], 0.0, 1.0)


def _fallen(drops, rows, columns):
    """Drops, (batch, height, width), moved down and, each picture by its own, aside."""
    width, room = drops.shape[2], STREAK
    padded = tf.pad(drops, ((0, 0), (rows, 0), (room, room)))[:, : drops.shape[1]]
    places = room + tf.range(width)[None] - tf.cast(columns, tf.int32)[:, None]
    return tf.gather(padded, places, axis=2, batch_dims=1)
