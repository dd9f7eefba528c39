"""Checks of the arguments of `compile`: flags, and optimisers of the players."""

from __future__ import annotations

from collections.abc import Mapping

_LEFT_OUT = {  # of `compile`, and why
    ("loss", "loss_weights"): (
        "the loss is made of the model's own arguments, such as `likelihood` "
        "('bernoulli' is binary cross-entropy, 'fixed_normal' squared error), "
        "`objective` or `terms`, and CONTRIBUTING.md says how to add another"
    ),
    ("metrics", "weighted_metrics"): (
        "the terms of the loss are its metrics, and `evaluation.evaluate` or the "
        "callback `evaluation.Evaluation` measure others"
    ),
}


def check_compile(jit_compile, further: Mapping[str, object]) -> None:
    """Refuse arguments of `keras.Model.compile` that a model of its own loss ignores.

    Args:
        jit_compile: as given.
        further: other arguments by their names.

    Raises:
        ValueError: for a loss, for metrics, or for anything but a flag.
    """
    if not isinstance(jit_compile, bool) and jit_compile != "auto":
        raise ValueError(
            "`jit_compile` must be True, False or 'auto'; a loss is no argument of "
            f"`compile` here. Received: jit_compile={jit_compile!r}."
        )
    for names, reason in _LEFT_OUT.items():
        for name in names:
            if further.get(name):
                raise ValueError(
                    f"`{name}` must be left out of `compile`: {reason}. "
                    f"Received: {name}={further[name]!r}."
                )


def check_optimizers(generator_optimizer, critic_optimizer, both=None) -> None:
    """Refuse one optimiser for two players; one name is two optimisers.

    Args:
        generator_optimizer: as given to `compile`.
        critic_optimizer: likewise.
        both: the argument `optimizer`, in place of these; None where it is not given.

    Raises:
        ValueError: if both are the same instance, or given in both ways.
    """
    given = (generator_optimizer, critic_optimizer)
    if both is not None and given != ("adam", "adam"):
        raise ValueError(
            "`optimizer` must be given in place of `generator_optimizer` and "
            f"`critic_optimizer`. Received: {both!r} beside {given}."
        )
    if generator_optimizer is critic_optimizer and not isinstance(
        critic_optimizer, str
    ):
        raise ValueError(
            "`generator_optimizer` and `critic_optimizer` must be two optimisers. "
            f"Received: {critic_optimizer!r} for both."
        )


def check_rates(critics, optimizers) -> None:
    """Refuse schedules where a critic's objective changes the learning rates itself.

    Args:
        critics: of a model.
        optimizers: of its players.

    Raises:
        ValueError: if it does, and an optimiser follows a schedule.
    """
    if not any(critic.objective.scales_rates for critic in critics):
        return
    for optimizer in optimizers:
        try:
            optimizer.learning_rate = optimizer.learning_rate
        except TypeError as error:
            raise ValueError(
                "`decay_steps` must be 0 where the objective halves the learning rates;"
                " its `patience` of 0 leaves them to a schedule. "
                f"Received: {optimizer.get_config()['learning_rate']}."
            ) from error
