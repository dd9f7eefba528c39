"""From files to batches of `{"x", "condition"}`; knows no model."""

from keras_genmodels.data.spec import Attribute, DatasetSpec, side_by_side

__all__ = ["Attribute", "DatasetSpec", "side_by_side"]
