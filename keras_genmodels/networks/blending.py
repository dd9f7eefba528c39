"""Blending of an object into a picture: the Gaussian-Poisson equation, a network."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import keras
import tensorflow as tf

from keras_genmodels import checks
from keras_genmodels.networks.channels import CHANNELS_LAST
from keras_genmodels.networks.conditioning import named_inputs
from keras_genmodels.networks.super_resolution import power_of_two
from keras_genmodels.networks.translation import unet
from keras_genmodels.registry import register

Shapes = Mapping[str, tuple[int, ...]]


def blend(
    foreground: tf.Tensor,
    background: tf.Tensor,
    mask: tf.Tensor,
    low: tf.Tensor,
    beta: float = 1.0,
    sigma: float = 1.0,
) -> tf.Tensor:
    """Blend an object into a picture, with its own details and the colours of another.

    On every level of a pyramid, from the size of `low` up, the picture is the one whose
    differences of neighbours are those of the object or of the background, and which is
    `low` behind a blur:

        min over x of |grad x - v|**2 + beta |g * x - low|**2

    What was found, twice as large, is the `low` of the next level. Between two pixels
    of which one lies in the mask v is the object's, so that no seam is in it. At the
    end pixels outside of the mask become those of the background again.

    Args:
        foreground: (batch, height, width, channels) in [0, 1], the picture that the
            object is cut from; it is needed in the mask and at the pixels next to it.
        background: likewise, the picture that it goes into; it is not needed in the
            mask, so that a composite will do.
        mask: (batch, height, width, 1), 1 on the object and 0 elsewhere.
        low: a smaller picture with the colours that are wanted, (batch, height / 2**k,
            width / 2**k, channels), sides rounded up, k >= 0.
        beta: weight of the colours, > 0. Default 1.
        sigma: of the blur g, in pixels, > 0. Default 1.

    Returns:
        float32, of the shape of `foreground`; it may leave [0, 1] by a little.

    Raises:
        ValueError: for `low` of another size, or `beta` or `sigma` out of range.

    Reference: Wu, Zheng, Zhang, Huang, "GP-GAN: Towards Realistic High-Resolution Image
    Blending", 2017. Levels are reduced by means of pixels and enlarged linearly; that
    the background stays is ours.
    """
    foreground, background, mask, low = (
        tf.cast(t, tf.float32) for t in (foreground, background, mask, low)
    )
    for size in _sizes(tuple(foreground.shape[1:3]), tuple(low.shape[1:3])):
        is_object = _fitted(mask, size, "area") > 0.0
        of_foreground, of_background = (
            _differences(_fitted(t, size, "area")) for t in (foreground, background)
        )
        wanted = [
            tf.where(_either(is_object, axis), of_foreground[axis], of_background[axis])
            for axis in (0, 1)
        ]
        low = gaussian_poisson(wanted, _fitted(low, size, "bilinear"), beta, sigma)
    return mask * low + (1.0 - mask) * background


def gaussian_poisson(
    differences: Sequence[tf.Tensor],
    low: tf.Tensor,
    beta: float = 1.0,
    sigma: float = 1.0,
) -> tf.Tensor:
    """Solve min over x of |grad x - v|**2 + beta |g * x - low|**2, in closed form.

    With mirror images beyond the borders the cosine transform makes both operators
    diagonal:

        x^ = ((grad' v)^ + beta g^ low^) / (lambda + beta g^**2)

    with lambda the eigenvalues of grad' grad and g^ those of the blur.

    Args:
        differences: v, of vertical neighbours, (batch, height - 1, width, channels),
            the lower one minus the upper one, and of horizontal ones, (batch, height,
            width - 1, channels).
        low: (batch, height, width, channels).
        beta: weight of the second part, > 0. Default 1.
        sigma: of the blur g, in pixels, > 0. Default 1.

    Raises:
        ValueError: for `beta` or `sigma` out of range.
    """
    checks.number("beta", beta, above=0)
    checks.number("sigma", sigma, above=0)
    (slope_down, blur_down), (slope_right, blur_right) = (
        _eigenvalues(side, sigma) for side in low.shape[1:3]
    )
    blur = blur_down[:, None] * blur_right[None]
    slope = slope_down[:, None] + slope_right[None]
    down, right = differences
    target = _minus_difference(down, 1) + _minus_difference(right, 2)
    spectrum = _transformed(target, 2) + beta * blur * _transformed(low, 2)
    spectrum /= slope + beta * tf.square(blur)
    return _as_pictures(_cosines(spectrum, 3))


@register("gaussian_poisson_blending", family="layer")
class GaussianPoissonBlending(keras.layers.Layer):
    """The function `blend` as a layer, whose result is clipped to [0, 1].

    Args:
        beta: weight of the colours, > 0. Default 1.
        sigma: of the blur, in pixels, > 0. Default 1.
        **kwargs: `name` and `dtype`.

    Shapes: called with `low`, `foreground`, `background` and `mask`, as `blend` has
    them; to the shape of `foreground`, float32.

    Raises:
        ValueError: for arguments out of their range.
    """

    def __init__(self, beta=1.0, sigma=1.0, **kwargs):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        self.beta = float(checks.number("beta", beta, above=0))
        self.sigma = float(checks.number("sigma", sigma, above=0))
        self.built = True

    def call(self, low, foreground, background, mask):
        x = blend(foreground, background, mask, low, self.beta, self.sigma)
        return tf.clip_by_value(x, 0.0, 1.0)

    def compute_output_spec(self, low, foreground, background, mask):
        return keras.KerasTensor(foreground.shape, dtype="float32")

    def get_config(self):
        return {**super().get_config(), "beta": self.beta, "sigma": self.sigma}


def blender(
    inputs: Shapes,
    outputs: Shapes,
    factor: int = 2,
    filters: Sequence[int] = (32, 64, 128, 128),
    beta: float = 1.0,
    sigma: float = 1.0,
    name: str = "generator",
) -> keras.Model:
    """A network that blends a small picture, and the equation that enlarges it.

    Args:
        inputs: "source", the composite, "mask" and "foreground", name to shape.
        outputs: `{"x": (height, width, channels)}`, the shape of the source.
        factor: how many times as high and wide as the picture of the network, a power
            of 2.
        filters: channels of the network's halvings; the doublings mirror them.
        beta: weight of the network's colours, > 0.
        sigma: of the blur behind which they are heeded, in pixels, > 0.
        name: of the model.

    Returns:
        A functional model to "x", the blended picture in [0, 1], and "low", what the
        network makes, every pixel repeated to the same shape, in [0, 1].

    Raises:
        TypeError: for a factor that is no integer.
        ValueError: for sides that are no multiples of `factor`, or a factor that is no
            power of 2.
    """
    (key, shape), *_ = outputs.items()
    checks.integer("factor", factor, 1, min(shape[:2]))
    small = tuple(side // factor for side in shape[:2]) + tuple(shape[2:])
    power_of_two(small, shape)
    tensors = named_inputs(inputs)
    means = keras.layers.AveragePooling2D(factor, **CHANNELS_LAST)
    pooled = {name: means(tensors[name]) for name in ("source", "mask")}
    network = unet(
        {name: tensor.shape[1:] for name, tensor in pooled.items()},
        {"x": small},
        filters,
        name="low_resolution",
    )
    low = network(pooled)["x"]
    low = keras.layers.Activation("sigmoid", dtype="float32")(low)
    foreground, source, mask = (
        tensors[name] for name in ("foreground", "source", "mask")
    )
    made = GaussianPoissonBlending(beta, sigma, name=key)(low, foreground, source, mask)
    repeated = keras.layers.UpSampling2D(factor, name="low", **CHANNELS_LAST)(low)
    return keras.Model(tensors, {key: made, "low": repeated}, name=name)


# --- levels ---------------------------------------------------------------------------


def _sizes(full, small):
    """The sizes of a pyramid from the small one to the full one."""
    sizes = [full]
    while sizes[0] != small and max(sizes[0]) > 1:
        sizes.insert(0, tuple((side + 1) // 2 for side in sizes[0]))
    if sizes[0] != small:
        raise ValueError(
            "`low` must have a size that halving the others, rounded up, leads to. "
            f"Received: {small} for pictures of {full}."
        )
    return sizes


def _fitted(x, size, method):
    """The picture at another size, if it has another one."""
    return x if tuple(x.shape[1:3]) == size else tf.image.resize(x, size, method)


# --- operators ------------------------------------------------------------------------


def _differences(x):
    """The lower neighbour minus a pixel, and the right one minus it."""
    return x[:, 1:] - x[:, :-1], x[:, :, 1:] - x[:, :, :-1]


def _either(mask, axis):
    """Whether one of two neighbours along an axis, 0 or 1, is in the mask."""
    if axis:
        return mask[:, :, 1:] | mask[:, :, :-1]
    return mask[:, 1:] | mask[:, :-1]


def _minus_difference(v, axis):
    """The transpose of a difference along an axis of (batch, height, width, channels).

    A pixel gets what comes before it minus what comes after it, 0 beyond the borders.
    """
    pads = [[0, 0]] * 4
    before, after = (
        tf.pad(v, [*pads[:axis], pad, *pads[axis + 1 :]]) for pad in ([1, 0], [0, 1])
    )
    return before - after


def _eigenvalues(count, sigma):
    """The factors of every cosine by the transposed difference of the difference.

    Returns:
        Those, and those of the blur, (count,) each.
    """
    angle = tf.constant(math.pi / count) * tf.range(count, dtype=tf.float32)
    radius = max(1, int(4 * sigma + 0.5))
    weights = [math.exp(-0.5 * (j / sigma) ** 2) for j in range(radius + 1)]
    total = weights[0] + 2 * sum(weights[1:])
    further = [2 * w * tf.cos(j * angle) for j, w in enumerate(weights) if j]
    blur = (weights[0] + tf.add_n(further)) / total
    return 2.0 - 2.0 * tf.cos(angle), blur


def _transformed(x, kind):
    """The cosine transform of pictures, (batch, channels, height, width)."""
    return _cosines(tf.transpose(x, (0, 3, 1, 2)), kind)


def _cosines(x, kind):
    """The orthonormal cosine transform along the last two axes; kind 3 is back."""
    for _ in range(2):
        x = tf.signal.dct(x, type=kind, norm="ortho")
        x = tf.transpose(x, (0, 1, 3, 2))
    return x


def _as_pictures(x):
    """(batch, channels, height, width) as (batch, height, width, channels)."""
    return tf.transpose(x, (0, 2, 3, 1))
