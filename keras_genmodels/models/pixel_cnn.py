"""Autoregressive models: the exact probability of a picture, pixel by pixel."""

from __future__ import annotations

import math

import tensorflow as tf

from keras_genmodels import registry
from keras_genmodels.models.base import GenerativeModel
from keras_genmodels.models.checks import available, check_inputs, check_params
from keras_genmodels.models.named_networks import named
from keras_genmodels.models.network_inputs import (
    call_declared,
    examples,
    in_rows,
    named_condition,
)
from keras_genmodels.models.pixel_drawing import LAYER, check_layer, drawn, of_a_pixel
from keras_genmodels.models.serialisation import serialised
from keras_genmodels.registry import register
from keras_genmodels.seeds import seed_pair


@register("pixel_cnn", family="model")
class PixelCNN(GenerativeModel):
    """A network that says of every pixel how likely its values are, given those before.

        log p(x) = sum over pixels i of log p(x_i | x_1, ..., x_(i-1)),   loss = -log p

    It is exact, no bound. Pixels are drawn in the order of reading, and each is
    computed once. With a row LSTM for a network the model is a PixelRNN.

    Args:
        spec: of a data set of images.
        network: from "x", and "condition" if it likes, to the output "likelihood", as
            `networks.autoregressive` builds it: with a layer named "autoregressive".
        likelihood: head of a pixel's channels given the pixels before it: "bernoulli",
            "logistic_mixture", ... The channels of a pixel are independent, unless the
            head says otherwise.
        **kwargs: `seed`, `recipe`, `name` and `dtype`, as for `GenerativeModel`.

    Shapes: `x` is (batch, *spec.x_shape) in [0, 1], `condition` is (batch,
    condition_size) or a dict of named tensors.

    Raises:
        ValueError: for a network without that layer, or of another size than the
            likelihood needs, and a likelihood that ties pixels together.

    References: van den Oord, Kalchbrenner, Kavukcuoglu, "Pixel Recurrent Neural
    Networks", 2016; van den Oord et al., "Conditional Image Generation with PixelCNN
    Decoders", 2016. There the values of a pixel are drawn channel by channel.
    """

    term_names = ("loss", "bits_per_dimension")

    def __init__(self, spec, network, likelihood="bernoulli", **kwargs):
        super().__init__(spec, **kwargs)
        shapes = available(spec)
        self.network = named(network, "network", shapes, "likelihood")
        check_inputs(self.network, shapes)
        shape = tuple(spec.x_shape)
        self.likelihood_head = registry.get(likelihood, "head", event_shape=shape)
        check_params(self.network, "likelihood", self.likelihood_head)
        check_layer(self.network, LAYER)
        self._pixel_head = of_a_pixel(self.likelihood_head)

    @property
    def networks(self):
        return [self.network]

    # --- probabilities ----------------------------------------------------------------

    def likelihood(self, x, condition=None, training=False):
        """p(x_i | x_1, ..., x_(i-1)) of all pixels, a TFP distribution over x.

        Args:
            x: (batch, *spec.x_shape) in [0, 1].
            condition: (batch, condition_size) or a dict of named tensors, of what the
                network declares.
            training: whether this is a training step.
        """
        inputs = {**named_condition(condition), "x": examples(x)}
        params = call_declared(self.network, inputs, training)["likelihood"]
        return self.likelihood_head.distribution(params, training=training)

    def log_prob(self, x, condition=None) -> tf.Tensor:
        """The exact log p(x), (batch,) nats.

        Args:
            x: (batch, *spec.x_shape) in [0, 1]; binary where the likelihood is.
            condition: (batch, condition_size) or a dict of named tensors, of what the
                network declares.
        """
        return self.likelihood(x, condition).log_prob(tf.cast(x, tf.float32))

    def call(self, batch, training=False):
        """The log-probabilities of a batch of named tensors."""
        batch = self.unpack(batch)
        return self.log_prob(batch["x"], batch)

    # --- pictures ---------------------------------------------------------------------

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

    def sample_rows(self, n, tensors, seed):
        return self._generate(n, tensors, seed)

    @tf.function(reduce_retracing=True, autograph=False)
    def _generate(self, n, tensors, seed, x=None, mask=None):
        """Pictures, of which the pixels that are known are given."""
        layer = self.network.get_layer(LAYER)
        declared = {k: tensors[k] for k in self.network.input if k != "x"}
        pixels = drawn(self._pixel_head, self.spec.x_shape, seed, x, mask)
        return layer.generate(declared, n, pixels)

    # --- training ---------------------------------------------------------------------

    def terms(self, batch, training):
        loss = -self.likelihood(batch["x"], batch, training).log_prob(batch["x"])
        dimensions = math.prod(self.spec.x_shape)
        return {"loss": loss, "bits_per_dimension": loss / (dimensions * math.log(2))}

    def get_config(self):
        parts = {"network": self.network, "likelihood": self.likelihood_head}
        return {**super().get_config(), **serialised(parts)}
