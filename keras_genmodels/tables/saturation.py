"""Why generators are not trained by the minimax game: its gradient vanishes early."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_genmodels import data, registry, zoo
from keras_genmodels.charts import curves
from keras_genmodels.models.gradients import descend, tape_of
from keras_genmodels.registry import register
from keras_genmodels.seeds import seed_pair
from keras_genmodels.tables.table import Table

GAMES = ("minimax", "non_saturating")
# Where rows are taken from the critic's way, in D(G(z)).
_STOPS = (0.99, 0.95, 0.9, 0.7, 0.5, 0.3, 0.1, 0.05, 0.02, 0.01, 1e-3, 1e-4, 1e-5)
_FOOLED = 0.995  # D(G(z)) at which the way begins


@register("saturation", family="table")
def saturation(
    folder: Path,
    verbose: int = 0,
    recipe: str = "gan",
    dataset: str = "digits",
    steps: int = 300,
    batch_size: int = 256,
    learning_rate: float = 1e-4,
    seed: int = 0,
    data_dir: str | None = None,
) -> Table:
    """The generator's gradient under two games, as its critic grows strong.

    The generator is new and stands still. The critic has first been taught the wrong
    answer, D(G(z)) near 1, and is then trained to tell real from generated; on its way
    down to D(G(z)) near 0 the norm of the generator's gradient is taken under

        minimax:         log(1 - D(G(z)))      with the derivative -D(G(z)) per score
        non_saturating:  -log D(G(z))          with the derivative D(G(z)) - 1 per score

    Args:
        folder: of the table; nothing else is kept there.
        verbose: 1 shows a progress bar.
        recipe: of a GAN whose critic plays a logistic game.
        dataset: what the critic sees as real, a name of `data.load`.
        steps: of the critic on its way, >= 1.
        batch_size: real and generated examples a step, >= 1.
        learning_rate: of the critic's Adam; small, so that no part of the way is jumped
            over.
        seed: of weights, data and latents.
        data_dir: where the data lies; as in `data.load`.

    Returns:
        A row for each of some values of D(G(z)), the mean over a batch, and a plot of
        the whole way.

    Raises:
        ValueError: for `steps` below 1, or what `zoo.build` and `data.load` refuse.

    Reference: Goodfellow et al., "Generative Adversarial Nets", 2014, section 3;
    Arjovsky & Bottou, "Towards Principled Methods for Training Generative Adversarial
    Networks", 2017, from whom the strong critic is.
    """
    if steps < 1:
        raise ValueError(f"`steps` must be >= 1. Received: steps={steps}.")
    real, spec = data.load(dataset, "train", batch_size, seed, data_dir=data_dir)
    model = zoo.build(recipe, spec, preset=False, seed=seed)
    way = _Way(model, learning_rate, seed)
    points = np.array(list(way.walk(iter(real.repeat()), steps, verbose)), np.float64)
    shares, *norms = points.T
    rows = [
        [share, *pair, pair[1] / pair[0]]
        for share, *pair in points[_nearest(shares, _STOPS)].tolist()
    ]
    order = np.argsort(shares)
    series = {
        name: (shares[order], norm[order])
        for name, norm in zip(GAMES, norms, strict=True)
    }
    return Table(
        "The generator's gradient as the critic grows strong",
        ["D(G(z))", *(f"gradient norm, {name}" for name in GAMES), "ratio"],
        rows,
        f"`{recipe}` on {dataset}, an untrained generator against its critic, seed "
        f"{seed}; {batch_size} samples, {steps} steps of Adam at {learning_rate:g}.",
        curves(series, "D(G(z))", "norm of the generator's gradient", logarithmic=True),
    )


class _Way:
    """A critic that is trained against a generator that stands still.

    Args:
        model: a GAN with one critic.
        learning_rate: of the critic's Adam.
        seed: of the latents.
    """

    def __init__(self, model: Any, learning_rate: float, seed: int) -> None:
        self.model, self.seed = model, seed
        self.critic = model.critics[0]
        self.optimizer = keras.optimizers.Adam(learning_rate, beta_1=0.5)
        self.optimizer.build(model.critic_variables)
        self.games = [registry.get(name, "adversarial") for name in GAMES]

    def walk(
        self, batches: Iterator[Any], steps: int, verbose: int
    ) -> Iterator[tuple[float, ...]]:
        """D(G(z)) and the gradient's norm under each game, before each step."""
        bar = keras.utils.Progbar(steps, verbose=verbose)
        for _ in range(10 * steps):
            batch = next(batches)
            if self.look(batch)[0] > _FOOLED:
                break
            self.teach(batch, tf.constant(-1.0))
        for step in range(steps):
            batch = next(batches)
            yield tuple(map(float, self.look(batch)))
            self.teach(batch, tf.constant(1.0))
            bar.update(step + 1)

    @tf.function(autograph=False)
    def teach(self, batch: Any, sign: tf.Tensor) -> None:
        """One step of the critic: to the right answer at 1, to the wrong one at -1."""
        tape = tape_of(self.model.critic_variables)
        with tape:
            on_real, on_fake = self._scores(batch)
            right = self.critic.objective.critic_loss(sign * on_real, sign * on_fake)
            loss = tf.reduce_mean(right)
        descend(self.optimizer, tape, loss, self.model.critic_variables)

    @tf.function(autograph=False)
    def look(self, batch: Any) -> list[tf.Tensor]:
        """The mean D(G(z)), then the norm of the gradient under each game."""
        norms = []
        for game in self.games:
            tape = tape_of(self.model.generator_variables)
            with tape:
                _, scores = self._scores(batch)
                loss = tf.reduce_mean(game.generator_loss(scores))
            gradients = tape.gradient(loss, self.model.generator_variables)
            norms.append(tf.linalg.global_norm(gradients))
        return [tf.reduce_mean(tf.sigmoid(scores)), *norms]

    def _scores(self, batch: Any) -> tuple[tf.Tensor, tf.Tensor]:
        """Of the real batch and of the generated one, whose latents are the same."""
        real = self.model.unpack(batch)
        fake = self.model.fake_batch(real, seed_pair(self.seed))
        return self.critic(real)["score"], self.critic(fake)["score"]


def _nearest(shares: np.ndarray, stops: tuple[float, ...]) -> list[int]:
    """The first point of the way at or below each stop; no point twice."""
    found = [int(np.argmax(shares <= stop)) for stop in stops if shares.min() <= stop]
    return list(dict.fromkeys(found))
