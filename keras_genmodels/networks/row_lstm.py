"""Memories that go down a picture, a row at a time."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.networks.causal_blocks import (
    CausalBlock,
    by_batch,
    by_column,
    replaced,
    shifted_down,
)
from keras_genmodels.registry import register


@register("row_lstm", family="layer")
class RowLSTM(CausalBlock):
    """A long short-term memory that goes down the picture, a row at a time.

        [i, f, o, g] = sums of left + hidden of the row above * kernel_above + bias
        memory = sigmoid(f) memory of the row above + sigmoid(i) tanh(g)
        passed = hidden = sigmoid(o) tanh(memory)

    Args:
        filters: as for `CausalBlock`.
        kernel_size: of `left`, and of the row above, of which there is one. Default 3.
        **kwargs: as for `CausalBlock`.

    Reference: van den Oord, Kalchbrenner, Kavukcuoglu, "Pixel Recurrent Neural
    Networks", 2016.
    """

    sums = 4

    def _add_above(self, width):
        self.kernel_above = self._kernel(
            "above", 1, self.kernel_size, self.filters, width
        )

    def call(self, above, left, context=None, training=False):
        beside = self.beside(left) + self.told(context)
        beside = tf.transpose(beside, (1, 0, 2, 3))  # (height, batch, ...)

        def down(state, row):
            hidden, memory = state
            sums = row + self.over(hidden[:, None], None, rows_before=True)[:, 0]
            return self.remembered(sums, memory)

        empty = tf.zeros_like(beside[0, ..., : self.filters])
        hidden, _ = tf.scan(down, beside, (empty, empty))
        hidden = tf.transpose(hidden, (1, 0, 2, 3))
        made = self.merged(hidden, left, training)
        return shifted_down(made), made

    def remembered(self, sums, memory):
        """Hidden state and memory, of the sums and the memory of the row above."""
        let_in, kept, let_out, new = tf.split(sums, 4, axis=-1)
        memory = tf.sigmoid(kept + 1) * memory + tf.sigmoid(let_in) * tf.tanh(new)
        return tf.sigmoid(let_out) * tf.tanh(memory), memory

    def start(self, batch, width):
        row = self._zeros(width, batch, self.filters)
        return row, row

    def start_row(self, state, above, before, context):
        hidden, memory = state
        sums = self.over(by_batch(hidden), context, rows_before=True)
        return state, tf.concat([by_column(sums), memory], axis=-1), before

    def pixel(self, state, given, window, column):
        size = self.sums * self.filters
        sums = given[:, :size] + self.beside_one(window)
        new = self.remembered(sums, given[:, size:])
        state = [
            replaced(row, column, one) for row, one in zip(state, new, strict=True)
        ]
        return tuple(state), self.merged(new[0], window[-1])

    def passed(self, hidden):
        return hidden
