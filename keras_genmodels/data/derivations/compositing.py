"""Pictures into which a part of another lighting was pasted."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.registry import register


@register("composite", family="derivation")
def composite(x, uniform):
    """The picture with an ellipse of it in another light, as if cut from another one.

    The seam is what a blend must remove; the picture itself is the right answer.

    Returns:
        "source", the composite; "mask", (batch, height, width, 1): 1 inside the
        ellipse; and "foreground", the whole picture in the other light.

    Reference: Wu et al., "GP-GAN: Towards Realistic High-Resolution Image Blending",
    2017, who cut from photographs of one scene at different times.
    """
    height, width, channels = x.shape[1:]
    middle = 0.3 + 0.4 * uniform(2, 1, 1)  # (batch, 2, 1, 1), as shares of the sides
    radius = 0.15 + 0.15 * uniform(2, 1, 1)
    down = (tf.range(height, dtype=tf.float32)[:, None] + 0.5) / height
    right = (tf.range(width, dtype=tf.float32)[None] + 0.5) / width
    inside = tf.square((down - middle[:, 0]) / radius[:, 0])
    inside += tf.square((right - middle[:, 1]) / radius[:, 1])
    mask = tf.cast(inside < 1.0, tf.float32)[..., None]
    # Darker or lighter by a quarter at least, and a little tinted.
    sign = tf.where(uniform(1, 1, 1) < 0.5, -1.0, 1.0)
    gain = 1.0 + sign * (0.25 + 0.25 * uniform(1, 1, 1))
    tint = 0.9 + 0.2 * uniform(1, 1, channels)
    lit = tf.clip_by_value(x * gain * tint, 0.0, 1.0)
    source = mask * lit + (1.0 - mask) * x
    return {"source": source, "mask": mask, "foreground": lit}
