"""Networks: named tensors to named tensors, as functional Keras models."""

from keras_genmodels.networks import (
    classifier,
    clips,
    convolutional,
    coupled,
    dense,
    energy,
    layers,
    normalisation,
    pyramid,
    rotation,
    video,
    weight_normalisation,
)
from keras_genmodels.networks.conditioning import named_inputs

__all__ = [
    "classifier",
    "clips",
    "convolutional",
    "coupled",
    "dense",
    "energy",
    "layers",
    "named_inputs",
    "normalisation",
    "pyramid",
    "rotation",
    "video",
    "weight_normalisation",
]
