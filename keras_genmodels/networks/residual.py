"""Residual generators and critics of images, for games on photographs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras
import tensorflow as tf

from keras_genmodels import checks
from keras_genmodels.networks.channels import CHANNELS_LAST
from keras_genmodels.networks.conditioning import centred, flat, named_inputs
from keras_genmodels.networks.convolutional import cropped, halvings
from keras_genmodels.networks.layers import BATCH_STATISTICS, block
from keras_genmodels.networks.normalisation import BatchNormalization
from keras_genmodels.registry import register

LEAST = 8  # pixels of a side that a critic halves no more


@register("modulation", family="layer")
class Modulation(keras.layers.Layer):
    """Scales and shifts channels as a condition says, by two linear maps of it.

        y = x (1 + scale(condition)) + shift(condition)

    After normalisation without scales of its own this is conditional normalisation.
    Both maps are 0 at first.

    Shapes: called with (batch, height, width, channels) and (batch, size).

    Reference: Dumoulin, Shlens, Kudlur, "A Learned Representation For Artistic Style",
    2017, whose condition is one class.
    """

    def build(self, x_shape, condition_shape):
        size = 2 * x_shape[-1]
        self.maps = keras.layers.Dense(
            size, kernel_initializer="zeros", dtype=self.dtype_policy
        )
        self.maps.build(condition_shape)

    def call(self, x, condition):
        scale, shift = tf.split(self.maps(condition)[:, None, None], 2, axis=-1)
        return x * (1 + scale) + shift

    def compute_output_shape(self, x_shape, condition_shape):
        return x_shape


@register("self_attention", family="layer")
class SelfAttention(keras.layers.Layer):
    """Adds to every place of an image what it finds at all others.

        y = x + gain attention(x),    gain = 0 at first

    by one head of dot products, whose keys have an eighth of the channels and whose
    values a half.

    Shapes: (batch, height, width, channels) to the same.

    Reference: Zhang, Goodfellow, Metaxas, Odena, "Self-Attention Generative Adversarial
    Networks", 2019; the products are divided by the root of the key's size, and no
    kernel by its spectral norm.
    """

    def build(self, input_shape):
        _, height, width, channels = input_shape
        self.places = height * width
        self.attention = keras.layers.MultiHeadAttention(
            1,
            max(1, channels // 8),
            max(1, channels // 2),
            dtype=self.dtype_policy,
        )
        row = (None, self.places, channels)
        self.attention.build(row, row)
        self.gain = self.add_weight(name="gain", shape=(), initializer="zeros")

    def call(self, x):
        row = tf.reshape(x, (-1, self.places, x.shape[-1]))
        found = tf.reshape(self.attention(row, row), tf.shape(x))
        return x + tf.cast(self.gain, x.dtype) * found

    def compute_output_shape(self, input_shape):
        return input_shape


def generator(
    inputs: Mapping[str, tuple[int, ...]],
    shape: tuple[int, int, int],
    filters: Sequence[int] = (128, 128, 128),
    attention: int = 0,
) -> keras.Model:
    """A dense layer to a small image, then residual blocks that double it.

    Args:
        inputs: `{"latent": (size,)}`, and optionally `"condition": (size,)`, which
            scales and shifts what is normalised, see `Modulation`.
        shape: of the output "x", (height, width, channels).
        filters: channels of each doubling, an odd side of which is met by cropping.
        attention: the side, in pixels, of the image after whose block there is
            attention; 0 for none.

    Returns:
        A functional model named "generator"; "x" is linear.
    """
    tensors = named_inputs(inputs)
    condition = tensors.get("condition")
    sizes = halvings(shape[:2], len(checks.not_empty("filters", filters)))
    side = sizes.pop()
    count = side[0] * side[1] * filters[0]
    hidden = keras.layers.Dense(count)(flat({"latent": tensors["latent"]}))
    hidden = keras.layers.Reshape((*side, filters[0]))(hidden)
    for channels in filters:
        side = sizes.pop()
        hidden = _doubled(hidden, channels, side, condition)
        if attention == side[0]:
            hidden = SelfAttention()(hidden)
    hidden = keras.layers.ReLU()(_normalised(hidden, None))
    x = _convolution(hidden, shape[-1], name="x")
    return keras.Model(tensors, {"x": x}, name="generator")


def critic(
    inputs: Mapping[str, tuple[int, ...]],
    filters: Sequence[int] = (128, 128, 128, 128),
    attention: int = 0,
    spectral: bool = True,
) -> keras.Model:
    """Residual blocks, the sum over all places, and a linear score of it.

    A condition is compared with what was found, by an inner product that is added to
    the score: of all that classes could say of a picture it is the part that a log
    ratio of densities has.

    Args:
        inputs: `{"x": (height, width, channels)}`, and optionally `"condition":
            (size,)`.
        filters: channels of each block; a block halves a side above 8 pixels.
        attention: as for `generator`.
        spectral: whether all kernels are divided by their spectral norms.

    Returns:
        A functional model named "critic", to "score", (batch, 1), and "features",
        (batch, filters[-1]), which it is linear in.

    Reference: Miyato & Koyama, "cGANs with Projection Discriminator", 2018.
    """
    tensors = named_inputs(inputs)
    hidden = centred(tensors)["x"]
    checks.not_empty("filters", filters)
    for index, channels in enumerate(filters):
        halve = max(hidden.shape[1:3]) > LEAST
        hidden = _halved(hidden, channels, halve, index == 0, spectral)
        if attention == hidden.shape[1]:
            hidden = SelfAttention()(hidden)
    hidden = keras.layers.ReLU()(hidden)
    places = hidden.shape[1] * hidden.shape[2]
    mean = keras.layers.GlobalAveragePooling2D(**CHANNELS_LAST)(hidden)
    features = keras.layers.Rescaling(float(places), name="features")(mean)
    return _scored(tensors, features, spectral)


def _scored(tensors, features, spectral):
    """The critic of what was found: its score, with a projection of the condition."""
    style = {"spectral": spectral, "units": 1, "name": "unconditional"}
    score = block(features, keras.layers.Dense, **style)
    if "condition" in tensors:
        condition = keras.layers.Dense(features.shape[-1], use_bias=False)
        told = condition(tensors["condition"])
        product = keras.layers.Dot(axes=1)([told, features])
        score = keras.layers.Add()([score, product])
    score = keras.layers.Identity(name="score")(score)
    outputs = {"score": score, "features": features}
    return keras.Model(tensors, outputs, name="critic")


# --- blocks ---------------------------------------------------------------------------


def _convolution(hidden, channels, kernel_size=3, spectral=False, **arguments):
    """A convolution that keeps the size."""
    shape = {"filters": channels, "kernel_size": kernel_size, "padding": "same"}
    return block(
        hidden,
        keras.layers.Conv2D,
        spectral=spectral,
        **shape,
        **CHANNELS_LAST,
        **arguments,
    )


def _normalised(hidden, condition):
    """Batch normalisation, whose scales are the condition's if there is one."""
    if condition is None:
        return BatchNormalization(**BATCH_STATISTICS)(hidden)
    own = {"scale": False, "center": False, **BATCH_STATISTICS}
    plain = BatchNormalization(**own)(hidden)
    return Modulation()(plain, condition)


