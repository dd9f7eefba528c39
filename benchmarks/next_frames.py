"""How near the futures of each single picture are to the law of `moving_laws`.

    python benchmarks/next_frames.py MODEL.keras ... [--pictures 50 --samples 1000]

Every model draws so many futures of each test picture; the steps of a shape are held
against all true ones of the test split, whose law is the same for every picture, by the
measure of the metric `motion` (1/2 is added to every count). Printed is the mean over
pictures and shapes. Beside the models stand:

- the law itself: as many true steps, drawn from the training split;
- the nearest neighbour: the steps of the training picture that is nearest by the
  squared error, transferred, which is one future;
- nothing moves.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import keras
import numpy as np

import keras_genmodels as kgm
from keras_genmodels.evaluation.measures import motion
from keras_genmodels.evaluation.metrics.motion import FARTHEST


def steps_of(batch: dict[str, np.ndarray]) -> np.ndarray:
    """The true steps of a batch, (n, shapes, 2)."""
    return motion.steps(batch["first_frame"], batch["x"], batch["layout"])


def all_of(split: str) -> dict[str, np.ndarray]:
    """A split as one batch."""
    batches, _ = kgm.data.load("moving_laws", split, batch_size=500, shuffle=False)
    parts = list(batches.as_numpy_iterator())
    return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}


def drawn(
    model: kgm.models.VAE, batch: dict[str, np.ndarray], count: int
) -> np.ndarray:
    """The steps of so many futures of each picture, (pictures, count, shapes, 2)."""
    found = []
    for place, (first, layout) in enumerate(
        zip(batch["first_frame"], batch["layout"], strict=True)
    ):
        x = np.asarray(model.predict_next(first[None], count, seed=place))[0]
        shape = (count, *first.shape)
        same = np.broadcast_to(layout, (count, *layout.shape))
        found.append(motion.steps(np.broadcast_to(first, shape), x, same))
    return np.stack(found)


def nearest(train: dict[str, np.ndarray], batch: dict[str, np.ndarray]) -> np.ndarray:
    """The steps of the nearest training picture of each, (pictures, shapes, 2)."""
    known, asked = (
        one["first_frame"].reshape(len(one["x"]), -1) for one in (train, batch)
    )
    distance = (known**2).sum(axis=1) - 2 * asked @ known.T
    best = distance.argmin(axis=1)
    return steps_of({key: value[best] for key, value in train.items()})


def row(name: str, real: np.ndarray, made: np.ndarray, farthest: int) -> None:
    """Print how far the futures are from the law, picture by picture."""
    found = [
        motion.distance(real[:, shape], one[:, shape], farthest)
        for one in made
        for shape in range(real.shape[1])
    ]
    kl, variation = np.mean(found, axis=0)
    lost = np.isnan(made[..., 0]).mean()
    print(f"{name:<28}{kl:8.3f}{variation:18.3f}{100 * lost:9.1f} %")


def main() -> None:
    """Print a row for each model, and those of the rivals."""
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n")[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("models", type=Path, nargs="+", help=".keras files")
    parser.add_argument("--pictures", type=int, default=50)
    parser.add_argument("--samples", type=int, default=1000, help="of each picture")
    given = parser.parse_args()
    train, test = all_of("train"), all_of("test")
    batch = {key: value[: given.pictures] for key, value in test.items()}
    real, farthest = steps_of(test), round(FARTHEST * test["x"].shape[2])
    print(f"{len(batch['x'])} pictures, {given.samples} futures of each")
    print(f"{'':<28}{'KL, nats':>8}{'total variation':>18}{'lost':>11}")
    for path in given.models:
        model = keras.saving.load_model(path)
        made = drawn(model, batch, given.samples)
        row(f"{path.parent.name}/{path.name}", real, made, farthest)
    rng, true = np.random.default_rng(0), steps_of(train)
    law = true[rng.integers(len(true), size=(len(batch["x"]), given.samples))]
    row("the law itself", real, law, farthest)
    one = nearest(train, batch)[:, None].repeat(given.samples, axis=1)
    row("nearest neighbour", real, one, farthest)
    row("nothing moves", real, np.zeros_like(one), farthest)


if __name__ == "__main__":
    main()
