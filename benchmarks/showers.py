"""How many showers a second a model draws, against the simulator that it learnt from.

    python benchmarks/showers.py MODEL.keras [--count 2000 --rounds 5]

Both draw showers of the same energies, of the test split of `calorimeter`, on the same
processor, in turn; the simulator in one process, as a model's samples are. Printed are
the showers a second of the fastest round of each, and their ratio.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

import keras_genmodels as kgm
from keras_genmodels.data.simulation.showers import showers


def rate(draw: Callable[[], object], count: int) -> float:
    """Showers a second of one round."""
    start = time.perf_counter()
    draw()
    return count / (time.perf_counter() - start)


def main() -> None:
    """Time both on the same energies."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    model = keras.saving.load_model(options.model)
    data = {"num_examples": options.count, "shuffle": False}
    batches, spec = kgm.data.load(
        "calorimeter", "test", options.count, drop_remainder=False, **data
    )
    condition = next(iter(batches))["condition"].numpy()
    energies = spec.labels(condition)["energy"]
    rng = np.random.RandomState(0)
    draws = {
        "model": lambda: np.asarray(model.sample(condition=condition, seed=0)),
        "simulator": lambda: showers(energies, rng),
    }
    for draw in draws.values():
        draw()
    best = {
        name: max(rate(draw, len(energies)) for _ in range(options.rounds))
        for name, draw in draws.items()
    }
    for name, found in best.items():
        print(f"{name:10} {found:10.0f} showers a second")
    print(f"{'ratio':10} {best['model'] / best['simulator']:10.2f}")


if __name__ == "__main__":
    main()