def _enlarged(hidden, size):
    """Twice the height and width, cropped to `size`."""
    hidden = keras.layers.UpSampling2D(2, **CHANNELS_LAST)(hidden)
    return cropped(hidden, size)


def _doubled(hidden, channels, size, condition):
    """A residual block that doubles an image; the shortcut does so after its kernel."""
    short = _enlarged(_convolution(hidden, channels, 1), size)
    hidden = keras.layers.ReLU()(_normalised(hidden, condition))
    hidden = _convolution(_enlarged(hidden, size), channels)
    hidden = keras.layers.ReLU()(_normalised(hidden, condition))
    return keras.layers.Add()([_convolution(hidden, channels), short])


def _halved(hidden, channels, halve, first, spectral):
    """A residual block of a critic; the first one sees the picture without relu."""
    pool = {"pool_size": 2, "padding": "same", **CHANNELS_LAST}
    short = keras.layers.AveragePooling2D(**pool)(hidden) if halve else hidden
    if halve or short.shape[-1] != channels:
        short = _convolution(short, channels, 1, spectral)
    hidden = hidden if first else keras.layers.ReLU()(hidden)
    hidden = keras.layers.ReLU()(_convolution(hidden, channels, 3, spectral))
    hidden = _convolution(hidden, channels, 3, spectral)
    if halve:
        hidden = keras.layers.AveragePooling2D(**pool)(hidden)
    return keras.layers.Add()([hidden, short])
