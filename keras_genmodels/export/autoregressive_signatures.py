"""The functions of a SavedModel of exact probabilities, one builder each."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from keras_genmodels.export.signatures import SEED, Built, declared, rows, signature


@signature("log_prob")
def log_prob(model: Any) -> Built:
    """`log_prob(x[, ...]) -> log_prob`, the exact log p(x) in nats."""

    def run(x, **given):
        return {"log_prob": tf.ensure_shape(model.log_prob(x, given), (None,))}

    return {"x": rows(*model.spec.x_shape), **declared(model)}, run


@signature("complete")
def complete(model: Any) -> Built:
    """`complete(x, mask[, ...], seed) -> x`, whose pixels of mask 0 are drawn anew."""
    shape = model.spec.x_shape

    def run(x, mask, seed, **given):
        message = "`mask` must hold 0 and 1 alone."
        tf.debugging.assert_equal(mask * (1 - mask), 0.0, message)
        return {"x": model.complete(x, mask, given, seed=seed)}

    inputs = {"x": rows(*shape), "mask": rows(*shape[:2], 1), **declared(model)}
    return {**inputs, "seed": SEED}, run
