"""Weights of real examples, by which the next member of an ensemble learns."""

from __future__ import annotations

import tensorflow as tf

_MOST = 30.0  # of a score's size: e**30 and the square of it are finite in float32


def boosted(scores: tf.Tensor, share: float) -> tf.Tensor:
    """Weigh examples that a mixture makes too rarely, so that one more member does.

        w(x) = (l - (1 - b) d(x))_+ / b,    mean w = 1

    d = (1 - D) / D = exp(-score) is how often the mixture makes x, over how often the
    data do, by a critic between the two. If the next member learns the data times w,
    b of it and 1 - b of the mixture come as near to the data as they can. l follows
    from the mean: with d in ascending order and the k least of them below it,
    l = (n b + (1 - b) (d_1 + ... + d_k)) / k, for the largest k with l >= (1 - b) d_k.

    Args:
        scores: of real examples, (batch,), larger for what looks less like the mixture.
        share: b, of the next member in the mixture, in (0, 1].

    Returns:
        (batch,), >= 0, of mean 1.

    Reference: Tolstikhin et al., "AdaGAN: Boosting Generative Models", 2017, section
    3.2; l is that of a batch, and not of all data.

    Example:
        >>> boosted(tf.zeros(4), 0.5).numpy()
        array([1., 1., 1., 1.], dtype=float32)
    """
    ratios = (1 - share) * tf.exp(-tf.clip_by_value(scores, -_MOST, _MOST))
    ordered = tf.sort(ratios)
    counts = tf.cast(tf.range(1, tf.size(ordered) + 1), tf.float32)
    size = tf.cast(tf.size(ordered), tf.float32)
    levels = (share * size + tf.cumsum(ordered)) / counts
    kept = tf.reduce_sum(tf.cast(levels >= ordered, tf.int32))
    return tf.nn.relu(levels[kept - 1] - ratios) / share


def equal(scores: tf.Tensor, share: float) -> tf.Tensor:
    """Weigh all examples alike: what is drawn by it is a bootstrap of the batch.

    Args:
        scores: (batch,).
        share: unused; the mixture is that of independent members.

    Returns:
        Ones, (batch,).

    Reference: Breiman, "Bagging Predictors", 1996, who draws once from all data.
    """
    return tf.ones_like(scores)
