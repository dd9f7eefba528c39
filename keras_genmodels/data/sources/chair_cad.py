"""The published renderings of Chair CAD models, from their archive."""

from __future__ import annotations

import dataclasses
import pathlib
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import Image

from keras_genmodels.data.archives import tfds_prepared as archives
from keras_genmodels.data.files import locations as places
from keras_genmodels.data.files.image_files import UNREADABLE
from keras_genmodels.data.request import Arrays, Request
from keras_genmodels.data.sources import chairs
from keras_genmodels.data.spec import DatasetSpec, side_by_side
from keras_genmodels.registry import register

VIEWS = chairs.VIEWS  # 31 steps of a turn, from 20 and then from 30 degrees above
CUT = 2 / 3  # of a rendering's edge: its middle, which holds the chair
STORED = 128  # pixels of that once it is prepared
SIZE = 64  # pixels, where nothing is asked for
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
# Where a turn begins, in its 31 steps; which of them shows the front, nobody says.
MOTION = {
    "direction": ("backwards", "forwards"),
    "start": tuple(f"step_{step}" for step in chairs.STARTS.values()),
}


def _register(name: str, configuration: str) -> None:
    """The whole archive, or a part of it, as a data set."""

    def read(request: Request) -> Arrays:
        return _read(name, configuration, request)

    def fingerprint(request: Request) -> str:
        return archives.fingerprint(_builder(configuration, request))

    read.__name__ = read.__qualname__ = name
    read.__doc__ = f"""{CONFIGURATIONS[configuration]}

    Attributes: `direction` in which the 31 steps of a turn are shown and `start`, the
    first of them, as in `chairs`. Models are split in a fixed way, 80 and 20 per cent.

    Aubry, Maturana, Efros, Russell & Sivic, Seeing 3D Chairs, CVPR 2014.
    """
    read.fingerprint = fingerprint
    read.manual = read.kept = True
    register(name, "dataset")(read)


_register("chair_cad", "all")
_register("chair_cad_subset", "subset")


def _read(name: str, configuration: str, request: Request) -> Arrays:
    builder = _builder(configuration, request)
    count = builder.info.splits.total_num_examples
    if count < 2:
        raise ValueError(f"{name!r} must have at least two models. Received: {count}.")
    scaled = request.image_size or (SIZE, SIZE)
    request = dataclasses.replace(request, image_size=scaled)
    motions = len(chairs.MOTIONS)
    models = -(-request.limit(count * motions) // motions)
    chosen = dataclasses.replace(request, num_examples=models).fixed_split(count)
    x = request.collect(_chunks(builder, chosen, request), VIEWS * len(chosen))
    # Stored order, so that what is read in one pass lies in one pass.
    _, labels, sequences = chairs.turns(np.sort(chosen))
    spec = DatasetSpec(name, x.shape[1:], side_by_side(MOTION))
    return Arrays(x, labels.astype(np.int32), spec, sequences)


def _chunks(builder: Any, chosen: np.ndarray, request: Request) -> Iterator[np.ndarray]:
    """The views of a model at a time, in the stored order."""
    wanted = {*chosen.tolist()}
    for number, example in enumerate(archives.examples(builder)):
        if number in wanted:
            yield request.fit(example["views"]).numpy()


def _builder(configuration: str, request: Request) -> Any:
    def archive() -> pathlib.Path:
        return places.fetched("chair_cad", request, _models, WANTED)

    return archives.prepared(f"chair_cad/{configuration}", request, archive)


# --- the archive ----------------------------------------------------------------------


def _models(folder: pathlib.Path) -> dict[str, pathlib.Path]:
    """The folders of all models by name, in `folder` or in what was packed."""
    return {
        found.parent.name: found.parent
        for root in (folder / "rendered_chairs", folder)
        for found in sorted(root.glob("*/renders"))
    }


def models(folder: pathlib.Path, configuration: str) -> list[pathlib.Path]:
    """The folders of a configuration's models.

    Raises:
        ValueError: if the subset is asked for, and its file is not there or names a
            model that is not.
    """
    there = _models(folder)
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
    """The middles of a model's renderings, uint8 (STORED, STORED, 3).

    Raises:
        ValueError: if the model does not have 31 renderings from each of two
            elevations, or one of them cannot be read.
    """
    found = {}
    for file in sorted((model / "renders").glob("*.png")):
        if match := RENDERING.fullmatch(file.name):
            found[int(match[1]), int(match[2])] = file
    counts = np.unique([elevation for elevation, _ in found], return_counts=True)[1]
    if counts.tolist() != [chairs.STEPS] * len(chairs.ELEVATIONS):
        raise ValueError(
            f"{model} must have {chairs.STEPS} renderings from each of "
            f"{len(chairs.ELEVATIONS)} elevations. Received: {counts.tolist()}."
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
