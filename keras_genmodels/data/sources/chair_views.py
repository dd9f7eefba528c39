"""Single views of rendered chairs: pictures whose every attribute can be seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.cache import cached
from keras_genmodels.data.files import locations
from keras_genmodels.data.rendering.turntable import ELEVATIONS, MOTIONS, STEPS, VIEWS
from keras_genmodels.data.request import SPLIT_SEED, Arrays, Request, in_memory
from keras_genmodels.data.sources.chairs import STYLE, chairs
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.registry import register

AZIMUTHS = tuple(str(round(360 * step / STEPS)) for step in range(STEPS))
VIEW = {
    "azimuth": AZIMUTHS,
    "elevation": tuple(str(round(degrees)) for degrees in ELEVATIONS),
}


@register("chair_views", "dataset")
def chair_views(request: Request) -> Arrays:
    """Pictures of rendered chairs, 64x64x3: 47,616 for training, 15,872 for test, 7
    attributes; no download.

    They are the views of `chairs`, each by itself: `legs`, `back`, `armrests`, `seat`
    and `colour` of the chair, and where it is seen from, `azimuth`, one of 31 steps of
    a turn in degrees, and `elevation`, 20 or 30 degrees. Chairs of "test" are not in
    "train". The first examples are of as many chairs as possible.
    """
    clips = _turning(request)
    number = np.arange(len(clips.x)) // VIEWS  # of a view's chair
    order = _mixed(int(number[-1]) + 1)[: request.num_examples]
    style = clips.labels[:: len(MOTIONS), : len(STYLE)]  # (chairs, 5)
    view = np.stack(np.divmod(np.arange(VIEWS), STEPS)[::-1], axis=1)  # (VIEWS, 2)
    labels = np.concatenate([style[number], view[np.arange(len(number)) % VIEWS]], 1)
    spec = DatasetSpec("chair_views", clips.x.shape[1:], side_by_side(STYLE | VIEW))
    return Arrays(clips.x, labels.astype(np.int32), spec).take(order)


chair_views.licence = chairs.licence


def _turning(request: Request) -> Arrays:
    """Read the clips whose frames are the views, from the disk if they are there."""
    wanted = request.num_examples
    motions = None if wanted is None else wanted * len(MOTIONS)
    clips = replace(request, num_examples=motions, allocate=in_memory)
    return cached(locations.cache_folder(), "chairs", clips, chairs)


def _mixed(count: int) -> np.ndarray:
    """Order the views of chairs so that each chair comes once before one comes twice.

    Which of its views comes when is random and fixed.
    """
    views = [
        np.random.RandomState([SPLIT_SEED, chair, VIEWS]).permutation(VIEWS)
        for chair in range(count)
    ]
    return (np.array(views).T + VIEWS * np.arange(count)).ravel()
