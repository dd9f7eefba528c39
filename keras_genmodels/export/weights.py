"""The weights that a SavedModel keeps of a model, and at which width."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.export import examples
from keras_genmodels.export.signatures import Signature

PICTURES = 64  # compared before the weights are halved
VISIBLE = 8 / 255  # the least difference of a pixel that might be seen
OTHERS = 1 / 8  # the share of samples that may become others


@contextlib.contextmanager
def settled(model: Any) -> Iterator[None]:
    """Moving averages in the places of the weights, for as long as the context lasts.

    A game that samples with averages reads the weights, too, until it has trained; an
    artefact would hold both. In here it keeps no averages and its weights are what it
    samples with.

    Args:
        model: of this package, or an ensemble of such; one that samples with its
            weights is left alone.
    """
    with contextlib.ExitStack() as scopes:
        for part in (model, *getattr(model, "members", ())):
            scopes.enter_context(_settled(part))
        yield


@contextlib.contextmanager
def _settled(model: Any) -> Iterator[None]:
    optimizer = getattr(model, "generator_optimizer", None)
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    if optimizer is None or not optimizer.use_ema:
        yield
        return
    variables = model.generator_variables
    before = [variable.numpy() for variable in variables]
    if int(optimizer.iterations):  # before, the averages are zeros
        optimizer.finalize_variable_values(variables)
    optimizer.use_ema = False
    try:
        yield
    finally:
        optimizer.use_ema = True
        for variable, value in zip(variables, before, strict=True):
            variable.assign(value)


def in_float32(model: Any) -> Any:
    """A model that computes in float32 what another computes in mixed precision.

    Mixed precision is for training; what it saves is rounded, and rounded otherwise by
    every compiler. The weights are float32 in either.

    Args:
        model: `settled`; what is no mixed Keras model is given back.

    Returns:
        A model with the same weights in the same order, not compiled.
    """
    if not isinstance(model, keras.Model):
        return model
    described = keras.saving.serialize_keras_object(model)
    wide = _without_mixing(described)
    if wide == described:
        return model
    wide.pop("compile_config", None)
    twin = keras.saving.deserialize_keras_object(wide)
    for own, variable in zip(twin.variables, model.variables, strict=True):
        own.assign(variable)
    return twin


def _without_mixing(config: Any) -> Any:
    """A Keras configuration with float32 for every mixed policy."""
    if isinstance(config, dict):
        return {key: _without_mixing(value) for key, value in config.items()}
    if isinstance(config, list | tuple):
        return type(config)(_without_mixing(value) for value in config)
    return "float32" if config in ("mixed_bfloat16", "mixed_float16") else config


class _Widened(keras.StatelessScope):
    """A scope in which Keras reads float16 in the places of some float32 variables."""

    def __init__(self, narrow: dict[int, tf.Variable]):
        super().__init__()
        self.narrow = narrow

    def get_current_value(self, variable: keras.Variable) -> Any:
        """The value that Keras is to use, or None for the variable's own."""
        found = self.narrow.get(id(variable))
        # Cast at every read: a tensor of one graph is not there in another.
        return None if found is None else tf.cast(found, variable.dtype)


class Kept:
    """The weights that an artefact holds: the model's own, or rounded to float16.

    Matrices and kernels of convolutions halve; biases, moving statistics and the like
    are small and stay float32. All that is computed is computed in float32, from
    weights that are cast where they are read.

    Args:
        model: of this package, `settled`.
        half: whether to round.
    """

    def __init__(self, model: keras.Model, half: bool = False):
        self.model = model
        self.narrow = {
            id(variable): tf.Variable(
                tf.cast(variable.value, tf.float16), trainable=False, name=variable.name
            )
            for variable in (model.variables if half else ())
            if variable.dtype == "float32" and len(variable.shape) > 1
        }

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """A scope for tracing: functions in it read, and hold, the kept weights."""
        if not self.narrow:
            yield
            return
        # A tf.function inside one that is traced is traced once and for all: it would
        # go on with whichever weights it saw first. Run in place, it leaves no trace.
        before = tf.config.functions_run_eagerly()
        tf.config.run_functions_eagerly(True)
        try:
            with _Widened(self.narrow):
                yield
        finally:
            tf.config.run_functions_eagerly(before)

    def used_by(self, signatures: list[Signature]) -> dict[int, tf.Variable]:
        """Index among `model.variables` to what an artefact holds in its place."""
        held = {
            id(variable)
            for signature in signatures
            for variable in signature.traced.variables
        }
        kept = [self.narrow.get(id(v), v.value) for v in self.model.variables]
        return {i: variable for i, variable in enumerate(kept) if id(variable) in held}


def compare(exact: Signature, rounded: Signature, spec: DatasetSpec) -> dict[str, Any]:
    """How far the samples of rounded weights are from those of the exact ones.

    Args:
        exact: the signature `sample` of the model as it is.
        rounded: the same with its weights in float16.
        spec: of the data.

    Where a model draws among components, a chance on the edge between two may fall to
    the other side: the sample is then another one, as good as the first. A few may be.

    Returns:
        For the card, of 64 samples of the same seed: how many became others, a pixel of
        theirs being 8 levels of 255 or more away; of the rest the largest and the mean
        difference of a pixel in [0, 1].

    Raises:
        ValueError: if more than eight samples became others.
    """
    given = list(examples.inputs(exact.form(), spec, PICTURES).values())
    x, y = (signature.function(*given)["x"].numpy() for signature in (exact, rounded))
    differences = np.abs(x - y).reshape(PICTURES, -1)
    alike = differences.max(axis=1) < VISIBLE  # not a number is not below anything
    others = PICTURES - int(alike.sum())
    if others > OTHERS * PICTURES:
        raise ValueError(
            "`half` must leave the samples as they look: a pixel may differ by "
            f"{VISIBLE:.4f} or more in at most {OTHERS * PICTURES:.0f} of {PICTURES}. "
            f"Received: {others} that do, by up to {differences.max():.4f}."
        )
    return {
        "samples": PICTURES,
        "others": others,
        "largest_difference": float(differences[alike].max()),
        "mean_difference": float(differences[alike].mean()),
    }
