"""From files to batches of `{"x", "condition"}`; knows no model.

The names are light: TensorFlow is imported by the first call that needs it.
"""

from __future__ import annotations

from typing import Any

from keras_genmodels.data.attributes import Attribute, side_by_side
from keras_genmodels.data.captions import captions
from keras_genmodels.data.loading import load, names
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.data.tensors import Tensor

__all__ = [
    "Attribute",
    "DatasetSpec",
    "Tensor",
    "captions",
    "load",
    "names",
    "set_epoch",
    "side_by_side",
]


def __getattr__(name: str) -> Any:
    if name == "set_epoch":
        from keras_genmodels.data.pipeline import set_epoch

        return set_epoch
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
