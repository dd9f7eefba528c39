"""Layers with weights of their own at each place, and networks of pictures of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras
import tensorflow as tf

from keras_genmodels.networks.channels import CHANNELS_LAST
from keras_genmodels.networks.conditioning import named_inputs
from keras_genmodels.networks.convolutional import cropped, halvings
from keras_genmodels.networks.layers import (
    BATCH_STATISTICS,
    MinibatchDiscrimination,
)
from keras_genmodels.networks.normalisation import BatchNormalization
from keras_genmodels.registry import register

SLOPE = 0.3  # of rectifiers below 0
DROPOUT = 0.2


@register("locally_connected", family="layer")
class LocallyConnected(keras.layers.Layer):
    """A convolution whose kernel is another one at each place.

    What is the same everywhere, as in photographs, a convolution learns once; what has
    a fixed place in the picture needs this.

    Args:
        filters: channels, >= 1.
        kernel_size: height and width in pixels, or one number for both, >= 1.
        strides: likewise, of the steps, >= 1. Default 1.
        use_bias: whether each place has a bias of its own for each filter.
        **kwargs: `name` and `dtype`.

    Shapes: (batch, height, width, channels) to (batch, height / stride, width / stride,
    filters), rounded up; the border is padded with zeros.

    Raises:
        ValueError: for arguments below 1.

    Reference: de Oliveira, Paganini, Nachman, "Learning Particle Physics by Example:
    Location-Aware Generative Adversarial Networks for Physics Synthesis", 2017.

    Example:
        >>> layer = LocallyConnected(2, 3)
        >>> layer(keras.ops.zeros((1, 4, 5, 1))).shape, tuple(layer.kernel.shape)
        (TensorShape([1, 4, 5, 2]), (20, 9, 2))
    """

    def __init__(self, filters, kernel_size, strides=1, use_bias=True, **kwargs):
        super().__init__(**kwargs)
        self.kernel_size, self.strides = (
            (value, value) if isinstance(value, int) else tuple(value)
            for value in (kernel_size, strides)
        )
        if min(filters, *self.kernel_size, *self.strides) < 1:
            raise ValueError(
                "`filters`, `kernel_size` and `strides` must be >= 1. Received: "
                f"{filters}, {kernel_size} and {strides}."
            )
        self.filters = int(filters)
        self.use_bias = use_bias

    def build(self, input_shape):
        height, width, _ = self.compute_output_shape(input_shape)[1:]
        taken = self.kernel_size[0] * self.kernel_size[1] * input_shape[-1]
        deviation = (2 / (taken + self.filters)) ** 0.5
        self.kernel = self.add_weight(
            name="kernel",
            shape=(height * width, taken, self.filters),
            initializer=keras.initializers.TruncatedNormal(0.0, deviation),
        )
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias", shape=(height, width, self.filters), initializer="zeros"
            )

    def call(self, inputs):
        patches = tf.image.extract_patches(
            inputs,
            [1, *self.kernel_size, 1],
            [1, *self.strides, 1],
            [1, 1, 1, 1],
            "SAME",
        )  # (batch, height, width, taken)
        height, width, taken = patches.shape[1:]
        patches = tf.reshape(patches, (-1, height * width, taken))
        made = tf.matmul(tf.transpose(patches, (1, 0, 2)), self.kernel)
        made = tf.reshape(
            tf.transpose(made, (1, 0, 2)), (-1, height, width, self.filters)
        )
        return made + self.bias if self.use_bias else made

    def compute_output_shape(self, input_shape):
        sides = zip(input_shape[1:3], self.strides, strict=True)
        return (input_shape[0], *(-(-side // s) for side, s in sides), self.filters)

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "use_bias": self.use_bias,
        }


def check_count(name: str, values: Sequence[int], count: int) -> None:
    """Refuse a sequence of another length.

    Raises:
        ValueError: if it does not hold `count` numbers.
    """
    if len(values) != count:
        raise ValueError(
            f"`{name}` must hold {count} numbers. Received: {tuple(values)}."
        )


def placed(local: bool, filters: int, kernel_size, strides=1, use_bias: bool = True):
    """Make a layer with weights of their own at each place, or a convolution.

    Args:
        local: which of them.
        filters: as for `LocallyConnected`, like `kernel_size`, `strides`, `use_bias`.
        kernel_size: in pixels.
        strides: of the steps.
        use_bias: whether there are biases.
    """
    if local:
        return LocallyConnected(filters, kernel_size, strides, use_bias)
    return keras.layers.Conv2D(
        filters,
        kernel_size,
        strides,
        padding="same",
        use_bias=use_bias,
        **CHANNELS_LAST,
    )


def activated(hidden: keras.KerasTensor, normalise: bool = True) -> keras.KerasTensor:
    """A leaky rectifier, and batch normalisation after it."""
    hidden = keras.layers.LeakyReLU(SLOPE)(hidden)
    return BatchNormalization(**BATCH_STATISTICS)(hidden) if normalise else hidden


def compared(hidden: keras.KerasTensor, minibatch: Sequence[int]) -> keras.KerasTensor:
    """How near an example is to others of its batch, beside the example.

    Args:
        hidden: (batch, size).
        minibatch: kernels, and their size, of `MinibatchDiscrimination`; 0 kernels for
            none, and the example alone.
    """
    return MinibatchDiscrimination(*minibatch)(hidden) if minibatch[0] else hidden


def logarithm(x: keras.KerasTensor, scale: float) -> keras.KerasTensor:
    """log(1 + x / scale), of what is above 0."""
    return keras.ops.log1p(keras.ops.relu(x) / scale)


def generator(
    inputs: Mapping[str, tuple[int, ...]],
    shape: tuple[int, int, int],
    filters: Sequence[int] = (64, 16, 6, 6),
    local: bool = True,
    scale: float = 1.0,
    name: str = "generator",
) -> keras.Model:
    """A small picture by dense layers, doubled twice, then layers that know the place.

    Args:
        inputs: "latent", (size,), and "condition", (classes,), an embedding of which
            it is multiplied with.
        shape: of the picture, (height, width, channels).
        filters: channels of the small picture, of its convolution, and of two layers of
            the larger ones.
        local: whether the last three layers have weights of their own at each place;
            else they are convolutions.
        scale: by which the output is multiplied.
        name: of the model.

    Returns:
        A functional model; the output "x" has the shape of the picture, linear.

    Raises:
        ValueError: for more or fewer `filters`.
    """
    check_count("filters", filters, 4)
    tensors = named_inputs(inputs)
    size = inputs["latent"][0]
    embedded = keras.layers.Dense(size, use_bias=False)(tensors["condition"])
    hidden = keras.layers.Multiply()([tensors["latent"], embedded])
    full, half, (height, width) = halvings(shape[:2], 2)
    hidden = keras.layers.Dense(height * width * filters[0])(hidden)
    hidden = keras.layers.Reshape((height, width, filters[0]))(hidden)
    hidden = activated(placed(False, filters[1], 5)(hidden))
    hidden = cropped(_doubled(hidden), half)
    hidden = activated(placed(local, filters[2], 3)(hidden))
    hidden = cropped(_doubled(hidden), full)
    hidden = activated(placed(local, filters[3], 3)(hidden), normalise=False)
    x = placed(local, shape[-1], 2, use_bias=False)(hidden)
    x = keras.layers.Rescaling(scale, name="x")(x)
    return keras.Model(tensors, {"x": x}, name=name)


def critic(
    inputs: Mapping[str, tuple[int, ...]],
    outputs: Mapping[str, int],
    filters: Sequence[int] = (16, 8, 8, 8),
    local: bool = True,
    minibatch: tuple[int, int] = (20, 10),
    scale: float = 1.0,
    soft: float = 1e-3,
    name: str = "critic",
) -> keras.Model:
    """Layers that know the place, and how near an example is to others of its batch.

    Args:
        inputs: "x", (height, width, channels).
        outputs: name to size.
        filters: channels of a convolution, and of three layers, the first of which
            halves the picture.
        local: as for `generator`, of these three layers.
        minibatch: kernels, and their size, of `MinibatchDiscrimination`; 0 kernels for
            none.
        scale: by which x is divided.
        soft: a small number of x, near which logarithms, which are channels beside x,
            begin to count.
        name: of the model.

    Returns:
        A functional model; each output is (batch, size), linear.

    Raises:
        ValueError: for more or fewer `filters`, or numbers of `minibatch`.
    """
    check_count("critic_filters", filters, 4)
    check_count("minibatch", minibatch, 2)
    tensors = named_inputs(inputs)
    x = keras.layers.Rescaling(1 / scale)(tensors["x"])
    seen = keras.layers.Concatenate()([x, logarithm(x, soft / scale)])
    hidden = placed(False, filters[0], 5)(seen)
    hidden = keras.layers.Dropout(DROPOUT)(activated(hidden, normalise=False))
    for count, size, stride in zip(filters[1:], (3, 3, 3), (2, 1, 1), strict=True):
        hidden = activated(placed(local, count, size, stride)(hidden))
        hidden = keras.layers.Dropout(DROPOUT)(hidden)
    hidden = keras.layers.AveragePooling2D(2, **CHANNELS_LAST)(hidden)
    hidden = keras.layers.Flatten(**CHANNELS_LAST)(hidden)
    hidden = compared(hidden, minibatch)
    heads = {key: keras.layers.Dense(n, name=key)(hidden) for key, n in outputs.items()}
    return keras.Model(tensors, heads, name=name)


def _doubled(hidden):
    return keras.layers.UpSampling2D(2, **CHANNELS_LAST)(hidden)
