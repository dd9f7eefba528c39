"""The function of a SavedModel that says what follows a picture."""

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


@signature("predict_next")
def predict_next(model: Any) -> Built:
    """`predict_next(first_frame[, ...], count, seed) -> x`, so many for each."""

    def run(first_frame, count, seed, **given):
        tf.debugging.assert_positive(count, "`count` must be >= 1.")
        made = model.predict_next(first_frame, count, given, seed=seed)
        return {"x": tf.cast(made, tf.float32)}

    return {**declared(model, "decoder"), "count": NUMBER, "seed": SEED}, run
