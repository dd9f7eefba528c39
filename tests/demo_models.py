"""A shelf for the tests of the demo: small artefacts of every kind."""

from __future__ import annotations

import contextlib
import functools
import os
import pathlib
import subprocess
import sys
from collections.abc import Iterator

import artefacts
import numpy as np
from PIL import Image

from demo.shelf import Shelf, local
from keras_genmodels.export import exhibits

COUNT = 40  # examples beside each model


def make(folder: pathlib.Path) -> pathlib.Path:
    """Fill a folder with artefacts, their examples and the histories of GANs."""
    artefacts.export_all(folder)
    artefacts.export_clips(folder)
    artefacts.export_clips(folder, "short", whole=True)
    rng = np.random.default_rng(0)
    x = rng.uniform(size=(COUNT, 4, 4, 1))
    classes = {
        "label": rng.integers(3, size=COUNT),
        "size": rng.integers(2, size=COUNT),
    }
    condition = artefacts.SPEC.condition(COUNT, **classes)
    for path in folder.iterdir():
        exhibits.write_examples(path, x, condition)
    for name in ("cgan", "gan"):
        _history(folder, folder / name)
    return folder


def _history(scratch: pathlib.Path, artefact: pathlib.Path) -> None:
    losses = scratch / "losses.csv"
    rows = [f"{epoch},{1 / epoch},{2 + epoch}" for epoch in range(1, 21)]
    losses.write_text("\n".join(["epoch,critic_loss,generator_loss", *rows]))
    pictures = {}
    for epoch in (1, 10, 20):
        pictures[epoch] = scratch / f"{epoch}.png"
        Image.new("L", (40, 40), 10 * epoch).save(pictures[epoch])
    exhibits.write_history(artefact, losses, pictures)
    for path in (losses, *pictures.values()):
        path.unlink()


def shelf(folder: pathlib.Path) -> Shelf:
    """The shelf of a folder, its models loaded."""
    found = Shelf(folder, local)
    found.open(lambda line: None)
    return found


@functools.cache
def png(edge: int = 4) -> str:
    """A small picture in base64, its left half white."""
    from demo import uploads

    x = np.zeros((edge, edge, 1), np.float32)
    x[:, : edge // 2] = 1.0
    return uploads.encode(x)


COMMAND = ("-m", "keras_genmodels", "demo", "--saved-models")


@contextlib.contextmanager
def running(
    folder: pathlib.Path, *options: str, program: tuple[str, ...] = COMMAND
) -> Iterator[str]:
    """A demo of a folder in a process of its own; its address."""
    words = [*program, str(folder), "--port", "0", *options]
    process = subprocess.Popen(
        [sys.executable, *words],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    try:
        yield next(
            line.split()[4] for line in process.stdout if "The demo is at" in line
        )
    finally:
        process.terminate()
        process.communicate(timeout=30)
