"""Named tensors on their way into a network, which declares those that it looks at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_genmodels.data.checks import check_floats, check_unit_range

Tensors = dict[str, tf.Tensor]


def call_declared(
    network: keras.Model, tensors: Mapping[str, Any], training: bool = False
) -> Tensors:
    """Call a network with exactly the tensors it declares; its outputs as float32.

    Args:
        network: a functional model with a dict of named inputs.
        tensors: everything there is; what the network does not declare is left out.
            Each is cast to the dtype that the network declares.
        training: whether dropout and batch normalisation are in training mode.

    Raises:
        ValueError: if the network declares a tensor that is not there.
    """
    missing = [key for key in network.input if tensors.get(key) is None]
    if missing:
        given = sorted(key for key, value in tensors.items() if value is not None)
        raise ValueError(
            f"The network {network.name!r} declares the inputs "
            f"{sorted(network.input)}, but {missing} is not there. Received: {given}."
        )
    inputs = {
        key: tf.cast(tensors[key], declared.dtype)
        for key, declared in network.input.items()
    }
    outputs = network(inputs, training=training)
    return {key: tf.cast(value, tf.float32) for key, value in outputs.items()}


def examples(x: Any, name: str = "x") -> tf.Tensor:
    """Return pixels as a float32 tensor, those whose values are known once checked.

    Args:
        x: (batch, ...) in [0, 1]; in a graph values are not known.
        name: of the argument, for the message.

    Raises:
        TypeError: for integers.
        ValueError: for NaN or values outside [0, 1].
    """
    tensor = as_declared(name, x, "float32")
    if tf.executing_eagerly():
        check_floats(name, tensor.numpy())
        check_unit_range(name, tensor.numpy())
    return tensor


def named_examples(x: Any) -> Tensors:
    """Return examples by name: those of "x" checked, or a dict of them as it is.

    Args:
        x: as for `examples`, or name to tensor.
    """
    if isinstance(x, Mapping):
        return {name: _as_tensor(name, value) for name, value in x.items()}
    return {"x": examples(x)}


def pictures_of(source: Any, shape: tuple[int, ...], name: str = "source") -> tf.Tensor:
    """Return pictures that others are made of as `examples` does, their shape checked.

    Args:
        source: (batch, height, width, channels) in [0, 1].
        shape: that is wanted, without the batch axis.
        name: of the argument, for the message.

    Raises:
        TypeError: for integers.
        ValueError: for values outside [0, 1], or another shape.
    """
    source = examples(source, name)
    if not source.shape[1:].is_compatible_with(shape):
        raise ValueError(
            f"`{name}` must have the shape {(None, *shape)}. "
            f"Received: {tuple(source.shape)}."
        )
    return source


def as_declared(name: str, value: Any, dtype: str) -> tf.Tensor:
    """Return a tensor of a batch in the dtype that its spec declares.

    Raises:
        TypeError: for integers where floats are declared.
    """
    tensor = tf.convert_to_tensor(value)
    if dtype == "float32" and not tensor.dtype.is_floating:
        check_floats(name, np.empty(0, tensor.dtype.as_numpy_dtype))
    return tf.cast(tensor, dtype)


def named_condition(condition: Any) -> Tensors:
    """The named tensors of a `condition` argument.

    Args:
        condition: None; an array, (batch, condition_size), which is the tensor
            "condition"; or a dict of named tensors, such as `{"source": pictures}`.

    Returns:
        Name to tensor: int32 of integers, but for "condition", float32 of all else.
    """
    if condition is None:
        return {}
    if not isinstance(condition, Mapping):
        condition = {"condition": condition}
    return {
        name: _as_tensor(name, value)
        for name, value in condition.items()
        if value is not None
    }


def condition_tensor(condition: Any) -> tf.Tensor | None:
    """Return the tensor "condition" of a `condition` argument, or None."""
    return named_condition(condition).get("condition")


def _as_tensor(name, value):
    tensor = tf.convert_to_tensor(value)
    integers = tensor.dtype.is_integer and name != "condition"
    return tf.cast(tensor, tf.int32 if integers else tf.float32)


def in_rows(condition: Any, n: int | tf.Tensor | None) -> tuple[Tensors, Any]:
    """The named tensors of a condition with a row a sample, and how many rows.

    Args:
        condition: as for `named_condition`; tensors of one row stand for all rows.
        n: how many, or None for as many as the tensors have.

    Raises:
        ValueError: if neither says how many, or a tensor has another number of rows.
    """
    tensors = named_condition(condition)
    if n is None and not tensors:
        raise ValueError(
            "`n` must be given where there is no `condition`. Received: n=None."
        )
    if n is None:
        known = [value.shape[0] for value in tensors.values()]
        fixed = [rows for rows in known if rows not in (None, 1)]
        n = fixed[0] if fixed else tf.shape(next(iter(tensors.values())))[0]
    return {name: _repeat(name, value, n) for name, value in tensors.items()}, n


def _repeat(name, tensor, n):
    if isinstance(n, int) and tensor.shape[0] not in (None, 1, n):
        raise ValueError(
            f"`{name}` must have {n} rows, or one for all. "
            f"Received: shape {tuple(tensor.shape)}."
        )
    return tf.broadcast_to(tensor, tf.concat([[n], tf.shape(tensor)[1:]], axis=0))


def per_latent(tensors: Mapping[str, tf.Tensor], leading: tf.Tensor) -> Tensors:
    """The tensors of examples, repeated for latents with further leading axes.

    Args:
        tensors: name to (batch, *shape).
        leading: the leading axes of the latents, such as [samples, batch].

    Returns:
        Name to (product of leading, *shape).
    """
    repeated = {}
    for name, value in tensors.items():
        shape = tf.concat([leading, tf.shape(value)[1:]], axis=0)
        flat = (-1, *value.shape[1:])
        repeated[name] = tf.reshape(tf.broadcast_to(value, shape), flat)
    return repeated


def clipped_mean(likelihood: Any) -> tf.Tensor:
    """The mean of p(x | ...) as pictures: it may leave [0, 1] by a little."""
    return tf.clip_by_value(likelihood.mean(), 0.0, 1.0)
