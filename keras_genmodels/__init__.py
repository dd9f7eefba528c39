"""keras_genmodels: the classical generative models as ordinary Keras 3 models.

The sub-packages load when they are first used, so that importing the package, and
`keras-genmodels --help`, need no TensorFlow. Once Keras is imported, before or after,
`keras.saving.load_model` knows the classes of saved models.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
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
    "music",
    "networks",
    "objectives",
    "registry",
    "sound",
    "tables",
    "training",
    "volumes",
    "workers",
    "zoo",
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])


def _make_loadable() -> None:
    importlib.import_module("keras_genmodels.registry").make_loadable()


class _AfterKeras(importlib.abc.MetaPathFinder):
    """A finder that notices the import of Keras, and finds nothing else."""

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        """Find Keras as it would be found anyway, and make models loadable after it."""
        if fullname != "keras":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec("keras")
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module: Any) -> None:
                execute(module)
                _make_loadable()

            spec.loader.exec_module = exec_module
        return spec


if "keras" in sys.modules:
    _make_loadable()
else:
    sys.meta_path.insert(0, _AfterKeras())
