"""Distributions of a video VAE: its networks, called on tensors with a time axis."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from keras_genmodels.distributions.recurrent import Unrolled, network_distribution
from keras_genmodels.models.attribute_inference import attribute_probabilities
from keras_genmodels.models.network_inputs import call_declared, examples
from keras_genmodels.models.time_axis import (
    condition_over_time,
    fold_time,
    frames_to_steps,
    unfold_time,
)


def encode_frames(
    model: Any, x: tf.Tensor, training: bool = False
) -> dict[str, tf.Tensor]:
    """Call the encoder on every frame of clips.

    Args:
        model: a `VideoVAE`.
        x: (batch, time, height, width, channels).
        training: whether this is a training step.

    Returns:
        "features", and "attributes" from an encoder that has it, (batch, time, size).
    """
    x = examples(x)
    return unfold_time(call_declared(model.encoder, {"x": fold_time(x)}, training), x)


def frame_attributes(model: Any, frame: tf.Tensor) -> dict[str, tf.Tensor]:
    """Infer the attributes of single frames.

    Args:
        model: a `VideoVAE`.
        frame: (batch, height, width, channels).

    Returns:
        Name to probabilities, (batch, classes).

    Raises:
        ValueError: if the encoder has no output for them.
    """
    if not model.reads_attributes:
        raise ValueError(
            "Attributes are inferred by an encoder with the output 'attributes'. "
            f"Received: {sorted(model.encoder.output)}."
        )
    frame = examples(frame, "first_frame")
    logits = encode_frames(model, frame[:, None])["attributes"][:, 0]
    return attribute_probabilities(model.spec.attributes, logits)


def posterior_from_features(
    model: Any,
    features: tf.Tensor,
    condition: tf.Tensor | None = None,
    training: bool = False,
) -> Unrolled:
    """Return q(z|features, a), over (steps, latent_dim).

    Args:
        model: a `VideoVAE`.
        features: of the frames, (batch, time, size).
        condition: (batch, [time,] condition_size), if a network declares it.
        training: whether this is a training step.
    """

    def predict(state, inputs, training):
        """Return q(z_t | x_t, a_t, s_t), with any leading axes."""
        network, head = model.inference, model.posterior_head
        tensors = {**inputs, **state}
        return network_distribution(network, "posterior", head, tensors, training)

    rows, frames = tf.shape(features)[0], features.shape[1] or tf.shape(features)[1]
    inputs = step_inputs(model, condition, rows, frames)
    inputs["features"] = frames_to_steps(features, model.has_content)
    return model.latent_prior.unroll(inputs, training, predict)


def step_inputs(
    model: Any, condition: tf.Tensor | None, rows: Any, frames: Any
) -> dict[str, tf.Tensor]:
    """Return the condition of every step, {"condition": (steps, batch, size)}.

    Args:
        model: a `VideoVAE`.
        condition: (batch, [time,] condition_size), if a network declares it.
        rows: the size of the batch where there is no condition.
        frames: how many.

    Raises:
        ValueError: if a network declares the condition and there is none.
    """
    if condition is None:
        if model.uses_condition:
            raise ValueError(
                "`condition` must be given: a network of this model declares it. "
                "Received: condition=None."
            )
        condition = tf.zeros((rows, model.spec.condition_size))
    condition = condition_over_time(condition, frames)
    return {"condition": frames_to_steps(condition, model.has_content)}


def split_content(model: Any, z: tf.Tensor) -> tuple[tf.Tensor | None, tf.Tensor]:
    """Split latents, (batch, steps, latent_dim), into the content and those of frames.

    Returns:
        The content, (batch, 1, latent_dim), or `None`; (batch, time, latent_dim).
    """
    return (z[:, :1], z[:, 1:]) if model.has_content else (None, z)


def clip_likelihood(
    model: Any,
    z: tf.Tensor,
    condition: tf.Tensor | None = None,
    training: bool = False,
) -> Any:
    """Return p(x|z, a), a distribution of frames with batch shape (batch, time).

    Args:
        model: a `VideoVAE`.
        z: (batch, steps, latent_dim).
        condition: (batch, [time,] condition_size), if a network declares it.
        training: whether this is a training step.
    """
    content, z = split_content(model, z)
    if condition is not None:
        frames = tf.shape(z)[1]
        if condition.shape.rank == 3 and model.has_content:  # it may change in mid-clip
            content = tf.repeat(content, frames, axis=1)
        condition = condition_over_time(condition, frames)
    return frame_likelihood(model, content, z, condition, training)


def frame_likelihood(
    model: Any,
    content: tf.Tensor | None,
    z: tf.Tensor,
    condition: tf.Tensor | None = None,
    training: bool = False,
) -> Any:
    """Return p(x_t | z_t, c, a_t) of frames, batch shape (batch, time).

    Args:
        model: a `VideoVAE`.
        content: (batch, 1, latent_dim) of whole clips or (batch, time, latent_dim) of
            every frame; without effect where the model has no content.
        z: (batch, time, latent_dim).
        condition: (batch, time, condition_size), if a network declares it.
        training: whether this is a training step.
    """
    tensors = {"latent": fold_time(z)}
    if condition is not None:
        tensors["condition"] = fold_time(condition)
    if model.has_content or model.content is not None:
        frames = tf.shape(z)[1]
        tensors |= content_tensors(model, content, condition, frames, training)
    params = call_declared(model.decoder, tensors, training)
    params = unfold_time(params, z)["likelihood"]
    return model.likelihood_head.distribution(params, training)


def content_tensors(
    model: Any,
    content: tf.Tensor | None,
    condition: tf.Tensor | None,
    frames: Any,
    training: bool,
) -> dict[str, tf.Tensor]:
    """Compute what frames have in common, once for each content that differs.

    Args:
        model: a `VideoVAE` with a content, or a network of that name.
        content: (batch, 1, latent_dim) of whole clips or (batch, time, latent_dim).
        condition: (batch, time, condition_size), if a network declares it.
        frames: how many.
        training: whether this is a training step.

    Returns:
        "content", or the outputs of the network `content`, (batch * time, ...).
    """
    contents, tensors = frames, {}  # contents of each clip: one, or one a frame
    if model.has_content:
        contents = content.shape[1] or tf.shape(content)[1]
        tensors["content"] = fold_time(content)
    if model.content is not None:
        if condition is not None:
            tensors["condition"] = fold_time(condition[:, :contents])
        tensors = call_declared(model.content, tensors, training)
    return {k: tf.repeat(v, frames // contents, axis=0) for k, v in tensors.items()}
