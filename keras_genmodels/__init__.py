"""keras_genmodels: the classical generative models as ordinary Keras 3 models.

The sub-packages load when they are first used, so that importing the package, and
`keras-genmodels --help`, need no TensorFlow. Only where Keras is loaded already do the
models load with it, so that `keras.saving.load_model` knows their classes.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

# TensorFlow reads it when it is imported. It leaves these faster kernels off on
# processors without AVX512_VNNI or AMX, where a step then takes up to twice as long.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

__version__ = "0.1.0"

__all__ = [
    "data",
    "distributions",
    "evaluation",
    "export",
    "latents",
    "models",
    "networks",
    "objectives",
    "registry",
    "tables",
    "training",
    "zoo",
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])


if "keras" in sys.modules:
    _registry = importlib.import_module("keras_genmodels.registry")
    _registry.load_all(*_registry.SAVED)
