"""Networks that move a picture by kernels that a latent says: cross convolutions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras
import tensorflow as tf

from keras_genmodels.networks import convolutional
from keras_genmodels.networks.channels import CHANNELS_LAST
from keras_genmodels.networks.conditioning import named_inputs
from keras_genmodels.networks.layers import block
from keras_genmodels.registry import register

Shape = tuple[int, int, int]


@register("cross_convolution", family="layer")
class CrossConvolution(keras.layers.Layer):
    """Convolve the channels of each example with kernels of its own.

        out[i, j, c] = sum_{a, b} image[i + a - size // 2, j + b - size // 2, c]
                       kernels[a, b, c]

    Outside of the picture all is 0.

    Shapes: called with `image`, (batch, height, width, channels), and `kernels`,
    (batch, size, size, channels), an odd size; to (batch, height, width, channels).

    Reference: Xue, Wu, Bouman, Freeman, "Visual Dynamics: Probabilistic Future Frame
    Synthesis via Cross Convolutional Networks", 2016.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.built = True

    def call(self, image, kernels):
        rows, (height, width, channels) = tf.shape(image)[0], image.shape[1:]
        size = kernels.shape[1]
        # The batch stands among the channels, for which kernels may differ.
        side_by_side = tf.transpose(image, (1, 2, 0, 3))
        side_by_side = tf.reshape(side_by_side, (1, height, width, rows * channels))
        own = tf.transpose(kernels, (1, 2, 0, 3))
        own = tf.reshape(own, (size, size, rows * channels, 1))
        moved = tf.nn.depthwise_conv2d(side_by_side, own, (1, 1, 1, 1), "SAME")
        moved = tf.reshape(moved, (height, width, rows, channels))
        return tf.transpose(moved, (2, 0, 1, 3))

    def compute_output_spec(self, image, kernels):
        return keras.KerasTensor(image.shape, dtype=self.compute_dtype)


@register("change", family="layer")
class Change(keras.layers.Layer):
    """A picture and a difference, added up and clipped to [0, 1].

    The gradient passes as if nothing were clipped, so that a pixel that is too dark
    still learns.

    Shapes: called with `picture` in [0, 1] and `difference`, both (batch, height,
    width, channels), to the same; float32.

    Example:
        >>> Change()(keras.ops.array([[0.5, 0.9]]), keras.ops.array([[0.25, 0.25]]))
        <tf.Tensor: shape=(1, 2), dtype=float32, numpy=array([[0.75, 1.  ]], ...)>
    """

    def __init__(self, **kwargs):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        self.built = True

    def call(self, picture, difference):
        changed = picture + difference
        return changed + tf.stop_gradient(tf.clip_by_value(changed, 0.0, 1.0) - changed)

    def compute_output_spec(self, picture, difference):
        return keras.KerasTensor(picture.shape, dtype="float32")


def motion_encoder(
    inputs: Mapping[str, Shape],
    outputs: Mapping[str, int],
    filters: Sequence[int] = (32, 64, 128),
    name: str = "encoder",
) -> keras.Model:
    """An encoder of what has changed between two pictures.

    Args:
        inputs: "x" and "first_frame", both (height, width, channels).
        outputs: name to size.
        filters: as for `convolutional.encoder`.
        name: of the model.

    Returns:
        A functional model; each output is (batch, size), linear.
    """
    tensors = named_inputs(inputs)
    first = tensors["first_frame"]
    change = keras.layers.Subtract()([tensors["x"], first])
    seen = keras.layers.Concatenate()([first, change])
    reader = convolutional.encoder(
        {"x": seen.shape[1:]}, outputs, filters, name="reader"
    )
    read = reader({"x": seen})
    named = {key: keras.layers.Identity(name=key)(value) for key, value in read.items()}
    return keras.Model(tensors, named, name=name)


def cross_decoder(
    inputs: Mapping[str, tuple[int, ...]],
    kernels: int = 16,
    size: int = 5,
    scales: int = 4,
    filters: Sequence[int] = (32, 32),
    units: Sequence[int] = (128,),
    name: str = "decoder",
) -> keras.Model:
    """A decoder that moves parts of a picture by kernels, at several scales.

    At each scale an image encoder makes as many feature maps of the smaller picture as
    there are kernels, which dense layers make of the latent; what comes of the cross
    convolutions is enlarged, and convolutions make of all of it the difference that is
    added to the picture.

    Args:
        inputs: "latent", (size,), and "first_frame", (height, width, channels).
        kernels: of each scale, >= 1.
        size: of a kernel in pixels of its scale, odd, >= 1.
        scales: of which each has half the size of the one before, >= 1.
        filters: channels of the image encoders' convolutions, each >= 1, and of those
            that make the difference.
        units: widths of the dense layers, each >= 1.
        name: of the model.

    Returns:
        A functional model to "likelihood", (batch, height, width, channels) in [0, 1].

    Raises:
        ValueError: for sides that are no multiples of the smallest scale's cell, or a
            kernel of even size.
    """
    height, width, channels = inputs["first_frame"]
    smallest = 2 ** (scales - 1)
    if size % 2 == 0 or height % smallest or width % smallest:
        raise ValueError(
            f"`size` must be odd, and pictures must have sides that are multiples of "
            f"{smallest} for {scales} scales. Received: size={size}, pictures of "
            f"{height}x{width}."
        )
    tensors = named_inputs(inputs)
    hidden = tensors["latent"]
    for width_of_layer in units:
        hidden = block(hidden, keras.layers.Dense, "relu", units=width_of_layer)
    moved = [
        _moved(tensors["first_frame"], hidden, 2**scale, kernels, size, filters)
        for scale in range(scales)
    ]
    found = keras.layers.Concatenate()(moved) if scales > 1 else moved[0]
    for count in filters:
        found = _convolved(found, count, "relu")
    difference = _convolved(found, channels, None)
    changed = Change(name="likelihood")(tensors["first_frame"], difference)
    return keras.Model(tensors, {"likelihood": changed}, name=name)


def _moved(picture, hidden, cell, kernels, size, filters):
    """The feature maps of one scale, moved by its kernels and of the full size."""
    if cell > 1:
        picture = keras.layers.AveragePooling2D(cell, **CHANNELS_LAST)(picture)
    for count in filters:
        picture = _convolved(picture, count, "relu", 5)
    maps = _convolved(picture, kernels, None, 5)
    own = keras.layers.Dense(size * size * kernels, name=f"kernels_{cell}")(hidden)
    own = keras.layers.Reshape((size, size, kernels))(own)
    moved = CrossConvolution()(maps, own)
    if cell > 1:
        moved = keras.layers.UpSampling2D(cell, **CHANNELS_LAST)(moved)
    return moved


def _convolved(picture, count, activation, size=3):
    shape = {"kernel_size": size, "padding": "same", **CHANNELS_LAST}
    return block(picture, keras.layers.Conv2D, activation, filters=count, **shape)
