"""Omniglot: characters of many alphabets, each drawn by twenty people."""

from __future__ import annotations

import io
import pathlib
import re
import zipfile
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.files import locations
from keras_genmodels.data.files.listing import fingerprint
from keras_genmodels.data.request import Arrays, Request, check_split
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.registry import register

NAME, SIDE = "omniglot_small", 105
PARTS = ("small1", "small2")
LAST_OF_TRAIN = 16  # of the twenty people
WANTED = (
    "images_background_small1.zip and images_background_small2.zip, from "
    "https://github.com/brendenlake/omniglot, or omniglot_small.npz, the same as bits "
    "in rows of bytes"
)
# images_background_small1/Greek/character07/0394_12.png: drawn by the twelfth person
_DRAWING = re.compile(
    r"[^/]+/(?P<alphabet>[^/]+)/character\d+/\d+_(?P<person>\d+)\.png"
)


class Drawings(NamedTuple):
    """Bits of ink, (n, side, side), and of each the alphabet and the person, (n,)."""

    ink: np.ndarray
    alphabet: np.ndarray
    person: np.ndarray


@register("omniglot_small", "dataset")
def omniglot_small(request: Request) -> Arrays:
    """Drawn characters, white on black, 105x105x1: 3,872 for training, 968 for test,
    1 attribute.

    The two small sets of alphabets of Omniglot together, those that are in both read
    once; the `alphabet` of each character is known. Every character was drawn by twenty
    people: sixteen of them are in "train", the others in "test".

    Lake, Salakhutdinov & Tenenbaum, Human-level Concept Learning through Probabilistic
    Program Induction, Science 2015.

    Raises:
        ValueError: if it is not on disk, or a file holds other pictures.
    """
    check_split(request.split, ["train", "test"])
    drawings = _read(_files(_folder(request)))
    names = sorted(set(drawings.alphabet.tolist()))
    trained = drawings.person <= LAST_OF_TRAIN
    rows = np.flatnonzero(trained == (request.split == "train"))
    rows = rows[request.fixed_order(len(rows))]
    pictures = 255 * drawings.ink[rows, ..., None]
    x = request.collect([request.fit(pictures).numpy()], len(rows))
    labels = np.searchsorted(names, drawings.alphabet[rows])[:, None]
    spec = DatasetSpec(NAME, x.shape[1:], side_by_side({"alphabet": names}))
    return Arrays(x, labels.astype(np.int32), spec)


omniglot_small.fingerprint = lambda request: fingerprint(_files(_folder(request)))
omniglot_small.manual = True
omniglot_small.licence = "MIT"


def _folder(request: Request) -> pathlib.Path:
    return locations.fetched_folder(NAME, request, _files, WANTED)


def _files(folder: pathlib.Path) -> list[pathlib.Path]:
    """List the file of all bits, or the two archives; nothing if one is missing."""
    archives = [f"images_background_{part}.zip" for part in PARTS]
    return locations.first_form(folder, [f"{NAME}.npz"], archives)


def _read(files: list[pathlib.Path]) -> Drawings:
    """Read all drawings, of each alphabet those of the first set that has it."""
    if files[0].suffix == ".npz":
        parts = [*_of_bits(files[0])]
    else:
        parts = [_of_archive(file) for file in files]
    known: set[str] = set()
    fresh = []
    for part in parts:
        kept = ~np.isin(part.alphabet, [*known])
        fresh.append([column[kept] for column in part])
        known |= set(part.alphabet.tolist())
    return Drawings(*map(np.concatenate, zip(*fresh, strict=True)))


def _of_bits(file: pathlib.Path) -> Iterator[Drawings]:
    """Read both sets from one file, whose bits are 1 for ink."""
    with np.load(file) as arrays:
        for part in PARTS:
            bits = np.unpackbits(arrays[f"{part}_image"], axis=1)[:, : SIDE * SIDE]
            names = arrays[f"{part}_alphabet_names"]
            yield Drawings(
                bits.reshape(-1, SIDE, SIDE),
                names[arrays[f"{part}_alphabet"]].astype(str),
                arrays[f"{part}_drawer"].astype(int),
            )


def _of_archive(file: pathlib.Path) -> Drawings:
    """Read one set as it is published: a picture a file, black on white.

    Raises:
        ValueError: for an archive without drawings of that size.
    """
    import PIL.Image

    ink, alphabets, people = [], [], []
    with zipfile.ZipFile(file) as archive:
        for name in sorted(archive.namelist()):
            if found := _DRAWING.fullmatch(name):
                with PIL.Image.open(io.BytesIO(archive.read(name))) as picture:
                    ink.append(np.asarray(picture.convert("L")) < 128)
                alphabets.append(found["alphabet"])
                people.append(int(found["person"]))
    sizes = {drawing.shape for drawing in ink}
    if sizes != {(SIDE, SIDE)}:
        raise ValueError(
            f"{file} must hold drawings of {SIDE}x{SIDE} pixels. "
            f"Received: {len(ink)} of {sorted(sizes)}."
        )
    return Drawings(np.array(ink, np.uint8), np.array(alphabets), np.array(people))
