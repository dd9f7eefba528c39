"""Data sets as batches of named tensors, without knowledge of any model.

The names are light: TensorFlow is imported by the first call that needs it.
"""

from __future__ import annotations

from typing import Any

from keras_genmodels.data.attributes import Attribute as Attribute
from keras_genmodels.data.attributes import side_by_side as side_by_side
from keras_genmodels.data.captions import captions as captions
from keras_genmodels.data.loading import load as load
from keras_genmodels.data.loading import names as names
from keras_genmodels.data.spec import DatasetSpec as DatasetSpec
from keras_genmodels.data.tensors import Tensor as Tensor
from keras_genmodels.data.text import sentences as sentences
from keras_genmodels.data.text import stated as stated
from keras_genmodels.data.text import tokens as tokens


def __getattr__(name: str) -> Any:
    if name == "set_epoch":  # its module imports TensorFlow
        from keras_genmodels.data.pipeline import set_epoch

        return set_epoch
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
