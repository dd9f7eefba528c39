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
    "caption", filled up with 0. Further tensors, such as a box, (4,), are those of the
    one sentence: none has a batch axis.
    """
    given = {
        name: tf.TensorSpec(spec.shape[1:], spec.dtype)
        for name, spec in declared(model, "generator").items()
    }

    def run(tokens, count, seed, **others):
        tf.debugging.assert_positive(count, "`count` must be >= 1.")
        row = {name: value[None] for name, value in others.items()}
        made = model.sample(count, {**row, "caption": tokens[None]}, seed=seed)
        return {"x": tf.cast(made, tf.float32)}

    inputs = {"tokens": given.pop("caption"), **given}
    return {**inputs, "count": NUMBER, "seed": SEED}, run
