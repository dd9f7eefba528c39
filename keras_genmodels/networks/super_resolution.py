"""Networks that make a picture larger, and keep what the small one says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras
import tensorflow as tf

from keras_genmodels import checks
from keras_genmodels.networks.channels import CHANNELS_LAST
from keras_genmodels.networks.conditioning import named_inputs
from keras_genmodels.networks.layers import block
from keras_genmodels.networks.translation import INITIAL, as_picture
from keras_genmodels.registry import register

Shapes = Mapping[str, tuple[int, ...]]
_CELL = -2  # the axis of the pixels of a cell in `_cells`
_HALVINGS = 24  # of the interval of a shift: about to the precision of float32


@register("affine_projection", family="layer")
class AffineProjection(keras.layers.Layer):
    """Projects pictures onto those that a low-resolution picture can come from.

        G(s) = P(f - U D f + U s)

    D takes the mean of every cell of factor x factor pixels and U repeats a number over
    its cell, so that D G(s) = s whatever f is: U is the pseudo-inverse of D. The
    projection alone may leave [0, 1], and a clip would change the means. P is therefore
    the projection onto the pictures in [0, 1] of the same means, clip(y + t) with a
    shift t for each cell, and 0 of cells that are in [0, 1] already. What can have been
    the picture is a convex set, so that neither step moves f away from any such picture
    in squared distance.

    Args:
        factor: pixels of a cell along each axis, >= 1. Default 4.
        **kwargs: `name` and `dtype`.

    Shapes: called with f, (batch, height, width, channels), of any range, and s,
    (batch, height / factor, width / factor, channels) in [0, 1]; to the shape of f,
    float32 in [0, 1].

    Raises:
        TypeError, ValueError: for a factor that is no integer >= 1.

    Reference: Sonderby et al., "Amortised MAP Inference for Image Super-resolution",
    2017. P is ours.

    Example:
        >>> f, s = tf.constant([[0.0, 2.0], [0.4, 0.4]]), tf.constant([[0.5]])
        >>> x = AffineProjection(2)(f[None, ..., None], s[None, ..., None])
        >>> [[round(float(v), 2) for v in row] for row in x[0, ..., 0].numpy()]
        [[0.07, 1.0], [0.47, 0.47]]
    """

    def __init__(self, factor=4, **kwargs):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        self.factor = checks.integer("factor", factor, 1)
        self.built = True

    def call(self, picture, source):
        picture, source = (tf.cast(t, tf.float32) for t in (picture, source))
        channels = picture.shape[-1]
        cells = _cells(picture, self.factor)  # (batch, rows, columns, pixels, channels)
        means = source[:, :, :, None]
        projected = cells - tf.reduce_mean(cells, _CELL, keepdims=True) + means
        made = _within_range(projected, means)
        made = tf.reshape(
            made, (*tf.unstack(tf.shape(source)[:3]), self.factor**2 * channels)
        )
        return tf.nn.depth_to_space(made, self.factor) if self.factor > 1 else made

    def compute_output_spec(self, picture, source):
        return keras.KerasTensor(picture.shape, dtype="float32")

    def get_config(self):
        return {**super().get_config(), "factor": self.factor}


@register("depth_to_space", family="layer")
class DepthToSpace(keras.layers.Layer):
    """Pixels twice as many a side, each taken from a quarter of the channels.

    A convolution before it computes all pixels of the larger picture at the size of the
    small one.

    Shapes: (batch, height, width, channels) to (batch, 2 height, 2 width,
    channels / 4).

    Reference: Shi et al., "Real-Time Single Image and Video Super-Resolution Using an
    Efficient Sub-Pixel Convolutional Neural Network", 2016.
    """

    def call(self, x):
        return tf.nn.depth_to_space(x, 2)

    def compute_output_shape(self, shape):
        batch, height, width, channels = shape
        return batch, *(side and 2 * side for side in (height, width)), channels // 4


def upscaler(
    inputs: Shapes,
    outputs: Shapes,
    filters: Sequence[int] = (64, 64),
    blocks: int = 4,
    normalisation: str | None = None,
    name: str = "generator",
) -> keras.Model:
    """Residual blocks at the size of a small picture, then doublings by sub-pixels.

    Its last layer is an `AffineProjection`: means of the cells of what it puts out are
    the pixels of the source.

    Args:
        inputs: `{"source": (height, width, channels)}`.
        outputs: `{"x": (factor * height, factor * width, channels)}`, with a factor
            that is a power of 2.
        filters: channels of the blocks, then of each doubling; the last number stands
            for the doublings that have none.
        blocks: of two convolutions with a way around them, >= 0.
        normalisation: of the blocks: "batch", "instance" or `None`.
        name: of the model.

    Returns:
        A functional model; the output is (batch, height, width, channels) in [0, 1].

    Raises:
        ValueError: for other shapes, or no filters.

    Reference: Sonderby et al., "Amortised MAP Inference for Image Super-resolution",
    2017, with the network of Shi et al., "Real-Time Single Image and Video
    Super-Resolution Using an Efficient Sub-Pixel Convolutional Neural Network", 2016,
    and residual blocks.
    """
    checks.not_empty("filters", filters)
    (key, shape), *_ = outputs.items()
    factor = power_of_two(inputs["source"], shape)
    tensors = named_inputs(inputs)
    style = {"activation": "relu", **INITIAL}
    hidden = _convolution(as_picture(tensors), filters[0], **style)
    for _ in range(blocks):
        inner = _convolution(hidden, filters[0], normalisation=normalisation, **style)
        inner = _convolution(inner, filters[0], normalisation=normalisation, **INITIAL)
        hidden = keras.layers.Add()([hidden, inner])
    for place in range(1, factor.bit_length()):
        channels = filters[min(place, len(filters) - 1)]
        hidden = DepthToSpace()(_convolution(hidden, 4 * channels, **style))
    made = _convolution(hidden, shape[-1], **INITIAL)
    made = AffineProjection(factor, name=key)(made, tensors["source"])
    return keras.Model(tensors, {key: made}, name=name)


def power_of_two(small: tuple[int, ...], large: tuple[int, ...]) -> int:
    """Compute how many times as high and wide a picture is as another.

    Args:
        small: (height, width, channels).
        large: of the other, likewise.

    Raises:
        ValueError: if it is no power of 2 of both sides, or the channels differ.
    """
    factor = large[0] // small[0]
    fits = tuple(large) == (factor * small[0], factor * small[1], small[2])
    if not fits or factor & (factor - 1):
        raise ValueError(
            "A picture must be 1, 2, 4, ... times as high and wide as its source, of "
            "the same channels; `source='low_resolution'` makes one. "
            f"Received: {tuple(large)} for a source of {tuple(small)}."
        )
    return factor


def _convolution(hidden, channels, **style):
    """A convolution of 3x3 pixels that keeps height and width."""
    shape = {"kernel_size": 3, "padding": "same", **CHANNELS_LAST}
    return block(hidden, keras.layers.Conv2D, filters=channels, **shape, **style)


def _cells(x, factor):
    """The picture as (batch, rows, columns, pixels of a cell, channels)."""
    if factor > 1:
        x = tf.nn.space_to_depth(x, factor)
    rows, columns, size = x.shape[1:]
    return tf.reshape(x, (-1, rows, columns, factor**2, size // factor**2))


def _within_range(cells, means):
    """Project cells of these means onto those in [0, 1] of the same means.

    The shift is found by halving an interval. Which pixels it leaves between 0 and 1 is
    known then, and with that the shift in closed form, whose gradient is exact.
    """
    low = -tf.reduce_max(cells, _CELL, keepdims=True)
    high = 1.0 - tf.reduce_min(cells, _CELL, keepdims=True)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        shifted = tf.clip_by_value(cells + middle, 0.0, 1.0)
        is_much = tf.reduce_mean(shifted, _CELL, keepdims=True) > means
        low, high = tf.where(is_much, low, middle), tf.where(is_much, middle, high)
    shifted = tf.stop_gradient(cells + (low + high) / 2)
    free = tf.cast((shifted > 0.0) & (shifted < 1.0), tf.float32)
    bound = tf.clip_by_value(shifted, 0.0, 1.0) * (1.0 - free)
    left = means - tf.reduce_mean(bound, _CELL, keepdims=True)
    left -= tf.reduce_mean(free * cells, _CELL, keepdims=True)
    share = tf.reduce_mean(free, _CELL, keepdims=True)
    made = bound + free * (cells + tf.math.divide_no_nan(left, share))
    made += tf.stop_gradient(tf.clip_by_value(made, 0.0, 1.0) - made)
    return made + tf.stop_gradient(_rounding(made, means))


def _rounding(cells, means):
    """Share out what is missing to the means, so that all pixels stay in [0, 1].

    That is next to nothing, unless pixels were far larger than 1 before.
    """
    missing = means - tf.reduce_mean(cells, _CELL, keepdims=True)
    room = tf.where(missing > 0.0, 1.0 - cells, cells)
    share = tf.reduce_mean(room, _CELL, keepdims=True)
    return room * tf.math.divide_no_nan(missing, share)
