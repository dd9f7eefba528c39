"""The settings of a recipe's training: rates, their schedule, averaging, optimiser."""

from __future__ import annotations

from dataclasses import dataclass, fields

from keras_genmodels.ranges import meanings_of
from keras_genmodels.source_files import Parameter

OPTIMIZERS = ("adam", "rmsprop")
OF_GANS = ("generator_learning_rate", "ema")  # a model with one optimiser has none


@dataclass(frozen=True)
class TrainingSettings:
    """The settings that `build` and `--set` take beside a recipe's own arguments.

    A recipe says its defaults beside its name, `@recipe("wgan_gp", learning_rate=1e-4,
    beta_1=0.0, beta_2=0.9)`; where it says none, those below hold.

    Args:
        learning_rate: the greatest, >= 0; of the critics, where there are any, and of
            the generator unless it has its own. Default 1e-3.
        generator_learning_rate: of a GAN's generator, >= 0. Above the critics' it keeps
            up with critics that have the easier task. Default None: `learning_rate`.
        decay_steps: of the generator, or of the one optimiser, >= 0: along so many the
            rates fall to 2 % on a cosine, those of `rate_warmup_steps` among them; 0
            keeps them constant. Default 0; `build` and `train` give all steps of the
            training, where they know how many there are.
        rate_warmup_steps: along so many, >= 0, the rates grow from 2 % on a line first.
            Default 0.
        ema: momentum in [0, 1) of the moving average of a GAN's generator, which
            samples come from; 0 keeps none. Default 0.
        optimizer: "adam" or "rmsprop". Default "adam".
        beta_1: of Adam alone, in [0, 1): the momentum of the gradient. Default 0.9.
        beta_2: of Adam alone, in [0, 1): that of its square. Default 0.999.
        epsilon: what is added to the root of the squares, > 0. Default 1e-7.

    Raises:
        ValueError: for a value out of its range.
    """

    learning_rate: float = 1e-3
    generator_learning_rate: float | None = None
    decay_steps: int = 0
    rate_warmup_steps: int = 0
    ema: float = 0.0
    optimizer: str = "adam"
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7

    def __post_init__(self) -> None:
        for name in ("learning_rate", "generator_learning_rate"):
            self._check(name, (getattr(self, name) or 0) >= 0, ">= 0")
        for name in ("decay_steps", "rate_warmup_steps"):
            self._check(name, getattr(self, name) >= 0, ">= 0")
        for name in ("ema", "beta_1", "beta_2"):
            self._check(name, 0 <= getattr(self, name) < 1, "in [0, 1)")
        self._check("epsilon", self.epsilon > 0, "> 0")
        known = " or ".join(map(repr, OPTIMIZERS))
        self._check("optimizer", self.optimizer in OPTIMIZERS, known)

    def _check(self, name: str, right: bool, expected: str) -> None:
        if not right:
            raise ValueError(
                f"`{name}` must be {expected}. Received: {name}={getattr(self, name)}."
            )


_MEANINGS = meanings_of(TrainingSettings.__doc__ or "")
NAMES = tuple(field.name for field in fields(TrainingSettings))
PARAMETERS = tuple(
    Parameter(
        field.name, field.type, repr(field.default), _MEANINGS.get(field.name, "")
    )
    for field in fields(TrainingSettings)
)
