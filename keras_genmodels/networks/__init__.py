"""Networks: named tensors to named tensors, as functional Keras models."""

from keras_genmodels.networks import (
    clips,
    convolutional,
    dense,
    energy,
    layers,
    rotation,
    video,
)
from keras_genmodels.networks.conditioning import named_inputs

__all__ = [
    "clips",
    "convolutional",
    "dense",
    "energy",
    "layers",
    "named_inputs",
    "rotation",
    "video",
]
