"""Recurrent networks that say of every step of a sequence how likely it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import keras
import tensorflow as tf

from keras_genmodels import checks
from keras_genmodels.networks.autoregressive import NAME
from keras_genmodels.networks.conditioning import named_inputs
from keras_genmodels.networks.translation import Shapes
from keras_genmodels.registry import register


@register("causal_memories", family="layer")
class CausalMemories(keras.layers.Layer):
    """Memories one above another, which are told of all steps before one.

        h_t = LSTMs([x_(t-1), c], h_(t-1)),    out_t = W h_t + b

    Args:
        units: of each memory, from the first to the last, each >= 1.
        size: numbers that come out at a step, >= 1.
        **kwargs: `name` and `dtype`.

    Shapes: called with a dict of "x", (batch, steps, any) in [0, 1], and of vectors c,
    (batch, any), which all steps are told; to (batch, steps, size), linear. What stands
    before the first step is -1 everywhere, which no step is.
    """

    def __init__(self, units, size, **kwargs):
        super().__init__(**kwargs)
        self.units, self.size = list(checks.not_empty("units", units)), size
        policy = {"dtype": self.dtype_policy}
        cells = [keras.layers.LSTMCell(width, **policy) for width in self.units]
        self.memory = keras.layers.RNN(cells, return_sequences=True, **policy)
        self.last = keras.layers.Dense(size, **policy)

    def build(self, input_shape):
        width = sum(shape[-1] for shape in input_shape.values())
        steps = input_shape["x"][1]
        self.memory.build((None, steps, width))
        self.last.build((None, steps, self.units[-1]))
        self.x_shape = tuple(input_shape["x"][1:])

    def call(self, inputs, training=False):
        x = inputs["x"]
        before = tf.pad(x[:, :-1], [[0, 0], [1, 0], [0, 0]], constant_values=-1)
        told = [
            tf.repeat(tensor[:, None], x.shape[1], axis=1)
            for tensor in _vectors(inputs)
        ]
        hidden = self.memory(tf.concat([before, *told], axis=-1), training=training)
        return self.last(hidden)

    def compute_output_shape(self, input_shape):
        return (*input_shape["x"][:-1], self.size)

    def generate(
        self,
        inputs: Mapping[str, tf.Tensor],
        batch: tf.Tensor,
        draw: Callable[[tf.Tensor, tf.Tensor, tf.Tensor], tf.Tensor],
    ) -> tf.Tensor:
        """Draw sequences step by step, each computed once.

        Args:
            inputs: the vectors that the layer is called with beside "x".
            batch: how many sequences.
            draw: of what the network says of a step, (batch, size), of its number and
                of 0, to its values in [0, 1], (batch, any).

        Returns:
            float32 (batch, steps, any).
        """
        told, (steps, width) = _vectors(inputs), self.x_shape
        cell = self.memory.cell

        def step(place, before, states, made):
            seen = tf.concat([tf.cast(before, self.compute_dtype), *told], axis=-1)
            hidden, states = cell(seen, states)
            new = draw(self.last(hidden), place, 0)
            return place + 1, new, states, made.write(place, new)

        start = -tf.ones((batch, width))
        states = cell.get_initial_state(batch_size=batch)
        loop = (0, start, states, tf.TensorArray(tf.float32, steps))
        *_, made = tf.while_loop(
            lambda place, *_: place < steps, step, loop, parallel_iterations=1
        )
        found = tf.transpose(made.stack(), (1, 0, 2))
        return tf.ensure_shape(found, (None, *self.x_shape))

    def get_config(self):
        return {**super().get_config(), "units": self.units, "size": self.size}


def _vectors(inputs):
    return [tensor for name, tensor in inputs.items() if name != "x"]


def recurrent_density(
    inputs: Shapes, size: int, units: Sequence[int], name: str = "density"
) -> keras.Model:
    """Memories that say of every step how likely it is, given those before.

    Args:
        inputs: `{"x": (steps, any)}`, and optionally `"condition": (any,)`, which all
            steps are told.
        size: numbers that the likelihood needs at a step, >= 1.
        units: of the memories, each >= 1.
        name: of the model.

    Returns:
        A functional model to "likelihood", (batch, steps, size), linear.

    Raises:
        ValueError: for no `units`.
    """
    tensors = named_inputs(inputs)
    made = CausalMemories(units, size, name=NAME)(tensors)
    return keras.Model(tensors, {"likelihood": made}, name=name)
