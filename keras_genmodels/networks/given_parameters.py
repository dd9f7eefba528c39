"""Networks whose weights are an input, so that these can be random themselves."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import keras
import tensorflow as tf

from keras_genmodels.networks.channels import CHANNELS_LAST
from keras_genmodels.networks.conditioning import flat, named_inputs
from keras_genmodels.registry import register


@register("given_dense", family="layer")
class GivenDense(keras.layers.Layer):
    """A perceptron whose weights it is given, several of them at once.

        h_0 = x,    h_l = relu(h_(l-1) (s W_l / sqrt(n_(l-1))) + s b_l)

    The last layer is linear. The division by the root of the number of inputs keeps the
    size of what goes in, whatever the widths.

    Args:
        input_size: numbers of one x, >= 1.
        units: widths of the hidden layers, each >= 1, and of the output.
        stddev: s, > 0: a weight of 1 that is given counts so much.
        **kwargs: `name` and `dtype`.

    Shapes: called with x, (rows, input_size), and parameters, (draws,
    parameters_size), in which kernel and bias of each layer lie side by side; gives
    (draws, rows, units[-1]): all rows for every draw.

    Example:
        >>> layer = GivenDense(2, (3, 1))
        >>> layer.parameters_size
        13
        >>> tuple(layer(keras.ops.ones((5, 2)), keras.ops.ones((7, 13))).shape)
        (7, 5, 1)
    """

    def __init__(self, input_size, units, stddev=1.0, **kwargs):
        super().__init__(**kwargs)
        self.input_size = int(input_size)
        self.units = tuple(int(width) for width in units)
        self.stddev = float(stddev)
        self.built = True

    @property
    def kernel_shapes(self) -> list[tuple[int, int]]:
        """The shape of the kernel of every layer."""
        widths = (self.input_size, *self.units)
        return list(itertools.pairwise(widths))

    @property
    def parameters_size(self) -> int:
        """How many parameters it must be given."""
        return sum((ins + 1) * outs for ins, outs in self.kernel_shapes)

    def call(self, x, parameters):
        sizes = [n for ins, outs in self.kernel_shapes for n in (ins * outs, outs)]
        parts = tf.split(self.stddev * parameters, sizes, axis=1)
        hidden = None
        for place, (ins, outs) in enumerate(self.kernel_shapes):
            kernel = tf.reshape(parts[2 * place], (-1, ins, outs)) / math.sqrt(ins)
            if hidden is None:  # (rows, ins) and (draws, ins, outs)
                found = tf.tensordot(x, kernel, [[1], [1]])
                hidden = tf.transpose(found, (1, 0, 2))  # (draws, rows, outs)
            else:
                hidden = tf.matmul(tf.nn.relu(hidden), kernel)
            hidden += parts[2 * place + 1][:, None]
        return hidden

    def compute_output_spec(self, x, parameters):
        shape = (parameters.shape[0], x.shape[0], self.units[-1])
        return keras.KerasTensor(shape, dtype=self.compute_dtype)

    def get_config(self):
        own = {"input_size": self.input_size, "units": list(self.units)}
        return {**super().get_config(), **own, "stddev": self.stddev}


@register("drawn_class", family="layer")
class DrawnClass(keras.layers.Layer):
    """A class drawn from its logits by a seed: the argmax of logits and Gumbel noise.

        y = argmax_k (logits_k + e_k),    e_k = -log(-log(u)), u uniform in (0, 1)

    Shapes: called with logits, (..., classes), and a seed, int32 (2,); gives one-hots
    of the same shape, through which no gradient passes.

    Reference: Maddison, Tarlow, Minka, "A* Sampling", 2014.

    Example:
        >>> seed = keras.ops.array([0, 1], "int32")
        >>> DrawnClass()(keras.ops.array([[0.0, 50.0]]), seed).numpy().tolist()
        [[0.0, 1.0]]
    """

    def __init__(self, **kwargs):
        super().__init__(**{"dtype": "float32", **kwargs})
        self.built = True

    def call(self, logits, seed):
        tiny = 1e-7
        uniform = tf.random.stateless_uniform(tf.shape(logits), seed, tiny, 1.0 - tiny)
        noise = -tf.math.log(-tf.math.log(uniform))
        chosen = tf.argmax(logits + noise, axis=-1)
        return tf.stop_gradient(tf.one_hot(chosen, logits.shape[-1]))

    def compute_output_spec(self, logits, seed):
        return keras.KerasTensor(logits.shape, dtype="float32")


def classifier(
    x_shape: Sequence[int],
    classes: int,
    units: Sequence[int] = (50,),
    stddev: float = 1.0,
    scale: float = 1.0,
) -> keras.Model:
    """A perceptron that reads classes, from "x" and its own "parameters".

    Args:
        x_shape: of one example in [0, 1], without the batch axis.
        classes: how many, >= 2.
        units: widths of the hidden layers, each >= 1; none of them gives a linear map.
        stddev: of every parameter, in units of what is given, > 0.
        scale: by which x - 0.5 is multiplied, > 0.

    Returns:
        A functional model of x, (rows, *x_shape), and parameters, (draws, size), to
        "classes", the logits, (draws, rows, classes).
    """
    layer = GivenDense(math.prod(x_shape), (*units, classes), stddev)
    size = {"parameters": (layer.parameters_size,)}
    tensors = named_inputs({"x": tuple(x_shape), **size})
    x = keras.layers.Rescaling(scale, -0.5 * scale)(tensors["x"])
    x = keras.layers.Flatten(**CHANNELS_LAST)(x)
    outputs = {"classes": layer(x, tensors["parameters"])}
    return keras.Model(tensors, outputs, name="classifier")


def simulator(network: keras.Model) -> keras.Model:
    """The classifier with a further output "condition", classes drawn by a "seed".

    Args:
        network: from `classifier`.

    Returns:
        A functional model of its inputs and "seed", int32 (2,), to its outputs and
        "condition", one-hots, (draws, rows, classes).
    """
    seed = named_inputs({"seed": (2,)})["seed"]
    drawn = DrawnClass()(network.output["classes"], seed)
    outputs = {**network.output, "condition": drawn}
    return keras.Model({**network.input, "seed": seed}, outputs, name="simulator")


def ratio_critic(
    x_shape: Sequence[int],
    classes: int,
    units: Sequence[int] = (64, 64),
    scale: float = 1.0,
) -> keras.Model:
    """A critic of classes beside the logits that they were drawn from, or were not.

        score = sum_k condition_k (g_k(x) + h_k(softmax(classes))),   g, h perceptrons

    It is the form of what there is to learn: log p_data(k | x) - log p(k | classes), as
    a class that is drawn from logits depends on x through these alone. Of logits that
    are sure the softmax does not change any more: noise of h does not drive them on.

    Args:
        x_shape: of one example in [0, 1], without the batch axis.
        classes: how many, >= 2.
        units: widths of the hidden layers of both, each >= 1.
        scale: by which x - 0.5 is multiplied, > 0.

    Returns:
        A functional model of "x", "condition" and "classes", (batch, classes) both, to
        "score", (batch, 1).
    """
    shapes = {"x": tuple(x_shape), "condition": (classes,), "classes": (classes,)}
    tensors = named_inputs(shapes)
    x = keras.layers.Rescaling(scale, -0.5 * scale)(tensors["x"])
    probable = keras.layers.Softmax()(tensors["classes"])
    parts = []
    for seen in (flat({"x": x}), probable):
        hidden = seen
        for width in units:
            hidden = keras.layers.Dense(width, "relu")(hidden)
        parts.append(keras.layers.Dense(classes)(hidden))
    evidence = keras.layers.Add()(parts)
    score = keras.layers.Dot(axes=1, name="score")([evidence, tensors["condition"]])
    return keras.Model(tensors, {"score": score}, name="critic")
