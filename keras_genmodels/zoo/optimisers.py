"""The optimiser and the learning rates that the recipes share."""

from __future__ import annotations

import keras


def adam(
    learning_rate: float, decay_steps: int = 0, **arguments
) -> keras.optimizers.Adam:
    """Adam, with a decaying learning rate where steps are given.

    Args:
        learning_rate: of the first step.
        decay_steps: as for `decaying`.
        **arguments: further arguments of `keras.optimizers.Adam`.
    """
    return keras.optimizers.Adam(decaying(learning_rate, decay_steps), **arguments)


def decaying(
    learning_rate: float, decay_steps: int
) -> float | keras.optimizers.schedules.CosineDecay:
    """A learning rate that falls to 2 % along a cosine.

    Args:
        learning_rate: of the first step.
        decay_steps: length of the decay in steps; 0 keeps the learning rate constant.
    """
    if not decay_steps:
        return learning_rate
    return keras.optimizers.schedules.CosineDecay(
        learning_rate, decay_steps, alpha=0.02
    )
