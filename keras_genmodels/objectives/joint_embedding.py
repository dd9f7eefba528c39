"""The cost of two encoders whose codes of one example are to be alike."""

from __future__ import annotations

import tensorflow as tf


def joint_embedding(first: tf.Tensor, second: tf.Tensor) -> tf.Tensor:
    """Compute how badly the code of one kind finds its partner of the other kind.

        s_ij = <a_i, b_j> / sqrt(size)
        1/2 (-log softmax_j(s_ii) - log softmax_i(s_ii))

    Among the pairs of the batch each code is to choose its own partner, both ways.

    Args:
        first: (batch, size), codes of sentences, say.
        second: (batch, size), of the pictures that they belong to.

    Returns:
        (batch,) nats.

    Reference: Reed, Akata, Lee, Schiele, "Learning Deep Representations of Fine-Grained
    Visual Descriptions", 2016, whose compatibility is the same inner product; the
    cross-entropy of Radford et al., "Learning Transferable Visual Models from Natural
    Language Supervision", 2021, in place of a margin.
    """
    first, second = (tf.cast(codes, tf.float32) for codes in (first, second))
    size = tf.cast(tf.shape(first)[1], tf.float32)
    scores = tf.matmul(first, second, transpose_b=True) / tf.sqrt(size)
    own = tf.linalg.diag_part(scores)
    there, back = (tf.reduce_logsumexp(scores, axis=axis) for axis in (1, 0))
    return 0.5 * (there + back) - own
