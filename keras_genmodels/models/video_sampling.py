"""Sampling of clips: complete the condition, begin with a frame, draw step by step."""

from __future__ import annotations

from typing import Any, NamedTuple

import tensorflow as tf

from keras_genmodels.models.attribute_inference import (
    complete_condition,
    replace_improbable,
)
from keras_genmodels.models.network_inputs import clipped_mean
from keras_genmodels.models.time_axis import condition_over_time, swap_batch_and_time
from keras_genmodels.models.video_distributions import (
    encode_frames,
    frame_likelihood,
    posterior_from_features,
    split_content,
)

_fold_in = tf.random.experimental.stateless_fold_in


class FirstLatents(NamedTuple):
    """Latents that are inferred from a first frame; None where there is no frame.

    Args:
        content: of the clip, (n, latent_dim), or None where the model has no content.
        latent: of frame 0, (n, latent_dim).
    """

    content: tf.Tensor | None = None
    latent: tf.Tensor | None = None


def requested_condition(
    model: Any,
    n: Any,
    condition: tf.Tensor | None,
    num_frames: Any,
    first_frame: tf.Tensor | None,
) -> tf.Tensor:
    """Return what is asked of every frame, (n, num_frames, condition_size).

    Args:
        model: a `VideoVAE`.
        n: how many clips, or None for as many as the other arguments have rows.
        condition: (n, condition_size), (n, time, condition_size), one row for all, or
            None: no attribute is given.
        num_frames: of every clip, or None for as many as the condition has, or else as
            the clips of the data set.
        first_frame: (n, height, width, channels) or None.

    Raises:
        ValueError: if the condition has a time axis of another length.
    """
    if n is None and first_frame is not None:
        n = tf.shape(first_frame)[0]
    size = model.spec.condition_size
    if condition is None:
        condition = tf.zeros((1 if n is None else n, size))
    if n is None:
        n = tf.shape(condition)[0]
    if num_frames is None:
        own = condition.shape[1] if condition.shape.rank == 3 else None
        num_frames = own or model.spec.x_shape[0]
    condition = condition_over_time(condition, num_frames)
    return tf.broadcast_to(condition, (n, num_frames, size))


def sample_clips(
    model: Any, condition: tf.Tensor, first_frame: tf.Tensor | None, seed: tf.Tensor
) -> tf.Tensor:
    """Draw clips, float32 in [0, 1], (n, time, height, width, channels).

    Args:
        model: a `VideoVAE`.
        condition: (n, time, condition_size); an attribute whose columns are all 0 is
            inferred from the first frame, or drawn.
        first_frame: (n, height, width, channels), or None: it is drawn, too.
        seed: int32 (2,).
    """
    seeds = tf.random.split(seed, 3)
    encoded, first = {}, FirstLatents()
    if first_frame is not None:
        encoded = encode_frames(model, first_frame[:, None])
    logits = encoded.get("attributes")  # (n, 1, condition_size)
    condition = complete_condition(model.spec.attributes, condition, logits, seeds[0])
    if not model.uses_condition:  # then no change that is asked for begins anew
        condition = tf.zeros_like(condition)
    if first_frame is not None:
        condition, first = infer_first_latents(model, condition, encoded)
    condition = swap_batch_and_time(condition)
    content, z = roll_out_latents(model, condition, first, seeds[1], seeds[2])
    return decode_frames(model, content, z, condition)


def infer_first_latents(
    model: Any, condition: tf.Tensor, encoded: dict[str, tf.Tensor]
) -> tuple[tf.Tensor, FirstLatents]:
    """Infer content and latent from a first frame, which may not be as asked.

    Args:
        model: a `VideoVAE`.
        condition: (n, time, condition_size), every attribute given.
        encoded: of the first frame: "features", (n, 1, size), and "attributes" from a
            model that infers them.

    Returns:
        The condition, that of frame 0 with the likeliest classes in place of those that
        are improbable for the frame, and the latents. Networks that use no condition
        have nothing to replace, and no change at which a clip would begin anew.
    """
    own = condition[:, :1]
    if "attributes" in encoded and model.uses_condition:
        own = replace_improbable(model.spec.attributes, own, encoded["attributes"])
    z = posterior_from_features(model, encoded["features"], own).mean()
    content, latent = split_content(model, z)  # (n, 1, latent_dim) each
    first = FirstLatents(None if content is None else content[:, 0], latent[:, 0])
    return tf.concat([own, condition[:, 1:]], axis=1), first


def roll_out_latents(
    model: Any,
    condition: tf.Tensor,
    first: FirstLatents,
    content_seed: tf.Tensor,
    frame_seed: tf.Tensor,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Draw the latents of a clip from the prior, frame by frame.

    Where the condition changes, content and memory begin anew, from the same noise.

    Args:
        model: a `VideoVAE`.
        condition: of every frame, (time, n, condition_size).
        first: the latents of frame 0 where they are inferred; others are drawn.
        content_seed: int32 (2,).
        frame_seed: int32 (2,).

    Returns:
        The content and the latent of every frame, (time, n, latent_dim) each; the
        content of a model that has none is 0.
    """
    prior, rows = model.latent_prior, tf.shape(condition)[1]
    initial, no_latent = prior.initial_state(rows), tf.zeros((rows, model.latent_dim))

    def step(carried, frame):
        state, content, _, previous_condition = carried
        inputs, is_first = {"condition": frame["condition"]}, frame["index"] == 0
        changed = tf.reduce_any(inputs["condition"] != previous_condition, axis=-1)
        anew = changed[:, None] | is_first  # (n, 1)
        new_content, new_state = no_latent, initial
        if model.has_content:
            drawn = prior.predict(initial, inputs).sample(seed=content_seed)
            new_content = _unless_inferred(drawn, first.content, is_first)
            new_state = prior.update_state(initial, new_content, inputs)
        content = tf.where(anew, new_content, content)
        state = {k: tf.where(anew, new_state[k], v) for k, v in state.items()}
        own_seed = _fold_in(frame_seed, frame["index"])
        z = prior.predict(state, inputs).sample(seed=own_seed)
        z = _unless_inferred(z, first.latent, is_first)
        return prior.update_state(state, z, inputs), content, z, inputs["condition"]

    frames = {"index": tf.range(tf.shape(condition)[0]), "condition": condition}
    carried = (initial, no_latent, no_latent, tf.zeros_like(condition[0]))
    _, content, z, _ = tf.scan(step, frames, carried)
    return content, z


def _unless_inferred(drawn, inferred, is_first):
    """Return latents as drawn, or those of frame 0 as inferred, where they are."""
    return drawn if inferred is None else tf.where(is_first, inferred, drawn)


def decode_frames(
    model: Any, content: tf.Tensor, z: tf.Tensor, condition: tf.Tensor
) -> tf.Tensor:
    """Decode one frame after another, so that memory does not grow with the clip.

    Args:
        model: a `VideoVAE`.
        content: (time, n, latent_dim).
        z: (time, n, latent_dim).
        condition: (time, n, condition_size).

    Returns:
        float32 in [0, 1], (n, time, height, width, channels).
    """

    def decode(frame):
        content, z, condition = (x[:, None] for x in frame)  # (n, 1, size) each
        return clipped_mean(frame_likelihood(model, content, z, condition))[:, 0]

    x = tf.map_fn(decode, (content, z, condition), fn_output_signature=tf.float32)
    x = tf.ensure_shape(x, (None, None, *model.spec.x_shape[1:]))
    return swap_batch_and_time(x)
