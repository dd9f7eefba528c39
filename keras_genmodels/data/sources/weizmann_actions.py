"""The Weizmann set: nine people, filmed at simple actions."""

from __future__ import annotations

import contextlib
import dataclasses
import pathlib
from typing import Any

import numpy as np

from keras_genmodels.data.archives import tfds_prepared, weizmann
from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.files import film_strips, listing, locations, video_files
from keras_genmodels.data.request import Arrays, Request, check_split
from keras_genmodels.data.sequences import Sequences
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.registry import register

NAME = "weizmann_actions"
USUAL = 10  # frames of a clip
SIZE = 64  # pixels of a film, where nothing is asked for


@register("weizmann_actions", "dataset")
def weizmann_actions(request: Request) -> Arrays:
    """Clips of nine people at four actions, 10 x 64x64x3, cut out of 72 films; 2
    attributes.

    Attributes: `action` and `identity`. Half of the films are mirror images of the
    others; they are further films of the same people. The first two thirds of every
    film (of 51 to 146 frames) are "train", the last third is "test": each person and
    action is in both, a frame in one.

    These are the squares that MoCoGAN was published with. Where the films of the
    Weizmann Institute are found instead, there are ten actions, one film an actor and
    action, not mirrored; without `image_size` they, too, are 64x64x3.

    Blank, Gorelick, Shechtman, Irani & Basri, Actions as Space-Time Shapes, ICCV 2005;
    Tulyakov, Liu, Yang & Kautz, MoCoGAN, CVPR 2018.

    Raises:
        ValueError: if it is not on disk, or a file cannot be read.
    """
    check_split(request.split, ["train", "test"])
    folder = _strip_folder(request)
    return _read_strips(folder, request) if folder else _read_films(request)


def _fingerprint(request: Request) -> str:
    folder = _strip_folder(request)
    if folder is None:
        return tfds_prepared.fingerprint(_builder(request))
    return listing.fingerprint(weizmann.strips(folder))


weizmann_actions.fingerprint = _fingerprint
weizmann_actions.manual = True
weizmann_actions.licence = "research use"


def _strip_folder(request: Request) -> pathlib.Path | None:
    """Find the folder of the strips; None if there is none."""
    with contextlib.suppress(ValueError):
        return _fetched(request, weizmann.strips)
    return None


def _fetched(request: Request, holds: Any) -> pathlib.Path:
    return locations.fetched_folder(NAME, request, holds, weizmann.WANTED)


def _part(split: str, length: int) -> slice:
    """Select the first two thirds of so many frames, or the last third."""
    cut = 2 * length // 3
    return slice(0, cut) if split == "train" else slice(cut, length)


def _arrays(
    x: np.ndarray, labels: Any, classes: dict[str, Any], lengths: list[int], names: Any
) -> Arrays:
    spec = DatasetSpec(NAME, x.shape[1:], side_by_side(classes))
    sequences = Sequences.successive(lengths, usual=USUAL, anywhere=True, names=names)
    return Arrays(x, np.array(labels, np.int32), spec, sequences)


def _read_strips(folder: pathlib.Path, request: Request) -> Arrays:
    files = weizmann.strips(folder)
    parts = [_part(request.split, film_strips.count(file)) for file in files]
    chunks = (
        request.fit(film_strips.frames(file)[part]).numpy()
        for file, part in zip(files, parts, strict=True)
    )
    lengths = [part.stop - part.start for part in parts]
    actions = list(weizmann.ACTIONS)
    labels = [
        (actions.index(file.parent.name), int(file.stem) // weizmann.STRIPS_A_PERSON)
        for file in files
    ]
    people = [str(person) for person in range(len(weizmann.PEOPLE))]
    return _arrays(
        request.collect(chunks, sum(lengths)),
        labels,
        {"action": [*weizmann.ACTIONS.values()], "identity": people},
        lengths,
        [f"{file.parent.name}/{file.name}" for file in files],
    )


def _builder(request: Request) -> Any:
    def archive() -> pathlib.Path:
        folder = _fetched(request, weizmann.films)
        video_files.check_films(weizmann.films(folder))
        return folder

    return tfds_prepared.prepared("weizmann_films", request, archive)


def _read_films(request: Request) -> Arrays:
    builder = _builder(request)
    size = request.image_size or (SIZE, SIZE)
    request = dataclasses.replace(request, image_size=size)
    chunks, labels = [], []
    for example in tfds_prepared.examples(builder):
        frames = example["film"][_part(request.split, len(example["film"]))]
        chunks.append(request.fit(frames).numpy())
        labels.append((int(example["action"]), int(example["identity"])))
    lengths = [len(chunk) for chunk in chunks]
    x = request.collect(chunks, sum(lengths))
    classes = {"action": [*weizmann.FILMED.values()], "identity": weizmann.PEOPLE}
    return _arrays(x, labels, classes, lengths, ())
