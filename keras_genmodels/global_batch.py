"""Sums and means over the batch that all devices share, however they share it."""

from __future__ import annotations

import tensorflow as tf


def is_alone() -> bool:
    """Tell whether no other device shares the batch of this step."""
    context = tf.distribute.get_replica_context()
    return context is None or context.num_replicas_in_sync == 1


def device_sum(value: tf.Tensor) -> tf.Tensor:
    """Return the sum of a value over the devices of a step; gradients flow to each."""
    if is_alone():
        return value
    context = tf.distribute.get_replica_context()
    return context.all_reduce(tf.distribute.ReduceOp.SUM, value)


def all_rows(values: tf.Tensor) -> tf.Tensor:
    """Return the rows of the global batch, (rows, ...), from those of the own share."""
    if is_alone():
        return values
    return tf.distribute.get_replica_context().all_gather(values, axis=0)


def batch_mean(values: tf.Tensor, axis: int | None = 0) -> tf.Tensor:
    """Return the mean over the rows of the global batch; the same on every device.

    Devices may have shares of different sizes, and some of them none.

    Args:
        values: of the own share, (rows, ...).
        axis: 0, or None for the mean over all numbers of all rows.

    Returns:
        (...), or a scalar; 0 if no device has a row.
    """
    if is_alone():
        return tf.reduce_mean(values, axis=axis)
    count = tf.shape(values)[0] if axis == 0 else tf.size(values)
    total = device_sum(tf.reduce_sum(values, axis=axis))
    return tf.math.divide_no_nan(total, device_sum(tf.cast(count, values.dtype)))


def share_of_mean(values: tf.Tensor) -> tf.Tensor:
    """Return what the own share adds to the mean over the rows of the global batch.

    Gradients of losses are summed over devices, and so is this the mean.

    Args:
        values: of the own share, (rows,).
    """
    if is_alone():
        return tf.reduce_mean(values)
    rows = device_sum(tf.cast(tf.shape(values)[0], values.dtype))
    return tf.math.divide_no_nan(tf.reduce_sum(values), rows)
