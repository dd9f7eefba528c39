"""The optimiser and the learning rates that the recipes share."""

from __future__ import annotations

import keras

_LEAST = 0.02  # of the learning rate, where it begins and ends


def adam(
    learning_rate: float, decay_steps: int = 0, rate_warmup_steps: int = 0, **arguments
) -> keras.optimizers.Adam:
    """Adam, with a learning rate that grows and decays where steps are given.

    Args:
        learning_rate: as for `scheduled`.
        decay_steps: as for `scheduled`.
        rate_warmup_steps: as for `scheduled`.
        **arguments: further arguments of `keras.optimizers.Adam`.
    """
    rate = scheduled(learning_rate, decay_steps, rate_warmup_steps)
    return keras.optimizers.Adam(rate, **arguments)


def scheduled(
    learning_rate: float, decay_steps: int = 0, rate_warmup_steps: int = 0
) -> float | keras.optimizers.schedules.CosineDecay:
    """A learning rate that grows from 2 % along a line and falls to 2 % along a cosine.

    Args:
        learning_rate: the greatest.
        decay_steps: steps until it has fallen, those of the growth among them; 0 keeps
            it constant once it has grown.
        rate_warmup_steps: of the growth, >= 0; 0 begins with the greatest.

    Raises:
        ValueError: for fewer `rate_warmup_steps` than 0.
    """
    if rate_warmup_steps < 0:
        raise ValueError(
            f"`rate_warmup_steps` must be >= 0. Received: {rate_warmup_steps}."
        )
    if not decay_steps and not rate_warmup_steps:
        return learning_rate
    return keras.optimizers.schedules.CosineDecay(
        learning_rate * (_LEAST if rate_warmup_steps else 1.0),
        max(decay_steps - rate_warmup_steps, 1),
        alpha=_LEAST if decay_steps else 1.0,
        warmup_target=learning_rate if rate_warmup_steps else None,
        warmup_steps=rate_warmup_steps,
    )
