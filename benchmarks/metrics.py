"""How fast distances between samples are measured, against torch-fidelity.

    pip install torch==2.13.0 torchvision==0.28.0 torch-fidelity==0.4.0
    python benchmarks/metrics.py

Both get the same float32 features, and their own functions from features to numbers are
timed in turn. A ratio is the median of torch-fidelity's seconds / ours; above 1, ours
are faster. The numbers are to agree to 1e-6 of their size.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from torch_fidelity.metric_fid import (
    fid_features_to_statistics,
    fid_statistics_to_metric,
)
from torch_fidelity.metric_prc import prc_features_to_metric

from keras_genmodels.evaluation.measures.frechet import frechet_distance
from keras_genmodels.evaluation.measures.precision_recall import precision_recall

TOLERANCE = 1e-6


def clouds(count: int, dimensions: int) -> list[np.ndarray]:
    """Two sets of features like Inception's: correlated, >= 0, some of them rare."""
    rng = np.random.default_rng(0)
    mixing = rng.normal(size=(dimensions, dimensions)) / np.sqrt(dimensions)
    scale = np.exp(rng.normal(size=dimensions))
    found = []
    for shift in (0.0, 0.1):
        noise = rng.normal(size=(count, dimensions)) @ mixing + shift
        found.append(np.float32(np.maximum(noise, 0.0) * scale))
    return found


def fidelity_frechet(a: np.ndarray, b: np.ndarray) -> dict[str, float]:
    """Its Frechet distance, statistics included."""
    statistics_of = [fid_features_to_statistics(torch.from_numpy(x)) for x in (a, b)]
    found = fid_statistics_to_metric(*statistics_of, verbose=False)
    return {"frechet_distance": found["frechet_inception_distance"]}


def fidelity_precision(a: np.ndarray, b: np.ndarray) -> dict[str, float]:
    """Its precision and recall, whose first argument is what was generated."""
    options = {"prc_neighborhood": 3, "prc_batch_size": 10_000}
    found = prc_features_to_metric(
        torch.from_numpy(b),
        torch.from_numpy(a),
        save_cpu_ram=False,
        verbose=False,
        **options,
    )
    return {key: found[key] for key in ("precision", "recall")}


def our_frechet(a: np.ndarray, b: np.ndarray) -> dict[str, float]:
    """Ours, under its name."""
    return {"frechet_distance": frechet_distance(a, b)}


PAIRS = {
    "Frechet distance": (our_frechet, fidelity_frechet),
    "precision and recall": (precision_recall, fidelity_precision),
}


def timed(function: Callable, *features: np.ndarray) -> tuple[dict[str, float], float]:
    """Call a function; returns its value and the seconds."""
    begun = time.perf_counter()
    found = function(*features)
    return found, time.perf_counter() - begun


def compare(name: str, features: list[np.ndarray], rounds: int) -> None:
    """Print both numbers, their relative difference, and the ratio of the times."""
    ours, theirs = PAIRS[name]
    turns = [(timed(ours, *features), timed(theirs, *features)) for _ in range(rounds)]
    (found, _), (other, _) = turns[-1]
    print(f"\n{name}")
    for key, value in found.items():
        off = abs(value - other[key]) / abs(other[key])
        verdict = "equal" if off <= TOLERANCE else "DIFFERENT"
        print(f"  {key:<18} {value:.9g}, {other[key]:.9g}: off by {off:.1e}, {verdict}")
    seconds = [[t for _, t in side] for side in zip(*turns, strict=True)]
    ratios = [theirs / ours for ours, theirs in zip(*seconds, strict=True)]
    for side, values in zip(("ours", "torch-fidelity"), seconds, strict=True):
        print(f"  {side:<18} {statistics.median(values):>8.2f} s")
    print(
        f"  torch-fidelity / ours = {statistics.median(ratios):.2f} "
        f"({min(ratios):.2f} to {max(ratios):.2f})",
        flush=True,
    )


def main() -> None:
    """Compare all that is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n")[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--dimensions", type=int, default=2048)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(os.cpu_count())
    print(f"{os.cpu_count()} cores, {options.count} x {options.dimensions} features")
    features = clouds(options.count, options.dimensions)
    for name in PAIRS:
        compare(name, features, options.rounds)


if __name__ == "__main__":
    main()
