"""Networks that split a picture into a thing and all else, and join the two again."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from keras_genmodels import checks
from keras_genmodels.networks.conditioning import named_inputs
from keras_genmodels.networks.convolutional import double, halvings
from keras_genmodels.networks.translation import INITIAL, as_picture, halve

Shape = tuple[int, int, int]
SPLITTER, JOINER = "splitter", "joiner"


def remover(
    source: str,
    shape: Shape,
    filters: Sequence[int] = (32, 64, 128),
    share: float = 0.25,
    normalisation: str | None = "layer",
    name: str = "generator",
) -> keras.Model:
    """Split a picture, and join what is no thing with nothing.

    Both parts are kept in the places of the picture, as channels of a small one.

    Args:
        source: the name of the input.
        shape: (height, width, channels) of it, and of what is put out.
        filters: channels of each halving; the doublings mirror them.
        share: of the last one's channels that is the thing's, in (0, 1).
        normalisation: of hidden layers, "layer", "batch" or `None`.
        name: of the model.

    Returns:
        A functional model to "x", linear, that holds the models "splitter", from "x" to
        "background" and "object", and "joiner", from these to "x".

    Raises:
        ValueError: for no filters, or a share that leaves either part without channels.

    Reference: Zhou et al., "GeneGAN: Learning Object Transfiguration and Attribute
    Subspace from Unpaired Data", 2017.
    """
    checks.not_empty("filters", filters)
    own = round(share * filters[-1])
    if not 0 < own < filters[-1]:
        raise ValueError(
            f"`share` must leave both parts some of {filters[-1]} channels. "
            f"Received: share={share}, which is {own} of them."
        )
    splitter = _splitter(shape, filters, own, normalisation)
    joiner = _joiner(shape, filters, own, normalisation)
    tensors = named_inputs({source: shape})
    parts = splitter({"x": tensors[source]})
    nothing = keras.layers.Rescaling(0.0)(parts["object"])
    made = joiner({"background": parts["background"], "object": nothing})
    return keras.Model(tensors, made, name=name)


def _splitter(shape, filters, own, normalisation):
    tensors = named_inputs({"x": shape})
    hidden = as_picture(tensors)
    for index, channels in enumerate(filters[:-1]):
        style = {"normalisation": normalisation if index else None, **INITIAL}
        hidden = halve(hidden, channels, **style)
    sizes = {"background": filters[-1] - own, "object": own}
    parts = {
        name: halve(hidden, size, None, name=name, **INITIAL)
        for name, size in sizes.items()
    }
    return keras.Model(tensors, parts, name=SPLITTER)


def _joiner(shape, filters, own, normalisation):
    sizes = halvings(shape[:2], len(filters))
    parts = {"background": filters[-1] - own, "object": own}
    tensors = named_inputs({k: (*sizes[-1], size) for k, size in parts.items()})
    hidden = keras.layers.Concatenate()(list(tensors.values()))
    style = {"activation": "relu", "normalisation": normalisation, **INITIAL}
    for channels, size in zip(filters[-2::-1], sizes[-2:0:-1], strict=True):
        hidden = double(hidden, channels, 4, size, **style)
    made = double(hidden, shape[-1], 4, shape[:2], **INITIAL)
    return keras.Model(
        tensors, {"x": keras.layers.Identity(name="x")(made)}, name=JOINER
    )
