"""The video VAE: a variational autoencoder whose latent has a time axis."""

from __future__ import annotations

import keras
import tensorflow as tf

from keras_genmodels import registry
from keras_genmodels.distributions.recurrent import foreseen
from keras_genmodels.models.base import feed, seed_pair
from keras_genmodels.models.directed import DirectedVideo
from keras_genmodels.models.replicas import draw
from keras_genmodels.objectives.terms import Play
from keras_genmodels.registry import register


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
        terms: what else is added to the loss, about real clips and reconstructions:
            "gradient_difference", ..., or instances.
        **kwargs: `seed`, `recipe`, `name` and `dtype`, as for `GenerativeModel`.

    Raises:
        ValueError: for a term that is called as a measure of the model itself.

    Shapes: `x` is (batch, time, height, width, channels) in [0, 1], `condition` (batch,
    condition_size) or (batch, time, condition_size), latents (batch, steps,
    latent_dim), where steps is the number of frames, and one more with a content.

    Reference: He, Lehrmann, Marino, Mori, Sigal, "Probabilistic Video Generation using
    Holistic Attribute Control", 2018. The content latent and the choice of heads are
    ours.
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
        self.added_terms = [registry.get(term, "term") for term in terms]
        read = ["attributes"] if self.reads_attributes else []
        own, added = [*self.term_names, *read], [t.name for t in self.added_terms]
        if set(own) & set(added):
            raise ValueError(
                f"`terms` must have other names than {own}, which are the model's. "
                f"Received: {added}."
            )
        self.track_terms(*own, *added)

    @property
    def latent_shape(self) -> tuple[int, int]:
        """(steps, latent_dim) of a clip of the dataset."""
        return (self.spec.x_shape[0] + self.has_content, self.latent_dim)

    # --- distributions ----------------------------------------------------------------

    def posterior(self, x, condition=None, training=False):
        """q(z|x, a), a TFP distribution over (steps, latent_dim), drawn step by step.

        Its `mean` is that of every step, given the means before.
        """
        return self.inferred(self.look(x)["features"], condition, training)

    def prior(self, condition=None, num_frames=None):
        """p(z|a), a TFP distribution over (steps, latent_dim).

        `sample` rolls out, `log_prob` follows the latents that it is given.

        Args:
            condition: (batch, [time,] condition_size). `None` is for a prior that does
                not look at it, and a batch of 1.
            num_frames: of the clip. Default: as in the dataset.
        """
        frames = self.spec.x_shape[0] if num_frames is None else num_frames
        return self.latent_prior.unrolled(self._given(condition, 1, frames))

    def likelihood(self, z, condition=None, training=False):
        """p(x|z, a), a TFP distribution of frames with batch shape (batch, time).

        Args:
            z: (batch, steps, latent_dim).
            condition: (batch, [time,] condition_size), if a network declares it.
            training: whether this is a training step.
        """
        changing = condition is not None and len(condition.shape) == 3
        content, z = self.parted(z)
        frames = tf.shape(z)[1]
        if condition is not None:
            condition = self.over_time(condition, frames)
        if changing:
            content = tf.repeat(content, frames, axis=1)
        return self.depict(content, z, condition, training)

    # --- tensors in, tensors out ------------------------------------------------------

    def encode(self, x, condition=None) -> tf.Tensor:
        """The mean of q(z|x, a) at every step, (batch, steps, latent_dim)."""
        return self.posterior(x, condition).mean()

    def decode(self, z, condition=None) -> tf.Tensor:
        """The mean of the likelihood, (batch, time, height, width, channels)."""
        return self.likelihood(z, condition).mean()

    def reconstruct(self, x, condition=None) -> tf.Tensor:
        """`decode(encode(x))`, as `x`."""
        return self.decode(self.encode(x, condition), condition)

    def call(self, batch, training=False):
        """The reconstruction of a batch `{"x": ..., "condition": ...}`."""
        batch = self.unpack(batch)
        return self.reconstruct(batch["x"], batch["condition"])

    def elbo(self, x, condition=None, num_samples=1, seed=0) -> tf.Tensor:
        """The evidence lower bound, (batch,) nats a clip, with so many draws of z."""
        x = tf.convert_to_tensor(x, tf.float32)
        seen = self.look(x)
        bound, _ = self._bound(x, condition, seen, num_samples, seed_pair(seed))
        return bound["elbo"]

    # --- parts ------------------------------------------------------------------------

    def look(self, x, training=False) -> dict[str, tf.Tensor]:
        """What the encoder says of every frame, name to (batch, time, size)."""
        x = tf.convert_to_tensor(x, tf.float32)
        return _unfolded(feed(self.encoder, {"x": _folded(x)}, training), x)

    def inferred(self, features, condition=None, training=False):
        """q(z|features, a) as `posterior`; features are (batch, time, size)."""
        rows, frames = tf.shape(features)[0], features.shape[1] or tf.shape(features)[1]
        given = self._given(condition, rows, frames)
        given["features"] = self._by_step(features)
        return self.latent_prior.unrolled(given, training, self._infer_step)

    def _infer_step(self, state, given, training=False):
        """q(z_t | x_t, a_t, s_t), any leading axes."""
        return foreseen(
            self.inference, "posterior", self.posterior_head, {**given, **state}
        )

    def parted(self, z):
        """Content, (batch, 1, latent_dim), or `None`, and the latents of the frames."""
        return (z[:, :1], z[:, 1:]) if self.has_content else (None, z)

    def depict(self, content, z, condition=None, training=False):
        """p(x|...) of frames, batch shape (batch, time), each from its latent.

        Args:
            content: (batch, 1, latent_dim) of whole clips or (batch, time, latent_dim)
                of every frame; not looked at without a content.
            z: (batch, time, latent_dim).
            condition: (batch, time, condition_size), if a network declares it.
            training: whether this is a training step.
        """
        tensors = {"latent": _folded(z)}
        if condition is not None:
            tensors["condition"] = _folded(condition)
        if self.has_content or self.content is not None:
            tensors |= self._shared(content, condition, tf.shape(z)[1], training)
        params = feed(self.decoder, tensors, training)
        params = _unfolded(params, z)["likelihood"]
        return self.likelihood_head.distribution(params, training)

    def _shared(self, content, condition, frames, training):
        """What frames have in common, made as often as contents differ."""
        times, shared = frames, {}
        if self.has_content:
            times = content.shape[1] or tf.shape(content)[1]
            shared["content"] = _folded(content)
        if self.content is not None:
            if condition is not None:
                shared["condition"] = _folded(condition[:, :times])
            shared = feed(self.content, shared, training)
        return {k: tf.repeat(v, frames // times, axis=0) for k, v in shared.items()}

    def _given(self, condition, rows, frames):
        """The condition of every step, {"condition": (steps, batch, size)}."""
        if condition is None:
            if self.listens:
                raise ValueError(
                    "`condition` must be given: a network of this model declares it. "
                    "Received: condition=None."
                )
            condition = tf.zeros((rows, self.spec.condition_size))
        return {"condition": self._by_step(self.over_time(condition, frames))}

    def _by_step(self, x):
        """(batch, time, size) as (steps, batch, size); the content is as frame 0."""
        x = tf.concat([x[:, :1], x], axis=1) if self.has_content else x
        return tf.transpose(x, (1, 0, 2))

    # --- training ---------------------------------------------------------------------

    def _bound(self, x, condition, seen, num_samples, seed, training=False):
        """The objective's terms, and the likelihood of (num_samples * batch) clips."""
        posterior = self.inferred(seen["features"], condition, training)
        z, states = posterior.path(seed, num_samples, _pick)
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
        x, condition = batch["x"], batch["condition"]
        seen, count = self.look(x, training), self.objective.num_samples
        terms, likelihood = self._bound(x, condition, seen, count, seed, training)
        if self.reads_attributes:
            terms["attributes"] = self._misread(seen["attributes"], condition)
            terms["loss"] += self.attribute_weight * terms["attributes"]
        if self.added_terms:
            rebuilt = likelihood.mean()[: tf.shape(x)[0]]
            play = Play(batch, {**batch, "x": rebuilt}, judges=())
            for term in self.added_terms:
                terms[term.name] = term.generator_loss(play)
                terms["loss"] += terms[term.name]
        return terms

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
            "terms": [serialise(term) for term in self.added_terms],
        }


def _pick(distribution, seed):
    """A draw of one step, the same on any number of devices."""
    return draw(distribution, 1, seed)[0]


def _folded(x):
    """(batch, time, ...) as (batch * time, ...)."""
    return tf.reshape(x, (-1, *x.shape[2:]))


def _unfolded(tensors, like):
    """(batch * time, ...) of every name as (batch, time, ...), as many as in `like`."""
    return {
        k: tf.reshape(v, tf.concat([tf.shape(like)[:2], v.shape[1:]], 0))
        for k, v in tensors.items()
    }
