"""Recurrent networks of sequences, (batch, steps, size)."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import tensorflow as tf

from keras_genmodels import checks
from keras_genmodels.networks.conditioning import centred, named_inputs
from keras_genmodels.networks.translation import Shapes
from keras_genmodels.registry import register


@register("feedback_cell", family="layer")
class FeedbackCell(keras.layers.Layer):
    """Memories one above another, which are told what they have put out last.

        h_t = LSTMs([e_t, sigmoid(y_(t-1))], h_(t-1)),    y_t = W h_t + b

    Args:
        units: of each memory, from the first to the last, each >= 1.
        size: numbers of y, >= 1.
        **kwargs: `name` and `dtype`.

    Shapes: a cell of `keras.layers.RNN`; e_t is (batch, any), y_t (batch, size), logits
    of numbers in [0, 1]. The y before the first is 0: a half of each number.
    """

    def __init__(self, units, size, **kwargs):
        super().__init__(**kwargs)
        self.units, self.size = list(checks.not_empty("units", units)), size
        policy = {"dtype": self.dtype_policy}
        self.cells = [keras.layers.LSTMCell(width, **policy) for width in self.units]
        self.last = keras.layers.Dense(size, **policy)
        # Of each memory the hidden state and what it remembers, and the last y.
        self.state_size = [*(width for width in self.units for _ in range(2)), size]
        self.output_size = size

    def build(self, input_shape):
        batch, width = input_shape[0], input_shape[-1] + self.size
        for cell in self.cells:
            cell.build((batch, width))
            width = cell.units
        self.last.build((batch, width))

    def call(self, inputs, states, training=False):
        *memories, before = states
        hidden, kept = tf.concat([inputs, tf.sigmoid(before)], axis=-1), []
        for place, cell in enumerate(self.cells):
            own = memories[2 * place : 2 * place + 2]
            hidden, own = cell(hidden, own, training=training)
            kept += own
        made = self.last(hidden)
        return made, [*kept, made]

    def get_initial_state(self, batch_size=None):
        sizes = self.state_size
        return [tf.zeros((batch_size, size), self.compute_dtype) for size in sizes]

    def get_config(self):
        return {**super().get_config(), "units": self.units, "size": self.size}


def generator(
    inputs: Shapes, outputs: Shapes, units: Sequence[int], name: str = "generator"
) -> keras.Model:
    """A recurrent network that is fed noise and its own last output at every step.

    Args:
        inputs: `{"latent": (steps * noise,)}`, the noise of every step after another,
            and optionally `"condition": (size,)`, which all steps are told.
        outputs: `{"x": (steps, size)}`.
        units: of its memories, each >= 1.
        name: of the model.

    Returns:
        A functional model; "x" is (batch, steps, size), linear.

    Raises:
        ValueError: for no `units`.
    """
    tensors = named_inputs(inputs)
    (key, (steps, size)), *_ = outputs.items()
    noise = keras.layers.Reshape((steps, -1))(tensors["latent"])
    told = [
        keras.layers.RepeatVector(steps)(tensors[known])
        for known in tensors
        if known != "latent"
    ]
    seen = keras.layers.Concatenate()([noise, *told]) if told else noise
    cell = FeedbackCell(units, size)
    made = keras.layers.RNN(cell, return_sequences=True, name=key)(seen)
    return keras.Model(tensors, {key: made}, name=name)


def critic(inputs: Shapes, units: Sequence[int], name: str = "critic") -> keras.Model:
    """Memories that go through a sequence both ways, and judge every step of it.

    Args:
        inputs: `{"x": (steps, size)}`, and optionally `"condition": (size,)`, which all
            steps are told.
        units: of the memories in either direction, each >= 1.
        name: of the model.

    Returns:
        A functional model to "score", (batch, steps, 1), linear, and "features", what
        it is made of, (batch, steps, 2 * the last of `units`).

    Raises:
        ValueError: for no `units`.
    """
    checks.not_empty("units", units)
    tensors = named_inputs(inputs)
    hidden = centred(tensors)["x"]
    told = [
        keras.layers.RepeatVector(hidden.shape[1])(tensors[key])
        for key in tensors
        if key != "x"
    ]
    hidden = keras.layers.Concatenate()([hidden, *told]) if told else hidden
    for width in units:
        memory = keras.layers.LSTM(width, return_sequences=True)
        hidden = keras.layers.Bidirectional(memory)(hidden)
    score = keras.layers.Dense(1, name="score")(hidden)
    return keras.Model(tensors, {"score": score, "features": hidden}, name=name)
