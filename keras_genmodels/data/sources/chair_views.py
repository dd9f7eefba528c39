"""Single views of rendered chairs: pictures whose every attribute can be seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.cache import cached
from keras_genmodels.data.counterparts import Counterpart
from keras_genmodels.data.files import locations
from keras_genmodels.data.rendering.turntable import ELEVATIONS, MOTIONS, STEPS, VIEWS
from keras_genmodels.data.request import SPLIT_SEED, Arrays, Request, in_memory
from keras_genmodels.data.sources.chairs import STYLE, chairs, drawn, split_of
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.data.tensors import Tensor
from keras_genmodels.registry import register

AZIMUTHS = tuple(str(round(360 * step / STEPS)) for step in range(STEPS))
VIEW = {
    "azimuth": AZIMUTHS,
    "elevation": tuple(str(round(degrees)) for degrees in ELEVATIONS),
}

SIZE = 11  # numbers that tell the shape of a chair and its direction


@register("chair_views", "dataset")
def chair_views(request: Request) -> Arrays:
    """Pictures of rendered chairs, 64x64x3: 47,616 for training, 15,872 for test, 7
    attributes; no download.

    They are the views of `chairs`, each by itself: `legs`, `back`, `armrests`, `seat`
    and `colour` of the chair, and where it is seen from, `azimuth`, one of 31 steps of
    a turn in degrees, and `elevation`, 20 or 30 degrees. Chairs of "test" are not in
    "train". The first examples are of as many chairs as possible.

    With `frontal=True` x is the chair from its front, as high above it, and "source"
    the view; "coefficients" are nine measures of the chair, each from 0 to 1, and sine
    and cosine of its azimuth.
    """
    clips = _turning(request)
    number = np.arange(len(clips.x)) // VIEWS  # of a view's chair
    order = _order(clips, request)
    style = clips.labels[:: len(MOTIONS), : len(STYLE)]  # (chairs, 5)
    view = np.stack(np.divmod(np.arange(VIEWS), STEPS)[::-1], axis=1)  # (VIEWS, 2)
    labels = np.concatenate([style[number], view[np.arange(len(number)) % VIEWS]], 1)
    shape, attributes = clips.x.shape[1:], side_by_side(STYLE | VIEW)
    labels = labels.astype(np.int32)
    if not request.frontal:
        spec = DatasetSpec("chair_views", shape, attributes)
        return Arrays(clips.x, labels, spec).take(order)
    tensors = {
        "source": clips.x[order],
        "coefficients": _coefficients(request)[order],
    }
    named = [Tensor("source", shape), Tensor("coefficients", (SIZE,), "vector")]
    spec = DatasetSpec("chair_views", shape, attributes, tensors=named)
    front = STEPS * (order // STEPS)  # the first view of the same turn
    return Arrays(clips.x[front], labels[order], spec, tensors=tensors)


def _coefficients(request: Request) -> np.ndarray:
    """Measure the chairs of a split and their directions, (views, SIZE)."""
    numbers = split_of(_request_of_clips(request))
    measures = np.stack([drawn(number)[1].shares() for number in numbers])
    turn = 2 * np.pi * np.arange(STEPS) / STEPS
    directions = np.tile(np.stack([np.sin(turn), np.cos(turn)], axis=1), (2, 1))
    rows = len(numbers), VIEWS
    parts = [
        np.broadcast_to(measures[:, None], (*rows, measures.shape[1])),
        np.broadcast_to(directions, (*rows, 2)),
    ]
    return np.concatenate(parts, axis=-1).reshape(-1, SIZE).astype(np.float32)


def _in_another_class(
    request: Request, pictures: np.ndarray, attribute: str, value: int
) -> np.ndarray:
    """Render the same views in another style, or look up the chairs' other views."""
    clips = _turning(request)
    frames = _order(clips, request)[pictures]
    if attribute in STYLE:
        make = chairs.counterpart.make
        return make(_request_of_clips(request), frames, attribute, value)
    chair, view = np.divmod(frames, VIEWS)
    elevation, azimuth = np.divmod(view, STEPS)
    if attribute == "azimuth":
        azimuth = value
    else:
        elevation = value
    return clips.x[VIEWS * chair + STEPS * elevation + azimuth]


chair_views.counterpart = Counterpart((*STYLE, *VIEW), _in_another_class)
chair_views.licence = chairs.licence
chair_views.takes = ("frontal",)


def _turning(request: Request) -> Arrays:
    """Read the clips whose frames are the views, from the disk if they are there."""
    clips = _request_of_clips(request)
    return cached(locations.cache_folder(), "chairs", clips, chairs)


def _request_of_clips(request: Request) -> Request:
    """Ask for the clips of as many chairs as views are wanted."""
    wanted = request.num_examples
    motions = None if wanted is None else wanted * len(MOTIONS)
    return replace(request, num_examples=motions, frontal=False, allocate=in_memory)


def _order(clips: Arrays, request: Request) -> np.ndarray:
    """Return the frames of the clips that are wanted, in their order."""
    return _mixed(len(clips.x) // VIEWS)[: request.num_examples]


def _mixed(count: int) -> np.ndarray:
    """Order the views of chairs so that each chair comes once before one comes twice.

    Which of its views comes when is random and fixed.
    """
    views = [
        np.random.RandomState([SPLIT_SEED, chair, VIEWS]).permutation(VIEWS)
        for chair in range(count)
    ]
    return (np.array(views).T + VIEWS * np.arange(count)).ravel()
