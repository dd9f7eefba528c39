"""Keras networks as PyTorch modules of the same architecture, channels last.

Only for speed: the layers have the same shapes and as many parameters, with PyTorch's
own initial values. Pictures lie in memory as (batch, height, width, channels).
"""

from __future__ import annotations

import math

import keras
import torch
from torch import nn

from keras_genmodels.networks.layers import SeededDropout


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


class Dropout(nn.Module):
    """Dropout that is always active; its seed is PyTorch's own."""

    def __init__(self, rate):
        super().__init__()
        self.rate = rate

    def forward(self, x, seed):
        return nn.functional.dropout(x, self.rate, training=True)


def _group_normalisation(layer):
    channels = layer.gamma.shape[0]
    groups = channels if layer.groups == -1 else layer.groups
    return nn.GroupNorm(groups, channels, eps=layer.epsilon)


MODULES = {
    keras.layers.Activation: lambda layer: nn.Identity(),
    keras.layers.BatchNormalization: _batch_normalisation,
    keras.layers.GroupNormalization: _group_normalisation,
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
    "sigmoid": nn.Sigmoid,
}


class Merge(nn.Module):
    """A layer of several inputs and no weights."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *inputs):
        return self.function(*inputs)


class Recurrent(nn.Module):
    """`keras.layers.LSTMCell`: what is seen and the state before, to what it gives."""

    def __init__(self, seen, units):
        super().__init__()
        self.cell = nn.LSTMCell(seen, units)
        self.cell.bias_hh = None  # Keras has one bias

    def forward(self, seen, hidden, cell):
        weights = self.cell.weight_ih, self.cell.weight_hh, self.cell.bias_ih
        hidden, cell = torch.lstm_cell(seen, (hidden, cell), *weights, None)
        return hidden, hidden, cell


MERGES = {
    keras.layers.Concatenate: lambda *parts: torch.cat(parts, 1),
    keras.layers.Add: lambda *parts: sum(parts),
    keras.layers.Multiply: lambda *parts: math.prod(parts),
    keras.layers.Subtract: lambda one, other: one - other,
}


class Graph(nn.Module):
    """A functional network of any shape, from named tensors to named tensors.

    Args:
        network: functional, each of its layers used once.

    Raises:
        ValueError: as `translated`.
    """

    def __init__(self, network: keras.Model):
        super().__init__()
        self.inputs = {id(tensor): name for name, tensor in network.input.items()}
        self.outputs = {name: id(tensor) for name, tensor in network.output.items()}
        self.steps, self.parts = [], nn.ModuleList()
        for layer in network.layers:
            if isinstance(layer, keras.layers.InputLayer):
                continue
            self.parts.append(_part(layer))
            ends = keras.tree.flatten(layer.input), keras.tree.flatten(layer.output)
            self.steps.append([list(map(id, tensors)) for tensors in ends])
        self.to(memory_format=torch.channels_last)
        _check_parameters(network, self)

    def forward(self, tensors):
        known = {key: tensors[name] for key, name in self.inputs.items()}
        for part, (given, made) in zip(self.parts, self.steps, strict=True):
            results = part(*(known[key] for key in given))
            results = results if isinstance(results, tuple) else (results,)
            known.update(zip(made, results, strict=True))
        return {name: known[key] for name, key in self.outputs.items()}


def _part(layer: keras.layers.Layer) -> nn.Module:
    """The twin of a layer, with its activation."""
    if type(layer) in MERGES:
        return Merge(MERGES[type(layer)])
    if isinstance(layer, SeededDropout):
        return Dropout(layer.rate)
    if isinstance(layer, keras.layers.LSTMCell):
        return Recurrent(layer.kernel.shape[0], layer.units)
    known = [kind for kind in MODULES if isinstance(layer, kind)]
    if not known:
        raise ValueError(f"`network` has a layer without a twin. Received: {layer}.")
    activation = getattr(layer, "activation", keras.activations.linear)
    return nn.Sequential(MODULES[known[0]](layer), ACTIVATIONS[activation.__name__]())


def translated(network: keras.Model) -> nn.Sequential:
    """A network that is a chain of layers in PyTorch.

    Raises:
        ValueError: if a layer has no twin, or the number of parameters differs.
    """
    layers = [
        layer
        for layer in network.layers
        if not isinstance(layer, keras.layers.InputLayer)
    ]
    twin = nn.Sequential(*map(_part, layers)).to(memory_format=torch.channels_last)
    _check_parameters(network, twin)
    return twin


def _check_parameters(network: keras.Model, twin: nn.Module) -> None:
    trained = sum(math.prod(w.shape) for w in network.trainable_weights)
    counts = trained, sum(p.numel() for p in twin.parameters())
    if counts[0] != counts[1]:
        raise ValueError(f"`network` and its twin differ in parameters: {counts}.")
