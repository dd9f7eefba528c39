"""Autoregressive networks: of every pixel they are told those before it alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import keras
import tensorflow as tf

from keras_genmodels import checks
from keras_genmodels.networks.causal_blocks import (
    CausalBlock,
    CausalConvolution,
    GatedConvolution,
    by_batch,
    replaced,
    shifted_down,
    shifted_right,
)
from keras_genmodels.networks.conditioning import named_inputs
from keras_genmodels.networks.row_lstm import RowLSTM
from keras_genmodels.registry import register

NAME = "autoregressive"  # of the layer in a network


@register("autoregressive", family="layer")
class Autoregressive(keras.layers.Layer):
    """Causal blocks, then dense layers at every pixel.

    Pixels are in the order of reading, row by row. What comes out at a pixel depends on
    those before it, all channels of them, and not on itself or any after it.

    Args:
        blocks: `CausalBlock`s, from the picture on.
        units: of the hidden dense layer, >= 1.
        size: numbers that come out at a pixel, >= 1.
        **kwargs: `name` and `dtype`.

    Shapes: called with a dict of "x", (batch, height, width, channels) in [0, 1], and
    of what else pixels are told: vectors, (batch, any), which all of them are, and
    maps, (batch, height, width, any), each its own place; to (batch, height, width,
    size), linear.
    """

    def __init__(self, blocks, units, size, **kwargs):
        super().__init__(**kwargs)
        self.blocks = [
            block
            if isinstance(block, CausalBlock)
            else keras.saving.deserialize_keras_object(block)
            for block in checks.not_empty("blocks", blocks)
        ]
        self.units, self.size = units, size
        policy = {"dtype": self.dtype_policy}
        self.hidden = keras.layers.Dense(units, "relu", **policy)
        self.last = keras.layers.Dense(size, **policy)

    def build(self, input_shape):
        *sites, channels = input_shape["x"]
        sizes = [shape[-1] for name, shape in input_shape.items() if name != "x"]
        context = (None, 1, 1, sum(sizes)) if sizes else None
        above = left = (*sites, channels + 1)
        for block in self.blocks:
            if not block.built:  # one that comes of a config is
                block.build(above, left, context)
            above, left = block.compute_output_shape(above, left, context)
        self.hidden.build(left)
        self.last.build((*sites, self.units))
        self.x_shape = (*sites[1:], channels)

    def call(self, inputs, training=False):
        x, context = with_border(inputs["x"]), _context(inputs)
        above, left = shifted_down(x), shifted_right(x)
        for block in self.blocks:
            above, left = block(above, left, context, training=training)
        return self._put_out(left)

    def _put_out(self, left):
        return self.last(self.hidden(tf.nn.relu(left)))

    def compute_output_shape(self, input_shape):
        return (*input_shape["x"][:-1], self.size)

    # --- a pixel at a time ------------------------------------------------------------

    def generate(
        self,
        inputs: Mapping[str, tf.Tensor],
        batch: tf.Tensor,
        draw: Callable[[tf.Tensor, tf.Tensor, tf.Tensor], tf.Tensor],
    ) -> tf.Tensor:
        """Draw pictures pixel by pixel, each computed once.

        Args:
            inputs: the vectors and maps that the layer is called with beside "x".
            batch: how many pictures.
            draw: of what the network says of a pixel, (batch, size), and of its row and
                column, to its values in [0, 1], (batch, channels).

        Returns:
            float32 (batch, height, width, channels).
        """
        context, (height, width, channels) = _context(inputs), self.x_shape
        made = [channels + 1, *(block.filters for block in self.blocks)]
        # What went into the blocks and came out of the last one, of the row so far,
        # after as many zeros as the next block looks back.
        margins = [self._margin(level) for level in range(len(made))]
        rows = [
            tf.zeros((margin + width, batch, count), self.compute_dtype)
            for margin, count in zip(margins, made, strict=True)
        ]
        states = [block.start(batch, width) for block in self.blocks]
        pictures = tf.TensorArray(tf.float32, height)

        def row(r, rows, states, pictures):
            told = context if context is None else _row_of(context, r)
            states, givens = self._start_row(rows, states, told)
            _, rows, states, pixels = tf.while_loop(
                lambda c, *_: c < width,
                lambda c, *carried: self._pixel(r, c, givens, draw, *carried),
                (0, rows, states, tf.TensorArray(tf.float32, width)),
                parallel_iterations=1,
            )
            return r + 1, rows, states, pictures.write(r, pixels.stack())

        loop = (0, rows, states, pictures)
        *_, pictures = tf.while_loop(
            lambda r, *_: r < height, row, loop, parallel_iterations=1
        )
        found = tf.transpose(pictures.stack(), (2, 0, 1, 3))
        return tf.ensure_shape(found, (None, *self.x_shape))

    def _margin(self, level):
        """Zeros before a row: the first block is not told the pixel itself."""
        if level == len(self.blocks):
            return 0
        return self.blocks[level].reach - (level > 0)

    def _start_row(self, rows, states, context):
        """Tell the blocks what is above a row, before it is begun."""
        new, givens = [], []
        done = [by_batch(row[self._margin(i) :]) for i, row in enumerate(rows)]
        above = done[0]
        for block, state, before in zip(self.blocks, states, done[1:], strict=True):
            state, given, above = block.start_row(state, above, before, context)
            new.append(state)
            givens.append(given)
        return new, givens

    def _pixel(self, r, column, givens, draw, rows, states, pixels):
        rows, states = list(rows), list(states)
        for i, block in enumerate(self.blocks):
            window = rows[i][column : column + block.reach]
            window = tf.ensure_shape(window, (block.reach, *rows[i].shape[1:]))
            states[i], left = block.pixel(states[i], givens[i][column], window, column)
            rows[i + 1] = replaced(rows[i + 1], self._margin(i + 1) + column, left)
        pixel = draw(self._put_out(left), r, column)
        seen = tf.cast(with_border(pixel), self.compute_dtype)
        rows[0] = replaced(rows[0], self._margin(0) + column, seen)
        return column + 1, rows, states, pixels.write(column, pixel)

    def get_config(self):
        blocks = [keras.saving.serialize_keras_object(block) for block in self.blocks]
        own = {"blocks": blocks, "units": self.units, "size": self.size}
        return {**super().get_config(), **own}


def with_border(x: tf.Tensor) -> tf.Tensor:
    """One more channel of ones: what lies outside the picture is 0 in it."""
    return tf.concat([x, tf.ones_like(x[..., :1])], axis=-1)


def _context(inputs):
    """All vectors and maps side by side, (batch, height or 1, width or 1, any)."""
    parts = [value for name, value in sorted(inputs.items()) if name != "x"]
    maps = [part for part in parts if len(part.shape) == 4]
    vectors = [part[:, None, None] for part in parts if len(part.shape) == 2]
    if maps:  # every place of which is told the vectors, too
        vectors = [vector + tf.zeros_like(maps[0][..., :1]) for vector in vectors]
    return tf.concat([*vectors, *maps], axis=-1) if parts else None


def _row_of(context, row):
    """The part of the context that a row is told, (batch, 1, width or 1, any)."""
    return context if context.shape[1] == 1 else context[:, row : row + 1]


# --- networks -------------------------------------------------------------------------


def autoregressive(
    inputs: Mapping[str, tuple[int, ...]],
    size: int,
    blocks: Sequence[CausalBlock],
    units: int,
) -> keras.Model:
    """A network of causal blocks, to the output "likelihood".

    Args:
        inputs: `{"x": (height, width, channels)}`, and vectors that all pixels are
            told, such as `"condition": (size,)`.
        size: numbers that come out at a pixel.
        blocks: as for `Autoregressive`.
        units: likewise.
    """
    tensors = named_inputs(inputs)
    layer = Autoregressive(blocks, units, size, name=NAME)
    outputs = {"likelihood": layer(tensors)}
    return keras.Model(tensors, outputs, name="network")


def given_latent(
    inputs: Mapping[str, tuple[int, ...]],
    size: int,
    spread: keras.Model,
    blocks: Sequence[CausalBlock],
    units: int,
) -> keras.Model:
    """The same of a latent, too, of which every pixel is told a part of a map.

    Args:
        inputs: `{"x": (height, width, channels), "latent": (latent_dim,)}`.
        size: as for `autoregressive`.
        spread: network from "latent" to "map", (height, width, any).
        blocks: as for `Autoregressive`.
        units: likewise.

    Returns:
        A functional model with the layers "spread", the network of that name, and
        "autoregressive".
    """
    tensors = named_inputs(inputs)
    told = spread({"latent": tensors["latent"]})
    layer = Autoregressive(blocks, units, size, name=NAME)
    outputs = {"likelihood": layer({"x": tensors["x"], **told})}
    return keras.Model(tensors, outputs, name="decoder")


def pixel_cnn(inputs, size, filters, layers, kernel_size, units):
    """Masked convolutions, the first one of 7 by 7 pixels; see `autoregressive`."""
    first = [CausalConvolution(filters, 7)]
    blocks = [CausalConvolution(filters, kernel_size) for _ in range(layers)]
    return autoregressive(inputs, size, first + blocks, units)


def gated_pixel_cnn(inputs, size, filters, layers, kernel_size, units, dropout=0.0):
    """Gated streams of the rows above and of the row itself; see `autoregressive`."""
    first = [GatedConvolution(filters, 7)]
    blocks = [GatedConvolution(filters, kernel_size, dropout) for _ in range(layers)]
    return autoregressive(inputs, size, first + blocks, units)


def row_lstm(inputs, size, filters, layers, kernel_size, units):
    """A masked convolution, then memories that go down the picture."""
    first = [CausalConvolution(filters, 7)]
    blocks = [RowLSTM(filters, kernel_size) for _ in range(layers)]
    return autoregressive(inputs, size, first + blocks, units)
