"""How fast a gated PixelCNN trains and draws, and against what.

    python benchmarks/autoregressive.py            # against hand-written programs
    python benchmarks/autoregressive.py --torch    # and PyTorch, of the benchmark extra

Rates are steps per second, of `turns.py`, with Adam, on noise in memory. The rivals of
`fit` have the same network: the shortest loop in `tf.function`, and PyTorch, channels
last, in float32 and under bfloat16 autocast.

Pictures are drawn by `model.sample`, which computes each pixel once. Its rivals run the
whole network for every pixel, as the paper's formula says: the same network in
`tf.function`, and PyTorch. The twin in PyTorch has the same weights, and is checked to
say the same of a picture before it is timed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf
from turns import Epoch, InTurn, loop, print_rates

import keras_genmodels as kgm


def by_hand(model: Any) -> Callable[[Any], tf.Tensor]:
    """A step of training as one would write it down."""
    network, optimizer = model.network, keras.optimizers.Adam(1e-3)

    @tf.function
    def step(batch):
        x = batch["x"]
        with tf.GradientTape() as tape:
            logits = network({"x": x}, training=True)["likelihood"]
            nats = tf.nn.sigmoid_cross_entropy_with_logits(x, logits)
            loss = tf.reduce_mean(tf.reduce_sum(nats, axis=(1, 2, 3)))
        weights = network.trainable_variables
        optimizer.apply(tape.gradient(loss, weights), weights)
        return loss

    return step


def naive(model: Any, count: int) -> Callable[[], Any]:
    """A function that draws pictures by the whole network, a time for every pixel."""
    height, width, _ = model.spec.x_shape

    @tf.function
    def pixel(x, row, column):
        logits = model.network({"x": x})["likelihood"][:, row, column]
        chance = tf.sigmoid(logits)
        drawn = tf.cast(tf.random.uniform(tf.shape(chance)) < chance, x.dtype)
        place = tf.one_hot(row * width + column, height * width)
        return x + drawn[:, None, None] * tf.reshape(place, (1, height, width, 1))

    def draw():
        x = tf.zeros((count, height, width, 1))
        for row in range(height):
            for column in range(width):
                x = pixel(x, tf.constant(row), tf.constant(column))
        return x.numpy()

    return draw


def torch_network(model: Any) -> Any:
    """The network of a gated PixelCNN in PyTorch, with the same weights."""
    import numpy as np
    import torch
    from torch import nn
    from torch.nn import functional

    torch.set_num_threads(os.cpu_count())

    def kernel(weight):
        array = np.asarray(weight)
        array = array if array.ndim == 4 else array[None, None]
        return nn.Parameter(torch.from_numpy(array.transpose(3, 2, 0, 1).copy()))

    class Block(nn.Module):
        def __init__(self, block):
            super().__init__()
            self.reach, self.side = block.reach, block.kernel_size // 2
            self.above, self.left = (
                kernel(block.kernel_above),
                kernel(block.kernel_left),
            )
            self.out, self.joint = kernel(block.kernel_out), kernel(block.kernel_joint)
            self.bias = nn.Parameter(torch.from_numpy(block.bias.numpy()))
            self.shortcut = block.left_channels == block.filters

        def forward(self, above, left):
            side = self.side
            above = functional.pad(above, (side, side, self.reach - 1, 0))
            sums = functional.conv2d(above, self.above, self.bias)
            beside = functional.pad(left, (self.reach - 1, 0, 0, 0))
            made = functional.conv2d(sums, self.joint)
            made = made + functional.conv2d(beside, self.left)
            passed = functional.conv2d(gated(made), self.out)
            return gated(sums), left + passed if self.shortcut else passed

    def gated(sums):
        passed, gate = sums.chunk(2, dim=1)
        return torch.tanh(passed) * torch.sigmoid(gate)

    class Network(nn.Module):
        def __init__(self, layer):
            super().__init__()
            self.blocks = nn.ModuleList(map(Block, layer.blocks))
            dense = layer.hidden, layer.last
            self.kernels = nn.ParameterList([kernel(part.kernel) for part in dense])
            self.biases = nn.ParameterList(
                [nn.Parameter(torch.from_numpy(part.bias.numpy())) for part in dense]
            )

        def forward(self, x):
            x = torch.cat([x, torch.ones_like(x)], dim=1)
            above = functional.pad(x, (0, 0, 1, 0))[:, :, :-1]
            left = functional.pad(x, (1, 0, 0, 0))[:, :, :, :-1]
            for block in self.blocks:
                above, left = block(above, left)
            for weight, bias in zip(self.kernels, self.biases, strict=True):
                left = functional.conv2d(torch.relu(left), weight, bias)
            return left

    network = Network(model.network.get_layer("autoregressive"))
    return network.to(memory_format=torch.channels_last)


def torch_loop(network: Any, dataset: tf.data.Dataset, bfloat16: bool) -> Epoch:
    """An epoch of training in PyTorch: fused Adam, all cores."""
    import torch
    from torch.nn import functional

    optimizer = torch.optim.Adam(network.parameters(), 1e-3, fused=True)
    batches = [
        torch.from_numpy(batch["x"].copy()).permute(0, 3, 1, 2)
        for batch in dataset.as_numpy_iterator()
    ]

    def run_epoch():
        for x in batches:
            with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
                logits = network(x).float()
            nats = functional.binary_cross_entropy_with_logits(
                logits, x, reduction="sum"
            )
            optimizer.zero_grad()
            (nats / len(x)).backward()
            optimizer.step()

    return run_epoch


def torch_naive(network: Any, shape: tuple[int, ...], count: int) -> Callable[[], Any]:
    """The same drawing in PyTorch."""
    import torch

    height, width, _ = shape

    @torch.inference_mode()
    def draw():
        x = torch.zeros(count, 1, height, width)
        x = x.contiguous(memory_format=torch.channels_last)
        for row in range(height):
            for column in range(width):
                chance = torch.sigmoid(network(x)[:, :, row, column])
                x[:, :, row, column] = (torch.rand_like(chance) < chance).float()
        return x.numpy()

    return draw


def seconds(draw: Callable[[], Any], rounds: int) -> list[float]:
    """Time some calls, after one that traces."""
    draw()
    found = []
    for _ in range(rounds):
        begun = time.perf_counter()
        draw()
        found.append(time.perf_counter() - begun)
    return found


def noise(options: argparse.Namespace) -> tuple[tf.data.Dataset, Any]:
    """Batches of binary noise, in memory, and their spec."""
    shape = (options.size, options.size, 1)
    count = options.steps * options.batch_size
    x = tf.random.stateless_uniform((count, *shape), (0, 0))
    batches = tf.data.Dataset.from_tensor_slices({"x": tf.round(x)})
    batches = batches.batch(options.batch_size, drop_remainder=True)
    return batches.cache().prefetch(2), kgm.data.DatasetSpec("noise", shape)


def compare_training(options: argparse.Namespace) -> None:
    """Time `fit` and its rivals in turn, and print the medians."""
    dataset, spec = noise(options)

    def build():
        return kgm.zoo.build("gated_pixel_cnn", spec, preset=False)

    rivals = {"hand-written loop": loop(by_hand(build()), dataset)}
    if options.torch:
        for name, bfloat16 in (("PyTorch", False), ("PyTorch, bfloat16", True)):
            rivals[name] = torch_loop(torch_network(build()), dataset, bfloat16)
    epochs = options.rounds + 1
    turns = InTurn(rivals, epochs)
    build().fit(dataset, epochs=epochs, verbose=0, callbacks=[turns])
    title = f"training, {options.size}x{options.size}, batch {options.batch_size}"
    print_rates(title, turns.seconds, options.steps, "steps")


def compare_drawing(options: argparse.Namespace) -> None:
    """Time `sample` and its rivals, and print the ratios."""
    _, spec = noise(options)
    model = kgm.zoo.build("gated_pixel_cnn", spec, preset=False)
    count = options.count
    programs = {
        "model.sample": lambda: model.sample(count, seed=0).numpy(),
        "whole network, a pixel": naive(model, count),
    }
    if options.torch:
        network = torch_network(model)
        check_alike(model, network)
        programs["PyTorch, the same"] = torch_naive(network, spec.x_shape, count)
    print(f"\ndrawing {count} pictures of {options.size}x{options.size}")
    first = statistics.median(seconds(programs.pop("model.sample"), options.rounds))
    print(f"  {'model.sample':<24} {first:8.3f} s")
    for name, draw in programs.items():
        other = statistics.median(seconds(draw, 2))
        print(f"  {name:<24} {other:8.3f} s, {other / first:.1f} times as long")


def check_alike(model: Any, network: Any) -> None:
    """Refuse a twin in PyTorch that says something else of the same picture."""
    import numpy as np
    import torch

    x = np.random.default_rng(0).integers(0, 2, (2, *model.spec.x_shape))
    x = x.astype("float32")
    ours = model.network({"x": x})["likelihood"].numpy()
    with torch.inference_mode():
        theirs = network(torch.from_numpy(x.transpose(0, 3, 1, 2)))
    worst = np.abs(ours - theirs.numpy().transpose(0, 2, 3, 1)).max()
    if worst > 1e-4:
        raise RuntimeError(f"The twin in PyTorch differs, by {worst} at most.")


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n")[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--size", type=int, default=28)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--steps", type=int, default=10, help="of an epoch")
    parser.add_argument("--count", type=int, default=16, help="pictures to draw")
    parser.add_argument("--rounds", type=int, default=5, help="timed epochs of each")
    parser.add_argument("--torch", action="store_true", help="time PyTorch, too")
    options = parser.parse_args()
    versions = f"TensorFlow {tf.__version__}, Keras {keras.__version__}"
    print(f"{os.cpu_count()} cores, {versions}")
    compare_training(options)
    compare_drawing(options)


if __name__ == "__main__":
    main()
