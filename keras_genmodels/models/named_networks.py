"""Networks as people write them, made into networks of named tensors.

A `keras.Sequential`, or a model with positional inputs, is meant in one way where the
model that it is part of gives it one tensor, or where its inputs have the names of
tensors. Anything else is refused with the names that are wanted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras


def named(
    network: Any,
    role: str,
    inputs: Mapping[str, tuple[int, ...] | None],
    output: str,
) -> keras.Model:
    """Return a network from named tensors to named tensors; one that is stays itself.

    Args:
        network: a Keras model or layer.
        role: "encoder", "critic", ..., for messages.
        inputs: name to shape, without the batch axis, of the tensors that there are;
            the first is that of a single input without such a name. None is any shape.
        output: the name of a single output.

    Raises:
        TypeError: for anything but a Keras model or layer.
        ValueError: for inputs or outputs that could be meant in several ways.
    """
    if not isinstance(network, keras.Layer):
        raise TypeError(
            f"The {role} must be a Keras model. "
            f"Received: {network!r} of type {type(network).__name__}."
        )
    declared, outputs = _ends(network)
    if isinstance(declared, dict) and isinstance(outputs, dict):
        return network
    tensors = _named_inputs(network, role, declared, inputs)
    given = tensors
    if not isinstance(declared, dict):
        given = list(tensors.values())
        given = given if isinstance(declared, list | tuple) else given[0]
    outputs = network(given)
    if isinstance(outputs, list | tuple):
        raise ValueError(
            f"The outputs of the {role} {network.name!r} must be a dict, with the "
            f"output {output!r} in it. Received: {len(outputs)} without names."
        )
    outputs = outputs if isinstance(outputs, dict) else {output: outputs}
    return keras.Model(tensors, outputs, name=network.name)


def _ends(network):
    """The symbolic inputs and outputs of a network, None of one that has none yet."""
    try:
        if isinstance(network, keras.Sequential):
            return network.inputs[0], network.outputs[0]
        return network.input, network.output
    except (AttributeError, ValueError):
        return None, None


def _named_inputs(network, role, declared, known) -> dict[str, keras.KerasTensor]:
    """A named input for each that the network declares."""
    if isinstance(declared, dict):
        pairs = list(declared.items())
    elif isinstance(declared, list | tuple):
        pairs = [(tensor.name, tensor) for tensor in declared]
    else:
        first = next(iter(known))
        if declared is None and known[first] is None:
            raise ValueError(
                f"The {role} {network.name!r} must know the shape of its input "
                f"{first!r}; write `keras.Sequential([keras.Input(shape), network])`. "
                f"Received: a {type(network).__name__} without."
            )
        if declared is None:
            return {first: keras.Input(known[first], name=first)}
        pairs = [(declared.name if declared.name in known else first, declared)]
    unknown = [name for name, _ in pairs if name not in known]
    if unknown:
        raise ValueError(
            f"The inputs of the {role} {network.name!r} must have names among "
            f"{list(known)}, as `keras.Input(shape, name={next(iter(known))!r})` gives "
            f"one. Received: {[name for name, _ in pairs]}."
        )
    return {
        name: keras.Input(batch_shape=tensor.shape, dtype=tensor.dtype, name=name)
        for name, tensor in pairs
    }
