"""Networks whose random weights are all a function of one seed."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np


def reseeded(network: keras.Model, seed: int) -> keras.Model:
    """A copy of a functional model with fresh weights, drawn from `seed`.

    Keras draws the seed of an initialiser or a dropout from a global generator where
    none is given; here each gets one of its own.

    Args:
        network: a functional model; it is not changed.
        seed: of all weights and of dropout.

    Example:
        >>> image = keras.Input((2,))
        >>> network = keras.Model(image, keras.layers.Dense(3)(image))
        >>> one, same = (reseeded(network, 7).get_weights()[0] for _ in range(2))
        >>> bool((one == same).all())
        True
    """
    rng = np.random.default_rng(seed)

    def copy(layer: keras.layers.Layer) -> keras.layers.Layer:
        return type(layer).from_config(_with_seeds(layer.get_config(), rng))

    return keras.models.clone_model(network, clone_function=copy)


def _with_seeds(config: Any, rng: np.random.Generator) -> Any:
    if isinstance(config, list):
        return [_with_seeds(item, rng) for item in config]
    if not isinstance(config, dict):
        return config
    return {
        key: int(rng.integers(2**31)) if key == "seed" else _with_seeds(value, rng)
        for key, value in config.items()
    }
