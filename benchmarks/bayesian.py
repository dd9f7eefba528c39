"""Posteriors of small classifiers, against points, over random divisions of the data.

    python benchmarks/bayesian.py FILE [--datasets wine --rows bayesian_gan map]
        [--partitions 20 --steps 600 --validation 0]

For each data set it trains every row on each of the random divisions into training and
test examples, from the same first weights, and prints the mean over the divisions with
the half width of its 95 % interval (Student's):

    nats     -log of the predictive probability of the true class, a test example
    error    share of test examples whose most probable class is another, per cent
    against  nats less those of "map", of the same division: what the posterior gains

Rows: "bayesian_gan", its point estimate "gan_point", "variational", by the likelihood,
and "map", the maximum a posteriori, all of one perceptron, with the settings of the
presets; "map_wide" is "map" with a prior of four times the standard deviation. FILE,
JSON lines, keeps what is measured: a stopped benchmark goes on. With `--validation
0.25` a quarter of each training split is measured in place of the test split, as it
was to choose the settings.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from scipy import stats

import keras_genmodels as kgm

POINT = {"point": True, "kl_weight": 1.0, "draws": 1}
ROWS: dict[str, tuple[str, dict[str, Any]]] = {
    "map": ("bayesian_classifier", POINT),
    "map_wide": ("bayesian_classifier", POINT),
    "variational": ("bayesian_classifier", {}),
    "bayesian_gan": ("bayesian_gan", {}),
    "gan_point": ("bayesian_gan", {**POINT, "draws": 4}),
}
BATCH = 64


class Trained:
    """One model that is trained anew on each division, so that its graph is made once.

    Args:
        row: of `ROWS`.
        dataset: its name.
        steps: of a training.
        validation: share of the training split that is measured; 0 for "test".
    """

    def __init__(self, row: str, dataset: str, steps: int, validation: float):
        recipe, arguments = ROWS[row]
        self.dataset, self.steps, self.validation = dataset, steps, validation
        _, spec = self.load("train", 0)
        if row == "map_wide":
            usual = kgm.zoo.preset(recipe, dataset)["arguments"]
            wide = 4 * usual.get("prior_stddev", 4.0)
            arguments = {**arguments, "prior_stddev": wide}
        self.model = kgm.zoo.build(recipe, spec, decay_steps=steps, **arguments)
        self.state = [*self.model.variables, *self.model.optimizer.variables]
        self.first = [variable.numpy() for variable in self.state]
        self.step = tf.function(self.model.train_step, reduce_retracing=True)

    def load(self, split: str, partition: int) -> tuple[tf.data.Dataset, Any]:
        """Load a split of one division."""
        options = {"partition": partition, "validation": self.validation}
        return kgm.data.load(self.dataset, split, BATCH, seed=partition, **options)

    def measured(self, partition: int) -> dict[str, float]:
        """Train on one division; nats and error of what was held out."""
        for variable, value in zip(self.state, self.first, strict=True):
            variable.assign(value)
        batches = self.load("train", partition)[0].repeat().take(self.steps)
        for batch in batches:
            self.step(batch)
        held_out = self.load("validation" if self.validation else "test", partition)[0]
        metrics = ["predictive_nats", "classification_accuracy"]
        found = kgm.evaluation.evaluate(self.model, held_out, metrics)
        right = found["classification_accuracy"]
        return {"nats": found["predictive_nats"], "error": 1 - right}


def interval(values: np.ndarray, unit: float = 1.0) -> str:
    """Write a mean and the half width of its 95 % interval."""
    width = stats.t.ppf(0.975, len(values) - 1) * stats.sem(values)
    return f"{unit * np.mean(values):8.4f} ± {unit * width:.4f}"


def main() -> None:
    """Measure what is missing in the file, then print a line a row."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    sets = ["wine", "breast_cancer", "digits"]
    parser.add_argument("--datasets", nargs="+", default=sets)
    parser.add_argument("--rows", nargs="+", default=list(ROWS), choices=list(ROWS))
    parser.add_argument("--partitions", type=int, default=20)
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--validation", type=float, default=0.0)
    given = parser.parse_args()
    lines = given.file.read_text().splitlines() if given.file.is_file() else []
    known = {tuple(key): found for key, found in map(json.loads, lines)}
    for dataset in given.datasets:
        numbers = {}
        for row in given.rows:
            settings = (dataset, row, given.steps, given.validation)
            keys = [(*settings, number) for number in range(1, given.partitions + 1)]
            trained = None
            for key in keys:
                if key not in known:
                    trained = trained or Trained(row, *key[:1], *key[2:4])
                    known[key] = trained.measured(key[-1])
                    with given.file.open("a") as file:
                        file.write(json.dumps([key, known[key]]) + "\n")
            numbers[row] = {
                name: np.array([known[key][name] for key in keys])
                for name in ("nats", "error")
            }
            against = numbers[row]["nats"] - numbers.get("map", numbers[row])["nats"]
            print(
                f"{dataset:14} {row:13} nats {interval(numbers[row]['nats'])}  error "
                f"{interval(numbers[row]['error'], 100)} %  against "
                f"{interval(against)}",
                flush=True,
            )


if __name__ == "__main__":
    main()
