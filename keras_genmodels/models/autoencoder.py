"""The autoencoder: a code, and a distribution of pictures given the code."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels import registry
from keras_genmodels.models.base import GenerativeModel
from keras_genmodels.models.checks import (
    available,
    check_inputs,
    check_latent_dim,
    check_params,
    check_size,
    declared_latent,
)
from keras_genmodels.models.named_networks import named
from keras_genmodels.models.network_inputs import (
    call_declared,
    examples,
    named_condition,
    per_latent,
)
from keras_genmodels.models.serialisation import serialised
from keras_genmodels.registry import register


@register("autoencoder", family="model")
class Autoencoder(GenerativeModel):
    """An encoder, a decoder and a likelihood: `loss = -log p(x | encode(x))`.

    Args:
        spec: of the dataset.
        encoder: network with the output `"latent"`, (batch, latent_dim).
        decoder: network from `"latent"` to the output `"likelihood"`, the parameters
            of the likelihood.
        likelihood: head of p(x|z): a name ("bernoulli" is a sigmoid with cross
            entropy), a config or an instance.
        prior: of the latents that `sample` draws. The default, "fitted_normal", is a
            normal distribution fitted to the codes of the training set as they pass:
            an autoencoder has no prior of its own, and its samples show it.
        **kwargs: `seed`, `recipe`, `name` and `dtype`, as for `GenerativeModel`.

    Shapes: `x` is (batch, *spec.x_shape) in [0, 1], `condition` is (batch,
    condition_size) or a dict of named tensors, latents are (batch, latent_dim).

    Reference: Hinton & Salakhutdinov, "Reducing the Dimensionality of Data with Neural
    Networks", Science 2006; trained end to end here, without pre-training.
    """

    term_names = ("loss",)
    code_name = "latent"  # of the encoder's output

    def __init__(
        self,
        spec,
        encoder,
        decoder,
        likelihood="bernoulli",
        prior="fitted_normal",
        **kwargs,
    ):
        super().__init__(spec, **kwargs)
        shapes, latent = available(spec), {"latent": None}
        self.encoder = named(encoder, "encoder", shapes, self.code_name)
        self.decoder = named(decoder, "decoder", latent | shapes, "likelihood")
        check_inputs(self.encoder, shapes)
        check_inputs(self.decoder, available(spec, "latent"))
        self.latent_dim = declared_latent(self.decoder)
        self.likelihood_head = registry.get(
            likelihood, "head", event_shape=tuple(spec.x_shape)
        )
        check_params(self.decoder, "likelihood", self.likelihood_head)
        self.latent_prior = registry.get(prior, "prior", latent_dim=self.latent_dim)
        check_latent_dim(self.latent_prior, self.latent_dim)
        if self.code_name == "latent":  # of a VAE it has another size
            check_size(self.encoder, "latent", self.latent_dim)

    @property
    def networks(self):
        return [self.encoder, self.decoder]

    # --- distributions ----------------------------------------------------------------

    def prior(self, condition=None):
        """The distribution that `sample` draws latents from, over (latent_dim,)."""
        return self.latent_prior.distribution(condition)

    def likelihood(self, z, condition=None, training=False):
        """p(x|z), a TFP distribution over `spec.x_shape`.

        Args:
            z: (batch, latent_dim), or (samples, batch, latent_dim).
            condition: (batch, condition_size) or a dict of named tensors, of what the
                decoder declares.
            training: whether this is a training step.
        """
        leading, given = tf.shape(z)[:-1], named_condition(condition)
        declared = {k: v for k, v in given.items() if k in self.decoder.input}
        inputs = per_latent(declared, leading)
        inputs["latent"] = tf.reshape(z, (-1, self.latent_dim))
        params = call_declared(self.decoder, inputs, training)["likelihood"]
        params = tf.reshape(params, tf.concat([leading, tf.shape(params)[1:]], 0))
        return self.likelihood_head.distribution(params, training=training)

    # --- tensors in, tensors out ------------------------------------------------------

    def encode(self, x, condition=None) -> tf.Tensor:
        """The code of `x`, (batch, latent_dim)."""
        inputs = {**named_condition(condition), "x": examples(x)}
        return call_declared(self.encoder, inputs)["latent"]

    def decode(self, z, condition=None) -> tf.Tensor:
        """The mean of the likelihood, (batch, *spec.x_shape), in [0, 1].

        Where the likelihood has none, `Head.point` stands for it.
        """
        return self.likelihood_head.point(self.likelihood(z, condition))

    def reconstruct(self, x, condition=None) -> tf.Tensor:
        """`decode(encode(x))`, (batch, *spec.x_shape), in [0, 1]."""
        return self.decode(self.encode(x, condition), condition)

    def call(self, batch, training=False):
        """The reconstruction of a batch of named tensors."""
        batch = self.unpack(batch)
        return self.reconstruct(batch["x"], batch)

    # --- training ---------------------------------------------------------------------

    def terms(self, batch, training):
        z = call_declared(self.encoder, batch, training)["latent"]
        if training:
            self.latent_prior.update(z)
        likelihood = self.likelihood(z, batch, training)
        return {"loss": -likelihood.log_prob(batch["x"])}

    def get_config(self):
        parts = {
            "encoder": self.encoder,
            "decoder": self.decoder,
            "likelihood": self.likelihood_head,
            "prior": self.latent_prior,
        }
        return {**super().get_config(), **serialised(parts)}
