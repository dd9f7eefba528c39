"""Outlines of pictures."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.data.derivations.greys import luminance
from keras_genmodels.registry import register

THRESHOLD = 0.1  # of the steepest place of a picture, below which there is no edge


@register("edges", family="derivation")
def edges(x, uniform):
    """Edges, a pixel wide, (batch, height, width, 1): 1 on an edge, 0 elsewhere.

    They are where the brightness is steepest along its gradient, and at least a tenth
    as steep as anywhere in the picture, so that neither colours nor contrast show.

    Reference: Canny, "A Computational Approach to Edge Detection", 1986, without his
    smoothing and his second threshold.
    """
    gradients = tf.image.sobel_edges(luminance(x))[..., 0, :]  # (..., down and right)
    steepness = tf.norm(gradients, axis=-1)
    steepest = tf.reduce_max(steepness, axis=(1, 2), keepdims=True)
    down, right = gradients[..., 0], gradients[..., 1]
    # The gradient's direction in steps of 45 degrees: along a row, ..., a diagonal.
    octant = tf.cast(tf.round(tf.atan2(down, right) / (0.25 * 3.14159265)), tf.int32)
    sides = ((0, 1), (1, 1), (1, 0), (1, -1))
    crest = tf.zeros_like(steepness, tf.bool)
    for turn, (rows, columns) in enumerate(sides):
        before = _moved(steepness, rows, columns)
        after = _moved(steepness, -rows, -columns)
        highest = (steepness > before) & (steepness >= after)
        crest |= highest & (octant % 4 == turn)
    # An even picture has no edge, whatever rounding makes of it.
    steep = steepness > tf.maximum(THRESHOLD * steepest, 1e-3)
    return tf.cast(crest & steep, tf.float32)[..., None]


def _moved(values, rows, columns):
    """Pictures, (batch, height, width), moved by -1, 0 or 1 pixels, zeros coming in."""
    height, width = values.shape[1:]
    padded = tf.pad(values, ((0, 0), (1, 1), (1, 1)))
    top, left = 1 - rows, 1 - columns
    return padded[:, top : top + height, left : left + width]


@register("contours", family="derivation")
def contours(x, uniform):
    """The largest of 3x3 pixels less the one in the middle: soft edges, as x's shape.

    Reference: Liu & Tuzel, "Coupled Generative Adversarial Networks", 2016, whose
    second domain are edges of digits.
    """
    return tf.nn.max_pool2d(x, 3, 1, "SAME") - x
