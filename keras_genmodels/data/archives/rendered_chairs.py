"""The archive `rendered_chairs.tar`: renderings of Chair CAD models in PNG files."""

from __future__ import annotations

import pathlib
import re

import numpy as np
from PIL import Image

from keras_genmodels.data.files.image_files import UNREADABLE
from keras_genmodels.data.rendering.turntable import ELEVATIONS, STEPS

CUT = 2 / 3  # of a rendering's edge: its middle, which holds the chair
STORED = 128  # pixels of that once it is prepared
RENDERING = re.compile(r"image_\d+_p(\d+)_t(\d+)_r\d+\.png")
SUBSET = "subset.txt"
CONFIGURATIONS = {
    "all": "Every model of the archive.",
    "subset": f"The models that {SUBSET} names, a line each.",
}
WANTED = (
    "rendered_chairs.tar of https://www.di.ens.fr/willow/research/seeing3Dchairs, "
    "unpacked: rendered_chairs/MODEL/renders/image_001_p020_t011_r096.png and so on"
)


def all_models(folder: pathlib.Path) -> dict[str, pathlib.Path]:
    """Map the names of all models to their folders, in `folder` or one level below."""
    return {
        found.parent.name: found.parent
        for root in (folder / "rendered_chairs", folder)
        for found in sorted(root.glob("*/renders"))
    }


def models(folder: pathlib.Path, configuration: str) -> list[pathlib.Path]:
    """List the folders of a configuration's models.

    Raises:
        ValueError: if the subset is asked for, and its file is not there or names a
            model that is not.
    """
    there = all_models(folder)
    if configuration == "all":
        return list(there.values())
    listed = folder / SUBSET
    wanted = listed.read_text(encoding="utf-8").split() if listed.is_file() else []
    absent = [name for name in wanted if name not in there]
    if absent or not wanted:
        raise ValueError(
            f"{listed} must name models of the archive, a line each. "
            f"Received: {len(wanted)} names, of which {absent[:3]} are not there."
        )
    return [there[name] for name in wanted]


def views(model: pathlib.Path) -> list[np.ndarray]:
    """Read the middles of a model's renderings, uint8 (STORED, STORED, 3) each.

    Raises:
        ValueError: if the model does not have 31 renderings from each of two
            elevations, or one of them cannot be read.
    """
    found = {}
    for file in sorted((model / "renders").glob("*.png")):
        if match := RENDERING.fullmatch(file.name):
            found[int(match[1]), int(match[2])] = file
    counts = np.unique([elevation for elevation, _ in found], return_counts=True)[1]
    if counts.tolist() != [STEPS] * len(ELEVATIONS):
        raise ValueError(
            f"{model} must have {STEPS} renderings from each of "
            f"{len(ELEVATIONS)} elevations. Received: {counts.tolist()}."
        )
    return [_middle(found[view]) for view in sorted(found)]


def _middle(file: pathlib.Path) -> np.ndarray:
    try:
        with Image.open(file) as opened:
            picture = opened.convert("RGB")
    except UNREADABLE as error:
        raise ValueError(f"{file} must be a picture. Received: {error}.") from error
    width, height = picture.size
    edge = CUT * min(width, height)
    left, top = (width - edge) / 2, (height - edge) / 2
    box = (left, top, left + edge, top + edge)
    return np.asarray(picture.resize((STORED, STORED), Image.Resampling.BOX, box))
