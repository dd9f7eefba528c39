"""Blocks of autoregressive networks, for whole pictures and for a pixel at a time.

A block sees two things of every pixel (r, c): `above`, in which a row holds what the
rows over r say, and `left`, in which a pixel holds what those before it in its row say,
too. For a whole picture it is called with both. To draw a picture, `start_row` reads
`above` once a row, and `pixel` adds what has been drawn of that row, so that nothing is
computed twice.
"""

from __future__ import annotations

import keras
import tensorflow as tf

from keras_genmodels import checks
from keras_genmodels.registry import register


class CausalBlock(keras.layers.Layer):
    """The base of the blocks; a subclass says what it makes of both sums.

        given = above * kernel_above + context * kernel_context + bias
        sums = given + left * kernel_left
        out = kernel_out passed(sums) + left, where left has as many channels

    Args:
        filters: channels that come out, >= 1.
        kernel_size: width of both convolutions in pixels, odd, >= 1; of `above` it is
            (kernel_size + 1) / 2 rows, of `left` as many pixels, the own one among
            them. Default 3.
        dropout: rate in training, in [0, 1). Default 0.
        **kwargs: `name` and `dtype`.

    Shapes: `above` and `left` are (batch, height, width, any); `context` is (batch,
    height, width, any), of which height and width may be 1 where all pixels are told
    the same, or None; a row is (width, batch, any).

    Raises:
        ValueError: for an even `kernel_size`, or a number out of its range.
    """

    sums = 1  # numbers a filter that the convolutions give

    def __init__(self, filters, kernel_size=3, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        self.filters = checks.integer("filters", filters, least=1)
        self.kernel_size = checks.integer("kernel_size", kernel_size, least=1)
        if self.kernel_size % 2 == 0:
            raise ValueError(
                f"`kernel_size` must be odd. Received: kernel_size={kernel_size}."
            )
        self.dropout = dropout
        self.reach = (self.kernel_size + 1) // 2
        self.drop = keras.layers.Dropout(dropout, dtype=self.dtype_policy)

    def build(self, above, left, context=None):
        self.above_channels, self.left_channels = above[-1], left[-1]
        width = self.sums * self.filters
        self._add_above(width)
        self.kernel_left = self._kernel("left", 1, self.reach, left[-1], width)
        self.kernel_out = self._kernel("out", self.filters, self.filters)
        self.bias = self.add_weight(name="bias", shape=(width,), initializer="zeros")
        self.kernel_context = None
        if context is not None:
            self.kernel_context = self._kernel("context", context[-1], width)

    def _add_above(self, width):
        shape = self.reach, self.kernel_size, self.above_channels, width
        self.kernel_above = self._kernel("above", *shape)

    def _kernel(self, name, *shape):
        """Weights of this block, drawn as Keras draws those of a convolution."""
        return self.add_weight(
            name=f"kernel_{name}", shape=shape, initializer="glorot_uniform"
        )

    def read(self, tensor):
        """A weight or another tensor in the dtype that the block computes in."""
        return tf.cast(tensor, self.compute_dtype)

    # --- sums -------------------------------------------------------------------------

    def over(self, above, context, rows_before: bool):
        """The sums of `above`, (batch, rows, width, sums * filters), with the bias.

        Args:
            above: (batch, height, width, channels).
            context: of these rows, (batch, rows or 1, width or 1, size), or None.
            rows_before: whether `above` begins with the rows that the first one needs,
                which are otherwise 0.
        """
        side = self.kernel_size // 2
        rows = [0, 0] if rows_before else [self.reach - 1, 0]
        found = convolved(above, self.read(self.kernel_above), rows, [side, side])
        return found + self.read(self.bias) + self.told(context)

    def told(self, context):
        """The part of the context in the sums, of its height and width, or 0."""
        if context is None:
            return 0.0
        return product(self.read(context), self.read(self.kernel_context))

    def beside(self, left):
        """The sums of `left`, over a whole picture."""
        before = [self.reach - 1, 0]
        return convolved(left, self.read(self.kernel_left), [0, 0], before)

    def beside_one(self, window):
        """The same at one pixel, (batch, sums * filters).

        Args:
            window: (reach, batch, channels): of the pixel, and of those before it.
        """
        kernel = self.read(self.kernel_left)
        kernel = tf.reshape(kernel, (-1, kernel.shape[-1]))
        return product(tf.concat(tf.unstack(window), axis=-1), kernel)

    # --- a row, then its pixels -------------------------------------------------------

    def start(self, batch, width):
        """The state before the first row: the rows of `above` that are still needed."""
        return (self._zeros(batch, self.reach - 1, width, self.above_channels),)

    def _zeros(self, *shape):
        return tf.zeros(shape, self.compute_dtype)

    def start_row(self, state, above, before, context):
        """Compute what a row is given from above.

        Args:
            state: of `start`, or of the row before.
            above: (batch, 1, width, channels), the row of `above`.
            before: (batch, 1, width, filters), what came out for the row before.
            context: of this row, (batch, 1, width or 1, size), or None.

        Returns:
            The state, what `pixel` is given, (width, batch, any), and the row of
            `above` for the next block.
        """
        (rows,) = state
        rows = tf.concat([rows, above], axis=1)
        sums = self.over(rows, context, rows_before=True)  # (batch, 1, width, sums)
        given = by_column(self.joined(sums))
        return (rows[:, 1:],), given, self.passed_down(sums, before)

    def joined(self, sums):
        """The part of the rows above in the sums of the row itself."""
        return sums

    def passed_down(self, sums, before):
        """The row of `above` for the next block, as `start_row` has it."""
        return before

    def pixel(self, state, given, window, column):
        """Compute what comes out for a pixel.

        Args:
            state: of the row.
            given: (batch, any), of this column.
            window: (reach, batch, channels), what goes in here and before.
            column: its number.

        Returns:
            The state, and what comes out, (batch, filters).
        """
        return state, self.merged(given + self.beside_one(window), window[-1])

    def merged(self, sums, left, training=False):
        """Compute what comes out, of sums and of what went in at the same pixels."""
        passed = self.drop(self.passed(sums), training=training)
        made = product(passed, self.read(self.kernel_out))
        return left + made if self.left_channels == self.filters else made

    def passed(self, sums):
        """The sums through the nonlinearity, (..., filters)."""
        raise NotImplementedError

    def compute_output_shape(self, above, left, context=None):
        made = (*left[:-1], self.filters)
        return made, made

    def get_config(self):
        own = {"filters": self.filters, "kernel_size": self.kernel_size}
        return {**super().get_config(), **own, "dropout": self.dropout}


def product(tensor: tf.Tensor, matrix: tf.Tensor) -> tf.Tensor:
    """A tensor (..., m) times a matrix (m, n), as one product of two matrices.

    TensorFlow 2.21 with oneDNN writes past its memory in `matmul` of a tensor of four
    axes, of which one has a single element, and a matrix: the numbers are wrong, or the
    process dies (issue 117700 of TensorFlow).
    """
    return tf.tensordot(tensor, matrix, 1)


def convolved(
    picture: tf.Tensor, kernel: tf.Tensor, rows: list[int], columns: list[int]
) -> tf.Tensor:
    """A convolution of a picture with zeros around its rows and columns, so many.

    The zeros are put on first: where `conv2d` is told to, its gradients take 1.7 times
    as long on processors.
    """
    padded = tf.pad(picture, [[0, 0], rows, columns, [0, 0]])
    return tf.nn.conv2d(padded, kernel, 1, "VALID")


def by_column(row: tf.Tensor) -> tf.Tensor:
    """A row (batch, 1, width, channels) as (width, batch, channels)."""
    return tf.transpose(row[:, 0], (1, 0, 2))


def by_batch(row: tf.Tensor) -> tf.Tensor:
    """A row (width, batch, channels) as (batch, 1, width, channels)."""
    return tf.transpose(row, (1, 0, 2))[:, None]


def shifted_down(picture: tf.Tensor) -> tf.Tensor:
    """A picture whose row r holds the row before, and the first one zeros."""
    return tf.pad(picture[:, :-1], [[0, 0], [1, 0], [0, 0], [0, 0]])


def shifted_right(picture: tf.Tensor) -> tf.Tensor:
    """A picture whose column c holds the column before, and the first one zeros."""
    return tf.pad(picture[:, :, :-1], [[0, 0], [0, 0], [1, 0], [0, 0]])


@register("causal_convolution", family="layer")
class CausalConvolution(CausalBlock):
    """A masked convolution, relu, and a convolution of single pixels, with a shortcut.

    The next block sees the rows above this block's output. The region that a pixel
    depends on has a blind spot, at its upper right, however many blocks there are.

    Reference: van den Oord, Kalchbrenner, Kavukcuoglu, "Pixel Recurrent Neural
    Networks", 2016. The mask is two kernels here, of which no weight is 0, and which
    reach one row more.
    """

    def call(self, above, left, context=None, training=False):
        sums = self.over(above, context, rows_before=False) + self.beside(left)
        made = self.merged(sums, left, training)
        return shifted_down(made), made

    def passed(self, sums):
        return tf.nn.relu(sums)


@register("gated_convolution", family="layer")
class GatedConvolution(CausalBlock):
    """Two streams, of the rows above and of the row itself, that gate what they pass.

        above' = tanh(a) sigmoid(b),  [a, b] = sums of above
        passed = tanh(c) sigmoid(d),  [c, d] = sums of left + [a, b] * kernel_joint

    Together they see every pixel before this one: there is no blind spot.

    Reference: van den Oord et al., "Conditional Image Generation with PixelCNN
    Decoders", 2016.
    """

    sums = 2

    def build(self, above, left, context=None):
        super().build(above, left, context)
        width = self.sums * self.filters
        self.kernel_joint = self._kernel("joint", width, width)

    def call(self, above, left, context=None, training=False):
        sums = self.over(above, context, rows_before=False)
        made = self.joined(sums) + self.beside(left)
        return self.passed(sums), self.merged(made, left, training)

    def passed_down(self, sums, before):
        return self.passed(sums)

    def joined(self, sums):
        return product(sums, self.read(self.kernel_joint))

    def passed(self, sums):
        passed, gate = tf.split(sums, 2, axis=-1)
        return tf.tanh(passed) * tf.sigmoid(gate)


def replaced(rows: tf.Tensor, place: tf.Tensor, one: tf.Tensor) -> tf.Tensor:
    """A tensor whose part at a place of the first axis is another."""
    return tf.tensor_scatter_nd_update(rows, [[place]], one[None])
