"""Networks that fill what is missing of a picture, and leave the rest as it is."""

from __future__ import annotations

import keras

from keras_genmodels.networks.conditioning import named_inputs
from keras_genmodels.registry import register


@register("paste", family="layer")
class Paste(keras.layers.Layer):
    """A picture where it is known, and another one where it is not.

        mask * known + (1 - mask) * made

    Shapes: called with `made` and `known`, (batch, height, width, channels), and `mask`
    of the same size, with 1 channel or as many, 1 where the picture is known; float32.

    Example:
        >>> made, known = keras.ops.full((1, 2), 0.5), keras.ops.ones((1, 2))
        >>> Paste()(made, known, keras.ops.array([[1.0, 0.0]])).numpy().tolist()
        [[1.0, 0.5]]
    """

    def __init__(self, **kwargs):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        self.built = True

    def call(self, made, known, mask):
        return mask * known + (1.0 - mask) * made

    def compute_output_spec(self, made, known, mask):
        return keras.KerasTensor(made.shape, dtype="float32")


def pasted(network: keras.Model) -> keras.Model:
    """The network whose pictures are pasted into the hole of the source.

    Args:
        network: from "source", "mask" and what else to "x", linear, of the shape of the
            source.

    Returns:
        A functional model from the same inputs to "x" in [0, 1], the source itself
        where the mask is 1.
    """
    shapes = {key: value.shape[1:] for key, value in network.input.items()}
    tensors = named_inputs(shapes)
    made = keras.layers.Activation("sigmoid", dtype="float32")(network(tensors)["x"])
    made = Paste(name="x")(made, tensors["source"], tensors["mask"])
    return keras.Model(tensors, {"x": made}, name=network.name)
