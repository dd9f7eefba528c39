"""Networks that draw an object into a box, and look at what is in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_genmodels.checks import integer
from keras_genmodels.networks import convolutional
from keras_genmodels.networks.channels import CHANNELS_LAST
from keras_genmodels.networks.conditioning import centred, flat, named_inputs
from keras_genmodels.networks.layers import block
from keras_genmodels.registry import register

_LEAST = 1e-3  # of the picture: the smallest side of a box


class _BoxLayer(keras.layers.Layer):
    """The base of layers that read a map at even distances, as a box says where.

    A subclass gives `places`: from the edges of boxes along an axis, (batch,) each, the
    pixels that come out and those of the map, to the first and the last place.
    """

    def __init__(self, size, **kwargs):
        super().__init__(**kwargs)
        self.size = tuple(integer("size", side, 1) for side in size)
        self.built = True

    def call(self, image, box):
        image = tf.cast(image, tf.float32)
        top, left, bottom, right = tf.unstack(tf.cast(box, tf.float32), axis=1)
        rows = self.places(top, bottom, self.size[0], image.shape[1])
        columns = self.places(left, right, self.size[1], image.shape[2])
        places = tf.stack([rows[0], columns[0], rows[1], columns[1]], axis=1)
        numbers = tf.range(tf.shape(image)[0])
        found = tf.image.crop_and_resize(image, places, numbers, self.size)
        return tf.cast(found, self.compute_dtype)  # 0 outside of the map

    def compute_output_spec(self, image, box):
        shape = (image.shape[0], *self.size, image.shape[-1])
        return keras.KerasTensor(shape, dtype=self.compute_dtype)

    def get_config(self):
        return {**super().get_config(), "size": list(self.size)}


@register("into_box", family="layer")
class IntoBox(_BoxLayer):
    """A map that is shrunk into a box of a larger one, which is 0 outside of the box.

    Args:
        size: (height, width) of the larger map, each >= 1.
        **kwargs: as for `keras.layers.Layer`.

    Shapes: called with `image`, (batch, height, width, channels), and `box`, (batch, 4)
    of (top, left, bottom, right) in shares of the larger map, to (batch, *size,
    channels). Between pixels the value is linear.

    Reference: Reed et al., "Learning What and Where to Draw", 2016, which uses a
    spatial transformer (Jaderberg et al., 2015).
    """

    def places(self, low, high, size, own):
        """The first and the last pixel of the larger map, as places of the other."""
        side = tf.maximum(high - low, _LEAST)
        return _ends((0.5 / size - low) / side, (1 - 0.5 / size - low) / side, own)


@register("from_box", family="layer")
class FromBox(_BoxLayer):
    """The part of a map that is in a box, brought to one size: undoes `IntoBox`.

    Args:
        size: (height, width) of what comes out, each >= 1.
        **kwargs: as for `keras.layers.Layer`.

    Shapes: called with `image`, (batch, height, width, channels), and `box`, (batch, 4)
    of (top, left, bottom, right) in shares of the map, to (batch, *size, channels).
    Outside of the map all is 0.
    """

    def places(self, low, high, size, own):
        """The middles of the first and the last pixel in the box."""
        half = (high - low) * 0.5 / size
        return _ends(low + half, high - half, own)


def _ends(first, last, side):
    """Shares of a map's edge as places between the middles of its end pixels."""
    most = max(side - 1, 1)
    return (first * side - 0.5) / most, (last * side - 0.5) / most


def generator(
    inputs: Mapping[str, tuple[int, ...]],
    outputs: Mapping[str, tuple[int, int, int]],
    filters: Sequence[int] = (128, 64, 32),
    name: str = "generator",
    **arguments: Any,
) -> keras.Model:
    """Draw a background everywhere, and an object into its box.

    Args:
        inputs: "box", (4,), and vectors, name to (size,).
        outputs: name to the (height, width, channels) of one picture.
        filters: channels of the smallest map, then of each doubling; those of the map
            that is drawn into the box are the last ones, at half the size.
        name: of the model.
        **arguments: of every layer with a kernel, such as `kernel_initializer`.

    Returns:
        A functional model to a linear picture.
    """
    tensors = named_inputs(inputs)
    ((key, shape),) = outputs.items()
    vectors = {k: v.shape[1:] for k, v in tensors.items() if k != "box"}
    said = {k: v for k, v in tensors.items() if k != "box"}
    style = {"activation": "relu", "normalisation": "batch", **arguments}
    half = [(side + 1) // 2 for side in shape[:2]]
    maps = {}
    for place, size in (("everywhere", shape[:2]), ("object", half)):
        drawn = {place: (*size, filters[-1])}
        network = convolutional.decoder(
            vectors, drawn, filters, name=f"{place}_decoder", **style
        )
        maps[place] = keras.layers.ReLU()(network(said)[place])
    box = tensors["box"]
    inside = IntoBox(shape[:2])(maps["object"], box)
    hidden = keras.layers.Concatenate()([maps["everywhere"], inside])
    conv = {"kernel_size": 3, "padding": "same", **CHANNELS_LAST}
    hidden = block(hidden, keras.layers.Conv2D, filters=filters[-1], **conv, **style)
    last = {"filters": shape[-1], "name": key, **conv, **arguments}
    return keras.Model(
        tensors, {key: block(hidden, keras.layers.Conv2D, **last)}, name=name
    )


def critic(
    inputs: Mapping[str, tuple[int, ...]],
    outputs: Mapping[str, int],
    filters: Sequence[int] = (32, 64, 128),
    units: int = 256,
    name: str = "critic",
    **arguments: Any,
) -> keras.Model:
    """Look at the whole picture, and at what is in the box, both with all vectors.

    Args:
        inputs: "x", (height, width, channels), "box", (4,), and vectors.
        outputs: name to size.
        filters: channels of the convolutions that halve the picture; those of the
            box's inside, which is half as large, leave out the last.
        units: of the layer in which they meet the vectors.
        name: of the model.
        **arguments: of every layer with a kernel, such as `kernel_initializer`.

    Returns:
        A functional model; each output is (batch, size), linear.
    """
    tensors = named_inputs(inputs)
    x, box = centred(tensors)["x"], tensors["box"]
    half = [(side + 1) // 2 for side in x.shape[1:3]]
    said = {k: v for k, v in tensors.items() if k != "x"}
    style = {"activation": "leaky_relu", **arguments}
    conv = {"kernel_size": 4, "strides": 2, "padding": "same", **CHANNELS_LAST}
    seen = []
    for image, channels in ((x, filters), (FromBox(half)(x, box), filters[:-1])):
        for place, count in enumerate(channels):
            own = {"normalisation": "batch" if place else None, "filters": count}
            image = block(image, keras.layers.Conv2D, **own, **conv, **style)
        seen.append(flat({"image": image, **said}))
    parts = [block(part, keras.layers.Dense, units=units, **style) for part in seen]
    hidden = keras.layers.Concatenate()(parts)
    hidden = block(hidden, keras.layers.Dense, units=units, **style)
    heads = {
        key: block(hidden, keras.layers.Dense, units=size, name=key, **arguments)
        for key, size in outputs.items()
    }
    return keras.Model(tensors, heads, name=name)
