"""Networks from pictures to pictures, and critics of patches of them.

A translator sees "source", and what else it declares of the same height and width, as
channels, and puts out "x". Pictures are in [0, 1] and are brought to [-1, 1] inside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras

from keras_genmodels import checks
from keras_genmodels.networks.channels import CHANNELS_LAST
from keras_genmodels.networks.conditioning import as_channel, flat, named_inputs
from keras_genmodels.networks.convolutional import double, halvings
from keras_genmodels.networks.layers import SeededDropout, block

Shapes = Mapping[str, tuple[int, ...]]
INITIAL = {
    "kernel_initializer": {
        "class_name": "RandomNormal",
        "config": {"mean": 0.0, "stddev": 0.02},
    }
}
# Receptive field of a critic of patches, in pixels -> convolutions that halve first.
FIELDS = {7: 0, 16: 1, 34: 2, 70: 3}


def unet(
    inputs: Shapes,
    outputs: Shapes,
    filters: Sequence[int] = (32, 64, 128, 128),
    dropout: float = 0.0,
    dropout_blocks: int = 1,
    normalisation: str | None = "batch",
    name: str = "generator",
) -> keras.Model:
    """Convolutions that halve the picture, then ones that double it, with skips.

    What each halving saw joins the doubling of the same size as further channels, so
    that outlines need not pass through the narrow middle.

    Args:
        inputs: name to shape; pictures of one height and width.
        outputs: `{"x": (height, width, channels)}`, likewise.
        filters: channels of each halving; the doublings mirror them.
        dropout: rate, in [0, 1), in the first doublings, in training and outside: the
            network's noise. Above 0 it declares "seed".
        dropout_blocks: so many doublings have it, >= 0.
        normalisation: of every hidden layer but the first and the narrowest: "batch",
            "instance" or `None`.
        name: of the model.

    Returns:
        A functional model; the output is (batch, height, width, channels), linear.

    Reference: Isola et al., "Image-to-Image Translation with Conditional Adversarial
    Networks", 2017; Ronneberger, Fischer, Brox, "U-Net: Convolutional Networks for
    Biomedical Image Segmentation", 2015.
    """
    checks.not_empty("filters", filters)
    noise = {"seed": (2,)} if dropout and dropout_blocks else {}
    tensors = named_inputs({**inputs, **noise})
    hidden = as_picture(tensors)
    style = {"normalisation": normalisation, **INITIAL}
    skips = []
    for index, channels in enumerate(filters):
        hidden = halve(hidden, channels, **_bare_at_ends(style, index, filters))
        skips.append(hidden)
    for place, skip in enumerate(skips[-2::-1]):
        size = skip.shape[1:3]
        hidden = double(hidden, skip.shape[-1], 4, size, **style)
        if dropout and place < dropout_blocks:
            hidden = SeededDropout(dropout, place)(hidden, tensors["seed"])
        hidden = keras.layers.Activation("relu")(hidden)
        hidden = keras.layers.Concatenate()([hidden, skip])
    return _doubled(tensors, hidden, outputs, name)


def bottleneck(
    inputs: Shapes,
    outputs: Shapes,
    filters: Sequence[int] = (32, 64, 128, 128),
    normalisation: str | None = "batch",
    name: str = "generator",
) -> keras.Model:
    """Convolutions that halve the picture, then ones that double it, without skips.

    All that is kept of a picture passes through the narrow middle.

    Args:
        inputs: name to shape; pictures of one height and width.
        outputs: `{"x": (height, width, channels)}`, likewise.
        filters: channels of each halving; the doublings mirror them.
        normalisation: as for `unet`.
        name: of the model.

    Returns:
        A functional model; the output is (batch, height, width, channels), linear.

    Reference: Kim et al., "Learning to Discover Cross-Domain Relations with Generative
    Adversarial Networks", 2017.
    """
    checks.not_empty("filters", filters)
    tensors = named_inputs(inputs)
    hidden = as_picture(tensors)
    sizes = halvings(hidden.shape[1:3], len(filters))
    style = {"normalisation": normalisation, **INITIAL}
    for index, channels in enumerate(filters):
        hidden = halve(hidden, channels, **_bare_at_ends(style, index, filters))
    for channels, size in zip(filters[-2::-1], sizes[-2:0:-1], strict=True):
        hidden = double(hidden, channels, 4, size, activation="relu", **style)
    return _doubled(tensors, hidden, outputs, name)


def residual(
    inputs: Shapes,
    outputs: Shapes,
    filters: Sequence[int] = (32, 64),
    blocks: int = 4,
    normalisation: str | None = "instance",
    name: str = "generator",
    planes: Sequence[str] = (),
) -> keras.Model:
    """Few halvings, then blocks that change a picture little by little, then doublings.

    Args:
        inputs: name to shape; pictures of one height and width.
        outputs: `{"x": (height, width, channels)}`, likewise.
        filters: channels at full size, then of each halving.
        blocks: of two convolutions with a way around them, >= 0.
        normalisation: of every hidden layer: "instance", "batch" or `None`.
        name: of the model.
        planes: names of vectors among the inputs that enter at full size, each of
            their numbers as a channel.

    Returns:
        A functional model; the output is (batch, height, width, channels), linear.

    Reference: Zhu et al., "Unpaired Image-to-Image Translation using Cycle-Consistent
    Adversarial Networks", 2017, after Johnson, Alahi, Fei-Fei, 2016. The borders are
    padded with zeros, there with mirror images.
    """
    checks.not_empty("filters", filters)
    tensors = named_inputs(inputs)
    hidden = as_picture(tensors, planes)
    sizes = halvings(hidden.shape[1:3], len(filters) - 1)
    style = {"activation": "relu", "normalisation": normalisation, **INITIAL}
    hidden = _convolution(hidden, filters[0], kernel_size=7, **style)
    for channels in filters[1:]:
        hidden = halve(hidden, channels, **style)
    for _ in range(blocks):
        inner = _convolution(hidden, filters[-1], **style)
        inner = _convolution(inner, filters[-1], **{**style, "activation": None})
        hidden = keras.layers.Add()([hidden, inner])
    for channels, size in zip(filters[-2::-1], sizes[-2::-1], strict=True):
        hidden = double(hidden, channels, 4, size, **style)
    (key, shape), *_ = outputs.items()
    made = _convolution(hidden, shape[-1], kernel_size=7, **INITIAL)
    made = keras.layers.Identity(name=key)(made)
    return keras.Model(tensors, {key: made}, name=name)


def patches(
    inputs: Shapes,
    field: int = 16,
    filters: Sequence[int] = (32, 64, 128, 128),
    normalisation: str | None = "batch",
    features: bool = False,
    name: str = "critic",
    planes: Sequence[str] = (),
    **arguments: Any,
) -> keras.Model:
    """A critic that scores every patch of a picture by itself.

    Args:
        inputs: name to shape: "x", and what else it sees, of the same height and width.
        field: edge of a patch in pixels: 7, 16, 34 or 70.
        filters: channels of its convolutions; as many as are needed, the first ones.
        normalisation: of every hidden layer but the first: "batch", "instance" or
            `None`.
        features: whether the last hidden layer is an output, too: "features".
        name: of the model.
        planes: as for `residual`.
        **arguments: of every convolution, such as `kernel_constraint`.

    Returns:
        A functional model; "score" is (batch, rows, columns, 1), linear.

    Raises:
        ValueError: for another field, or fewer `filters` than convolutions.

    Reference: Isola et al., "Image-to-Image Translation with Conditional Adversarial
    Networks", 2017, whose PatchGAN it is.
    """
    if field not in FIELDS:
        raise ValueError(
            f"`field` must be one of {list(FIELDS)}. Received: field={field!r}."
        )
    strides = [2] * FIELDS[field] + [1]
    if len(filters) < len(strides):
        raise ValueError(
            f"`filters` must hold {len(strides)} numbers for field={field}. "
            f"Received: {list(filters)}."
        )
    tensors = named_inputs(inputs)
    hidden = as_picture(tensors, planes)
    shape = {"kernel_size": 4, "padding": "same", **CHANNELS_LAST, **INITIAL}
    shape |= arguments
    for index, stride in enumerate(strides):
        style = ("leaky_relu", normalisation if index else None)
        conv = {"filters": filters[index], "strides": stride, **shape}
        hidden = block(hidden, keras.layers.Conv2D, *style, **conv)
    score = block(hidden, keras.layers.Conv2D, filters=1, name="score", **shape)
    outputs = {"score": score, **({"features": hidden} if features else {})}
    return keras.Model(tensors, outputs, name=name)


# --- parts ----------------------------------------------------------------------------


def as_picture(
    tensors: Mapping[str, keras.KerasTensor], planes: Sequence[str] = ()
) -> keras.KerasTensor:
    """All pictures side by side as channels, in [-1, 1].

    A condition enters through one linear layer as one more channel, unless it is among
    the planes; a seed is passed over.

    Args:
        tensors: the inputs of a network by name.
        planes: names of vectors of which each number becomes a channel.

    Raises:
        ValueError: for pictures of several sizes.
    """
    found = {k: t for k, t in tensors.items() if len(t.shape) == 4}
    sizes = {name: tuple(tensor.shape[1:3]) for name, tensor in found.items()}
    if len(set(sizes.values())) != 1:
        raise ValueError(
            f"A translator needs pictures of one height and width. Received: {sizes}."
        )
    parts = list(found.values())
    image = parts[0] if len(parts) == 1 else keras.layers.Concatenate()(parts)
    image = keras.layers.Rescaling(2.0, -1.0)(image)
    if not planes:
        return as_channel(image, tensors.get("condition"))
    height, width = image.shape[1:3]
    vectors = flat({name: tensors[name] for name in planes})
    tiled = keras.layers.RepeatVector(height * width)(vectors)
    tiled = keras.layers.Reshape((height, width, vectors.shape[-1]))(tiled)
    return keras.layers.Concatenate()([image, tiled])


def halve(hidden, channels, activation="leaky_relu", **style):
    """A convolution of 4x4 pixels to half the height and width, rounded up."""
    shape = {"kernel_size": 4, "strides": 2, "padding": "same", **CHANNELS_LAST}
    layer = keras.layers.Conv2D
    return block(hidden, layer, activation, filters=channels, **shape, **style)


def _convolution(hidden, channels, kernel_size=3, **style):
    """A convolution that keeps height and width."""
    shape = {"kernel_size": kernel_size, "padding": "same", **CHANNELS_LAST}
    return block(hidden, keras.layers.Conv2D, filters=channels, **shape, **style)


def _bare_at_ends(style, index, filters):
    """The style of a halving: none is normalised at the picture and in the middle.

    A narrow middle of one pixel has no spread to be normalised by.
    """
    bare = index in (0, len(filters) - 1)
    return {**style, "normalisation": None} if bare else style


def _doubled(tensors, hidden, outputs, name):
    """The network whose last layer doubles `hidden` to the picture."""
    (key, shape), *_ = outputs.items()
    made = double(hidden, shape[-1], 4, shape[:2], **INITIAL)
    made = keras.layers.Identity(name=key)(made)
    return keras.Model(tensors, {key: made}, name=name)
