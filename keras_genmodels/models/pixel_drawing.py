"""Pictures drawn pixel by pixel from what an autoregressive network says of them."""

from __future__ import annotations

import math
from collections.abc import Callable

import keras
import tensorflow as tf

LAYER = "autoregressive"


def drawn(
    pixel_head, x_shape, seed, x=None, mask=None
) -> Callable[[tf.Tensor, tf.Tensor, tf.Tensor], tf.Tensor]:
    """The function that draws a pixel, for `Autoregressive.generate`.

    Args:
        pixel_head: of `of_a_pixel`.
        x_shape: of a picture, (height, width, channels).
        seed: int32 (2,).
        x: pictures whose pixels are known where `mask` is 1, or None.
        mask: (batch, height, width, 1), or None.
    """

    def draw(params, row, column):
        place = row * x_shape[1] + column
        own = tf.random.experimental.stateless_fold_in(seed, place)
        params = tf.cast(params, tf.float32)[:, None, None]
        pixel = pixel_head.distribution(params).sample(seed=own)[:, 0, 0]
        if mask is None:
            return pixel
        return tf.where(mask[:, row, column] == 1, x[:, row, column], pixel)

    return draw


def check_layer(network: keras.Model, name: str) -> None:
    """Refuse a network without a layer of this name.

    Args:
        network: that says how likely pixels are.
        name: of the layer.

    Raises:
        ValueError: if there is none.
    """
    names = [layer.name for layer in network.layers]
    if name not in names:
        raise ValueError(
            f"`{network.name}` must have a layer named {name!r}, to draw pictures "
            "pixel by pixel; `networks.autoregressive` builds such networks. "
            f"Received: {names}."
        )


def of_a_pixel(head):
    """The head of a single pixel, for one of a whole picture.

    Args:
        head: of pictures, (height, width, channels).

    Raises:
        ValueError: for a head with weights, or whose numbers are not those of pixels.
    """
    *sites, channels = head.event_shape
    config = {**head.get_config(), "event_shape": (1, 1, channels)}
    pixel = type(head).from_config(config)
    if head.weights or pixel.params_size * math.prod(sites) != head.params_size:
        raise ValueError(
            "`likelihood` must be a head that treats pixels alike and apart, such as "
            f"'bernoulli' or 'logistic_mixture'. Received: {type(head).__name__}."
        )
    return pixel
