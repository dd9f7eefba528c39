"""The published renderings of Chair CAD models, from their archive."""

from __future__ import annotations

import dataclasses
import functools
import pathlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from keras_genmodels.data.archives import rendered_chairs, tfds_prepared
from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.files import locations
from keras_genmodels.data.rendering.turntable import MOTIONS, STARTS, VIEWS, turns
from keras_genmodels.data.request import Arrays, Request
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.registry import register

SIZE = 64  # pixels, where nothing is asked for
# The archive does not say which of the 31 steps shows the front, nor which way is
# clockwise.
MOTION = {
    "direction": ("backwards", "forwards"),
    "start": tuple(f"step_{step}" for step in STARTS.values()),
}


@register("chair_cad", "dataset")
def chair_cad(request: Request) -> Arrays:
    """Clips of 1,393 rendered chairs that turn, 16 x 64x64x3: 22,288, 2 attributes.

    Attributes: `direction` in which the 31 steps of a turn are shown and `start`, the
    first of them, as in `chairs`. Models are split in a fixed way, 80 and 20 per cent.
    A person must fetch the archive, which nobody may pass on.

    Aubry, Maturana, Efros, Russell & Sivic, Seeing 3D Chairs, CVPR 2014.
    """
    return _read("chair_cad", "all", request)


@register("chair_cad_subset", "dataset")
def chair_cad_subset(request: Request) -> Arrays:
    """Clips of the chairs of `chair_cad` that a list names, 16 x 64x64x3, 2 attributes.

    The list, `subset.txt`, lies beside the unpacked archive and has a model a line,
    such as the 809 without near-duplicates. Everything else is as in `chair_cad`.
    """
    return _read("chair_cad_subset", "subset", request)


def _fingerprint(request: Request, configuration: str) -> str:
    return tfds_prepared.fingerprint(_builder(configuration, request))


chair_cad.fingerprint = functools.partial(_fingerprint, configuration="all")
chair_cad_subset.fingerprint = functools.partial(_fingerprint, configuration="subset")
chair_cad.manual = chair_cad.kept = True
chair_cad_subset.manual = chair_cad_subset.kept = True


def _read(name: str, configuration: str, request: Request) -> Arrays:
    builder = _builder(configuration, request)
    count = builder.info.splits.total_num_examples
    if count < 2:
        raise ValueError(f"{name!r} must have at least two models. Received: {count}.")
    scaled = request.image_size or (SIZE, SIZE)
    request = dataclasses.replace(request, image_size=scaled)
    models = -(-request.limit(count * len(MOTIONS)) // len(MOTIONS))
    chosen = dataclasses.replace(request, num_examples=models).fixed_split(count)
    x = request.collect(_chunks(builder, chosen, request), VIEWS * len(chosen))
    # Stored order, so that what is read in one pass lies in one pass.
    _, labels, sequences = turns(np.sort(chosen))
    spec = DatasetSpec(name, x.shape[1:], side_by_side(MOTION))
    return Arrays(x, labels.astype(np.int32), spec, sequences)


def _chunks(builder: Any, chosen: np.ndarray, request: Request) -> Iterator[np.ndarray]:
    """Yield the views of a model at a time, in the stored order."""
    wanted = {*chosen.tolist()}
    for number, example in enumerate(tfds_prepared.examples(builder)):
        if number in wanted:
            yield request.fit(example["views"]).numpy()


def _builder(configuration: str, request: Request) -> Any:
    def archive() -> pathlib.Path:
        holds, wanted = rendered_chairs.all_models, rendered_chairs.WANTED
        return locations.fetched_folder("chair_cad", request, holds, wanted)

    return tfds_prepared.prepared(f"chair_cad/{configuration}", request, archive)
