"""Landscapes that are painted by a layout, a time of day and the weather."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.label_maps import coloured
from keras_genmodels.data.request import SPLIT_SEED, Arrays, Request, check_split
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.data.tensors import Tensor
from keras_genmodels.registry import register

SIZE = 48  # pixels, of the picture that is drawn
COUNTS = {"train": 12_000, "test": 2_000}
PARTS = ("sky", "sun", "hills", "field", "water", "trees")
KNOWN = {"time": ("day", "dusk", "night"), "weather": ("clear", "fog", "snow")}
PRESENT = {"sun": 0.7, "hills": 0.8, "water": 0.6}  # the probability of each
MOST_TREES = 4
# Colours of the parts by daylight, (red, green, blue) in [0, 1].
PAINT = {
    "sky": (0.45, 0.68, 0.95),
    "sun": (1.0, 0.93, 0.55),
    "hills": (0.42, 0.50, 0.42),
    "field": (0.40, 0.62, 0.25),
    "water": (0.20, 0.42, 0.70),
    "trees": (0.12, 0.36, 0.14),
}
SNOWY = {"hills": 0.8, "field": 0.9, "trees": 0.5}  # share of white under snow
LIGHT = {"day": (1.0, 1.0, 1.0), "dusk": (0.95, 0.62, 0.5), "night": (0.3, 0.34, 0.5)}
GLOW = {"day": (0.3, 0.2, 0.05), "dusk": (0.6, 0.25, -0.25), "night": (0.05, 0.05, 0.1)}
FOG, FOG_SHARE = 0.72, {"near": 0.25, "far": 0.75}  # a grey, and how much of it
_CHUNK = 200


@register("landscapes", "dataset")
def landscapes(request: Request) -> Arrays:
    """Painted landscapes and their layouts, 48x48x3: 12,000 for training, 2,000 for
    test, 2 attributes; no download.

    "layout" shows a colour for each of sky, sun, hills, field, water and trees, and the
    attributes say when and in which weather it is seen: `time` (day, dusk, night) and
    `weather` (clear, fog, snow). Every layout occurs once; hues, brightness and grain
    vary. With `source="layout"` a translator paints pictures of layouts.
    """
    check_split(request.split, list(COUNTS))
    count = request.limit(COUNTS[request.split])
    labels: list[np.ndarray] = []
    layouts: list[np.ndarray] = []

    def pictures() -> Iterator[np.ndarray]:
        for chosen, maps, drawn in _scenes(request.split, count):
            labels.append(chosen)
            fitted = request.fit(maps[..., None], "nearest").numpy()
            layouts.append(coloured(fitted))
            yield request.fit(drawn).numpy()

    x = request.collect(pictures(), count)
    layout = np.concatenate(layouts)
    named = [Tensor("layout", layout.shape[1:])]
    spec = DatasetSpec("landscapes", x.shape[1:], side_by_side(KNOWN), tensors=named)
    return Arrays(x, np.concatenate(labels), spec, tensors={"layout": layout})


landscapes.licence = "Apache-2.0, made by this package"


def _scenes(split, count):
    """Yield chunks of labels, maps of parts and pictures, `count` scenes in all."""
    for start in range(0, count, _CHUNK):
        rng = np.random.RandomState(
            [SPLIT_SEED, list(COUNTS).index(split), start // _CHUNK]
        )
        labels = np.stack(
            [rng.randint(len(classes), size=_CHUNK) for classes in KNOWN.values()], 1
        ).astype(np.int32)
        maps = np.stack([_layout(rng) for _ in range(_CHUNK)])
        drawn = np.stack(
            [_painted(*pair, rng) for pair in zip(maps, labels, strict=True)]
        )
        kept = slice(count - start)
        yield labels[kept], maps[kept], drawn[kept]


def _layout(rng) -> np.ndarray:
    """Draw which part each pixel shows, (SIZE, SIZE)."""
    down, right = np.mgrid[:SIZE, :SIZE] + 0.5
    horizon = SIZE * rng.uniform(0.4, 0.65)
    shown = {name: rng.uniform() < chance for name, chance in PRESENT.items()}
    found = np.where(down < horizon, PARTS.index("sky"), PARTS.index("field"))
    if shown["sun"]:
        radius = rng.uniform(2.5, 5.0)
        place = rng.uniform(radius, SIZE - radius), rng.uniform(radius, 0.6 * horizon)
        disc = np.hypot(right - place[0], down - place[1]) < radius
        found[disc & (down < horizon)] = PARTS.index("sun")
    if shown["hills"]:
        waves = [
            np.sin(2 * np.pi * (k * right / SIZE + rng.uniform())) / k
            for k in (1, 2, 3)
        ]
        height = SIZE * rng.uniform(0.06, 0.16) * (1 + 0.5 * sum(waves))
        hidden = (down >= horizon - height) & (down < horizon)
        found[hidden] = PARTS.index("hills")
    if shown["water"]:
        middle = rng.uniform(0.2, 0.8) * SIZE, rng.uniform(horizon + 5, SIZE - 2)
        radii = SIZE * rng.uniform(0.2, 0.5), rng.uniform(3.0, 7.0)
        lake = np.hypot((right - middle[0]) / radii[0], (down - middle[1]) / radii[1])
        found[(lake < 1) & (down >= horizon + 1)] = PARTS.index("water")
    for _ in range(rng.randint(MOST_TREES + 1)):
        foot = rng.uniform(horizon + 2, SIZE - 1)
        size = 3.0 + 7.0 * (foot - horizon) / (SIZE - horizon)  # nearer ones are larger
        place = rng.uniform(0, SIZE)
        crown = np.hypot(right - place, 0.8 * (down - foot + 1.5 * size)) < size
        trunk = (abs(right - place) < 0.2 * size) & (down < foot) & (down > foot - size)
        found[crown | trunk] = PARTS.index("trees")
    return found.astype(np.uint8)


def _painted(parts, labels, rng) -> np.ndarray:
    """Paint a layout, uint8 (SIZE, SIZE, 3)."""
    time, weather = (
        classes[label] for classes, label in zip(KNOWN.values(), labels, strict=True)
    )
    paint = np.array([PAINT[name] for name in PARTS])
    paint = paint * rng.uniform(0.85, 1.1, size=(len(PARTS), 1))
    paint += rng.uniform(-0.05, 0.05, size=paint.shape)
    if weather == "snow":
        white = np.array([SNOWY.get(name, 0.0) for name in PARTS])[:, None]
        paint = paint + white * (0.95 - paint)
    light = np.array(LIGHT[time])
    shining = np.arange(len(PARTS)) == PARTS.index("sun")
    paint = np.where(shining[:, None], 0.5 * (paint + light), paint * light)
    picture = paint[parts]
    low = (np.arange(SIZE) / SIZE)[:, None]  # of the sky; it glows near the horizon
    glow = np.array(GLOW[time]) * rng.uniform(0.5, 1.0) * low[..., None]
    picture = picture + (parts == PARTS.index("sky"))[..., None] * glow
    picture *= (
        1 + 0.06 * rng.normal(size=(SIZE, SIZE, 1)) * ~np.isin(parts, (0, 1))[..., None]
    )
    if weather == "fog":
        far = np.isin(parts, (0, 1, 2))
        share = np.where(far, FOG_SHARE["far"], FOG_SHARE["near"])[..., None]
        share = share * rng.uniform(0.85, 1.0)
        picture = picture + share * (FOG * light - picture)
    if weather == "snow":
        flakes = rng.uniform(size=(SIZE, SIZE, 1)) < 0.03
        picture = np.where(flakes, 0.95 * np.maximum(light, 0.5), picture)
    return np.rint(255 * np.clip(picture, 0.0, 1.0)).astype(np.uint8)
