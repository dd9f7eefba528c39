"""Nine people, filmed at what they do: the Weizmann set of human actions."""

from __future__ import annotations

import contextlib
import dataclasses
import pathlib
import re
from typing import Any

import numpy as np

from keras_genmodels.data.archives import tfds_prepared as archives
from keras_genmodels.data.files import film_strips, video_files
from keras_genmodels.data.files import locations as places
from keras_genmodels.data.request import Arrays, Request, check_split
from keras_genmodels.data.sequences import Sequences
from keras_genmodels.data.spec import DatasetSpec, side_by_side
from keras_genmodels.registry import register

NAME = "weizmann_actions"
USUAL = 10  # frames of a clip
ACTIONS = {
    "0": "one_hand_wave",
    "1": "two_hand_wave",
    "3": "jumping_jack",
    "4": "bend",
}
STRIPS_A_PERSON = 8  # four actions, each as it was filmed and mirrored
PEOPLE = (
    "daria",
    "denis",
    "eli",
    "ido",
    "ira",
    "lena",
    "lyova",
    "moshe",
    "shahar",
)
# As the names of the original films say it.
FILMED = {
    "bend": "bend",
    "jack": "jumping_jack",
    "jump": "jump_forward",
    "pjump": "jump_in_place",
    "run": "run",
    "side": "gallop_sideways",
    "skip": "skip",
    "walk": "walk",
    "wave1": "one_hand_wave",
    "wave2": "two_hand_wave",
}
# Some are there twice, such as lena_walk1 and lena_walk2.
FILM = re.compile(rf"({'|'.join(PEOPLE)})_({'|'.join(FILMED)})\d?")
SIZE = 64  # pixels of a film, where nothing is asked for
WANTED = (
    "film strips as MoCoGAN was published with (JPEG files in the folders 0, 1, 3 and "
    "4), or the films of https://www.wisdom.weizmann.ac.il/~vision/"
    "SpaceTimeActions.html (AVI files such as daria_bend.avi, in any folders)"
)


@register(NAME, "dataset")
def weizmann_actions(request: Request) -> Arrays:
    """Nine people at four actions: 72 films of 51 to 146 frames, 64x64x3.

    Attributes: `action` and `identity`. Half of the films are mirror images of the
    others; they are further films of the same people. The first two thirds of every
    film are "train", the last third is "test": each person and action is in both, a
    frame in one.

    These are the squares that MoCoGAN was published with. Where the films of the
    Weizmann Institute are found instead, there are ten actions, one film an actor and
    action, not mirrored; without `image_size` they, too, are 64x64x3.

    Blank, Gorelick, Shechtman, Irani & Basri, Actions as Space-Time Shapes, ICCV 2005;
    Tulyakov, Liu, Yang & Kautz, MoCoGAN, CVPR 2018.

    Raises:
        ValueError: if it is not on disk, or a file cannot be read.
    """
    check_split(request.split, ["train", "test"])
    folder = _found(request)
    return _of_strips(folder, request) if folder else _of_films(request)


def _fingerprint(request: Request) -> str:
    folder = _found(request)
    if folder is None:
        return archives.fingerprint(_builder(request))
    return places.fingerprint(strips(folder))


def _found(request: Request) -> pathlib.Path | None:
    """The folder of the strips; None if there is none."""
    with contextlib.suppress(ValueError):
        return places.fetched(NAME, request, strips, WANTED)
    return None


weizmann_actions.fingerprint = _fingerprint
weizmann_actions.manual = True


def _third(split: str, length: int) -> slice:
    """The first two thirds of so many frames, or the last third."""
    cut = 2 * length // 3
    return slice(0, cut) if split == "train" else slice(cut, length)


def _arrays(
    x: np.ndarray, labels: Any, classes: dict[str, Any], lengths: list[int], names: Any
) -> Arrays:
    spec = DatasetSpec(NAME, x.shape[1:], side_by_side(classes))
    sequences = Sequences.successive(lengths, usual=USUAL, anywhere=True, names=names)
    return Arrays(x, np.array(labels, np.int32), spec, sequences)


# --- strips ---------------------------------------------------------------------------


def strips(folder: pathlib.Path) -> list[pathlib.Path]:
    """The strips of the four actions, whose names are numbers."""
    return [
        file
        for name in ACTIONS
        for file in places.files(folder / name, (".jpg",))
        if file.stem.isdecimal()
    ]


def _of_strips(folder: pathlib.Path, request: Request) -> Arrays:
    files = strips(folder)
    thirds = [_third(request.split, film_strips.count(file)) for file in files]
    chunks = (
        request.fit(film_strips.frames(file)[third]).numpy()
        for file, third in zip(files, thirds, strict=True)
    )
    lengths = [third.stop - third.start for third in thirds]
    labels = [
        (list(ACTIONS).index(file.parent.name), int(file.stem) // STRIPS_A_PERSON)
        for file in files
    ]
    people = [str(person) for person in range(len(PEOPLE))]
    return _arrays(
        request.collect(chunks, sum(lengths)),
        labels,
        {"action": [*ACTIONS.values()], "identity": people},
        lengths,
        [f"{file.parent.name}/{file.name}" for file in files],
    )


# --- films ----------------------------------------------------------------------------


def films(folder: pathlib.Path) -> list[pathlib.Path]:
    """The films whose names say who does what."""
    return [f for f in places.files(folder, (".avi",)) if FILM.fullmatch(f.stem)]


def named(film: pathlib.Path) -> tuple[str, str]:
    """The person and the action of a film, as its name says them."""
    match = FILM.fullmatch(film.stem)
    return match[1], match[2]


def _builder(request: Request) -> Any:
    def archive() -> pathlib.Path:
        folder = places.fetched(NAME, request, films, WANTED)
        video_files.check_films(films(folder))
        return folder

    return archives.prepared("weizmann_films", request, archive)


def _of_films(request: Request) -> Arrays:
    builder = _builder(request)
    size = request.image_size or (SIZE, SIZE)
    request = dataclasses.replace(request, image_size=size)
    chunks, labels = [], []
    for example in archives.examples(builder):
        frames = example["film"][_third(request.split, len(example["film"]))]
        chunks.append(request.fit(frames).numpy())
        labels.append((int(example["action"]), int(example["identity"])))
    lengths = [len(chunk) for chunk in chunks]
    x = request.collect(chunks, sum(lengths))
    classes = {"action": [*FILMED.values()], "identity": PEOPLE}
    return _arrays(x, labels, classes, lengths, ())
