"""Networks: named tensors to named tensors, as functional Keras models."""

from keras_genmodels.networks import convolutional, dense, energy, layers, video
from keras_genmodels.networks.conditioning import named_inputs

__all__ = ["convolutional", "dense", "energy", "layers", "named_inputs", "video"]
