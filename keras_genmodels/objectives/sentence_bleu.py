"""Smoothed BLEU of single sentences, as tensors."""

from __future__ import annotations

import tensorflow as tf

ORDER = 4  # words of the longest n-grams


def sentence_bleu(x: tf.Tensor, reference: tf.Tensor) -> tf.Tensor:
    """Return how many n-grams sentences share with one right answer, n from 1 to 4.

        BLEU = min(1, exp(1 - r / c)) (p_1 p_2 p_3 p_4)**(1/4),
        p_1 = m_1 / t_1,    p_n = (m_n + 1) / (t_n + 1)

    c and r are the lengths of the sentence and of the answer, t_n counts the n-grams of
    the sentence, and m_n those of them that the answer has, each at most as often as it
    has it.

    Args:
        x: int32 (batch, length), words, filled up with 0.
        reference: int32 (batch, any), the answers, likewise.

    Returns:
        float32 in [0, 1], (batch,); 0 where no word is right.

    Reference: Papineni et al., "BLEU", 2002, smoothed as in Lin & Och, "ORANGE: a
    Method for Evaluating Automatic Evaluation Metrics for Machine Translation", 2004.
    """
    lengths, wanted = _lengths(x), _lengths(reference)
    own, shared = _equal(x, x), _equal(x, reference)
    first_own, first_shared = own, shared
    logs = 0.0
    for n in range(1, ORDER + 1):
        if n > 1:
            own, shared = _longer(own, first_own), _longer(shared, first_shared)
        times, there = tf.reduce_sum(own, axis=2), tf.reduce_sum(shared, axis=2)
        # Each of so many equal n-grams adds its part of those that count.
        matches = tf.reduce_sum(
            tf.math.divide_no_nan(tf.minimum(times, there), times), axis=1
        )
        total = tf.maximum(lengths - (n - 1), 0.0)
        add = 0.0 if n == 1 else 1.0
        logs += tf.math.log(tf.math.divide_no_nan(matches + add, total + add))
    brevity = tf.minimum(0.0, 1.0 - tf.math.divide_no_nan(wanted, lengths))
    return tf.where(lengths > 0, tf.exp(brevity + logs / ORDER), 0.0)


def _lengths(x):
    """The words of each sentence, float32 (batch,)."""
    return tf.reduce_sum(tf.cast(x != 0, tf.float32), axis=1)


def _equal(x, other):
    """1 where a word of x is that of the other sentence: (batch, length, length)."""
    return tf.cast((x[:, :, None] == other[:, None]) & (x[:, :, None] != 0), tf.float32)


def _longer(equal, words):
    """1 where n-grams are equal, from where those shorter by the first word are."""
    rest = tf.pad(equal[:, 1:, 1:], [[0, 0], [0, 1], [0, 1]])
    return rest * words
