"""Networks: named tensors to named tensors, as functional Keras models."""

from keras_genmodels.networks import (
    classifier,
    convolutional,
    coupled,
    dense,
    energy,
    layers,
    normalisation,
    pyramid,
)
from keras_genmodels.networks.conditioning import named_inputs

__all__ = [
    "classifier",
    "convolutional",
    "coupled",
    "dense",
    "energy",
    "layers",
    "named_inputs",
    "normalisation",
    "pyramid",
]
