"""How well strokes of colour are followed, and what else they change.

    python benchmarks/brush.py ARTEFACT ... [--strokes 200 --pairs 1000 --steps 60]

Each stroke is a disc of two pixels' radius on a figure of the test split, at a random
place of it, in the mean colour that another test figure has there. A model follows it
by the signature `paint`; beside it stands a painter who fills the disc. Printed are

- the share of strokes whose disc has the colour to 0.1, the mean over its pixels;
- the mean absolute change of all other pixels;
- the share of the judge's attributes that are read as before. A stroke may rightly
  change one, such as the colour of the hair;
- the Frechet distance of the painted pictures to as many other test pictures, by the
  features of the judge, and that of the pictures before they are painted on;
- the median of the seconds of one stroke.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np

import keras_genmodels as kgm
from keras_genmodels.evaluation.classifiers import load_classifier
from keras_genmodels.evaluation.measures.frechet import frechet_distance

RADIUS, NEAR = 2, 0.1
INK = 0.1  # in some channel, of what is no background
BATCH = 20

Painter = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def discs(x: np.ndarray, others: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Choose a disc where both figures are, (n, height, width, 1)."""
    rows, columns = np.indices(x.shape[1:3])
    found = []
    for one, other in zip(x, others, strict=True):
        places = np.argwhere(np.minimum(one, other).max(axis=-1) > INK)
        row, column = places[rng.integers(len(places))]
        near = (rows - row) ** 2 + (columns - column) ** 2 <= RADIUS**2
        found.append(near)
    return np.float32(found)[..., None]


def read(x: np.ndarray) -> dict[str, np.ndarray]:
    """Let the judge read every attribute of pictures."""
    judge = load_classifier("lpc_sprites_stills")
    return {n: j.probabilities(x).argmax(axis=1) for n, j in judge.judges().items()}


def distance(x: np.ndarray, others: np.ndarray) -> float:
    """Measure how far pictures are from others, by the judge's features."""
    judge = load_classifier("lpc_sprites_stills")
    return float(frechet_distance(judge.features(x), judge.features(others)))


def measured(paint: Painter, strokes: int, data: list[np.ndarray]) -> list[str]:
    """Paint, and write the cells of a row."""
    x, colours, mask, others = data
    made, seconds = [], []
    for start in range(0, len(x), BATCH):
        rows = slice(start, start + BATCH)
        made.append(paint(x[rows], colours[rows], mask[rows]))
    for one in range(10):
        begun = time.perf_counter()
        paint(x[one : one + 1], colours[one : one + 1], mask[one : one + 1])
        seconds.append(time.perf_counter() - begun)
    made = np.concatenate(made)
    first, painted = x[:strokes], made[:strokes]
    here, color = mask[:strokes], colours[:strokes]
    inside = (here * np.abs(painted - color)).sum(axis=(1, 2, 3)) / 3
    inside /= here.sum(axis=(1, 2, 3))
    changed = (1 - here) * np.abs(painted - first)
    before, after = read(first), read(painted)
    kept = np.mean([before[name] == after[name] for name in before])
    return [
        f"{np.mean(inside <= NEAR):.1%}",
        f"{changed.sum() / (1 - here).sum() / 3:.4f}",
        f"{kept:.1%}",
        f"{distance(made, others):.2f}",
        f"{statistics.median(seconds):.2f}",
    ]


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("artefacts", nargs="+")
    parser.add_argument("--strokes", type=int, default=200)
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--steps", type=int, default=60)
    given = parser.parse_args()
    rng = np.random.default_rng(0)
    batches, _ = kgm.data.load(
        "lpc_sprites", "test", stills=True, batch_size=100, shuffle=False
    )
    pictures = np.concatenate([b["x"] for b in batches.as_numpy_iterator()])
    order = rng.permutation(len(pictures))
    x, donors, others = (
        pictures[order[i * given.pairs : (i + 1) * given.pairs]] for i in range(3)
    )
    here = discs(x, donors, rng)
    colour = (here * donors).sum(axis=(1, 2)) / here.sum(axis=(1, 2))
    colours = np.broadcast_to(colour[:, None, None], x.shape).astype(np.float32)
    data = [x, colours, here, others]
    columns = ["colour", "other pixels", "attributes", "Frechet distance", "seconds"]
    print("|", " | ".join(["painter", *columns]), "|")
    print("|", " | ".join(["---"] * (1 + len(columns))), "|")
    for path in given.artefacts:
        model = kgm.export.load(path)

        def follow(x, colours, mask, model=model):
            return model.paint(x, colours, mask, steps=given.steps)

        print("|", " | ".join([path, *measured(follow, given.strokes, data)]), "|")

    def fill(x, colours, mask):
        return np.where(mask > 0, colours, x)

    print("|", " | ".join(["filled", *measured(fill, given.strokes, data)]), "|")
    print(f"before: Frechet distance {distance(x, others):.2f}")


if __name__ == "__main__":
    main()
