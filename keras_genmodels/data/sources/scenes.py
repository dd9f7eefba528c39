"""Scenes of one or two coloured shapes, with a sentence about each."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from keras_genmodels.data import scene_captions as grammar
from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.request import SPLIT_SEED, Arrays, Request, check_split
from keras_genmodels.data.sources.moving_shapes import COLOURS, SHAPES
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.data.tensors import Tensor
from keras_genmodels.data.text import numbered
from keras_genmodels.registry import register

SIZE = 32  # pixels, of the picture that is drawn
COUNTS = {"train": 20_000, "test": 4_000}
RADII = {"small": (2.5, 3.5), "large": (5.0, 6.0)}  # pixels
NEAR, MIDDLE, FAR = 8.0, 16.0, 24.0  # pixels: the lines that shapes stand on
JITTER = 1.0  # pixels, of a centre
ASIDE = 5.0  # pixels, by which two shapes may be out of line
RADIUS_ROOM = 0.5  # pixels between a shape and the edge of the picture
PLACES = (
    *("top left", "top", "top right", "left", "middle", "right"),
    *("bottom left", "bottom", "bottom right"),
)
KNOWN = {
    "count": ("one", "two"),
    "shape": tuple(grammar.SHAPES),
    "colour": tuple(grammar.COLOURS),
    "size": tuple(grammar.SIZES),
    "place": (*PLACES, *grammar.RELATIONS),
    "other_shape": ("none", *grammar.SHAPES),
    "other_colour": ("none", *grammar.COLOURS),
    "other_size": ("none", *grammar.SIZES),
}
_CHUNK = 500


@register("scenes", "dataset")
def scenes(request: Request) -> Arrays:
    """Pictures of coloured shapes with captions, 32x32x3: 20,000 for training, 4,000
    for test, 8 attributes; no download.

    A disc, a square or a triangle, small or large, in four colours, at one of nine
    places; or two of them, one above or beside the other. "caption" is a sentence that
    is true of the picture, as tokens: shapes and colours are said by one of several
    words, sizes and places mostly, and no sentence is in both splits. "box" is the
    smallest one around the shape, (top, left, bottom, right) in shares of the picture.
    Of two, the attributes `shape`, `colour` and `size` and the box are those of the
    upper or the left one, those of the other begin with `other_`. Places, sizes,
    brightness and the grey behind vary.
    """
    check_split(request.split, list(COUNTS))
    count = request.limit(COUNTS[request.split])
    labels, tensors, words = [], {"caption": [], "box": []}, grammar.words()

    def pictures() -> Iterator[np.ndarray]:
        for meanings, drawn, boxes, sentences in _scenes(request.split, count):
            labels.extend(meanings)
            tensors["box"].append(boxes)
            tensors["caption"].append(numbered(sentences, words, grammar.LENGTH))
            yield request.fit(drawn).numpy()

    x = request.collect(pictures(), count)
    found = {key: np.concatenate(parts) for key, parts in tensors.items()}
    named = [
        Tensor("caption", (grammar.LENGTH,), "tokens", words),
        Tensor("box", (4,), "vector"),
    ]
    spec = DatasetSpec("scenes", x.shape[1:], side_by_side(KNOWN), tensors=named)
    return Arrays(x, np.array(labels, np.int32), spec, tensors=found)


scenes.licence = "Apache-2.0, made by this package"


@register("scenes", "statements")
def _statements(sentence: str) -> dict[str, str]:
    return grammar.statements(sentence)


def _scenes(split, count):
    """Yield chunks: labels, pictures, boxes and sentences of `count` scenes in all."""
    for start in range(0, count, _CHUNK):
        rng = np.random.RandomState(
            [SPLIT_SEED, list(COUNTS).index(split), start // _CHUNK]
        )
        made = [_scene(split, rng) for _ in range(_CHUNK)][: count - start]
        labels, pictures, boxes, sentences = zip(*made, strict=True)
        yield labels, np.stack(pictures), np.stack(boxes), sentences


def _scene(split, rng):
    """Draw a scene: its labels, uint8 picture, box and sentence."""
    meaning = _meaning(rng)
    picture = np.full((SIZE, SIZE, 3), rng.uniform(0.0, 0.25))
    box = None
    for prefix, centre in _centres(meaning, rng).items():
        radius = rng.uniform(*RADII[meaning[f"{prefix}size"]])
        low, high = radius + RADIUS_ROOM, SIZE - radius - RADIUS_ROOM
        centre = np.clip(centre, low, high)
        cover, edges = _cover(meaning[f"{prefix}shape"], centre, radius)
        paint = np.array(COLOURS[meaning[f"{prefix}colour"]]) * rng.uniform(0.75, 1.0)
        picture += cover[..., None] * (paint - picture)
        box = edges if box is None else box
    labels = [KNOWN[key].index(name) for key, name in meaning.items()]
    sentence = grammar.say(meaning, split, rng)
    return labels, np.rint(255 * picture).astype(np.uint8), box, sentence


def _meaning(rng) -> dict[str, str]:
    """Draw what a scene shows, attribute to class in the order of `KNOWN`."""
    two = rng.randint(2)
    drawn = {key: classes[rng.randint(len(classes))] for key, classes in KNOWN.items()}
    drawn["count"] = KNOWN["count"][two]
    places = tuple(grammar.RELATIONS) if two else PLACES
    drawn["place"] = places[rng.randint(len(places))]
    for key in ("shape", "colour", "size"):
        classes = KNOWN[key]
        other = classes[rng.randint(len(classes))] if two else "none"
        drawn[f"other_{key}"] = other
    return drawn


def _centres(meaning, rng) -> dict[str, np.ndarray]:
    """Draw centres (right, down) in pixels, by the prefix of a shape's attributes."""
    jitter = rng.uniform(-JITTER, JITTER, size=(2, 2))
    if meaning["count"] == "one":
        row, column = grammar.split_place(meaning["place"])
        lines = {"left": NEAR, "top": NEAR, "": MIDDLE, "right": FAR, "bottom": FAR}
        return {"": np.array([lines[column], lines[row]]) + jitter[0]}
    across = MIDDLE + rng.uniform(-ASIDE, ASIDE, size=2)
    pair = np.stack([across, np.array([NEAR, FAR]) + jitter[0]], axis=-1)
    first, other = pair if meaning["place"] == "above" else pair[:, ::-1]
    return {"": first, "other_": other}


def _cover(shape, centre, radius):
    """How much of each pixel a shape covers, and its box in shares of the picture."""
    pixels = np.arange(SIZE) + 0.5
    right, down = (pixels - centre[0]) / radius, (pixels - centre[1]) / radius
    cover = np.clip(0.5 - SHAPES[shape](right[None], down[:, None]) * radius, 0.0, 1.0)
    rows, columns = (np.flatnonzero(cover.max(axis=a) >= 0.5) for a in (1, 0))
    edges = [rows[0], columns[0], rows[-1] + 1, columns[-1] + 1]
    return cover, np.array(edges, np.float32) / SIZE
