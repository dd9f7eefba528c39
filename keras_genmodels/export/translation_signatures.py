"""The functions of a SavedModel from pictures to pictures, one builder each."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from keras_genmodels.export.signatures import SEED, Built, declared, rows, signature


@signature("translate")
def translate(model: Any) -> Built:
    """`translate(source[, ...], seed) -> x`, the pictures made of sources.

    Of a model that translates back, too, sources are pictures of the domain x, and what
    is made of them is called `y`, as the domain is; of any other between two domains
    sources are pictures of y. Sentences are translated by the likeliest words, whatever
    the seed; `sample` draws them.
    """
    goes_back = hasattr(model, "translate_back")
    domain = "y" if goes_back else "x"

    def run(source, seed, **given):
        made = model.translate(source, given, seed=seed)
        return {domain: tf.cast(made, tf.float32)}

    if goes_back:
        return {"source": rows(*model.spec.x_shape), "seed": SEED}, run
    if model.spec.words:
        return {**declared(model), "seed": SEED}, _sentences(model)
    given = declared(model, "generator")
    named = {"source" if key == "y" else key: form for key, form in given.items()}
    return {**named, "seed": SEED}, run


def _sentences(model: Any) -> Any:
    """The function of a model that translates sentences."""

    def run(source, seed, **given):
        return {"x": model.translate(source, given)}

    return run


@signature("translate_back")
def translate_back(model: Any) -> Built:
    """`translate_back(source, seed) -> x`, pictures of the domain x made of y."""

    def run(source, seed):
        return {"x": tf.cast(model.translate_back(source, seed=seed), tf.float32)}

    return {"source": rows(*model.spec.shapes["y"]), "seed": SEED}, run
