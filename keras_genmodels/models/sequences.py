"""Latents with a time axis: what frames say of them, and what they show."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.distributions.recurrent import foreseen
from keras_genmodels.models.base import GenerativeModel
from keras_genmodels.models.network_inputs import call_declared, clipped_mean


class SequenceModel(GenerativeModel):
    """A model of clips with a latent a frame, and perhaps one for the whole clip.

    A subclass sets the parts: the networks `encoder`, `inference`, `decoder` and
    `content` (or `None`), the `RecurrentPrior` `latent_prior`, `posterior_head`,
    `likelihood_head`, `latent_dim` and `has_content`.
    """

    @property
    def reads_attributes(self) -> bool:
        """Whether attributes can be inferred from a frame."""
        return "attributes" in self.encoder.output

    @property
    def networks(self):
        parts = [self.inference, self.latent_prior, self.decoder, self.content]
        return [part for part in parts if part is not None]

    @property
    def uses_condition(self) -> bool:
        """Whether any part looks at the condition."""
        return any("condition" in part.input for part in self.networks)

    @property
    def batch_tensors(self):
        """As the networks declare, and the condition for an attribute head."""
        labels = ["condition"] if self.reads_attributes else []
        return tuple(dict.fromkeys([*super().batch_tensors, *labels]))

    @property
    def latent_shape(self) -> tuple[int, int]:
        """(steps, latent_dim) of a clip of the dataset."""
        return (self.spec.x_shape[0] + self.has_content, self.latent_dim)

    @property
    def fitted_shape(self) -> tuple[int | None, ...]:
        """Clips of any length."""
        return (None, *self.spec.x_shape[1:])

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
        """The mean of the likelihood, clipped to [0, 1], of the shape of `x`."""
        return clipped_mean(self.likelihood(z, condition))

    def reconstruct(self, x, condition=None) -> tf.Tensor:
        """`decode(encode(x))`, as `x`."""
        return self._rebuilt(tf.convert_to_tensor(x, tf.float32), condition)

    @tf.function(reduce_retracing=True)
    def _rebuilt(self, x, condition):
        return self.decode(self.encode(x, condition), condition)

    # --- parts ------------------------------------------------------------------------

    def look(self, x, training=False) -> dict[str, tf.Tensor]:
        """What the encoder says of every frame, name to (batch, time, size)."""
        x = tf.convert_to_tensor(x, tf.float32)
        return _unfolded(call_declared(self.encoder, {"x": _folded(x)}, training), x)

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
        params = call_declared(self.decoder, tensors, training)
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
            shared = call_declared(self.content, shared, training)
        return {k: tf.repeat(v, frames // times, axis=0) for k, v in shared.items()}

    def _given(self, condition, rows, frames):
        """The condition of every step, {"condition": (steps, batch, size)}."""
        if condition is None:
            if self.uses_condition:
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

    def over_time(self, condition, frames):
        """The condition of every frame, (batch, frames, condition_size).

        Args:
            condition: with or without the time axis.
            frames: how many.

        Raises:
            ValueError: if it has a time axis of another length.
        """
        condition = tf.convert_to_tensor(condition, tf.float32)
        if condition.shape.rank == 2:
            return tf.repeat(condition[:, None], frames, axis=1)
        known = isinstance(frames, int) and condition.shape[1] is not None
        if known and condition.shape[1] != frames:
            raise ValueError(
                f"`condition` must have one row a frame, {frames} of them. "
                f"Received: shape {tuple(condition.shape)}."
            )
        return condition


def _folded(x):
    """(batch, time, ...) as (batch * time, ...)."""
    return tf.reshape(x, (-1, *x.shape[2:]))


def _unfolded(tensors, like):
    """(batch * time, ...) of every name as (batch, time, ...), as many as in `like`."""
    return {
        k: tf.reshape(v, tf.concat([tf.shape(like)[:2], v.shape[1:]], 0))
        for k, v in tensors.items()
    }
