"""The function of a SavedModel that draws what a sentence says."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from keras_genmodels.export.signatures import (
    NUMBER,
    SEED,
    Built,
    declared,
    signature,
)


@signature("from_text")
def from_text(model: Any) -> Built:
    """`from_text(tokens[, ...], count, seed) -> x`, so many pictures of a sentence.

    The tokens, (length,), are places of words among those that the card lists under
    "caption", filled up with 0.
    """
    given = declared(model, "generator")
    length = given.pop("caption").shape[1:]

    def run(tokens, count, seed, **given):
        tf.debugging.assert_positive(count, "`count` must be >= 1.")
        made = model.sample(count, {**given, "caption": tokens[None]}, seed=seed)
        return {"x": tf.cast(made, tf.float32)}

    inputs = {"tokens": tf.TensorSpec(length, tf.int32), **given}
    return {**inputs, "count": NUMBER, "seed": SEED}, run
