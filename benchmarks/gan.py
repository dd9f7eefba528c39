"""How fast adversarial networks train, and against what.

    python benchmarks/gan.py            # against hand-written loops
    python benchmarks/gan.py --torch    # and PyTorch: pip install torch==2.13.0

Rates are steps per second, of `turns.py`; a step moves the critic as often as the
recipe says, then the generator. Pictures are noise, in memory. The rivals are

- the shortest loop: what the paper's algorithm says, in `tf.function`, each player with
  a generated batch of its own;
- the one-pass loop, of `dcgan`: TensorFlow's tutorial, in which both players move at
  once and share every forward pass, which is another algorithm and less work;
- PyTorch, channels last, with the generator's pass shared as in the package, in float32
  and under bfloat16 autocast.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf
from turns import Epoch, InTurn, print_rates

import keras_genmodels as kgm

PENALTY = 10.0


class Game:
    """The losses of a recipe, written down once more, for the loops by hand.

    Args:
        model: of the recipe, whose networks the loops train.
    """

    def __init__(self, model: Any):
        self.generator, self.critic = model.generator, model.critics[0].network
        self.latent_dim, self.critic_steps = model.latent_dim, model.critic_steps
        self.wasserstein = self.critic_steps > 1
        betas = (0.0, 0.9) if self.wasserstein else (0.5, 0.999)
        self.players = [
            (network.trainable_variables, keras.optimizers.Adam(2e-4, *betas))
            for network in (self.critic, self.generator)
        ]

    def fake(self, size: int) -> tf.Tensor:
        z = tf.random.normal((size, self.latent_dim))
        return tf.sigmoid(self.generator({"latent": z}, training=True)["x"])

    def score(self, x: tf.Tensor) -> tf.Tensor:
        return self.critic({"x": x}, training=True)["score"]

    def critic_loss(self, real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
        on_real, on_fake = self.score(real), self.score(fake)
        if not self.wasserstein:
            return tf.reduce_mean(tf.nn.softplus(-on_real) + tf.nn.softplus(on_fake))
        share = tf.random.uniform((len(real), 1, 1, 1))
        between = share * real + (1.0 - share) * fake
        with tf.GradientTape() as tape:
            tape.watch(between)
            total = tf.reduce_sum(self.score(between))
        slope = tf.reduce_sum(tape.gradient(total, between) ** 2, axis=[1, 2, 3])
        penalty = PENALTY * (tf.sqrt(slope + 1e-12) - 1.0) ** 2
        return tf.reduce_mean(on_fake) - tf.reduce_mean(on_real - penalty)

    def generator_loss(self, fake: tf.Tensor) -> tf.Tensor:
        on_fake = self.score(fake)
        return tf.reduce_mean(
            -on_fake if self.wasserstein else tf.nn.softplus(-on_fake)
        )


def shortest(game: Game) -> Callable[[tf.Tensor], tf.Tensor]:
    """The algorithm of the paper, as one would write it down."""
    (critic, critic_optimizer), (generator, generator_optimizer) = game.players

    @tf.function
    def step(real):
        for _ in range(game.critic_steps):
            with tf.GradientTape() as tape:
                loss = game.critic_loss(real, game.fake(len(real)))
            critic_optimizer.apply(tape.gradient(loss, critic), critic)
        with tf.GradientTape() as tape:
            loss = game.generator_loss(game.fake(len(real)))
        generator_optimizer.apply(tape.gradient(loss, generator), generator)
        return loss

    return step


def one_pass(game: Game) -> Callable[[tf.Tensor], tf.Tensor]:
    """Both players move at once, from one pass through both networks."""
    (critic, critic_optimizer), (generator, generator_optimizer) = game.players

    @tf.function
    def step(real):
        with tf.GradientTape() as down, tf.GradientTape() as up:
            fake = game.fake(len(real))
            on_real, on_fake = game.score(real), game.score(fake)
            cost = tf.reduce_mean(tf.nn.softplus(-on_real) + tf.nn.softplus(on_fake))
            loss = tf.reduce_mean(tf.nn.softplus(-on_fake))
        critic_optimizer.apply(down.gradient(cost, critic), critic)
        generator_optimizer.apply(up.gradient(loss, generator), generator)
        return loss

    return step


def loop(step: Callable[[tf.Tensor], tf.Tensor], dataset: tf.data.Dataset) -> Epoch:
    """An epoch of a step in TensorFlow."""

    def run_epoch():
        for batch in dataset:
            loss = step(batch["x"])
        float(loss)  # waits for the last step

    return run_epoch


def torch_loop(model: Any, dataset: tf.data.Dataset, bfloat16: bool) -> Epoch:
    """The same in PyTorch: channels last, fused Adam, one generator pass, all cores."""
    import torch
    from torch.nn.functional import softplus
    from torch_networks import translated

    torch.set_num_threads(os.cpu_count())
    generator, critic = (
        translated(model.generator),
        translated(model.critics[0].network),
    )
    wasserstein = model.critic_steps > 1
    betas = (0.0, 0.9) if wasserstein else (0.5, 0.999)
    players = [
        torch.optim.Adam(network.parameters(), 2e-4, betas, fused=True)
        for network in (critic, generator)
    ]
    pictures = [torch.from_numpy(b["x"].copy()) for b in dataset.as_numpy_iterator()]

    def fake(size):
        return torch.sigmoid(generator(torch.randn(size, model.latent_dim)).float())

    def score(x):
        return critic(x).float()

    def critic_loss(real, made):
        on_real, on_fake = score(real), score(made)
        if not wasserstein:
            return (softplus(-on_real) + softplus(on_fake)).mean()
        share = torch.rand(len(real), 1, 1, 1)
        between = (share * real + (1.0 - share) * made).requires_grad_()
        total = score(between).sum()
        (slope,) = torch.autograd.grad(total, between, create_graph=True)
        norm = (slope.square().sum((1, 2, 3)) + 1e-12).sqrt()
        penalty = PENALTY * (norm - 1.0).square()
        return on_fake.mean() - on_real.mean() + penalty.mean()

    def move(player, loss):
        players[player].zero_grad()
        loss.backward()
        players[player].step()

    def step(real):
        real = real.permute(0, 3, 1, 2)  # a view: the memory stays channels last
        critic.requires_grad_(True)
        for _ in range(model.critic_steps - 1):
            with torch.no_grad():
                made = fake(len(real))
            move(0, critic_loss(real, made))
        made = fake(len(real))
        move(0, critic_loss(real, made.detach()))
        critic.requires_grad_(False)
        on_fake = score(made)
        move(1, (-on_fake if wasserstein else softplus(-on_fake)).mean())

    def run_epoch():
        with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
            for real in pictures:
                step(real)

    return run_epoch


def noise(size: int, steps: int, batch_size: int) -> tuple[tf.data.Dataset, Any]:
    """Batches of noise of the shape of pictures, in memory, and their spec."""
    x = tf.random.stateless_uniform((steps * batch_size, size, size, 3), (0, size))
    batches = tf.data.Dataset.from_tensor_slices(
        {"x": x, "condition": tf.zeros((len(x), 0))}
    )
    batches = batches.batch(batch_size, drop_remainder=True).cache().prefetch(2)
    return batches, kgm.data.DatasetSpec(f"noise{size}", (size, size, 3))


def compare(recipe: str, size: int, options: argparse.Namespace) -> None:
    """Time a recipe's `fit` and its rivals in turn, and print the medians."""
    dataset, spec = noise(size, options.steps, options.batch_size)

    def build():
        return kgm.zoo.build(recipe, spec)

    rivals = {"shortest loop": loop(shortest(Game(build())), dataset)}
    if recipe == "dcgan":
        rivals["one-pass loop"] = loop(one_pass(Game(build())), dataset)
    if options.torch:
        rivals["PyTorch"] = torch_loop(build(), dataset, bfloat16=False)
        rivals["PyTorch, bfloat16"] = torch_loop(build(), dataset, bfloat16=True)
    turns = InTurn(rivals, options.rounds + 1)
    epochs = options.rounds + 1
    build().fit(dataset, epochs=epochs, verbose=0, callbacks=[turns])
    title = f"{recipe}, {size}x{size}x3, batch {options.batch_size}"
    print_rates(title, turns.seconds, options.steps, "steps")


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n")[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--recipes", nargs="+", default=["dcgan", "wgan_gp"])
    parser.add_argument("--sizes", nargs="+", type=int, default=[32, 64])
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--steps", type=int, default=10, help="of an epoch")
    parser.add_argument("--rounds", type=int, default=7, help="timed epochs of each")
    parser.add_argument("--torch", action="store_true", help="time PyTorch, too")
    return parser.parse_args()


def main() -> None:
    """Run what is asked for."""
    options = arguments()
    versions = f"TensorFlow {tf.__version__}, Keras {keras.__version__}"
    print(f"{os.cpu_count()} cores, {versions}")
    for recipe in options.recipes:
        for size in options.sizes:
            compare(recipe, size, options)


if __name__ == "__main__":
    main()
