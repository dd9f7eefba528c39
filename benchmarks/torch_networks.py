"""A chain of Keras layers as PyTorch modules of the same architecture, channels last.

Only for speed: the layers have the same shapes and as many parameters, with PyTorch's
own initial values. Pictures lie in memory as (batch, height, width, channels).
"""

from __future__ import annotations

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
    return nn.Linear(layer.kernel.shape[0], layer.units)


def _convolution(layer):
    size, stride = layer.kernel_size[0], layer.strides[0]
    padding = (size - 1) // 2
    return nn.Conv2d(layer.kernel.shape[2], layer.filters, size, stride, padding)


def _transposed(layer):
    size, stride = layer.kernel_size[0], layer.strides[0]
    padding = (size - stride + 1) // 2
    rest = stride - size + 2 * padding  # the output is `stride` times as large
    channels = layer.kernel.shape[3]
    return nn.ConvTranspose2d(
        channels, layer.filters, size, stride, padding, output_padding=rest
    )


MODULES = {
    keras.layers.Dense: _dense,
    keras.layers.Conv2D: _convolution,
    keras.layers.Conv2DTranspose: _transposed,
    keras.layers.Flatten: lambda layer: (
        ToVector() if len(layer.input.shape) == 4 else nn.Identity()
    ),
    keras.layers.Reshape: lambda layer: ToImage(layer.target_shape),
    keras.layers.Cropping2D: lambda layer: Crop(*layer.output.shape[1:3]),
}
ACTIVATIONS = {"relu": nn.ReLU, "elu": nn.ELU, "tanh": nn.Tanh, "linear": nn.Identity}


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
    counts = network.count_params(), sum(p.numel() for p in twin.parameters())
    if counts[0] != counts[1]:
        raise ValueError(f"`network` and its twin differ in parameters: {counts}.")
    return twin
