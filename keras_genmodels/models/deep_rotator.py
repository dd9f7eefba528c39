"""Recurrent view synthesis: one picture, turned view by view."""

from __future__ import annotations

import keras
import tensorflow as tf

from keras_genmodels import registry
from keras_genmodels.models.base import GenerativeModel
from keras_genmodels.models.network_inputs import (
    call_declared,
    clipped_mean,
    condition_tensor,
    examples,
)
from keras_genmodels.models.time_axis import fold_time, swap_batch_and_time
from keras_genmodels.registry import register
from keras_genmodels.seeds import seed_pair

_KEPT = 16  # first frames of the training set, for clips that are given none


@register("deep_rotator", family="model")
class DeepRotator(GenerativeModel):
    """A predictor of views: an identity, a pose that is turned, and their decoder.

        identity, pose_0 = encoder(x_0),    pose_t = turn(pose_(t-1), condition)
        loss = -sum over 1 <= t <= horizon of log p(x_t | identity, pose_t)

    The condition says which way to turn. The model has no prior of first frames: a
    clip that is given none begins with one of the training set, a few of which are kept
    in the weights.

    Args:
        spec: of a dataset of clips.
        encoder: network from "x", one frame, to "identity" and "pose".
        turn: network from "pose", and "condition" if it declares it, to "pose".
        decoder: network from "identity" and "pose" to "likelihood", the parameters of
            one frame.
        likelihood: head of a frame: a name, a config or an instance.
        horizon: how many views ahead the loss covers, >= 1: a number, or a Keras
            schedule of the training step, the curriculum.
        **kwargs: `seed`, `recipe`, `name` and `dtype`, as for `GenerativeModel`.

    Shapes: `x` is (batch, time, height, width, channels) in [0, 1], `condition` is
    (batch, condition_size), (batch, time, condition_size), or a dict that holds it as
    "condition".

    Reference: Yang, Reed, Yang, Lee, "Weakly-supervised Disentangling with Recurrent
    Transformations for 3D View Synthesis", 2015; the views are not segmented here, so
    that there is no mask to predict.
    """

    term_names = ("loss", "error", "horizon")

    def __init__(
        self, spec, encoder, turn, decoder, likelihood="fixed_normal", horizon=1, **kw
    ):
        super().__init__(spec, **kw)
        self.encoder = encoder
        self.turn = turn
        self.decoder = decoder
        self.horizon = horizon
        frame = tuple(spec.x_shape[1:])
        self.likelihood_head = registry.get(likelihood, "head", event_shape=frame)
        self.seen = self.add_weight(
            name="seen",
            shape=(_KEPT, *frame),
            initializer="zeros",
            trainable=False,
            dtype="float32",
        )

    @property
    def networks(self):
        return [self.encoder, self.turn, self.decoder]

    def unpack(self, batch):
        """Return the tensors of a batch, a condition of zeros where it has none."""
        tensors = super().unpack(batch)
        empty = tf.zeros((tf.shape(tensors["x"])[0], self.spec.condition_size))
        return {"condition": empty, **tensors}

    def views(self, first_frame, condition, num_frames, training=False):
        """Return p(x_t | x_0), a TFP distribution of `num_frames` frames.

        Args:
            first_frame: (batch, height, width, channels) in [0, 1]; view 0.
            condition: (batch, condition_size), (batch, num_frames, condition_size) or a
                dict; that of a frame is the turn from the frame before.
            num_frames: an integer or an int32 scalar, >= 1.
            training: whether this is a training step.

        Returns:
            A distribution of batch shape (batch, num_frames).
        """
        code = call_declared(self.encoder, {"x": first_frame}, training)
        condition = condition_tensor(condition)

        def step(pose, t):
            now = condition[:, t] if condition.shape.rank == 3 else condition
            inputs = {"pose": pose, "condition": now}
            return call_declared(self.turn, inputs, training)["pose"]

        turned = tf.scan(step, tf.range(1, num_frames), code["pose"])
        poses = tf.concat([code["pose"][None], turned], axis=0)  # (time, batch, size)
        inputs = {
            "identity": tf.repeat(code["identity"], num_frames, axis=0),
            "pose": fold_time(swap_batch_and_time(poses)),
        }  # (batch * time, size) each
        params = call_declared(self.decoder, inputs, training)["likelihood"]
        shape = tf.concat([[-1, num_frames], tf.shape(params)[1:]], axis=0)
        return self.likelihood_head.distribution(tf.reshape(params, shape), training)

    def sample(
        self, n=None, condition=None, num_frames=None, first_frame=None, seed=0
    ) -> tf.Tensor:
        """Predict the views after a first frame, which is frame 0 as it is.

        Args:
            n: how many; may be left out where another argument has a row for each.
            condition: (n, condition_size), one row for all, (n, num_frames,
                condition_size), or a dict that holds one of them as "condition".
            num_frames: of the clip; default that of the dataset.
            first_frame: (n, height, width, channels), or one for all, in [0, 1];
                default: frames of the training set, drawn by the seed.
            seed: an int or two ints; without effect where there is a first frame.

        Returns:
            float32 in [0, 1], (n, num_frames, height, width, channels).
        """
        frames = self.spec.x_shape[0] if num_frames is None else num_frames
        condition = condition_tensor(condition)
        if condition is None:
            condition = tf.zeros((1, self.spec.condition_size))
        if first_frame is None:
            n = tf.shape(condition)[0] if n is None else n
            chosen = tf.random.stateless_uniform(
                (n,), seed_pair(seed), maxval=_KEPT, dtype=tf.int32
            )
            first_frame = tf.gather(self.seen.value, chosen)
        first_frame = examples(first_frame, "first_frame")
        count = tf.maximum(tf.shape(first_frame)[0], tf.shape(condition)[0])
        n = count if n is None else n
        first_frame = tf.broadcast_to(first_frame, (n, *self.spec.x_shape[1:]))
        condition = tf.broadcast_to(condition, (n, *condition.shape[1:]))
        turned = clipped_mean(self.views(first_frame, condition, frames))
        return tf.concat([first_frame[:, None], turned[:, 1:]], axis=1)

    def continue_from(
        self, first_frame, condition=None, num_frames=None, seed=0
    ) -> tf.Tensor:
        """Predict the views after given frames, as `sample` does."""
        return self.sample(None, condition, num_frames, first_frame, seed)

    def call(self, batch, training=False):
        """Predict every clip of a batch from its first frame."""
        batch = self.unpack(batch)
        return self.sample(None, batch["condition"], None, batch["x"][:, 0])

    def terms(self, batch, training):
        x, frames = batch["x"], self.spec.x_shape[0]
        if training:
            self.seen.assign(tf.concat([x[:, 0], self.seen.value], axis=0)[:_KEPT])
        horizon = self.horizon
        if isinstance(horizon, keras.optimizers.schedules.LearningRateSchedule):
            horizon = horizon(self.step)
        ahead = tf.clip_by_value(tf.cast(horizon, tf.int32), 1, frames - 1)
        views = self.views(x[:, 0], batch["condition"], ahead + 1, training)
        x = x[:, : ahead + 1]
        density = views.log_prob(x)[:, 1:]  # (batch, ahead)
        error = tf.reduce_mean(tf.square(views.mean() - x)[:, 1:], axis=(1, 2, 3, 4))
        return {
            "loss": -tf.reduce_sum(density, axis=1),
            "error": error,
            "horizon": tf.cast(ahead, tf.float32) * tf.ones_like(error),
        }

    def get_config(self):
        serialise = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "encoder": serialise(self.encoder),
            "turn": serialise(self.turn),
            "decoder": serialise(self.decoder),
            "likelihood": serialise(self.likelihood_head),
            "horizon": serialise(self.horizon),
        }
