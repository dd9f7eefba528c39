"""Autoregressive models of pictures, which also draw what is missing of one."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.models.autoregressive_model import AutoregressiveModel
from keras_genmodels.models.network_inputs import examples, in_rows
from keras_genmodels.registry import register
from keras_genmodels.seeds import seed_pair


@register("pixel_cnn", family="model")
class PixelCNN(AutoregressiveModel):
    """An autoregressive model of pictures, whose parts are pixels.

    With a row LSTM for a network it is a PixelRNN. Arguments are those of
    `AutoregressiveModel`, of a data set of images.

    References: van den Oord, Kalchbrenner, Kavukcuoglu, "Pixel Recurrent Neural
    Networks", 2016; van den Oord et al., "Conditional Image Generation with PixelCNN
    Decoders", 2016. There the values of a pixel are drawn channel by channel.
    """

    def complete(self, x, mask, condition=None, seed=0) -> tf.Tensor:
        """Draw the pixels that a mask leaves open, given those that come before them.

        Pixels are drawn in the order of reading: a known pixel counts for those after
        it. Of a picture whose lower part is open this is a draw from p(open | known);
        known pixels below open ones stay as they are, and have no say in them.

        Args:
            x: (batch, *spec.x_shape) in [0, 1]; open pixels are not read.
            mask: (batch, height, width, 1), 1 where a pixel is known and 0 elsewhere.
            condition: (batch, condition_size) or a dict of named tensors, of what the
                network declares.
            seed: an int or two ints; the same seed gives the same pictures.

        Returns:
            float32 in [0, 1], (batch, *spec.x_shape).

        Raises:
            ValueError: for a mask of another shape, or of other values than 0 and 1.
        """
        x, mask = examples(x), examples(mask, "mask")
        wanted = (*self.spec.x_shape[:2], 1)
        if not mask.shape[1:].is_compatible_with(wanted):
            raise ValueError(
                f"`mask` must have the shape {(None, *wanted)}. "
                f"Received: {tuple(mask.shape)}."
            )
        if tf.executing_eagerly() and not bool(tf.reduce_all(mask * (1 - mask) == 0)):
            raise ValueError("`mask` must hold 0 and 1 alone. Received: other values.")
        tensors, count = in_rows(condition, tf.shape(x)[0])
        return self._generate(count, tensors, seed_pair(seed), x, mask)
