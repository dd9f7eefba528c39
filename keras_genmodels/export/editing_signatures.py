"""The functions of a SavedModel that change a picture or read its code."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from keras_genmodels.export.signatures import (
    NUMBER,
    SEED,
    Built,
    declared,
    rows,
    signature,
)
from keras_genmodels.models.constraints import Colour
from keras_genmodels.models.painting import followed

COLOURS = 3  # channels of pictures that are painted on


@signature("represent")
def represent(model: Any) -> Built:
    """`represent(x) -> code`, (batch, size)."""

    def run(x):
        return {"code": tf.cast(model.represent(x), tf.float32)}

    return {"x": rows(*model.spec.x_shape)}, run


@signature("project")
def project(model: Any) -> Built:
    """`project(x) -> latent`, those in which a network of the model sees the same."""

    def run(x):
        return {"latent": tf.cast(model.project(x), tf.float32)}

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


def _is_painted(model: Any) -> bool:
    """Check whether a model finds one vector a picture of colours, and draws it.

    It may be given attributes, but no further picture, such as a first frame.
    """
    vector = len(getattr(model, "latent_shape", (model.latent_dim,))) == 1
    coloured = model.spec.is_image and model.spec.x_shape[-1] == COLOURS
    given = declared(model, "encoder", "decoder", "generator")
    alone = {*given} <= {"condition"}
    return coloured and vector and alone and hasattr(model, "decode")


@signature("paint", needs="encode", when=_is_painted)
def paint(model: Any) -> Built:
    """`paint(x, colours, mask[, ...], steps) -> x`, pictures that follow strokes."""

    def run(x, colours, mask, steps, **given):
        strokes, start = [Colour(colours, mask)], model.encode(x, given)
        found = followed(model, x, strokes, given, start, steps)
        return {"x": tf.cast(found.x, tf.float32)}

    shape = model.spec.x_shape
    given = declared(model, "encoder", "decoder", "generator")
    pictures = {"x": rows(*shape), "colours": rows(*shape)}
    mask = {"mask": rows(*shape[:2], 1)}
    return {**pictures, **mask, **given, "steps": NUMBER}, run
