"""Changes of pictures that a critic sees real and generated examples through."""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf

from keras_genmodels.data.fitting import shifted
from keras_genmodels.distributed_random import draw_rows
from keras_genmodels.registry import register, suggest

SHIFT, HOLE = 1 / 8, 1 / 2  # of a side: the farthest shift, the hidden square
BRIGHTNESS = 0.25  # of the range [0, 1], up or down
GREY = 0.5  # what comes in from outside a picture, and what a hole shows


@register("augmented", family="view")
class Augmented:
    """Shows a critic pictures changed at random, so that few do not become familiar.

    All changes let the gradient through to the generator, which learns of the critic
    behind them: what it makes is not changed. Rows of the same place in the real and
    the generated batch are changed alike.

    - "colour": brightness moved by up to 0.25, saturation times 0 to 2, contrast times
      0.5 to 1.5;
    - "translation": shifted by up to an eighth of each side;
    - "cutout": a square of half the sides is hidden, which may lie partly outside.

    Args:
        changes: names of these, each once, in any order. Default: all.

    Shapes: "x" (batch, height, width, channels) to the same; values may leave [0, 1].

    Raises:
        ValueError: for an unknown name, or none.

    Reference: Zhao, Liu, Lin, Zhu, Han, "Differentiable Augmentation for Data-Efficient
    GAN Training", 2020; grey comes in where theirs has the 0 of [-1, 1], the same.

    Example:
        >>> shown = Augmented(["translation"])({"x": tf.ones((2, 8, 8, 1))}, (0, 1))
        >>> shown["x"].shape
        TensorShape([2, 8, 8, 1])
    """

    def __init__(self, changes: Sequence[str] = ("colour", "translation", "cutout")):
        self.changes = tuple(changes)
        if not self.changes:
            raise ValueError(
                f"`changes` must name some of {sorted(_CHANGES)}. Received: ()."
            )
        for name in self.changes:
            if name not in _CHANGES:
                raise ValueError(
                    f"Unknown change {name!r} of pictures. "
                    f"{suggest(name, list(_CHANGES))}"
                )

    def __call__(self, tensors: dict[str, tf.Tensor], seed) -> dict[str, tf.Tensor]:
        x = tensors["x"]
        seeds = tf.random.split(seed, 2 * len(_CHANGES))
        for place, (name, change) in enumerate(_CHANGES.items()):
            if name in self.changes:
                first, second = seeds[2 * place], seeds[2 * place + 1]
                x = change(x, _shares(x, first), _shares(x, second))
        return {**tensors, "x": x}

    def get_config(self):
        return {"changes": list(self.changes)}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def _shares(x, seed):
    """Two numbers in [0, 1) an example, (batch, 2)."""
    return draw_rows(
        lambda shape: tf.random.stateless_uniform(shape, seed), [tf.shape(x)[0], 2]
    )


def _recoloured(x, shares, further):
    brightness, saturation = (shares[:, i, None, None, None] for i in range(2))
    x += BRIGHTNESS * (2 * brightness - 1)
    grey = tf.reduce_mean(x, axis=-1, keepdims=True)
    x = grey + 2 * saturation * (x - grey)
    mean = tf.reduce_mean(x, axis=(1, 2, 3), keepdims=True)
    return mean + (0.5 + further[:, 0, None, None, None]) * (x - mean)


def _shifted(x, shares, further):
    most = [round(SHIFT * side) for side in x.shape[1:3]]
    return shifted(x, shares, most, GREY)


def _with_hole(x, shares, further):
    """A square around any point of the picture shows grey."""
    inside = tf.ones_like(x[..., :1], tf.bool)
    for axis in (1, 2):
        size = tf.cast(tf.shape(x)[axis], tf.float32)
        centre = tf.floor(shares[:, axis - 1] * (size + 1))
        first = centre - tf.floor(HOLE * size / 2)
        places = tf.range(size)
        covered = (places >= first[:, None]) & (
            places < first[:, None] + tf.floor(HOLE * size)
        )
        shape = [-1, 1, 1, 1]
        shape[axis] = tf.shape(x)[axis]
        inside &= tf.reshape(covered, shape)
    return tf.where(inside, tf.cast(GREY, x.dtype), x)


_CHANGES = {"colour": _recoloured, "translation": _shifted, "cutout": _with_hole}
