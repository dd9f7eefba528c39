"""The optimiser that the recipes share."""

from __future__ import annotations

import keras


def adam(
    learning_rate: float, decay_steps: int = 0, **arguments
) -> keras.optimizers.Adam:
    """Adam, with a cosine decay to 2 % of the learning rate where steps are given.

    Args:
        learning_rate: of the first step.
        decay_steps: length of the decay in steps; 0 keeps the learning rate constant.
        **arguments: further arguments of `keras.optimizers.Adam`.
    """
    if decay_steps:
        learning_rate = keras.optimizers.schedules.CosineDecay(
            learning_rate, decay_steps, alpha=0.02
        )
    return keras.optimizers.Adam(learning_rate, **arguments)
