"""Layouts of tensors with a time axis.

A clip has frames; its latent has steps: one a frame, and before them one of the whole
clip where the model has a content. Networks of a frame want the time axis folded into
the batch axis, a recurrent prior wants the steps first.
"""

from __future__ import annotations

from collections.abc import Mapping

import tensorflow as tf


def fold_time(x: tf.Tensor) -> tf.Tensor:
    """Reshape (batch, time, ...) to (batch * time, ...)."""
    return tf.reshape(x, (-1, *x.shape[2:]))


def unfold_time(
    tensors: Mapping[str, tf.Tensor], like: tf.Tensor
) -> dict[str, tf.Tensor]:
    """Reshape each of some tensors from (batch * time, ...) to (batch, time, ...).

    Args:
        tensors: name to tensor.
        like: a tensor whose first two axes are (batch, time).
    """
    return {
        name: tf.reshape(x, tf.concat([tf.shape(like)[:2], x.shape[1:]], axis=0))
        for name, x in tensors.items()
    }


def swap_batch_and_time(x: tf.Tensor) -> tf.Tensor:
    """Transpose (batch, time, ...) to (time, batch, ...), or back."""
    return tf.transpose(x, (1, 0, *range(2, x.shape.rank)))


def frames_to_steps(x: tf.Tensor, has_content: bool) -> tf.Tensor:
    """Give every step of the latent the entry of its frame.

    Args:
        x: (batch, time, size).
        has_content: whether a step of the whole clip comes before those of the frames;
            it has the entry of frame 0.

    Returns:
        (steps, batch, size).
    """
    x = tf.concat([x[:, :1], x], axis=1) if has_content else x
    return swap_batch_and_time(x)


def condition_over_time(condition: tf.Tensor, frames: int | tf.Tensor) -> tf.Tensor:
    """Return the condition of every frame, (batch, frames, condition_size).

    Args:
        condition: (batch, condition_size), which is then that of all frames, or (batch,
            frames, condition_size).
        frames: how many.

    Raises:
        ValueError: if it has a time axis of another length.
    """
    if condition.shape.rank == 2:
        return tf.repeat(condition[:, None], frames, axis=1)
    known = isinstance(frames, int) and condition.shape[1] is not None
    if known and condition.shape[1] != frames:
        raise ValueError(
            f"`condition` must have one row a frame, {frames} of them. "
            f"Received: shape {tuple(condition.shape)}."
        )
    return condition


def tile_samples(x: tf.Tensor, num_samples: int) -> tf.Tensor:
    """Repeat a batch once a sample, (batch, ...) to (num_samples * batch, ...)."""
    if num_samples == 1:
        return x
    return tf.tile(x, (num_samples, *(1,) * (x.shape.rank - 1)))


def split_samples(z: tf.Tensor, num_samples: int) -> tf.Tensor:
    """Split (steps, num_samples * batch, size) to (steps, num_samples, batch, size)."""
    return tf.reshape(z, (tf.shape(z)[0], num_samples, -1, z.shape[-1]))
