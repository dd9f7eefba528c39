"""The optimisers and the learning rates of a model, from its training's settings."""

from __future__ import annotations

import keras

from keras_genmodels.models import Ensemble
from keras_genmodels.models.two_players import TwoPlayers
from keras_genmodels.zoo.training_settings import OF_GANS, TrainingSettings

_LEAST = 0.02  # of the learning rate, where it begins and ends


def compile_model(model: keras.Model, settings: TrainingSettings) -> None:
    """Compile a model; a GAN has an optimiser for the generator, one for the critics.

    The members of an ensemble are compiled alike, each with optimisers of its own.

    Args:
        model: as a recipe returns it.
        settings: of its training.

    Raises:
        ValueError: for a setting of GANs and a model that is none.
    """
    if isinstance(model, Ensemble):
        for member in model.members:
            compile_model(member, settings)
        model.compile()
        return
    if not isinstance(model, TwoPlayers):
        for name in OF_GANS:
            if getattr(settings, name):
                raise ValueError(
                    f"`{name}` must be left out of a model with one optimiser. "
                    f"Received: {name}={getattr(settings, name)}."
                )
        model.compile(_optimizer(settings, settings.learning_rate))
        return
    rate = settings.generator_learning_rate or settings.learning_rate
    averaging = {"use_ema": True, "ema_momentum": settings.ema} if settings.ema else {}
    generator = _optimizer(settings, rate, **averaging)
    critics = _optimizer(settings, settings.learning_rate, model.critic_steps)
    model.compile(generator, critics)


def _optimizer(
    settings: TrainingSettings, rate: float, repeats: int = 1, **averaging
) -> keras.optimizers.Optimizer:
    """Make an optimiser that takes `repeats` steps where the schedule counts one."""
    arguments = {"epsilon": settings.epsilon, **averaging}
    if settings.optimizer == "adam":
        arguments |= {"beta_1": settings.beta_1, "beta_2": settings.beta_2}
    kinds = {"adam": keras.optimizers.Adam, "rmsprop": keras.optimizers.RMSprop}
    steps = settings.decay_steps * repeats, settings.rate_warmup_steps * repeats
    return kinds[settings.optimizer](scheduled(rate, *steps), **arguments)


def scheduled(
    learning_rate: float, decay_steps: int = 0, rate_warmup_steps: int = 0
) -> float | keras.optimizers.schedules.CosineDecay:
    """Make a rate that grows from 2 % along a line and falls to 2 % along a cosine.

    Args:
        learning_rate: the greatest.
        decay_steps: steps until it has fallen, those of the growth among them; 0 keeps
            it constant once it has grown.
        rate_warmup_steps: of the growth, >= 0; 0 begins with the greatest.
    """
    if not decay_steps and not rate_warmup_steps:
        return learning_rate
    return keras.optimizers.schedules.CosineDecay(
        learning_rate * (_LEAST if rate_warmup_steps else 1.0),
        max(decay_steps - rate_warmup_steps, 1),
        alpha=_LEAST if decay_steps else 1.0,
        warmup_target=learning_rate if rate_warmup_steps else None,
        warmup_steps=rate_warmup_steps,
    )
