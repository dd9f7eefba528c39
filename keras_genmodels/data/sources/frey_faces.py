"""Frey faces: the frames of a film of one man's face."""

from __future__ import annotations

import pathlib

import numpy as np

from keras_genmodels.data.files import locations
from keras_genmodels.data.files.listing import fingerprint
from keras_genmodels.data.request import Arrays, Request
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.registry import register

NAME, SHAPE, COUNT = "frey_faces", (28, 20, 1), 1965
WANTED = (
    "frey_rawface.mat, the array `ff` of 560 x 1965 levels, from "
    "https://cs.nyu.edu/~roweis/data.html, or frey_faces.npz, the same as `image`, "
    "1965 x 28 x 20"
)


@register("frey_faces", "dataset")
def frey_faces(request: Request) -> Arrays:
    """One man's face in 1,965 frames of a film, 28x20x1: 1,572 for training, 393 for
    test; no attributes.

    The frames of a film resemble their neighbours: which are "train" is random and
    fixed, so that most of "test" have one in "train".

    Frey & Roweis; the pictures of papers on VAEs, such as Kingma & Welling 2014.

    Raises:
        ValueError: if it is not on disk, or a file holds other arrays.
    """
    (file,) = _files(_folder(request))
    levels = _read(file)
    if levels.shape != (COUNT, *SHAPE):
        raise ValueError(
            f"{file} must hold {COUNT} pictures of {SHAPE[0]}x{SHAPE[1]}. "
            f"Received: {levels.shape}."
        )
    chosen = request.fixed_split(COUNT)
    x = request.collect([request.fit(levels[chosen]).numpy()], len(chosen))
    spec = DatasetSpec(NAME, x.shape[1:])
    return Arrays(x, np.empty((len(x), 0), np.int32), spec)


frey_faces.fingerprint = lambda request: fingerprint(_files(_folder(request)))
frey_faces.manual = True
frey_faces.licence = "research use"


def _folder(request: Request) -> pathlib.Path:
    return locations.fetched_folder(NAME, request, _files, WANTED)


def _files(folder: pathlib.Path) -> list[pathlib.Path]:
    """Find the file in either form, in a list; nothing if there is none."""
    return locations.first_form(folder, ["frey_faces.npz"], ["frey_rawface.mat"])


def _read(file: pathlib.Path) -> np.ndarray:
    """Read the levels, uint8 (n, height, width, 1)."""
    if file.suffix == ".npz":
        with np.load(file) as arrays:
            return arrays["image"][..., None]
    import scipy.io

    columns = scipy.io.loadmat(file)["ff"]  # a picture a column, row by row
    return columns.T.reshape(-1, *SHAPE).astype(np.uint8)
