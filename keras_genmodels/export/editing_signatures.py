"""The functions of a SavedModel that change a picture or read its code."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from keras_genmodels.export.signatures import SEED, Built, rows, signature


@signature("represent")
def represent(model: Any) -> Built:
    """`represent(x) -> code`, (batch, size)."""

    def run(x):
        return {"code": tf.cast(model.represent(x), tf.float32)}

    return {"x": rows(*model.spec.x_shape)}, run


@signature("edit")
def edit(model: Any) -> Built:
    """`edit(x, condition, seed) -> x`, the same pictures with other attributes."""

    def run(x, condition, seed):
        return {"x": tf.cast(model.edit(x, condition, seed=seed), tf.float32)}

    condition = rows(model.spec.condition_size)
    return {"x": rows(*model.spec.x_shape), "condition": condition, "seed": SEED}, run


@signature("transfer")
def transfer(model: Any) -> Built:
    """`transfer(source, donor) -> x`, pictures with the thing of other ones."""

    def run(source, donor):
        return {"x": tf.cast(model.transfer(source, donor), tf.float32)}

    shape = rows(*model.spec.x_shape)
    return {"source": shape, "donor": shape}, run
