"""Networks of showers in the layers of a calorimeter, one stream for each of them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

import keras

from keras_genmodels.networks.channels import CHANNELS_LAST
from keras_genmodels.networks.conditioning import named_inputs
from keras_genmodels.networks.locally_connected import (
    activated,
    check_count,
    compared,
    logarithm,
    placed,
)

CELL = 0.05  # share of the energy in a cell of which the output before is 1
Sides = tuple[int, int]


def generator(
    inputs: Mapping[str, tuple[int, ...]],
    layers: Sequence[Sides],
    energies: tuple[float, float],
    filters: Sequence[int] = (16, 16, 6),
    local: bool = True,
    attention: bool = True,
    unit: float = 1.0,
    name: str = "generator",
) -> keras.Model:
    """A stream for each layer, and what the layer before it has, filled in.

    The latent enters multiplied with the energy, and as it is, beside the logarithm of
    the energy. Of a layer after the first w * own + (1 - w) * previous is put out, the
    previous layer brought to its cells; w is computed of both.

    Args:
        inputs: "latent", (size,), and "condition", (1,), the energy from the least
            energy at 0 to the greatest at 1.
        layers: rows and columns of each layer; those of one layer are multiples of
            those of the other, or the other way round.
        energies: the least and the greatest, in GeV.
        filters: channels of the dense picture, of its convolution and of the layer that
            knows the place.
        local: whether that layer, the one after it and w have weights of their own at
            each place; else they are convolutions.
        attention: whether layers see those before them.
        unit: energy in GeV for which x is 1.
        name: of the model.

    Returns:
        A functional model; the output "x" is (batch, cells), the layers one after
        another, linear.

    Raises:
        ValueError: for more or fewer `filters`.
    """
    check_count("filters", filters, 3)
    tensors = named_inputs(inputs)
    energy = _energy(tensors["condition"], energies)
    share = keras.layers.Rescaling(1 / energies[1])(energy)
    latent, logarithm = tensors["latent"], keras.ops.log(share)
    product = keras.layers.Multiply()([latent, share])
    hidden = keras.layers.Concatenate()([product, latent, logarithm])
    made = [_picture(hidden, sides, filters, local) for sides in layers]
    if attention:
        for place, (before, sides) in enumerate(itertools.pairwise(layers)):
            carried = _resized(made[place], before, sides)
            made[place + 1] = _filled_in(made[place + 1], carried, local)
    flat = [keras.layers.Flatten(**CHANNELS_LAST)(picture) for picture in made]
    x = keras.layers.Concatenate()(flat)
    x = keras.layers.Multiply()([x, share])
    x = keras.layers.Rescaling(CELL * energies[1] / unit, name="x")(x)
    return keras.Model(tensors, {"x": x}, name=name)


def critic(
    inputs: Mapping[str, tuple[int, ...]],
    outputs: Mapping[str, int],
    layers: Sequence[Sides],
    energies: tuple[float, float],
    filters: Sequence[int] = (16, 8, 8, 8),
    local: bool = True,
    minibatch: tuple[int, int] = (10, 10),
    unit: float = 1.0,
    soft: float = 1e-3,
    name: str = "critic",
) -> keras.Model:
    """A stream for each layer, beside the energies of the layers.

    It sees each layer as shares of the energy asked for, and is told the energies of
    the layers, their sum, how far that is from the energy asked for, and how near these
    numbers are to those of the other examples of the batch.

    Args:
        inputs: "x", (cells,), and "condition", (1,), as for `generator`.
        outputs: name to size.
        layers: as for `generator`, like `energies`, `local` and `unit`.
        energies: the least and the greatest, in GeV.
        filters: channels of a convolution, and of three layers that know the place, of
            which the first and the last halve the columns.
        local: as for `generator`, of these three layers.
        minibatch: kernels, and their size, of `MinibatchDiscrimination`; 0 kernels for
            none.
        unit: as for `generator`.
        soft: energy in GeV near which logarithms, channels beside the shares, begin to
            count.
        name: of the model.

    Returns:
        A functional model; each output is (batch, size), linear.

    Raises:
        ValueError: for more or fewer `filters`, or numbers of `minibatch`.
    """
    check_count("critic_filters", filters, 4)
    check_count("minibatch", minibatch, 2)
    tensors = named_inputs(inputs)
    energy = _energy(tensors["condition"], energies)
    x = keras.layers.Rescaling(unit)(tensors["x"])  # GeV
    streams, sums, first = [], [], 0
    for sides in layers:
        cells = x[:, first : first + math.prod(sides)]
        first += math.prod(sides)
        sums.append(keras.ops.sum(cells, axis=1, keepdims=True))
        seen = _channels(keras.layers.Reshape((*sides, 1))(cells), energy, soft)
        streams.append(_stream(seen, filters, local, minibatch))
    told = compared(_told(sums, energy), minibatch)
    hidden = keras.layers.Concatenate()([*streams, told])
    heads = {key: keras.layers.Dense(n, name=key)(hidden) for key, n in outputs.items()}
    return keras.Model(tensors, heads, name=name)


def _energy(condition, energies):
    """The energy in GeV, (batch, 1), of its column."""
    low, high = energies
    return keras.layers.Rescaling(high - low, low)(condition)


def _picture(hidden, sides, filters, local):
    rows, columns = sides
    hidden = keras.layers.Dense(rows * columns * filters[0])(hidden)
    hidden = keras.layers.Reshape((rows, columns, filters[0]))(hidden)
    hidden = activated(placed(False, filters[1], (2, 3))(hidden))
    hidden = activated(placed(local, filters[2], (2, 3))(hidden), normalise=False)
    return placed(local, 1, 2, use_bias=False)(hidden)


def _resized(picture, before, after):
    """Means of cells, or cells repeated, in either direction."""
    fewer = [max(b // a, 1) for b, a in zip(before, after, strict=True)]
    more = [max(a // b, 1) for b, a in zip(before, after, strict=True)]
    picture = keras.layers.AveragePooling2D(fewer, **CHANNELS_LAST)(picture)
    return keras.layers.UpSampling2D(more, **CHANNELS_LAST)(picture)


def _filled_in(own, carried, local):
    both = keras.layers.Concatenate()([own, carried])
    share = keras.layers.Activation("sigmoid")(placed(local, 1, 3)(both))
    return share * own + (1 - share) * carried


def _channels(picture, energy, soft):
    """Shares of the energy, and logarithms of energies in GeV."""
    share = picture / keras.layers.Reshape((1, 1, 1))(energy)
    return keras.layers.Concatenate()([10 * share, 0.2 * logarithm(picture, soft)])


def _stream(hidden, filters, local, minibatch):
    hidden = activated(placed(False, filters[0], (2, 3))(hidden), normalise=False)
    strides = ((1, 2), (1, 1), (1, 2))
    for count, size, step in zip(filters[1:], (3, 2, 2), strides, strict=True):
        hidden = activated(placed(local, count, size, step)(hidden))
    hidden = keras.layers.Flatten(**CHANNELS_LAST)(hidden)
    return compared(hidden, minibatch)


def _told(sums, energy):
    """The energies of layers, their sum and its error, in GeV / 10 and as shares."""
    total = sum(sums)
    named = [*sums, total, keras.ops.abs(total - energy)]
    shares = [part / energy for part in named]
    logarithms = [keras.ops.log1p(keras.ops.relu(part)) for part in sums]
    scaled = [0.1 * part for part in (*named, energy)]
    return keras.layers.Concatenate()([*scaled, *shares, *logarithms])
