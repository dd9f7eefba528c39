"""Networks that foretell the next picture of a series, and that judge it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras

from keras_genmodels import checks
from keras_genmodels.networks import convolutional
from keras_genmodels.networks.conditioning import named_inputs

Clip = tuple[int, int, int, int]


def predictor(
    inputs: Mapping[str, Clip],
    outputs: Mapping[str, Clip],
    filters: Sequence[int] = (32, 64, 128),
    units: Sequence[int] = (256,),
    code_dim: int = 128,
    context: bool = True,
    name: str = "generator",
) -> keras.Model:
    """A recurrent network that reads pictures one by one, and draws after each of them.

        h_t = GRUs(encoder(source_t), h_(t-1)),    x_t = decoder(h_t)

    Args:
        inputs: `{"source": (time, height, width, channels)}`.
        outputs: name to the (time, height, width, channels) of what follows.
        filters: channels of the encoder's convolutions; the decoder mirrors them.
        units: of the memories, each >= 1.
        code_dim: numbers of a picture's code, >= 1.
        context: whether there are memories. If not, dense layers of as many units take
            their place, and what is drawn depends on the last picture alone.
        name: of the model.

    Returns:
        A functional model; the output is (batch, time, height, width, channels),
        linear.

    Raises:
        ValueError: for no `units`.
    """
    checks.not_empty("units", units)
    tensors = named_inputs(inputs)
    (key, shape), *_ = outputs.items()
    hidden = _codes(tensors["source"], _encoder(shape[1:], filters, code_dim))
    for width in units:
        if context:
            hidden = keras.layers.GRU(width, return_sequences=True)(hidden)
        else:
            hidden = keras.layers.Dense(width, "tanh")(hidden)
    size = hidden.shape[-1]
    decoder = convolutional.decoder(
        {"latent": (size,)}, {"x": shape[1:]}, filters[::-1], normalisation="batch"
    )
    drawn = decoder({"latent": keras.ops.reshape(hidden, (-1, size))})["x"]
    made = keras.ops.reshape(drawn, (-1, *shape))
    return keras.Model(tensors, {key: made}, name=name)


def context_critic(
    inputs: Mapping[str, Clip],
    filters: Sequence[int] = (32, 64, 128),
    units: int = 256,
    code_dim: int = 128,
    name: str = "critic",
) -> keras.Model:
    """A critic that judges each picture of a series after all those before it.

    A memory goes through the pictures of "source", and from where it stands after each
    of them it takes one step more, to the picture that is judged.

        c_t = GRU(encoder(source_t), c_(t-1)),    score_t = w GRU(encoder(x_t), c_t) + b

    Args:
        inputs: "x" and, if there is a context, "source", the pictures before those of
            x, both (time, height, width, channels). Without it each picture is judged
            by itself.
        filters: channels of the encoder's convolutions.
        units: of the memory, >= 1.
        code_dim: numbers of a picture's code, >= 1.
        name: of the model.

    Returns:
        A functional model to "score", (batch, time, 1), linear.
    """
    tensors = named_inputs(inputs)
    time, *picture = inputs["x"]
    encoder = _encoder(picture, filters, code_dim)
    judged = _codes(tensors["x"], encoder)
    if "source" in tensors:
        memory = keras.layers.GRU(units, return_sequences=True, name="memory")
        before = memory(_codes(tensors["source"], encoder))
        before = keras.ops.reshape(before, (-1, units))  # time joins the batch
        judged = keras.ops.reshape(judged, (-1, 1, code_dim))
        judged = memory(judged, initial_state=before)
        judged = keras.ops.reshape(judged, (-1, time, units))
    else:
        judged = keras.layers.Dense(units, "tanh")(judged)
    score = keras.layers.Dense(1, name="score")(judged)
    return keras.Model(tensors, {"score": score}, name=name)


def _encoder(shape, filters, code_dim):
    """An encoder of single pictures, without normalisation."""
    return convolutional.encoder(
        {"x": tuple(shape)},
        {"code": code_dim},
        filters,
        activation="leaky_relu",
        centre=True,
    )


def _codes(pictures, encoder):
    """The codes of all pictures, (batch, time, code_dim)."""
    folded = keras.ops.reshape(pictures, (-1, *pictures.shape[2:]))
    codes = keras.layers.LeakyReLU()(encoder({"x": folded})["code"])
    return keras.ops.reshape(codes, (-1, pictures.shape[1], codes.shape[-1]))
