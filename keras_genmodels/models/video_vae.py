"""The video VAE: a variational autoencoder whose latent has a time axis."""

from __future__ import annotations

import keras
import tensorflow as tf

from keras_genmodels import registry
from keras_genmodels.distributed_random import draw, draw_rows
from keras_genmodels.models.directed import DirectedVideo
from keras_genmodels.objectives.step_tensors import StepTensors
from keras_genmodels.registry import register
from keras_genmodels.seeds import seed_pair


@register("video_vae", family="model")
class VideoVAE(DirectedVideo):
    """A VAE of clips: a latent a frame, a prior with a memory, attributes in control.

        p(x, z | a) = prod_t p(x_t | z_t, c, a_t) p(z_t | z_<t, a)
        q(z | x, a) = prod_t q(z_t | x_t, a_t, z_<t)

    The approximate posterior is made in steps: from the frame (`encoder`), merged with
    the holistic attributes and with the state of the prior's memory (`inference`). The
    prior is teacher-forced on draws from the posterior. If the decoder looks at what
    `content` makes, or at "content" itself, the latent of a clip begins with one more
    step c, inferred from the first frame, that all frames share.

    What a network does not declare, it is not shown: a prior without "condition" draws
    without regard to attributes, an `inference` without "hidden" looks at frames alone.

    Args:
        spec: of the dataset; x is (time, height, width, channels).
        encoder: network from a frame "x" to "features", and to "attributes", logits of
            the condition's columns, if they are to be inferred.
        inference: network from among "features", "condition" and the prior's state to
            `"posterior"`, the parameters of q(z_t | ...).
        prior: a `RecurrentPrior`.
        decoder: network from among "latent", "content", "condition" and the outputs of
            `content` to `"likelihood"`, the parameters of p(x_t | ...) of a frame.
        content: network from "content", "condition" or both to what is the same in all
            frames, made once a clip; or `None`.
        posterior: head of q(z_t | ...): "normal", ...
        likelihood: head of a frame: "learned_normal", "bernoulli", ...
        objective: "sequence_elbo", or an instance with its arguments.
        attribute_weight: of the cross-entropy of the attribute head, >= 0, in nats a
            frame and attribute.
        memory_noise: standard deviation, >= 0, of normal noise on the latents as the
            memory sees them in training. What it draws later is never quite what it was
            taught with; so it learns to go on from there.
        terms: what else is added to the loss, about real clips and reconstructions:
            "gradient_difference", ..., or instances.
        **kwargs: `seed`, `recipe`, `name` and `dtype`, as for `GenerativeModel`.

    Raises:
        ValueError: for a term that is called as a measure of the model itself, or
            `memory_noise` below 0.

    Shapes: `x` is (batch, time, height, width, channels) in [0, 1], `condition` (batch,
    condition_size) or (batch, time, condition_size), latents (batch, steps,
    latent_dim), where steps is the number of frames, and one more with a content.

    Reference: He, Lehrmann, Marino, Mori, Sigal, "Probabilistic Video Generation using
    Holistic Attribute Control", 2018. The content latent and the choice of heads are
    ours; noise against errors that add up is from Sanchez-Gonzalez et al., "Learning to
    Simulate Complex Physics with Graph Networks", 2020.
    """

    term_names = ("loss", "elbo", "reconstruction", "kl")

    def __init__(
        self,
        spec,
        encoder,
        inference,
        prior,
        decoder,
        content=None,
        posterior="normal",
        likelihood="learned_normal",
        objective="sequence_elbo",
        attribute_weight=1.0,
        memory_noise=0.0,
        terms=(),
        **kwargs,
    ):
        super().__init__(spec, **kwargs)
        self.encoder = encoder
        self.inference = inference
        self.latent_prior = prior
        self.decoder = decoder
        self.content = content
        self.latent_dim = prior.latent_dim
        self.has_content = "content" in (content or decoder).input
        self.posterior_head = registry.get(
            posterior, "head", event_shape=(self.latent_dim,)
        )
        frame_shape = tuple(spec.x_shape[1:])
        self.likelihood_head = registry.get(likelihood, "head", event_shape=frame_shape)
        self.objective = registry.get(objective, "objective")
        self.attribute_weight = attribute_weight
        if memory_noise < 0:
            raise ValueError(f"`memory_noise` must be >= 0. Received: {memory_noise}.")
        self.memory_noise = memory_noise
        self.added_terms = [registry.get(term, "term") for term in terms]
        read = ["attributes"] if self.reads_attributes else []
        own, added = [*self.term_names, *read], [t.name for t in self.added_terms]
        if set(own) & set(added):
            raise ValueError(
                f"`terms` must have other names than {own}, which are the model's. "
                f"Received: {added}."
            )
        self.track_terms(*own, *added)

    def call(self, batch, training=False):
        """The reconstruction of a batch of named tensors."""
        batch = self.unpack(batch)
        return self.reconstruct(batch["x"], batch.get("condition"))

    # --- training ---------------------------------------------------------------------

    def elbo(self, x, condition=None, num_samples=1, seed=0) -> tf.Tensor:
        """The evidence lower bound, (batch,) nats a clip, with so many draws of z."""
        x = tf.convert_to_tensor(x, tf.float32)
        return self._elbo(x, condition, num_samples, seed_pair(seed))

    @tf.function(reduce_retracing=True)
    def _elbo(self, x, condition, num_samples, seed):
        bound, _ = self._bound(x, condition, self.look(x), num_samples, seed)
        return bound["elbo"]

    def _bound(self, x, condition, seen, num_samples, seed, training=False):
        """The objective's terms, and the likelihood of (num_samples * batch) clips."""
        posterior = self.inferred(seen["features"], condition, training)
        blur = self._blur if training and self.memory_noise else None
        z, states = posterior.path(seed, num_samples, _pick, blur)
        q = posterior.at(states, num_samples)
        prior = self.latent_prior.unrolled(posterior.given, training)
        p = prior.at(states, num_samples)
        if condition is not None:
            condition = self.over_time(condition, tf.shape(x)[1])
            condition = tf.tile(condition, (num_samples, 1, 1))
        content, frames = self.parted(tf.transpose(z, (1, 0, 2)))
        likelihood = self.depict(content, frames, condition, training)
        tiled = tf.tile(x, (num_samples, 1, 1, 1, 1)) if num_samples > 1 else x
        nats = tf.reduce_sum(likelihood.log_prob(tiled), axis=1)
        nats = tf.reshape(nats, (num_samples, tf.shape(x)[0]))
        z = tf.reshape(z, (tf.shape(z)[0], num_samples, -1, self.latent_dim))
        return self.objective(nats, q, p, z, self.step), likelihood

    def terms(self, batch, training):
        seed = self.next_seed() if training else seed_pair(self.seed)
        x, condition = batch["x"], batch.get("condition")
        seen, count = self.look(x, training), self.objective.num_samples
        terms, likelihood = self._bound(x, condition, seen, count, seed, training)
        if self.reads_attributes:
            terms["attributes"] = self._misread(seen["attributes"], condition)
            terms["loss"] += self.attribute_weight * terms["attributes"]
        if self.added_terms:
            rebuilt = likelihood.mean()[: tf.shape(x)[0]]
            play = StepTensors(batch, {**batch, "x": rebuilt})
            for term in self.added_terms:
                terms[term.name] = term.generator_loss(play)
                terms["loss"] += terms[term.name]
        return terms

    def _blur(self, z, seed):
        """What the memory sees of the latents of a step, (rows, latent_dim)."""
        rows = draw_rows(
            lambda shape: tf.random.stateless_normal(shape, seed),
            tf.unstack(tf.shape(z)),
        )
        return z + self.memory_noise * rows

    def _misread(self, logits, condition):
        """The cross-entropy of the attribute head, summed over frames, (batch,)."""
        wanted = self.over_time(condition, tf.shape(logits)[1])
        costs = [
            tf.nn.softmax_cross_entropy_with_logits(
                wanted[..., a.start : a.stop], logits[..., a.start : a.stop]
            )
            for a in self.spec.attributes
        ]
        return tf.reduce_sum(sum(costs), axis=1)

    def get_config(self):
        parts = {
            "encoder": self.encoder,
            "inference": self.inference,
            "prior": self.latent_prior,
            "decoder": self.decoder,
            "content": self.content,
            "posterior": self.posterior_head,
            "likelihood": self.likelihood_head,
            "objective": self.objective,
        }
        serialise = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            **{key: serialise(part) for key, part in parts.items()},
            "attribute_weight": self.attribute_weight,
            "memory_noise": self.memory_noise,
            "terms": [serialise(term) for term in self.added_terms],
        }


def _pick(distribution, seed):
    """A draw of one step, the same on any number of devices."""
    return draw(distribution, 1, seed)[0]
