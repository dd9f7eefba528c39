"""How fast translators of pictures train, and against what.

    python benchmarks/translation.py            # against hand-written loops
    python benchmarks/translation.py --torch    # and PyTorch: pip install torch==2.13.0

Rates are steps per second, of `turns.py`. Pictures are noise, in memory. The rivals
have the same networks, losses and Adam:

- the hand-written loop in `tf.function`: the translators run once, then the critics
  move, then the translators, as `fit` does;
- PyTorch, channels last, in the same order, in float32 and under bfloat16 autocast.

`cycle_gan` is timed without its pool, which the rivals do not have.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf
from turns import Epoch, InTurn, loop, print_rates

import keras_genmodels as kgm

OPTIONS = {"pix2pix": {}, "cycle_gan": {"replay_pool": 0}}
L1, CYCLE, IDENTITY = 100.0, 10.0, 5.0


class Pix2Pix:
    """The losses of `pix2pix`; `math` is TensorFlow or PyTorch, as `softplus` says.

    Args:
        translate: from a source to a picture.
        score: from a picture and its source to scores.
        mean: of all numbers.
        softplus: of each number.
    """

    def __init__(self, translate, score, mean, softplus):
        self.translate, self.score = translate, score
        self.mean, self.softplus = mean, softplus

    def make(self, batch):
        return self.translate(batch["source"])

    def critic_loss(self, batch, made):
        real = self.score(batch["x"], batch["source"])
        fake = self.score(made, batch["source"])
        return self.mean(self.softplus(-real)) + self.mean(self.softplus(fake))

    def generator_loss(self, batch, made):
        fake = self.score(made, batch["source"])
        distance = self.mean(abs(batch["x"] - made))
        return self.mean(self.softplus(-fake)) + L1 * distance


class CycleGAN:
    """The losses of `cycle_gan`.

    Args:
        translate: (to x, to y), each from a picture to a picture.
        score: (of x, of y), each from a picture to scores.
        mean: of all numbers.
    """

    def __init__(self, translate, score, mean):
        (self.to_x, self.to_y), self.scores, self.mean = translate, score, mean

    def make(self, batch):
        return self.to_x(batch["y"]), self.to_y(batch["x"])

    def critic_loss(self, batch, made):
        pairs = zip(self.scores, (batch["x"], batch["y"]), made, strict=True)
        return sum(
            self.mean((score(real) - 1) ** 2) + self.mean(score(fake) ** 2)
            for score, real, fake in pairs
        )

    def generator_loss(self, batch, made):
        x, y = batch["x"], batch["y"]
        game = sum(
            self.mean((score(fake) - 1) ** 2)
            for score, fake in zip(self.scores, made, strict=True)
        )
        again = self.mean(abs(x - self.to_x(made[1])))
        again += self.mean(abs(y - self.to_y(made[0])))
        same = self.mean(abs(x - self.to_x(x))) + self.mean(abs(y - self.to_y(y)))
        return game + CYCLE * again + IDENTITY * same


def written_out(recipe: str, model: Any) -> tuple[Any, list[list[Any]]]:
    """The losses of a recipe in TensorFlow, and the weights of critics and translators.

    Args:
        recipe: "pix2pix" or "cycle_gan".
        model: of the recipe, whose networks are trained.
    """
    critics = [critic.network for critic in model.critics]

    def translator(network, given, made):
        noise = {"seed": tf.constant([0, 1])} if "seed" in network.input else {}
        return lambda source: tf.sigmoid(
            network({given: source, **noise}, training=True)[made]
        )

    def score(network):
        return lambda x: network({"x": x}, training=True)["score"]

    weights = [critics, model.generator_networks]
    weights = [[v for n in part for v in n.trainable_variables] for part in weights]
    if recipe == "cycle_gan":
        both = translator(model.generator, "y", "x"), translator(model.x_to_y, "x", "y")
        return CycleGAN(both, [*map(score, critics)], tf.reduce_mean), weights
    paired = Pix2Pix(
        translator(model.generator, "source", "x"),
        lambda x, s: critics[0]({"x": x, "source": s}, training=True)["score"],
        tf.reduce_mean,
        tf.nn.softplus,
    )
    return paired, weights


def by_hand(recipe: str, model: Any) -> Callable[[Any], tf.Tensor]:
    """A step as one would write it down."""
    game, weights = written_out(recipe, model)
    players = [(part, keras.optimizers.Adam(2e-4, 0.5)) for part in weights]
    (critics, critic_optimizer), (translators, optimizer) = players

    @tf.function
    def step(batch):
        with tf.GradientTape() as tape:
            made = game.make(batch)
            with tf.GradientTape() as critic_tape, tape.stop_recording():
                cost = game.critic_loss(batch, made)
            critic_optimizer.apply(critic_tape.gradient(cost, critics), critics)
            loss = game.generator_loss(batch, made)
        optimizer.apply(tape.gradient(loss, translators), translators)
        return loss

    return step


def torch_loop(
    recipe: str, model: Any, dataset: tf.data.Dataset, bfloat16: bool
) -> Epoch:
    """The same in PyTorch: channels last, fused Adam, all cores."""
    import torch
    from torch.nn import functional
    from torch_networks import Graph

    torch.set_num_threads(os.cpu_count())
    critics = [Graph(critic.network) for critic in model.critics]
    makers = [Graph(network) for network in model.generator_networks]
    ends = [("y", "x"), ("x", "y")] if recipe == "cycle_gan" else [("source", "x")]
    both = [
        lambda s, n=n, g=given, m=made: torch.sigmoid(
            n({g: s, "seed": None})[m].float()
        )
        for n, (given, made) in zip(makers, ends, strict=True)
    ]
    scores = [lambda x, n=n: n({"x": x})["score"].float() for n in critics]
    if recipe == "cycle_gan":
        game = CycleGAN(both, scores, torch.mean)
    else:

        def score(x, source):
            return critics[0]({"x": x, "source": source})["score"].float()

        game = Pix2Pix(both[0], score, torch.mean, functional.softplus)
    players = [
        torch.optim.Adam(
            [w for n in part for w in n.parameters()], 2e-4, (0.5, 0.999), fused=True
        )
        for part in (critics, makers)
    ]
    batches = [
        {k: torch.from_numpy(v.copy()).permute(0, 3, 1, 2) for k, v in b.items()}
        for b in dataset.as_numpy_iterator()
    ]

    def move(player, loss):
        players[player].zero_grad()
        loss.backward()
        players[player].step()

    def step(batch):
        made = game.make(batch)
        for critic in critics:
            critic.requires_grad_(True)
        parted = [m.detach() for m in made] if len(ends) > 1 else made.detach()
        move(0, game.critic_loss(batch, parted))
        for critic in critics:
            critic.requires_grad_(False)
        move(1, game.generator_loss(batch, made))

    def run_epoch():
        with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
            for batch in batches:
                step(batch)

    return run_epoch


def noise(options: argparse.Namespace) -> tuple[tf.data.Dataset, Any]:
    """Batches of noise of the shape of pictures, in memory, and their spec."""
    size, count = options.size, options.steps * options.batch_size
    shapes = {"x": (size, size, 3), "source": (size, size, 1), "y": (size, size, 3)}
    tensors = {
        name: tf.random.stateless_uniform((count, *shape), (0, place))
        for place, (name, shape) in enumerate(shapes.items())
    }
    batches = tf.data.Dataset.from_tensor_slices(tensors)
    batches = batches.batch(options.batch_size, drop_remainder=True)
    further = [kgm.data.Tensor(name, shapes[name]) for name in ("source", "y")]
    spec = kgm.data.DatasetSpec(f"noise{size}", shapes["x"], tensors=further)
    return batches.cache().prefetch(2), spec


def compare(recipe: str, options: argparse.Namespace) -> None:
    """Time a recipe's `fit` and its rivals in turn, and print the medians."""
    dataset, spec = noise(options)

    def build():
        return kgm.zoo.build(recipe, spec, preset=False, **OPTIONS[recipe])

    rivals = {"hand-written loop": loop(by_hand(recipe, build()), dataset)}
    if options.torch:
        for name, bfloat16 in (("PyTorch", False), ("PyTorch, bfloat16", True)):
            rivals[name] = torch_loop(recipe, build(), dataset, bfloat16)
    epochs = options.rounds + 1
    turns = InTurn(rivals, epochs)
    build().fit(dataset, epochs=epochs, verbose=0, callbacks=[turns])
    title = f"{recipe}, {options.size}x{options.size}x3, batch {options.batch_size}"
    print_rates(title, turns.seconds, options.steps, "steps")


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n")[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--recipes", nargs="+", default=[*OPTIONS])
    parser.add_argument("--size", type=int, default=32)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--steps", type=int, default=10, help="of an epoch")
    parser.add_argument("--rounds", type=int, default=7, help="timed epochs of each")
    parser.add_argument("--torch", action="store_true", help="time PyTorch, too")
    options = parser.parse_args()
    versions = f"TensorFlow {tf.__version__}, Keras {keras.__version__}"
    print(f"{os.cpu_count()} cores, {versions}")
    for recipe in options.recipes:
        compare(recipe, options)


if __name__ == "__main__":
    main()
