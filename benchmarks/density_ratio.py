"""How well a critic knows the ratio of two densities, and where that leads a generator.

    python benchmarks/density_ratio.py [--divergences pearson kl] [--seeds 3]

Data are `gaussian_ring`, whose density is known. For each f-divergence it prints

    held         a critic against a generator that stands still, a wide normal: the rank
                 correlation of its log-ratio with the true one at held-out points, half
                 from the data and half from the normal, and at those of data alone;
    b-GAN        three seeds of the game in which the generator minimises f of the
                 ratio: modes covered, of 8, and the share of samples within 3 standard
                 deviations of one; then the rank correlation of the critic's last
                 ratio with that of the data's density and a kernel estimate of the
                 generator's, at held-out points of both;
    f-GAN        the same, of the generator of the bound that does not saturate.

The critics of the two games have one loss; only the generators' differ. Where a
generator has become like the data the ratio is about 1 everywhere, and what is left of
the correlation is that of small differences.
"""

from __future__ import annotations

import argparse

import keras
import numpy as np
from scipy import special, stats

import keras_genmodels as kgm
from keras_genmodels.data.sources.gaussian_ring import STDDEV, ring_centres
from keras_genmodels.evaluation.measures.precision_recall import mode_coverage
from keras_genmodels.networks import dense
from keras_genmodels.objectives import FDivergence

WIDTH = 0.35  # standard deviation of the generator that stands still
UNITS = (128, 128, 128)
BANDWIDTH, KERNELS, POINTS = 0.01, 20_000, 2000
DIVERGENCES = ["jensen_shannon", "reverse_kl", "squared_hellinger", "kl", "pearson"]
RATE = {"learning_rate": 5e-4, "beta_1": 0.5}


def log_mixture(points: np.ndarray, means: np.ndarray, stddev: float) -> np.ndarray:
    """Compute the log-density of a mixture of equal, round normals in the plane."""
    squares = [((part[:, None] - means) ** 2).sum(-1) for part in chunks(points)]
    exponents = np.concatenate(squares) / (-2 * stddev**2)
    constant = np.log(len(means) * 2 * np.pi * stddev**2)
    return special.logsumexp(exponents, axis=1) - constant


def chunks(points: np.ndarray) -> list[np.ndarray]:
    """Split points, so that their distances to many others fit the memory."""
    return np.array_split(points, max(1, len(points) // 100))


def held(batches, test, divergence: str, epochs: int) -> tuple[float, float]:
    """Train a critic against a normal; both rank correlations at held-out points."""
    keras.utils.set_random_seed(0)
    network = dense.mlp({"latent": (2,)}, {"x": 2}, (), name="generator")
    network.set_weights([WIDTH * np.eye(2), np.full(2, 0.5)])
    critic = dense.mlp({"x": (2,)}, {"score": 1}, UNITS, "leaky_relu", centre=True)
    critic = kgm.models.Critic(critic, FDivergence(divergence, generator="ratio"))
    model = kgm.models.GAN(test[1], network, critic, output="linear", seed=0)
    model.compile(keras.optimizers.SGD(0.0), keras.optimizers.Adam(**RATE))
    model.fit(batches, epochs=epochs, verbose=0)
    normal = 0.5 + WIDTH * np.random.default_rng(1).normal(size=(POINTS, 2))
    points = np.concatenate([test[0][:POINTS], normal])
    true = log_mixture(points, ring_centres(), STDDEV)
    true -= log_mixture(points, np.full((1, 2), 0.5), WIDTH)
    found = estimated(model, points)
    return agreement(found, true), agreement(found[:POINTS], true[:POINTS])


def estimated(model: kgm.models.GAN, points: np.ndarray) -> np.ndarray:
    """Estimate the density ratio at points, by the critic of a model."""
    (critic,) = model.critics
    scores = critic({"x": points.astype(np.float32)})["score"]
    return np.asarray(critic.objective.density_ratio(scores))[:, 0]


def agreement(found: np.ndarray, true: np.ndarray) -> float:
    """Compute Spearman's rank correlation."""
    return float(stats.spearmanr(found, true).statistic)


def played(batches, test, objective: FDivergence, seed: int, epochs: int) -> list:
    """Play a game; modes covered, good samples, and the last critic's agreement."""
    options = {"latent_dim": 2, "units": UNITS, "preset": False, **RATE}
    options |= {"objective": objective, "seed": seed}
    model = kgm.zoo.build("dcgan", test[1], **options)
    model.fit(batches, epochs=epochs, verbose=0)
    made = np.asarray(model.sample(KERNELS + POINTS, seed=seed))
    reached = mode_coverage(made, ring_centres(), STDDEV)
    points = np.concatenate([test[0][:POINTS], made[KERNELS:]])
    true = log_mixture(points, ring_centres(), STDDEV)
    true -= log_mixture(points, made[:KERNELS], BANDWIDTH)
    return [
        reached["covered"],
        reached["good"],
        agreement(estimated(model, points), true),
    ]


def main() -> None:
    """Print a line for the still generator and one for each game."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--divergences", nargs="+", default=DIVERGENCES)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=60)
    given = parser.parse_args()
    batches, spec = kgm.data.load("gaussian_ring", batch_size=256, seed=0)
    rows = [batch["x"] for batch in kgm.data.load("gaussian_ring", "test")[0]]
    test = np.concatenate(rows), spec
    for divergence in given.divergences:
        both, real = held(batches, test, divergence, given.epochs)
        print(f"{divergence:18} held   both {both:.3f}, data {real:.3f}", flush=True)
        for name, generator in (("b-GAN", "ratio"), ("f-GAN", "bound")):
            game = FDivergence(divergence, generator=generator)
            found = [
                played(batches, test, game, seed, given.epochs)
                for seed in range(given.seeds)
            ]
            modes, good, ranks = zip(*found, strict=True)
            print(
                f"{divergence:18} {name}  modes {' '.join(map(str, modes))}, good "
                f"{np.mean(good):.3f}, ratio {' '.join(f'{r:.2f}' for r in ranks)}",
                flush=True,
            )


if __name__ == "__main__":
    main()
