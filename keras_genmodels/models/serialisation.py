"""Model files: parts back from their configs, and random states beside the weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras

_SEED = "seed_state_"


def deserialised(value: Any) -> Any:
    """The Keras object of a config, or of each in a list; anything else as it is."""
    if isinstance(value, list):
        return [deserialised(item) for item in value]
    if isinstance(value, dict) and "class_name" in value:
        return keras.saving.deserialize_keras_object(value)
    return value


def serialised(parts: Mapping[str, Any]) -> dict[str, Any]:
    """Name to config of each Keras object, or list of them."""
    return {
        name: [keras.saving.serialize_keras_object(item) for item in part]
        if isinstance(part, list)
        else keras.saving.serialize_keras_object(part)
        for name, part in parts.items()
    }


def save_seeds(variables: Sequence[keras.Variable], store: Any) -> None:
    """Write the state of every seed generator, which Keras saves in no file."""
    for index, state in enumerate(_seed_states(variables)):
        store[f"{_SEED}{index}"] = state


def load_seeds(variables: Sequence[keras.Variable], store: Any) -> dict[str, Any]:
    """Read what `save_seeds` wrote; returns what else the store holds."""
    for index, state in enumerate(_seed_states(variables)):
        state.assign(store[f"{_SEED}{index}"])
    return {key: store[key] for key in list(store.keys()) if not key.startswith(_SEED)}


def _seed_states(variables: Sequence[keras.Variable]) -> list[keras.Variable]:
    return [v for v in variables if v.path.endswith("seed_generator_state")]
