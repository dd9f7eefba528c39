"""Vectors that are replaced by the nearest of a codebook, and networks around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras
import tensorflow as tf

from keras_genmodels import checks
from keras_genmodels.global_batch import device_sum
from keras_genmodels.networks.channels import CHANNELS_LAST
from keras_genmodels.networks.conditioning import named_inputs
from keras_genmodels.networks.convolutional import double, halvings
from keras_genmodels.networks.layers import block
from keras_genmodels.networks.normalisation import BatchNormalization
from keras_genmodels.registry import register

_SELDOM = 0.1  # of the mean count: a code of less is given another place
_APART = 0.01  # of the way to where it was, that it is put away from the other code


@register("vector_quantiser", family="layer")
class VectorQuantiser(keras.layers.Layer):
    """A codebook whose vectors follow the means of what is nearest to them.

        count_k <- decay count_k + (1 - decay) n_k
        total_k <- decay total_k + (1 - decay) sum of the n_k vectors nearest to code k
        code_k   = total_k / count_k

    No gradient changes it. It begins with draws from N(0, 1), for vectors of mean 0 and
    variance 1 in every dimension, as `code_map` makes them. In each step the code of
    the smallest count, if that is below a tenth of the mean, is moved beside the code
    of the largest, and has half of its count from then on: the two will share what was
    near to one.

    Args:
        num_codes: of the codebook, >= 1.
        size: numbers of a vector, >= 1.
        decay: share of the past, in [0, 1). Default 0.99.
        seed: of the first codes. Default 0.
        **kwargs: `name`; it computes in float32.

    Raises:
        TypeError, ValueError: for arguments out of their range.

    References: van den Oord, Vinyals, Kavukcuoglu, "Neural Discrete Representation
    Learning", 2017, appendix A.1; codes that split: Linde, Buzo, Gray, "An Algorithm
    for Vector Quantizer Design", 1980.
    """

    def __init__(self, num_codes, size, decay=0.99, seed=0, **kwargs):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        self.num_codes = checks.integer("num_codes", num_codes, 1)
        self.size = checks.integer("size", size, 1)
        self.decay = float(checks.share("decay", decay))
        self.seed = seed
        start = keras.initializers.RandomNormal(stddev=1.0, seed=seed)
        kept = {"trainable": False, "aggregation": "mean", "autocast": False}
        shape = (self.num_codes, self.size)
        self.total = self.add_weight(shape, start, "float32", name="total", **kept)
        self.count = self.add_weight(shape[:1], "ones", "float32", name="count", **kept)
        self.built = True

    @property
    def codebook(self) -> tf.Tensor:
        """The vectors, float32 (num_codes, size)."""
        return tf.convert_to_tensor(self.total) / self.count[:, None]

    def nearest(self, z) -> tf.Tensor:
        """The numbers of the nearest codes, int32 (...), of vectors (..., size)."""
        codes = self.codebook
        # |z - c|**2 without |z|**2, which is the same for all codes.
        distance = tf.reduce_sum(codes**2, -1) - 2 * tf.tensordot(z, codes, [[-1], [1]])
        return tf.argmin(distance, axis=-1, output_type=tf.int32)

    def call(self, codes):
        """The vectors of codes, (..., size), of their numbers, int32 (...)."""
        return tf.gather(self.codebook, codes)

    def compute_output_spec(self, codes):
        return keras.KerasTensor((*codes.shape, self.size), dtype="float32")

    def update(self, z, codes):
        """Move the codebook to vectors, (..., size), and the codes nearest to them."""
        z = tf.reshape(tf.stop_gradient(z), (-1, self.size))
        one_hot = tf.one_hot(tf.reshape(codes, (-1,)), self.num_codes)
        count = device_sum(tf.reduce_sum(one_hot, axis=0))
        total = device_sum(tf.matmul(one_hot, z, transpose_a=True))
        count = self.decay * self.count + (1 - self.decay) * count
        total = self.decay * self.total + (1 - self.decay) * total
        count, total = _split(count, total)
        self.count.assign(count)
        self.total.assign(total)

    def get_config(self):
        own = {"num_codes": self.num_codes, "size": self.size}
        own |= {"decay": self.decay, "seed": self.seed}
        return {**super().get_config(), **own}


def _split(count, total):
    """Give the code of the smallest count half of the largest, if it is seldom used."""
    codes = total / count[:, None]
    most, least = tf.argmax(count), tf.argmin(count)
    near = codes[most] + _APART * (codes[least] - codes[most])
    half = count[most] / 2
    places = tf.stack([most, least])[:, None]
    split = (
        tf.tensor_scatter_nd_update(count, places, [half, half]),
        tf.tensor_scatter_nd_update(total, places, half * [codes[most], near]),
    )
    seldom = count[least] < _SELDOM * tf.reduce_mean(count)
    return tuple(
        tf.where(seldom, new, old)
        for new, old in zip(split, (count, total), strict=True)
    )


def code_map(
    inputs: Mapping[str, tuple[int, int, int]],
    size: int,
    filters: Sequence[int] = (32, 64),
    blocks: int = 2,
    name: str = "encoder",
) -> keras.Model:
    """An encoder to a small map of vectors, of mean 0 and variance 1 over a batch.

    Args:
        inputs: `{"x": (height, width, channels)}`.
        size: numbers of a vector, >= 1.
        filters: channels of each halving, each >= 1.
        blocks: of two convolutions with a way around them, >= 0.
        name: of the model.

    Returns:
        A functional model to "latent", (batch, height / 2**n, width / 2**n, size) for n
        halvings, rounded up.
    """
    checks.not_empty("filters", filters)
    tensors = named_inputs(inputs)
    hidden = tensors["x"]
    for channels in filters:
        hidden = _convolved(hidden, channels, kernel_size=4, strides=2)
    hidden = _around(hidden, blocks)
    hidden = _convolved(hidden, size, activation=None, kernel_size=1)
    # What is far from 0 would have the first codes all to itself.
    bounded = BatchNormalization(
        momentum=0.9, center=False, scale=False, name="latent"
    )(hidden)
    return keras.Model(tensors, {"latent": bounded}, name=name)


def code_decoder(
    inputs: Mapping[str, tuple[int, int, int]],
    outputs: Mapping[str, tuple[int, int, int]],
    filters: Sequence[int] = (32, 64),
    blocks: int = 2,
    name: str = "decoder",
) -> keras.Model:
    """A decoder of a small map of vectors, the mirror image of `code_map`.

    Args:
        inputs: `{"latent": (height, width, size)}`, as `code_map` puts it out.
        outputs: name to (height, width, channels), one.
        filters: as for `code_map`.
        blocks: likewise.
        name: of the model.

    Returns:
        A functional model; the output is (batch, height, width, channels), linear.
    """
    tensors = named_inputs(inputs)
    ((key, shape),) = outputs.items()
    sizes = halvings(shape[:2], len(filters))[-2::-1]
    hidden = _around(_convolved(tensors["latent"], filters[-1]), blocks)
    for channels, side in zip(filters[-2::-1], sizes[:-1], strict=True):
        hidden = double(hidden, channels, 4, side, activation="relu")
    made = double(hidden, shape[-1], 4, sizes[-1])
    made = keras.layers.Identity(name=key)(made)
    return keras.Model(tensors, {key: made}, name=name)


def _convolved(hidden, channels, activation="relu", kernel_size=3, strides=1):
    shape = {"kernel_size": kernel_size, "strides": strides, "padding": "same"}
    style = {"filters": channels, **shape, **CHANNELS_LAST}
    return block(hidden, keras.layers.Conv2D, activation, **style)


def _around(hidden, blocks):
    """Change the map little by little."""
    channels = hidden.shape[-1]
    for _ in range(blocks):
        inner = _convolved(hidden, channels)
        inner = _convolved(inner, channels, activation=None, kernel_size=1)
        hidden = keras.layers.Add()([hidden, inner])
    return keras.layers.ReLU()(hidden) if blocks else hidden
