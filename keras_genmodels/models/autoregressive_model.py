"""Autoregressive models: the exact probability of an example, part by part."""

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
    named_condition,
)
from keras_genmodels.models.pixel_drawing import LAYER, check_layer, drawn, of_a_pixel
from keras_genmodels.models.serialisation import serialised
from keras_genmodels.registry import register


@register("autoregressive_model", family="model")
class AutoregressiveModel(GenerativeModel):
    """A network that says of every part how likely its values are, given those before.

        log p(x) = sum over parts i of log p(x_i | x_1, ..., x_(i-1)),   loss = -log p

    It is exact, no bound. A part is a step of a sequence or a pixel of a picture, in
    the order of reading, and each is computed once where examples are drawn.

    Args:
        spec: of a data set of sequences or images.
        network: from "x", and "condition" if it likes, to the output "likelihood", with
            a layer named "autoregressive", as `networks.autoregressive` and
            `networks.recurrent_density` build them.
        likelihood: head of what is in a part given the parts before it: "bernoulli",
            "logistic_mixture", ... The numbers of a part are independent, unless the
            head says otherwise.
        **kwargs: `seed`, `recipe`, `name` and `dtype`, as for `GenerativeModel`.

    Shapes: `x` is (batch, *spec.x_shape) in [0, 1], `condition` is (batch,
    condition_size) or a dict of named tensors.

    Raises:
        ValueError: for a network without that layer, or of another size than the
            likelihood needs, and a likelihood that ties parts together.
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
        """p(x_i | x_1, ..., x_(i-1)) of all parts, a TFP distribution over x.

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

    # --- draws ------------------------------------------------------------------------

    def sample_rows(self, n, tensors, seed):
        return self._generate(n, tensors, seed)

    @tf.function(reduce_retracing=True, autograph=False)
    def _generate(self, n, tensors, seed, x=None, mask=None):
        """Examples, of which the parts that are known are given."""
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
