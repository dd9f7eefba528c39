"""Models for the tests of the demo: small artefacts of every kind."""

from __future__ import annotations

import contextlib
import functools
import pathlib
import subprocess
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import artefacts
import forked
import numpy as np
from PIL import Image

from keras_genmodels.data.derived import derive
from keras_genmodels.data.text import tokens
from keras_genmodels.export import showcase
from keras_genmodels_demo.models_index import ModelsIndex, local

COUNT = 40  # examples beside each model


def make(folder: pathlib.Path) -> pathlib.Path:
    """Fill a folder with artefacts, their examples and the histories of GANs."""
    artefacts.export_all(folder)
    artefacts.export_clips(folder)
    artefacts.export_clips(folder, "short", whole=True)
    _, pixels = artefacts.export_autoregressive(folder)
    rng = np.random.default_rng(0)
    x = rng.uniform(size=(COUNT, 4, 4, 1))
    classes = {
        "label": rng.integers(3, size=COUNT),
        "size": rng.integers(2, size=COUNT),
    }
    condition = artefacts.SPEC.condition(COUNT, **classes)
    for path in folder.iterdir():
        showcase.write_examples(path, x, condition)
    showcase.write_examples(pixels, np.round(x), condition)
    _rectangles(folder, condition)
    _sentences(folder, condition)
    artefacts.export_volumes(folder)
    artefacts.export_tunes(folder)
    for path in artefacts.export_editors(folder):
        showcase.write_examples(path, rng.uniform(size=(COUNT, 8, 8, 3)), condition)
    for name in ("cgan", "gan"):
        _history(folder, folder / name)
    return folder


def _rectangles(folder: pathlib.Path, condition: np.ndarray) -> None:
    """Add models of rectangles: of their edges, their negatives and their motion."""
    drawing, negatives = artefacts.export_translators(folder)
    moving = artefacts.export_predictor(folder)
    x = np.zeros((COUNT, 8, 8, 1), np.float32)
    for i in range(COUNT):
        x[i, 1 + i % 3 : 6 + i % 2, 1 + i % 4 : 7] = 0.5 + 0.5 * i / COUNT
    edges = derive("edges", x)["source"]
    showcase.write_examples(drawing, x, condition, {"source": edges})
    others = {"y": 1.0 - x[::-1], "truth": 1.0 - x}
    showcase.write_examples(negatives, x, condition, others)
    before = {"first_frame": np.roll(x, 1, axis=2)}
    showcase.write_examples(moving, x, condition, before)


def _sentences(folder: pathlib.Path, condition: np.ndarray) -> None:
    """Add models that draw sentences, with a few of these beside them."""
    said = ["a red square", "a blue disc", "red", "a blue square"]
    captions = tokens(artefacts.SENTENCES, [said[i % 4] for i in range(COUNT)])
    boxes = np.tile(np.float32([0.1, 0.1, 0.6, 0.6]), (COUNT, 1))
    x = np.random.default_rng(1).uniform(size=(COUNT, 8, 8, 3))
    for path in artefacts.export_writers(folder):
        showcase.write_examples(path, x, condition, {"caption": captions, "box": boxes})


def _history(scratch: pathlib.Path, artefact: pathlib.Path) -> None:
    losses = scratch / "losses.csv"
    rows = [f"{epoch},{1 / epoch},{2 + epoch}" for epoch in range(1, 21)]
    losses.write_text("\n".join(["epoch,critic_loss,generator_loss", *rows]))
    pictures = {}
    for epoch in (1, 10, 20):
        pictures[epoch] = scratch / f"{epoch}.png"
        Image.new("L", (40, 40), 10 * epoch).save(pictures[epoch])
    showcase.write_history(artefact, losses, pictures)
    for path in (losses, *pictures.values()):
        path.unlink()


def index(folder: pathlib.Path) -> ModelsIndex:
    """Index a folder, its models loaded."""
    found = ModelsIndex(folder, local)
    found.open(lambda line: None)
    return found


@functools.cache
def png(edge: int = 4) -> str:
    """A small picture in base64, its left half white."""
    from keras_genmodels_demo import uploads

    x = np.zeros((edge, edge, 1), np.float32)
    x[:, : edge // 2] = 1.0
    return uploads.encode(x)


@contextlib.contextmanager
def serving(application: Any) -> Iterator[str]:
    """Serve an application as the demo does, in a thread; its address."""
    from keras_genmodels_demo import server

    one, listening = server.configured(application), server.listen("127.0.0.1", 0)
    thread = threading.Thread(target=one.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield server.address(listening)
    finally:
        one.should_exit = True
        thread.join()


COMMAND = ("-m", "keras_genmodels", "demo", "--saved-models")


@contextlib.contextmanager
def running(
    folder: pathlib.Path,
    *options: str,
    program: tuple[str, ...] = COMMAND,
    log: pathlib.Path | None = None,
) -> Iterator[str]:
    """Run a demo of a folder in a process of its own; its address."""
    demo = forked.Program(*program, folder, "--port", 0, *options, log=log)
    try:
        yield _address(demo.lines(), [])
    finally:
        demo.terminate()


@contextlib.contextmanager
def started(
    command: list[str],
    environment: Mapping[str, str],
    folder: pathlib.Path | None = None,
    said: list[str] | None = None,
) -> Iterator[str]:
    """Start a demo by a command and end it; its address, and the lines that it says."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment, cwd=folder
    )
    try:
        yield _address(process.stdout, [] if said is None else said)
    finally:
        process.terminate()
        process.communicate(timeout=30)


def _address(lines: Iterable[str], said: list[str]) -> str:
    """Read what a demo says until it says where it is."""
    for line in lines:
        said.append(line)
        if "The demo is at" in line:
            break
    assert said, "the demo ended without a word"
    return said[-1].split()[4]
