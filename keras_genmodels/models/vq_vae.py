"""The VQ-VAE: an autoencoder whose code is a map of numbers of vectors."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels import registry
from keras_genmodels.checks import number
from keras_genmodels.models.base import GenerativeModel
from keras_genmodels.models.checks import available, check_inputs, check_params
from keras_genmodels.models.named_networks import named
from keras_genmodels.models.network_inputs import (
    call_declared,
    examples,
    in_rows,
    named_condition,
)
from keras_genmodels.models.serialisation import serialised
from keras_genmodels.registry import register


@register("vq_vae", family="model")
class VQVAE(GenerativeModel):
    """A codebook between encoder and decoder, and a PixelCNN that knows the codes.

        loss = -log p(x | c) - log p(k) + commitment |z - sg(c)|**2,   z = encoder(x)

    Each vector of the map z is replaced by the nearest vector c of the codebook, whose
    numbers are k; the decoder's gradient passes c as if it were z. The codebook follows
    the means of what is nearest to its vectors. The prior p(k) learns the codes as they
    are, and what it learns changes neither encoder nor decoder.

    Args:
        spec: of a data set of images.
        encoder: network from "x" to the output "latent", (batch, height, width, size).
        quantiser: a `networks.quantisation.VectorQuantiser` of that size.
        decoder: network from "latent" to the output "likelihood".
        prior: a `PixelCNN` of maps of one-hots, (height, width, num_codes), with the
            likelihood "categorical".
        likelihood: head of p(x|c): "bernoulli", "discretised_logistic", ...
        commitment: weight of the distance of z from the codebook, the sum over the
            map, >= 0. Default 0.25.
        **kwargs: `seed`, `recipe`, `name` and `dtype`, as for `GenerativeModel`.

    Shapes: `x` is (batch, *spec.x_shape) in [0, 1], codes are int32 (batch, height,
    width), `condition` is (batch, condition_size) or a dict of named tensors.

    Metrics: `loss`; `elbo`, log p(x, k), which is a bound on log p(x), its parts
    `reconstruction` and `kl`, nats; `commitment`, the distance; `perplexity`, how many
    codes would be as unpredictable, were each as frequent in a batch.

    Raises:
        ValueError: for parts whose sizes do not fit together.

    Reference: van den Oord, Vinyals, Kavukcuoglu, "Neural Discrete Representation
    Learning", 2017. There the prior is trained afterwards.
    """

    term_names = ("loss", "elbo", "reconstruction", "kl", "commitment", "perplexity")
    undirected_terms = (*GenerativeModel.undirected_terms, "perplexity")

    def __init__(
        self,
        spec,
        encoder,
        quantiser,
        decoder,
        prior,
        likelihood="bernoulli",
        commitment=0.25,
        **kwargs,
    ):
        super().__init__(spec, **kwargs)
        shapes, latent = available(spec), {"latent": None}
        self.encoder = named(encoder, "encoder", shapes, "latent")
        self.decoder = named(decoder, "decoder", latent | shapes, "likelihood")
        check_inputs(self.encoder, shapes)
        check_inputs(self.decoder, available(spec, "latent"))
        self.likelihood_head = registry.get(
            likelihood, "head", event_shape=tuple(spec.x_shape)
        )
        check_params(self.decoder, "likelihood", self.likelihood_head)
        self.quantiser, self.code_prior = quantiser, prior
        self.commitment = number("commitment", commitment, least=0)
        self._check_codes()
        self.code_prior.build()

    def _check_codes(self):
        made = tuple(self.encoder.output["latent"].shape[1:])
        read = tuple(self.decoder.input["latent"].shape[1:])
        expected = (*made[:-1], self.quantiser.size)
        coded = (*made[:-1], self.quantiser.num_codes)
        if not made == read == expected or self.code_prior.spec.x_shape != coded:
            raise ValueError(
                f"Encoder and decoder must have a `latent` of the shape {expected}, "
                f"and the prior be of {coded}. Received: {made}, {read} and "
                f"{self.code_prior.spec.x_shape}."
            )

    @property
    def networks(self):
        return [self.encoder, self.decoder, self.code_prior.network]

    # --- codes ------------------------------------------------------------------------

    def codes(self, x, condition=None) -> tf.Tensor:
        """The numbers of the codes of examples, int32 (batch, height, width)."""
        inputs = {**named_condition(condition), "x": examples(x)}
        return self.quantiser.nearest(call_declared(self.encoder, inputs)["latent"])

    def decode_codes(self, codes, condition=None) -> tf.Tensor:
        """The mean of the likelihood given codes, (batch, *spec.x_shape), in [0, 1].

        Args:
            codes: their numbers, int32 (batch, height, width).
            condition: (batch, condition_size) or a dict of named tensors, of what the
                decoder declares.
        """
        vectors = self.quantiser(tf.convert_to_tensor(codes, tf.int32))
        likelihood = self._likelihood(vectors, named_condition(condition), False)
        return self.likelihood_head.point(likelihood)

    def reconstruct(self, x, condition=None) -> tf.Tensor:
        """`decode_codes(codes(x))`, (batch, *spec.x_shape), in [0, 1]."""
        return self.decode_codes(self.codes(x, condition), condition)

    def sample_codes(self, n=None, condition=None, seed=0) -> tf.Tensor:
        """Draw codes from the prior, int32 (n, height, width).

        Args:
            n: how many; may be left out where `condition` has a row for each.
            condition: (n, condition_size) or a dict of named tensors, of what the prior
                declares; one row stands for all.
            seed: an int or two ints; the same seed gives the same codes.
        """
        tensors, n = in_rows(condition, n)
        one_hot = self.code_prior.sample(n, tensors or None, seed)
        return tf.argmax(one_hot, axis=-1, output_type=tf.int32)

    def sample_rows(self, n, tensors, seed):
        return self.decode_codes(self.sample_codes(n, tensors, seed), tensors)

    def call(self, batch, training=False):
        """The reconstruction of a batch of named tensors."""
        batch = self.unpack(batch)
        return self.reconstruct(batch["x"], batch)

    def _likelihood(self, vectors, tensors, training):
        inputs = {**tensors, "latent": vectors}
        params = call_declared(self.decoder, inputs, training)["likelihood"]
        return self.likelihood_head.distribution(params, training=training)

    # --- training ---------------------------------------------------------------------

    def terms(self, batch, training):
        z = call_declared(self.encoder, batch, training)["latent"]
        codes = self.quantiser.nearest(z)
        vectors, one_hot = self.quantiser(codes), self._one_hot(codes)
        through = z + tf.stop_gradient(vectors - z)
        reconstruction = -self._likelihood(through, batch, training).log_prob(
            batch["x"]
        )
        distance = tf.reduce_sum((z - tf.stop_gradient(vectors)) ** 2, axis=(1, 2, 3))
        prior = self.code_prior.likelihood(one_hot, batch, training)
        kl = -prior.log_prob(one_hot)
        if training:
            self.quantiser.update(z, codes)
        return {
            "loss": reconstruction + kl + self.commitment * distance,
            "elbo": -reconstruction - kl,
            "reconstruction": reconstruction,
            "kl": kl,
            "commitment": distance,
            "perplexity": tf.fill(tf.shape(kl), _perplexity(one_hot)),
        }

    def _one_hot(self, codes):
        return tf.one_hot(codes, self.quantiser.num_codes)

    def get_config(self):
        parts = {
            "encoder": self.encoder,
            "quantiser": self.quantiser,
            "decoder": self.decoder,
            "prior": self.code_prior,
            "likelihood": self.likelihood_head,
        }
        own = {"commitment": self.commitment}
        return {**super().get_config(), **serialised(parts), **own}


def _perplexity(one_hot):
    """How many codes of equal frequency have the entropy of a batch, ()."""
    share = tf.reduce_mean(one_hot, axis=(0, 1, 2))
    return tf.exp(-tf.reduce_sum(tf.math.xlogy(share, share)))
