"""Pictures with other brightness or colours."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.registry import register


def luminance(x: tf.Tensor) -> tf.Tensor:
    """The brightness of pictures, (batch, height, width, 1); grey ones stay."""
    return tf.image.rgb_to_grayscale(x) if x.shape[-1] == 3 else x


@register("grey", family="derivation")
def grey(x, uniform):
    """The picture without its colours, (batch, height, width, 1)."""
    return luminance(x)


@register("same", family="derivation")
def same(x, uniform):
    """The picture itself, for models that change what they are given."""
    return x


@register("negative", family="derivation")
def negative(x, uniform):
    """The negative of the picture: 1 - x."""
    return 1.0 - x


@register("coloured", family="derivation")
def coloured(x, uniform):
    """A grey picture in random colours on a random texture, (batch, h, w, 3).

        |texture - x|

    so that the ink has the opposite of the paper's colours. Each channel of the texture
    is either dark or light, and changes slowly over the picture.

    Reference: Ganin et al., "Domain-Adversarial Training of Neural Networks", 2016,
    whose MNIST-M has textures of photographs.
    """
    ink = luminance(x)
    light = tf.where(uniform(1, 1, 3) < 0.5, 0.0, 0.6)
    base = light + 0.2 * uniform(1, 1, 3)
    texture = base + 0.2 * tf.image.resize(uniform(5, 5, 3), x.shape[1:3], "bicubic")
    return tf.clip_by_value(tf.abs(texture - ink), 0.0, 1.0)
