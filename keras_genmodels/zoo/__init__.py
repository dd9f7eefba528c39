"""The zoo: one short function per paper, and how to build it.

Every recipe is a function of this package, `zoo.dcgan(spec)`, found where its file is:
modules are imported when one of their recipes is asked for, and TensorFlow with them.
"""

from __future__ import annotations

import importlib.util
import sys
from typing import TYPE_CHECKING, Any

from keras_genmodels import registry
from keras_genmodels.zoo.building import build, names, preset
from keras_genmodels.zoo.description import describe
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.training_settings import TrainingSettings

if TYPE_CHECKING:  # editors read no `__getattr__`; running needs no such line
    from keras_genmodels.zoo.autoencoders import *  # noqa: F403
    from keras_genmodels.zoo.autoregressive import *  # noqa: F403
    from keras_genmodels.zoo.bayesian import *  # noqa: F403
    from keras_genmodels.zoo.classification import *  # noqa: F403
    from keras_genmodels.zoo.composite_gans import *  # noqa: F403
    from keras_genmodels.zoo.conditional_gans import *  # noqa: F403
    from keras_genmodels.zoo.discrete_latents import *  # noqa: F403
    from keras_genmodels.zoo.disentangling import *  # noqa: F403
    from keras_genmodels.zoo.editing import *  # noqa: F403
    from keras_genmodels.zoo.encoder_gans import *  # noqa: F403
    from keras_genmodels.zoo.energy_gans import *  # noqa: F403
    from keras_genmodels.zoo.ensembles import *  # noqa: F403
    from keras_genmodels.zoo.gans import *  # noqa: F403
    from keras_genmodels.zoo.hierarchies import *  # noqa: F403
    from keras_genmodels.zoo.physics import *  # noqa: F403
    from keras_genmodels.zoo.poses import *  # noqa: F403
    from keras_genmodels.zoo.prediction import *  # noqa: F403
    from keras_genmodels.zoo.regularised_gans import *  # noqa: F403
    from keras_genmodels.zoo.residual_gans import *  # noqa: F403
    from keras_genmodels.zoo.restoration import *  # noqa: F403
    from keras_genmodels.zoo.semi_supervised import *  # noqa: F403
    from keras_genmodels.zoo.sentence_translation import *  # noqa: F403
    from keras_genmodels.zoo.sentences import *  # noqa: F403
    from keras_genmodels.zoo.sequences import *  # noqa: F403
    from keras_genmodels.zoo.transfer import *  # noqa: F403
    from keras_genmodels.zoo.translation import *  # noqa: F403
    from keras_genmodels.zoo.unpaired_translation import *  # noqa: F403
    from keras_genmodels.zoo.vaes import *  # noqa: F403
    from keras_genmodels.zoo.video import *  # noqa: F403
    from keras_genmodels.zoo.video_ablation import *  # noqa: F403
    from keras_genmodels.zoo.video_rivals import *  # noqa: F403
    from keras_genmodels.zoo.volumes import *  # noqa: F403

__all__ = [
    "TrainingSettings",
    "build",
    "describe",
    "names",
    "preset",
    "recipe",
]


def __getattr__(name: str) -> Any:
    if name in registry.names("recipe"):
        return registry.lookup(name, "recipe")
    if importlib.util.find_spec(f"{__name__}.{name}"):
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *registry.names("recipe")})


if "keras" in sys.modules:  # so that `keras.saving.load_model` knows every class
    registry.load_all(*registry.SAVED)
