"""PIE: faces of people, taken by five cameras at once."""

from __future__ import annotations

import pathlib

import numpy as np

from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.files import locations
from keras_genmodels.data.files.listing import fingerprint
from keras_genmodels.data.request import Arrays, Request
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.registry import register

NAME = "pie"
# Number of a camera -> where it stood.
CAMERAS = {5: "one side", 7: "below", 9: "above", 27: "front", 29: "other side"}
WANTED = (
    "pie10_32.npz, pictures of ten people of CMU PIE, cropped to 32x32 by Deng Cai, as "
    "the arrays `image`, `identity` and `camera` (5, 7, 9, 27 or 29)"
)


@register("pie", "dataset")
def pie(request: Request) -> Arrays:
    """Faces of ten people from five sides, grey, 32x32x1: 1,360 for training, 340 for
    test, 2 attributes.

    The `identity`, and the `camera`: in front, on either side of it, below or above.
    Light and expression vary. Which pictures are "train" is random and fixed; every
    person is in both.

    Sim, Baker & Bsat, The CMU Pose, Illumination, and Expression Database, 2003.

    Raises:
        ValueError: if it is not on disk, or a file holds other arrays.
    """
    file = _file(request)
    with np.load(file) as arrays:
        levels, camera = arrays["image"], arrays["camera"]
        people, person = np.unique(arrays["identity"], return_inverse=True)
    unknown = sorted({*camera.tolist()} - {*CAMERAS})
    if unknown or len(levels) != len(camera):
        raise ValueError(
            f"{file} must hold pictures of the cameras {list(CAMERAS)}. "
            f"Received: {len(levels)} pictures, and the cameras {unknown}."
        )
    chosen = request.fixed_split(len(levels))
    x = request.collect([request.fit(levels[chosen][..., None]).numpy()], len(chosen))
    labels = np.stack([person, np.searchsorted(list(CAMERAS), camera)], axis=1)
    classes = {
        "identity": [str(number) for number in people],
        "camera": list(CAMERAS.values()),
    }
    spec = DatasetSpec(NAME, x.shape[1:], side_by_side(classes))
    return Arrays(x, labels[chosen].astype(np.int32), spec)


pie.fingerprint = lambda request: fingerprint([_file(request)])
pie.manual = True
pie.licence = "research use"


def _file(request: Request) -> pathlib.Path:
    return locations.fetched_file(NAME, request, "pie10_32.npz", WANTED)
