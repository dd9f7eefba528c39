"""The video VAE: a variational autoencoder whose latent has a time axis."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels import registry
from keras_genmodels.models.attribute_inference import attribute_cross_entropy
from keras_genmodels.models.base import GenerativeModel
from keras_genmodels.models.checks import check_video_vae
from keras_genmodels.models.network_inputs import (
    clipped_mean,
    condition_tensor,
    examples,
)
from keras_genmodels.models.serialisation import serialised
from keras_genmodels.models.video_bound import added_costs, sequence_bound
from keras_genmodels.models.video_distributions import (
    clip_likelihood,
    encode_frames,
    frame_attributes,
    posterior_from_features,
    step_inputs,
)
from keras_genmodels.models.video_sampling import requested_condition, sample_clips
from keras_genmodels.registry import register
from keras_genmodels.seeds import seed_pair


@register("video_vae", family="model")
class VideoVAE(GenerativeModel):
    """A VAE of clips: a latent a frame, a recurrent prior, control by attributes.

        p(x, z | a) = prod_t p(x_t | z_t, c, a_t) p(z_t | z_<t, a)
        q(z | x, a) = prod_t q(z_t | x_t, a_t, z_<t)

    The approximate posterior of a step depends on the features of the frame
    (`encoder`), merged with the attributes and the state of the prior's memory
    (`inference`). The prior is teacher-forced on draws from the posterior. If the
    decoder declares an output of `content`, or "content" itself, the latent of a clip
    begins with one more step c, inferred from the first frame, that all frames share.

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
            frames, computed once a clip; or `None`.
        posterior: head of q(z_t | ...): "normal", ...
        likelihood: head of a frame: "learned_normal", "bernoulli", ...
        objective: "sequence_elbo", or an instance with its arguments.
        attribute_weight: of the cross-entropy of the attribute head, >= 0, in nats a
            frame and attribute.
        memory_noise: standard deviation, >= 0, of normal noise on the latents that the
            memory is updated with in training, against errors that add up in sampling.
        terms: added to the loss, of real clips and their reconstructions:
            "gradient_difference", ..., or instances.
        **kwargs: `seed`, `recipe`, `name` and `dtype`, as for `GenerativeModel`.

    Raises:
        ValueError: for a term that has the name of one of the model's own, or
            `memory_noise` below 0.

    Shapes: `x` is (batch, time, height, width, channels) in [0, 1], `condition` (batch,
    condition_size), (batch, time, condition_size), or a dict that holds it as
    "condition"; latents are (batch, steps, latent_dim), where steps is the number of
    frames, and one more with a content.

    Reference: He, Lehrmann, Marino, Mori, Sigal, "Probabilistic Video Generation using
    Holistic Attribute Control", 2018. The content latent and the choice of heads are
    ours; the noise is from Sanchez-Gonzalez et al., "Learning to Simulate Complex
    Physics with Graph Networks", 2020.
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
        latent, frame = (self.latent_dim,), tuple(spec.x_shape[1:])
        self.posterior_head = registry.get(posterior, "head", event_shape=latent)
        self.likelihood_head = registry.get(likelihood, "head", event_shape=frame)
        self.objective = registry.get(objective, "objective")
        self.attribute_weight = attribute_weight
        self.memory_noise = memory_noise
        self.added_terms = [registry.get(term, "term") for term in terms]
        own = [*self.term_names, *(["attributes"] if self.reads_attributes else [])]
        check_video_vae(self, own)
        self.track_terms(*own, *(term.name for term in self.added_terms))

    @property
    def networks(self):
        parts = [self.inference, self.latent_prior, self.decoder, self.content]
        return [part for part in parts if part is not None]

    @property
    def batch_tensors(self):
        """Those that the networks declare, and the condition for an attribute head."""
        labels = ["condition"] if self.reads_attributes else []
        return tuple(dict.fromkeys([*super().batch_tensors, *labels]))

    @property
    def reads_attributes(self) -> bool:
        """Whether attributes can be inferred from a frame."""
        return "attributes" in self.encoder.output

    @property
    def uses_condition(self) -> bool:
        """Whether any network but the encoder declares the condition."""
        return any("condition" in part.input for part in self.networks)

    @property
    def latent_shape(self) -> tuple[int, int]:
        """The shape (steps, latent_dim) of the latent of a clip of the dataset."""
        return (self.spec.x_shape[0] + self.has_content, self.latent_dim)

    @property
    def fitted_shape(self) -> tuple[int | None, ...]:
        """The shape of clips of any length."""
        return (None, *self.spec.x_shape[1:])

    # --- distributions ----------------------------------------------------------------

    def posterior(self, x, condition=None, training=False):
        """Return q(z|x, a), a TFP distribution over (steps, latent_dim).

        Its `mean` is that of every step, given the means of the steps before.
        """
        features = encode_frames(self, x)["features"]
        condition = condition_tensor(condition)
        return posterior_from_features(self, features, condition, training)

    def prior(self, condition=None, num_frames=None):
        """Return p(z|a), a TFP distribution over (steps, latent_dim).

        `sample` updates the memory with its own draws, `log_prob` with the latents that
        it is given. Without a condition, which is for a prior that does not declare it,
        the batch is of 1; `num_frames` is by default that of the dataset.
        """
        frames = self.spec.x_shape[0] if num_frames is None else num_frames
        inputs = step_inputs(self, condition_tensor(condition), 1, frames)
        return self.latent_prior.unroll(inputs)

    def likelihood(self, z, condition=None, training=False):
        """Return p(x|z, a), a TFP distribution of frames, batch shape (batch, time)."""
        return clip_likelihood(self, z, condition_tensor(condition), training)

    # --- tensors in, tensors out ------------------------------------------------------

    def encode(self, x, condition=None) -> tf.Tensor:
        """Return the mean of q(z|x, a) at every step, (batch, steps, latent_dim)."""
        return self.posterior(x, condition).mean()

    def decode(self, z, condition=None) -> tf.Tensor:
        """Return the mean of the likelihood, clipped to [0, 1], of the shape of `x`."""
        return clipped_mean(self.likelihood(z, condition))

    def reconstruct(self, x, condition=None) -> tf.Tensor:
        """Return `decode(encode(x))`, of the shape of `x`."""
        return self._reconstruct(examples(x), condition_tensor(condition))

    @tf.function(reduce_retracing=True, autograph=False)
    def _reconstruct(self, x, condition):
        return self.decode(self.encode(x, condition), condition)

    def call(self, batch, training=False):
        """Return the reconstruction of a batch of named tensors."""
        batch = self.unpack(batch)
        return self.reconstruct(batch["x"], batch)

    def infer_attributes(self, first_frame) -> dict[str, tf.Tensor]:
        """Infer the attributes of a frame: name to (batch, classes) probabilities.

        Args:
            first_frame: (batch, height, width, channels) in [0, 1].

        Raises:
            ValueError: if the model has no attribute head.
        """
        return frame_attributes(self, first_frame)

    # --- sampling ---------------------------------------------------------------------

    def sample(
        self, n=None, condition=None, num_frames=None, first_frame=None, seed=0
    ) -> tf.Tensor:
        """Draw clips of a condition, which may change from one frame to the next.

        An attribute whose columns are all 0 is not given: it is inferred from the first
        frame if there is one, or else drawn, each class as likely as the others. Where
        the condition changes, the clip goes on as one of the new condition: content and
        memory begin anew, from the same noise.

        Args:
            n: how many clips; may be left out where another argument has a row a clip.
            condition: (n, condition_size), (n, time, condition_size) to change in
                mid-clip, one row for all, or a dict that holds one of them as
                "condition". Default: no attribute is given.
            num_frames: of every clip, >= 1. Default: as many as the condition has, or
                else as the clips of the dataset.
            first_frame: (n, height, width, channels) in [0, 1], to begin with: frame 0
                is its reconstruction. Default: the first frame is drawn, too. A class
                that is asked for and that the frame gives less than half of an even
                chance begins with frame 1.
            seed: an int or two ints; the same seed gives the same clips.

        Returns:
            float32 in [0, 1], (n, num_frames, height, width, channels).

        Raises:
            ValueError: if the condition has a time axis of another length.
        """
        condition = condition_tensor(condition)
        if first_frame is not None:
            first_frame = examples(first_frame, "first_frame")
        condition = requested_condition(self, n, condition, num_frames, first_frame)
        return self._sample(condition, first_frame, seed_pair(seed))

    @tf.function(reduce_retracing=True, autograph=False)
    def _sample(self, condition, first_frame, seed):
        return sample_clips(self, condition, first_frame, seed)

    def continue_from(self, first_frame, condition=None, num_frames=None, seed=0):
        """Draw clips that begin with given frames, as `sample` does."""
        return self.sample(None, condition, num_frames, first_frame, seed)

    # --- training ---------------------------------------------------------------------

    def elbo(self, x, condition=None, num_samples=1, seed=0) -> tf.Tensor:
        """Return the evidence lower bound, (batch,) nats, with so many draws of z."""
        given = examples(x), condition_tensor(condition)
        return self._elbo(*given, num_samples, seed_pair(seed))

    @tf.function(reduce_retracing=True, autograph=False)
    def _elbo(self, x, condition, num_samples, seed):
        features = encode_frames(self, x)["features"]
        terms, _ = sequence_bound(self, x, condition, features, num_samples, seed)
        return terms["elbo"]

    def terms(self, batch, training):
        seed = self.next_seed() if training else seed_pair(self.seed)
        x, condition = batch["x"], batch.get("condition")
        encoded, count = encode_frames(self, x, training), self.objective.num_samples
        terms, likelihood = sequence_bound(
            self, x, condition, encoded["features"], count, seed, training
        )
        if self.reads_attributes:
            terms["attributes"] = attribute_cross_entropy(
                self.spec.attributes, encoded["attributes"], condition
            )
            terms["loss"] += self.attribute_weight * terms["attributes"]
        for name, cost in added_costs(self.added_terms, batch, likelihood).items():
            terms[name] = cost
            terms["loss"] += cost
        return terms

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
            "terms": self.added_terms,
        }
        return {
            **super().get_config(),
            **serialised(parts),
            "attribute_weight": self.attribute_weight,
            "memory_noise": self.memory_noise,
        }
