"""Networks of videos: what looks at frames, remembers them and composes new ones.

Frames are folded into the batch axis: every network here sees one frame, or one step,
of many clips at a time.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import keras

from keras_genmodels import checks
from keras_genmodels.networks import dense
from keras_genmodels.networks.conditioning import flat, named_inputs
from keras_genmodels.networks.convolutional import double, halvings


def inference(
    inputs: Mapping[str, tuple[int, ...]],
    outputs: Mapping[str, int],
    units: int = 128,
    activation: str = "relu",
    name: str = "inference",
) -> keras.Model:
    """The approximate posterior in steps: each input is merged with what came before.

    With the inputs "features", "condition" and "hidden", in this order, it is what the
    frame says, merged with the holistic attributes, merged with the memory.

    Args:
        inputs: name to shape; the first is taken as it is, each other one is merged by
            a layer of its own. Empty shapes are left out.
        outputs: name to size, such as `{"posterior": 32}`.
        units: width of every merging layer.
        activation: of every merging layer, a Keras name.
        name: of the model.

    Returns:
        A functional model; each output is (batch, size), linear.

    Reference: He, Lehrmann, Marino, Mori, Sigal, "Probabilistic Video Generation using
    Holistic Attribute Control", 2018.
    """
    tensors = named_inputs(inputs)
    first, *others = tensors
    hidden = keras.layers.Activation(activation)(tensors[first])
    for key in others:
        both = keras.layers.Concatenate()([hidden, tensors[key]])
        merge = keras.layers.Dense(units, name=f"with_{key}")
        hidden = keras.layers.Activation(activation)(merge(both))
    heads = {
        key: keras.layers.Dense(size, name=key)(hidden) for key, size in outputs.items()
    }
    return keras.Model(tensors, heads, name=name)


def memory(
    inputs: Mapping[str, tuple[int, ...]], units: int = 256, name: str = "memory"
) -> keras.Model:
    """One step of an LSTM: what is seen now and the state to the next state.

    Args:
        inputs: what is seen, `{"latent": (size,)}` and optionally "condition".
        units: of the LSTM.
        name: of the model.

    Returns:
        A functional model that also declares "hidden" and "cell", (batch, units), and
        puts out their next values.

    Reference: Hochreiter & Schmidhuber, "Long Short-Term Memory", 1997.
    """
    state = {"hidden": (units,), "cell": (units,)}
    tensors = named_inputs({**inputs, **state})
    seen = flat({key: tensors[key] for key in tensors if key not in state})
    before = [tensors["hidden"], tensors["cell"]]
    _, (hidden, cell) = keras.layers.LSTMCell(units)(seen, before)
    return keras.Model(tensors, {"hidden": hidden, "cell": cell}, name=name)


def content(
    inputs: Mapping[str, tuple[int, ...]],
    backdrop: tuple[int, int, int],
    style: int = 64,
    units: Sequence[int] = (256, 128),
    activation: str = "relu",
    added: Sequence[str] = (),
    name: str = "content",
) -> keras.Model:
    """The parts that stay the same in a clip: its backdrop, the style of its figure.

    The last layer is a weighted sum of learned pictures, so that a backdrop can be as
    sharp as the data; it is made once a clip, not once a frame.

    Args:
        inputs: "content", the latent of the clip, and "condition", or one of them.
        backdrop: (height, width, channels) of the parameters of the likelihood.
        style: numbers that say how the figure looks.
        units: widths of the hidden layers; the last is the number of pictures.
        activation: of the hidden layers, a Keras name.
        added: inputs that go past the hidden layers and add to the outputs. What a
            class of an attribute adds is then the same whatever the others are, and a
            combination that was never seen is a sum of what was.
        name: of the model.

    Returns:
        A functional model to "backdrop", (batch, height, width, channels), and "style",
        (batch, style), linear.

    Raises:
        ValueError: if nothing is left for the hidden layers.
    """
    merged = {key: shape for key, shape in inputs.items() if key not in added}
    tensors = named_inputs({key: inputs[key] for key in added}) if added else {}
    outputs = {"backdrop": math.prod(backdrop), "style": style}
    network = dense.mlp(merged, outputs, units, activation, name)
    heads = dict(network.output)
    for key, tensor in tensors.items():
        for to, size in outputs.items():
            part = keras.layers.Dense(size, use_bias=False, name=f"{to}_of_{key}")
            heads[to] = keras.layers.Add()([heads[to], part(tensor)])
    heads["backdrop"] = keras.layers.Reshape(backdrop)(heads["backdrop"])
    return keras.Model({**network.input, **tensors}, heads, name=name)


def layered_decoder(
    inputs: Mapping[str, tuple[int, ...]],
    shape: tuple[int, int, int],
    filters: Sequence[int] = (128, 96, 64, 32),
    kernel_size: int = 4,
    activation: str = "relu",
    name: str = "decoder",
) -> keras.Model:
    """A figure in front of a backdrop: what moves is drawn, what stays is copied.

        likelihood = backdrop + mask * (figure - backdrop)

    The latent of a frame says where things are, the style how they look: it scales and
    shifts the channels of every layer.

    Args:
        inputs: "latent" and "style", (size,) each, "backdrop", (height, width,
            channels), and optionally "condition", which joins the latent.
        shape: that of the backdrop.
        filters: channels of the small image, then of each doubling but the last.
        kernel_size: of every transposed convolution, in pixels.
        activation: of every hidden layer, a Keras name.
        name: of the model.

    Returns:
        A functional model to "likelihood", (batch, *shape), linear.

    Reference: Vondrick, Pirsiavash, Torralba, "Generating Videos with Scene Dynamics",
    2016 (two streams and a mask); Perez et al., "FiLM: Visual Reasoning with a General
    Conditioning Layer", 2018 (the style).
    """
    tensors = named_inputs(inputs)
    still = ("backdrop", "style")
    hidden = flat({key: tensors[key] for key in tensors if key not in still})
    checks.not_empty("filters", filters)
    *sizes, (height, width) = halvings(shape[:2], len(filters))
    hidden = keras.layers.Dense(height * width * filters[0])(hidden)
    hidden = keras.layers.Reshape((height, width, filters[0]))(hidden)
    hidden = _styled(hidden, tensors["style"], activation)
    for channels in filters[1:]:
        hidden = double(hidden, channels, kernel_size, sizes.pop())
        hidden = _styled(hidden, tensors["style"], activation)
    figure = double(hidden, shape[-1], kernel_size, sizes[0])
    mask = double(hidden, 1, kernel_size, sizes[0], activation="sigmoid")
    backdrop = tensors["backdrop"]
    change = keras.layers.Subtract()([figure, backdrop])
    change = keras.layers.Multiply()([change, mask])
    likelihood = keras.layers.Add(name="likelihood")([backdrop, change])
    return keras.Model(tensors, {"likelihood": likelihood}, name=name)


def _styled(image, style, activation):
    """The image with every channel scaled and shifted as the style says."""
    channels = image.shape[-1]
    scale, shift = (
        keras.layers.Reshape((1, 1, channels))(keras.layers.Dense(channels)(style))
        for _ in range(2)
    )
    scaled = keras.layers.Multiply()([image, scale])
    image = keras.layers.Add()([image, scaled, shift])
    return keras.layers.Activation(activation)(image)
