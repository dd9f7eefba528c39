"""The variational autoencoder: an autoencoder whose code is a distribution."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels import registry
from keras_genmodels.distributed_random import draw
from keras_genmodels.models.autoencoder import Autoencoder
from keras_genmodels.models.checks import check_params
from keras_genmodels.models.input_methods import needs_input
from keras_genmodels.models.network_inputs import (
    call_declared,
    condition_tensor,
    examples,
    in_rows,
    named_condition,
    pictures_of,
)
from keras_genmodels.models.serialisation import serialised
from keras_genmodels.registry import register
from keras_genmodels.seeds import seed_pair

_ROWS = 4096  # latents decoded at once in `log_likelihood`, whatever their number


@register("vae", family="model")
class VAE(Autoencoder):
    """An encoder that gives q(z|x), a decoder that gives p(x|z), and a prior p(z).

    Posterior, prior and likelihood are TFP distributions; the objective turns them
    into a loss. A conditional VAE is this class with networks that declare "condition",
    or another tensor of the batch, such as a picture.

    Args:
        spec: of the dataset.
        encoder: network with the output `"posterior"`, the parameters of q(z|x).
        decoder: network from `"latent"` to the output `"likelihood"`.
        posterior: head of q(z|x): "normal" (diagonal), "multivariate_normal", "iaf",
            "maf", "planar", ...
        likelihood: head of p(x|z): "bernoulli", "discretised_logistic", ...
        prior: of z: "standard_normal", "mixture", "vamp", "real_nvp",
            "autoregressive", "hierarchical", ...
        objective: "elbo", "importance_weighted", or an instance with its arguments.
        perceptual: a term, such as `objectives.Perceptual`, that adds the distance of
            what is reconstructed to x to the loss; the bound leaves it out. Default
            None.
        **kwargs: `seed`, `recipe`, `name` and `dtype`, as for `GenerativeModel`.

    Shapes: `x` is (batch, *spec.x_shape) in [0, 1], `condition` is (batch,
    condition_size) or a dict of named tensors, latents are (batch, latent_dim).

    References: Kingma & Welling, "Auto-Encoding Variational Bayes", 2014; Rezende,
    Mohamed, Wierstra, "Stochastic Backpropagation", 2014; conditional: Sohn, Lee, Yan,
    "Learning Structured Output Representation", 2015.
    """

    term_names = ("loss", "elbo", "reconstruction", "kl")
    code_name = "posterior"

    def __init__(
        self,
        spec,
        encoder,
        decoder,
        posterior="normal",
        likelihood="bernoulli",
        prior="standard_normal",
        objective="elbo",
        perceptual=None,
        **kwargs,
    ):
        super().__init__(spec, encoder, decoder, likelihood, prior, **kwargs)
        self.posterior_head = registry.get(
            posterior, "head", event_shape=(self.latent_dim,)
        )
        check_params(self.encoder, "posterior", self.posterior_head)
        self.objective = registry.get(objective, "objective")
        self.perceptual = perceptual and registry.get(perceptual, "term")
        if perceptual is not None:
            self.track_terms(*self.term_names, self.perceptual.name)

    # --- distributions ----------------------------------------------------------------

    def posterior(self, x, condition=None, training=False):
        """q(z|x), a TFP distribution over (latent_dim,) with batch shape (batch,)."""
        inputs = {**named_condition(condition), "x": examples(x)}
        params = call_declared(self.encoder, inputs, training)["posterior"]
        said = self.posterior_head.distribution(params, training=training)
        return self.latent_prior.combine(said)

    def prior(self, condition=None):
        """p(z), a TFP distribution over (latent_dim,), batch shape () or (batch,)."""
        return self.latent_prior.distribution(
            condition_tensor(condition), posterior=self.posterior
        )

    def encode(self, x, condition=None) -> tf.Tensor:
        """The mean of q(z|x), (batch, latent_dim).

        Where q has none, `Head.point` stands for it.
        """
        return self.posterior_head.point(self.posterior(x, condition))

    @needs_input("first_frame", network="decoder")
    def predict_next(self, first_frame, count=1, condition=None, seed=0) -> tf.Tensor:
        """Draw pictures that may follow others; of a decoder that sees "first_frame".

        Args:
            first_frame: (batch, height, width, channels) in [0, 1].
            count: how many of each, >= 1.
            condition: (batch, condition_size) or a dict of named tensors, of what else
                the decoder declares; one row stands for all.
            seed: an int or two ints; the same seed gives the same pictures.

        Returns:
            float32 in [0, 1], (batch, count, *spec.x_shape).

        Raises:
            TypeError: for integers.
            ValueError: for values outside [0, 1], or another shape.
        """
        first = pictures_of(first_frame, self.spec.shapes["first_frame"], "first_frame")
        tensors, n = in_rows({**named_condition(condition), "first_frame": first}, None)
        repeated = {key: tf.repeat(value, count, 0) for key, value in tensors.items()}
        made = self.sample(n * count, repeated, seed)
        return tf.reshape(made, (n, count, *self.spec.x_shape))

    # --- bounds -----------------------------------------------------------------------

    def elbo(self, x, condition=None, num_samples=1, seed=0) -> tf.Tensor:
        """The evidence lower bound, (batch,) nats, with `num_samples` draws of z."""
        return self.elbo_terms(x, condition, num_samples, seed)["elbo"]

    def elbo_terms(self, x, condition=None, num_samples=1, seed=0):
        """The bound and what it is made of, `elbo = -reconstruction - kl`.

        Args:
            x: (batch, *spec.x_shape) in [0, 1].
            condition: (batch, condition_size) or a dict of named tensors, of what the
                networks declare.
            num_samples: draws of z an example, at least 1.
            seed: an int or two ints.

        Returns:
            A dict of `elbo`, `reconstruction` (the distortion, -E log p(x|z)) and `kl`
            (the rate, KL(q(z|x), p(z))), (batch,) nats each.
        """
        z, made, posterior, prior = self._infer(
            x, condition, num_samples, seed_pair(seed), training=False
        )
        scores = made.log_prob(x)
        terms = self.objective(scores, posterior, prior, z, self.step)
        return {name: terms[name] for name in ("elbo", "reconstruction", "kl")}

    def log_likelihood(self, x, condition=None, num_samples=5000, seed=0) -> tf.Tensor:
        """The importance-weighted bound on log p(x), (batch,) nats.

        `log 1/k sum_i p(x|z_i) p(z_i) / q(z_i|x)` with z_i from q(z|x): a lower bound
        in expectation that tightens with k = `num_samples`. Memory is constant in k.

        Args:
            x: (batch, *spec.x_shape) in [0, 1].
            condition: (batch, condition_size) or a dict of named tensors, of what the
                networks declare.
            num_samples: k, at least 1; an int or an int32 scalar tensor.
            seed: an int or two ints.

        Raises:
            ValueError: if `num_samples` is below 1.

        Reference: Burda, Grosse, Salakhutdinov, "Importance Weighted Autoencoders",
        2016.
        """
        if isinstance(num_samples, int) and num_samples < 1:
            raise ValueError(
                f"`num_samples` must be >= 1. Received: num_samples={num_samples}."
            )
        x = examples(x)
        tensors = {**named_condition(condition), "x": x}
        count = tf.convert_to_tensor(num_samples, tf.int32)
        return self._log_likelihood(x, tensors, count, seed_pair(seed))

    @tf.function(reduce_retracing=True, autograph=False)
    def _log_likelihood(self, x, condition, num_samples, seed):
        posterior, prior = self.posterior(x, condition), self.prior(condition)
        batch = tf.maximum(1, tf.shape(x)[0])
        chunk = tf.maximum(1, tf.minimum(num_samples, _ROWS // batch))

        def add_chunk(done, total):
            chunk_seed = tf.random.experimental.stateless_fold_in(seed, done)
            z = posterior.sample(chunk, seed=chunk_seed)  # (chunk, batch, latent_dim)
            log_weights = (
                self.likelihood(z, condition).log_prob(x)
                + prior.log_prob(z)
                - posterior.log_prob(z)
            )
            wanted = tf.range(chunk)[:, None] < num_samples - done
            log_weights = tf.where(wanted, log_weights, -float("inf"))
            added = tf.reduce_logsumexp(log_weights, axis=0)
            return done + chunk, tf.reduce_logsumexp(tf.stack([total, added]), axis=0)

        start = (0, tf.fill(tf.shape(x)[:1], -float("inf")))
        _, total = tf.while_loop(
            lambda done, _: done < num_samples, add_chunk, start, parallel_iterations=1
        )
        return total - tf.math.log(tf.cast(num_samples, tf.float32))

    # --- training ---------------------------------------------------------------------

    def _infer(self, x, condition, num_samples, seed, training):
        """Draws of z, (num_samples, batch, latent_dim), p(x|z), q(z|x) and p(z)."""
        posterior = self.posterior(x, condition, training)
        z = draw(posterior, num_samples, seed)
        given = {**named_condition(condition), "x": examples(x)}
        made = self.likelihood(z, given, training)
        return z, made, posterior, self.prior(condition)

    def terms(self, batch, training):
        seed = self.next_seed() if training else seed_pair(self.seed)
        count = self.objective.num_samples
        x = batch["x"]
        z, made, posterior, prior = self._infer(x, batch, count, seed, training)
        scores = made.log_prob(x)
        terms = self.objective(scores, posterior, prior, z, self.step)
        if self.perceptual is None:
            return terms
        pictures = self.likelihood_head.point(made)[0]  # of the first draw
        cost = self.perceptual.distance(x, pictures)
        return {**terms, "loss": terms["loss"] + cost, self.perceptual.name: cost}

    def get_config(self):
        parts = {"posterior": self.posterior_head, "objective": self.objective}
        if self.perceptual is not None:
            parts["perceptual"] = self.perceptual
        return {**super().get_config(), **serialised(parts)}
