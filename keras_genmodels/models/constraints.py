"""Constraints on what a model is to draw: colours, lines, and a part that moves."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from keras_genmodels import checks
from keras_genmodels.data.checks import check_binary, check_shape
from keras_genmodels.models.network_inputs import examples
from keras_genmodels.registry import register

_TINY = 1e-12  # under a root, whose slope at 0 is infinite


class Constraint:
    """The base of constraints: a cost of a drawn picture, and where it may change.

    A subclass has `mask`, (batch, height, width, 1), 1 where what is drawn need not be
    as it was, and is called with what is drawn and what was drawn before.
    """

    mask: tf.Tensor

    def __call__(self, made: tf.Tensor, before: tf.Tensor) -> tf.Tensor:
        """The cost of each picture, (batch,) >= 0.

        Args:
            made: (batch, height, width, channels) in [0, 1].
            before: likewise.
        """
        raise NotImplementedError


@register("colour", family="constraint")
class Colour(Constraint):
    """Strokes have their colours: the mean of |G - colours| where mask is 1.

    Args:
        colours: (batch, height, width, channels) in [0, 1].
        mask: (batch, height, width, 1), 1 where it is painted and 0 elsewhere.
    """

    def __init__(self, colours: Any, mask: Any):
        self.colours, self.mask = colours, mask

    @classmethod
    def checked(cls, colours: Any, mask: Any) -> Colour:
        """The same of values that a person gives.

        Raises:
            ValueError: for colours outside [0, 1], or a mask of other values than 0 and
                1 or of another shape.
            TypeError: for integers where floats belong.
        """
        colours = examples(colours, "colours")
        return cls(colours, _mask("mask", mask, colours.shape[1:3]))

    def __call__(self, made, before):
        return mean_where(self.mask, tf.abs(made - self.colours))


@register("sketch", family="constraint")
class Sketch(Constraint):
    """Edges are where lines are drawn: the mean of max(0, 1 - |slope| / strength).

    The slope of a picture is that of its grey, from each pixel to its neighbours on the
    right and below.

    Args:
        lines: (batch, height, width, 1), 1 where an edge is to be and 0 elsewhere.
        strength: the slope of what is an edge, in (0, 1].

    Raises:
        ValueError: for lines of other values than 0 and 1, or a strength out of range.

    Reference: Zhu et al., "Generative Visual Manipulation on the Natural Image
    Manifold", 2016, with histograms of slopes.
    """

    def __init__(self, lines: Any, strength: float = 0.2):
        lines = tf.convert_to_tensor(lines, tf.float32)
        self.mask = _mask("lines", lines, lines.shape[1:3])
        self.strength = float(checks.number("strength", strength, above=0, most=1))

    def __call__(self, made, before):
        grey = tf.reduce_mean(made, axis=-1, keepdims=True)
        padded = tf.pad(grey, [[0, 0], [0, 1], [0, 1], [0, 0]], "SYMMETRIC")
        right = padded[:, :-1, 1:] - grey
        down = padded[:, 1:, :-1] - grey
        slope = tf.sqrt(tf.square(right) + tf.square(down) + _TINY)
        return mean_where(self.mask, tf.nn.relu(1.0 - slope / self.strength))


@register("drag", family="constraint")
class Drag(Constraint):
    """A part moves: the mean of |G(there) - what was drawn here| over a square.

    Args:
        here: (batch, 2) or (2,), row and column of the middle of the part, in pixels.
        there: likewise, where it is to be.
        shape: (height, width) of the pictures.
        radius: of the square around it, in pixels, >= 0.

    Raises:
        ValueError: for places outside of the pictures, or a radius below 0.

    Reference: Zhu et al., "Generative Visual Manipulation on the Natural Image
    Manifold", 2016.
    """

    def __init__(self, here: Any, there: Any, shape: tuple[int, int], radius: int = 2):
        self.radius = checks.integer("radius", radius, 0)
        self.shape = tuple(shape)
        self.here, self.there = (
            _places(name, place, self.shape)
            for name, place in {"here": here, "there": there}.items()
        )
        masks = [self._near(place) for place in (self.here, self.there)]
        self.mask = tf.maximum(*masks)

    def __call__(self, made, before):
        rows = tf.shape(made)[0]
        wanted, found = (
            self._square(pictures, place, rows)
            for pictures, place in ((before, self.here), (made, self.there))
        )
        difference = tf.abs(wanted - found)
        return tf.reduce_mean(tf.reshape(difference, (rows, -1)), axis=1)

    def _square(self, pictures, place, rows):
        """The pixels around a place, (batch, pixels, channels); edges are repeated."""
        side = tf.range(-self.radius, self.radius + 1)
        offsets = tf.stack(tf.meshgrid(side, side, indexing="ij"), axis=-1)
        places = tf.reshape(offsets, (1, -1, 2)) + place[:, None]
        most = tf.constant(self.shape) - 1
        places = tf.clip_by_value(places, 0, most)
        places = tf.broadcast_to(places, (rows, tf.shape(places)[1], 2))
        return tf.gather_nd(pictures, places, batch_dims=1)

    def _near(self, place):
        """1 in the square around a place, (batch, height, width, 1)."""
        near = [
            tf.abs(tf.range(size)[None] - place[:, axis : axis + 1]) <= self.radius
            for axis, size in enumerate(self.shape)
        ]
        both = near[0][:, :, None] & near[1][:, None, :]
        return tf.cast(both, tf.float32)[..., None]


def mean_where(mask: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
    """The mean over the pixels of a mask, (batch,); 0 where there are none.

    Args:
        mask: (batch, height, width, 1), weights of the pixels.
        values: (batch, height, width, channels).
    """
    values = tf.reduce_mean(values, axis=-1, keepdims=True)
    axes = (1, 2, 3)
    total = tf.reduce_sum(mask * values, axes)
    return tf.math.divide_no_nan(total, tf.reduce_sum(mask, axes))


def _mask(name, mask, size):
    """A mask of pictures of a height and width, checked."""
    mask = tf.convert_to_tensor(mask, tf.float32)
    check_shape(name, mask.numpy(), (*size, 1))
    check_binary(name, mask.numpy())
    return mask


def _places(name, place, shape):
    """Places as whole pixels, int32 (batch, 2)."""
    place = tf.reshape(tf.cast(tf.convert_to_tensor(place), tf.int32), (-1, 2))
    inside = tf.reduce_all((place >= 0) & (place < tf.constant(shape)))
    if not inside:
        raise ValueError(
            f"`{name}` must be rows and columns of pixels of {shape[0]} x {shape[1]}. "
            f"Received: {place.numpy().tolist()}."
        )
    return place
