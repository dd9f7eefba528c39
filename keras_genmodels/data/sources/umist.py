"""UMIST: faces of people who turn from profile to front."""

from __future__ import annotations

import pathlib

import numpy as np

from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.files import locations
from keras_genmodels.data.files.listing import fingerprint
from keras_genmodels.data.request import Arrays, Request
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.registry import register

NAME = "umist"
TURNS = ("profile", "near profile", "half", "near front", "front")
WANTED = (
    "umist_28x23.npz, the pictures of the UMIST, now Sheffield, face database reduced "
    "to 28x23, with the arrays `image` and `identity`, each person's in the order in "
    "which the head turns to the front"
)


@register("umist", "dataset")
def umist(request: Request) -> Arrays:
    """Faces of twenty people who turn their heads, grey, 28x23x1: 460 for training, 115
    for test, 2 attributes.

    The `identity`, and the `turn`, of five from "profile" to "front": each is a fifth
    of the pictures of a person, in their order. Which pictures are "train" is random
    and fixed; every person is in both.

    Graham & Allinson, Characterising Virtual Eigensignatures for General Purpose Face
    Recognition, 1998.

    Raises:
        ValueError: if it is not on disk, or a file holds other arrays.
    """
    file = _file(request)
    with np.load(file) as arrays:
        levels = arrays["image"]
        people, person, counts = np.unique(
            arrays["identity"], return_inverse=True, return_counts=True
        )
    if levels.ndim != 3 or len(levels) != len(person):
        raise ValueError(
            f"{file} must hold grey pictures and as many identities. Received: "
            f"{levels.shape} and {person.shape}."
        )
    place = np.array([(person[:i] == one).sum() for i, one in enumerate(person)])
    labels = np.stack([person, place * len(TURNS) // counts[person]], axis=1)
    chosen = request.fixed_split(len(levels))
    x = request.collect([request.fit(levels[chosen][..., None]).numpy()], len(chosen))
    classes = {"identity": [str(number) for number in people], "turn": list(TURNS)}
    spec = DatasetSpec(NAME, x.shape[1:], side_by_side(classes))
    return Arrays(x, labels[chosen].astype(np.int32), spec)


umist.fingerprint = lambda request: fingerprint([_file(request)])
umist.manual = True
umist.licence = "research use"


def _file(request: Request) -> pathlib.Path:
    return locations.fetched_file(NAME, request, "umist_28x23.npz", WANTED)
