"""A chain of Keras layers as PyTorch modules of the same architecture, channels last.

Only for speed: the layers have the same shapes and as many parameters, with PyTorch's
own initial values. Pictures lie in memory as (batch, height, width, channels).
"""

from __future__ import annotations

import math

import keras
import torch
from torch import nn


class ToImage(nn.Module):
    """(batch, size) to a picture of the shape that Keras gives."""

    def __init__(self, shape):
        super().__init__()
        self.shape = shape

    def forward(self, x):
        return x.reshape(-1, *self.shape).permute(0, 3, 1, 2)  # channels last: a view


class ToVector(nn.Module):
    """A picture to (batch, size), in the order in which it lies in memory."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)


class Crop(nn.Module):
    """The top left of a picture, as `keras.layers.Cropping2D` leaves it here."""

    def __init__(self, height, width):
        super().__init__()
        self.height, self.width = height, width

    def forward(self, x):
        return x[:, :, : self.height, : self.width]


def _dense(layer):
    return nn.Linear(layer.kernel.shape[0], layer.units, bias=layer.use_bias)


def _convolution(layer):
    size, stride = layer.kernel_size[0], layer.strides[0]
    padding = (size - 1) // 2
    channels, bias = layer.kernel.shape[2], layer.use_bias
    return nn.Conv2d(channels, layer.filters, size, stride, padding, bias=bias)


def _transposed(layer):
    size, stride = layer.kernel_size[0], layer.strides[0]
    padding = (size - stride + 1) // 2
    rest = stride - size + 2 * padding  # the output is `stride` times as large
    channels = layer.kernel.shape[3]
    return nn.ConvTranspose2d(
        channels, layer.filters, size, stride, padding, rest, bias=layer.use_bias
    )


class Rescale(nn.Module):
    """`keras.layers.Rescaling` by two numbers."""

    def __init__(self, scale, offset):
        super().__init__()
        self.scale, self.offset = scale, offset

    def forward(self, x):
        return x * self.scale + self.offset


def _batch_normalisation(layer):
    channels, images = layer.gamma.shape[0], len(layer.input.shape) == 4
    module = nn.BatchNorm2d if images else nn.BatchNorm1d
    return module(channels, eps=layer.epsilon, momentum=1.0 - layer.momentum)


MODULES = {
    keras.layers.Activation: lambda layer: nn.Identity(),
    keras.layers.BatchNormalization: _batch_normalisation,
    keras.layers.Identity: lambda layer: nn.Identity(),
    keras.layers.Rescaling: lambda layer: Rescale(layer.scale, layer.offset),
    keras.layers.Dense: _dense,
    keras.layers.Conv2D: _convolution,
    keras.layers.Conv2DTranspose: _transposed,
    keras.layers.Flatten: lambda layer: (
        ToVector() if len(layer.input.shape) == 4 else nn.Identity()
    ),
    keras.layers.Reshape: lambda layer: ToImage(layer.target_shape),
    keras.layers.Cropping2D: lambda layer: Crop(*layer.output.shape[1:3]),
}
ACTIVATIONS = {
    "relu": nn.ReLU,
    "leaky_relu": lambda: nn.LeakyReLU(0.2),  # the slope of Keras
    "elu": nn.ELU,
    "tanh": nn.Tanh,
    "linear": nn.Identity,
}


def translated(network: keras.Model) -> nn.Sequential:
    """The network in PyTorch.

    Raises:
        ValueError: if a layer has no twin, or the number of parameters differs.
    """
    modules = []
    for layer in network.layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        if type(layer) not in MODULES:
            raise ValueError(
                f"`network` has a layer without a twin. Received: {layer}."
            )
        modules.append(MODULES[type(layer)](layer))
        activation = getattr(layer, "activation", keras.activations.linear)
        modules.append(ACTIVATIONS[activation.__name__]())
    twin = nn.Sequential(*modules).to(memory_format=torch.channels_last)
    trained = sum(math.prod(w.shape) for w in network.trainable_weights)
    counts = trained, sum(p.numel() for p in twin.parameters())
    if counts[0] != counts[1]:
        raise ValueError(f"`network` and its twin differ in parameters: {counts}.")
    return twin
