"""Networks that take away from a picture what covers all of it, and their critic."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from keras_genmodels import checks
from keras_genmodels.networks.channels import CHANNELS_LAST
from keras_genmodels.networks.conditioning import named_inputs
from keras_genmodels.networks.layers import block
from keras_genmodels.networks.translation import INITIAL, Shapes, as_picture, halve


def symmetric(
    inputs: Shapes,
    outputs: Shapes,
    filters: Sequence[int] = (32, 32, 32, 16),
    normalisation: str | None = "batch",
    name: str = "generator",
) -> keras.Model:
    """Convolutions at full size, and their mirror image, with skips.

    No pixel is lost on the way, and few channels in the middle have room for what the
    picture shows and none for what lies over it. The skips are added.

    Args:
        inputs: name to shape; pictures of one height and width.
        outputs: `{"x": (height, width, channels)}`, likewise.
        filters: channels of the first half; the second mirrors them.
        normalisation: of every hidden layer but the first: "batch", "instance" or
            `None`.
        name: of the model.

    Returns:
        A functional model; the output is (batch, height, width, channels), linear.

    Reference: Zhang, Sindagi, Patel, "Image De-raining Using a Conditional Generative
    Adversarial Network", 2017; leaky rectifiers in place of parametric ones.
    """
    checks.not_empty("filters", filters)
    tensors = named_inputs(inputs)
    hidden, skips = as_picture(tensors), []
    for index, channels in enumerate(filters):
        style = {"normalisation": normalisation if index else None}
        hidden = _same_size(hidden, channels, activation="leaky_relu", **style)
        skips.append(hidden)
    for skip in skips[-2::-1]:
        style = {"normalisation": normalisation}
        hidden = _same_size(hidden, skip.shape[-1], **style)
        hidden = keras.layers.Add()([hidden, skip])
        hidden = keras.layers.Activation("relu")(hidden)
    (key, shape), *_ = outputs.items()
    made = keras.layers.Identity(name=key)(_same_size(hidden, shape[-1]))
    return keras.Model(tensors, {key: made}, name=name)


def pyramid_patches(
    inputs: Shapes,
    filters: Sequence[int] = (32, 64),
    scales: Sequence[int] = (1, 2, 4),
    normalisation: str | None = "batch",
    name: str = "critic",
) -> keras.Model:
    """A critic of patches that sees what lies around each of them, too.

    Its features are averaged over squares of several sizes, and all of them are read
    together at every place.

    Args:
        inputs: name to shape: "x", and what else it sees, of the same height and width.
        filters: channels of its convolutions, which halve.
        scales: edges of the squares, in places of the last hidden layer; 1 is the place
            itself.
        normalisation: of every hidden layer but the first: "batch", "instance" or
            `None`.
        name: of the model.

    Returns:
        A functional model; "score" is (batch, rows, columns, 1), linear.

    Raises:
        ValueError: for no `filters`, or a scale below 1.

    Reference: Zhang, Sindagi, Patel, "Image De-raining Using a Conditional Generative
    Adversarial Network", 2017, after the pyramid of He et al., 2014.
    """
    checks.not_empty("filters", filters)
    tensors = named_inputs(inputs)
    hidden = as_picture(tensors)
    for index, channels in enumerate(filters):
        style = {"normalisation": normalisation if index else None, **INITIAL}
        hidden = halve(hidden, channels, **style)
    rows, columns = hidden.shape[1:3]
    levels = []
    for scale in scales:
        checks.integer("scales", scale, 1)
        level = hidden
        if scale > 1:
            pool = {"pool_size": scale, "padding": "same", **CHANNELS_LAST}
            level = keras.layers.AveragePooling2D(**pool)(hidden)
        level = _same_size(level, max(filters[-1] // len(scales), 1), 1, "leaky_relu")
        if scale > 1:
            grown = keras.layers.UpSampling2D(scale, **CHANNELS_LAST)(level)
            excess = (grown.shape[1] - rows, grown.shape[2] - columns)
            crop = [(0, more) for more in excess]
            level = keras.layers.Cropping2D(crop, **CHANNELS_LAST)(grown)
        levels.append(level)
    seen = keras.layers.Concatenate()([hidden, *levels])
    score = _same_size(seen, 1, name="score")
    return keras.Model(tensors, {"score": score}, name=name)


def _same_size(hidden, channels, kernel_size=3, activation=None, **arguments):
    """A convolution that keeps height and width."""
    shape = {"kernel_size": kernel_size, "padding": "same", **CHANNELS_LAST}
    style = {**shape, **INITIAL, **arguments}
    return block(hidden, keras.layers.Conv2D, activation, filters=channels, **style)
