"""Moving averages that an optimiser keeps of a player's weights."""

from __future__ import annotations

import contextlib

import keras
import tensorflow as tf


def averaged(optimizer, variables):
    """A scope in which weights have the values of their moving averages.

    Where the optimiser keeps none, or has not made a step, they have their own.

    Args:
        optimizer: a Keras optimiser that was built with `variables`; or `None`.
        variables: the weights of a player.
    """
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    if optimizer is None or not optimizer.use_ema:
        return contextlib.nullcontext()
    begun = optimizer.iterations > 0  # before, the averages are zeros
    averages = optimizer._model_variables_moving_average
    return keras.StatelessScope(
        [
            (weight, tf.where(begun, mean, weight))
            for weight, mean in zip(variables, averages, strict=True)
        ]
    )
