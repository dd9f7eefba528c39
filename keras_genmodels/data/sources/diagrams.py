"""Series of diagrams that follow rules, and options for the last of each."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Iterator

import numpy as np

from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.rendering.diagrams import JITTER, PARTS, draw
from keras_genmodels.data.request import SPLIT_SEED, Arrays, Request, check_split
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.data.tensors import Tensor
from keras_genmodels.registry import register

COUNTS = {"train": 20_000, "validation": 2_000, "test": 2_000, "hard": 2_000}
FRAMES, OPTIONS = 6, 5
# Rule -> the part of a diagram that it changes.
CHANGED = {
    "rotation": "turn",
    "growth": "size",
    "alternation": "fill",
    "movement": "place",
    "counting": "count",
}
RULES = (*CHANGED, *map(" and ".join, itertools.combinations(CHANGED, 2)))
STEPS = 3  # eighths, at most, that a turn or a place moves by
_CHUNK = 500
# Digits, by which a series is in a split; the laws of "hard" are its own.
_SHARES = {"test": [0], "validation": [1], "train": range(2, 10), "hard": range(10)}
_TIME = np.arange(FRAMES)
_ROUND = ("turn", "place")  # of which the first value follows the last
_VALUES = tuple(PARTS.values())
# Which parts change by which rules, (rules, parts).
_CHANGES = np.array(
    [
        [part in [CHANGED[name] for name in rule.split(" and ")] for part in PARTS]
        for rule in RULES
    ]
)


@register("diagrams", "dataset")
def diagrams(request: Request) -> Arrays:
    """Series of six diagrams that follow a rule or two, 5 x 32x32x1: 20,000 for
    training, 2,000 each for validation, test and "hard", 1 attribute; no download.

    A diagram is a figure and, round it, discs in a row on eight places. A `rule` turns
    the figure, lets it grow or shrink, fills it every other time, moves the discs
    round, or counts them up or down; or two of these happen at once. All steps of a
    series are equal, and everything else stays as it is. "source" are the diagrams 1 to
    5, and `x` are 2 to 6, so that each is followed by the one beside it.

    Splits but "train" have "options", five pictures: the sixth diagram, and four that
    are wrong in one thing; in one of them, as far as a rule changes anything at the
    end, a part is still as in the fifth. No series is in two splits. In "hard" the
    parts change by laws that no other split has: turns and moves grow longer, sizes and
    counts go two up and one down, and fills change in threes. With the share
    `validation` of `load`, "validation" is a part of "train", and has no options.
    """
    check_split(request.split, list(COUNTS))
    count = request.limit(COUNTS[request.split])
    labels, pictures = [], {"source": [], "options": []}

    def series() -> Iterator[np.ndarray]:
        for rules, states, options, jitter in _series(request.split, count):
            labels.append(rules)
            shown = _drawn(states, jitter, request)
            pictures["source"].append(shown[:, :-1])
            if len(options):
                pictures["options"].append(_drawn(options, jitter, request))
            yield shown[:, 1:]

    x = request.collect(series(), count)
    tensors = {key: np.concatenate(parts) for key, parts in pictures.items() if parts}
    named = [Tensor(key, value.shape[1:], "clip") for key, value in tensors.items()]
    attributes = side_by_side({"rule": RULES})
    spec = DatasetSpec("diagrams", x.shape[1:], attributes, tensors=named)
    return Arrays(x, np.concatenate(labels)[:, None], spec, tensors=tensors)


diagrams.licence = "Apache-2.0, made by this package"


def _drawn(states: np.ndarray, jitter: np.ndarray, request: Request) -> np.ndarray:
    """Draw several diagrams of each series, (n, diagrams, height, width, 1)."""
    jitter = np.repeat(jitter, states.shape[1], axis=0)
    drawn = request.fit(draw(states.reshape(-1, len(PARTS)), jitter)).numpy()
    return drawn.reshape(*states.shape[:2], *drawn.shape[1:])


def _series(split: str, count: int) -> Iterator[tuple[np.ndarray, ...]]:
    """Draw series, so many at a time that the first ones do not depend on `count`.

    Yields:
        The numbers of the rules, the states of the diagrams, those of the options, none
        for training, and the jitter, a row a series.
    """
    for start in range(0, count, _CHUNK):
        place = list(COUNTS).index(split)
        rng = np.random.RandomState([SPLIT_SEED, place, start // _CHUNK])
        rules, states = drawn_series(split, rng)
        jitter = rng.uniform(-JITTER, JITTER, size=(_CHUNK, len(JITTER)))
        asked = rules if split != "train" else []
        ruled = [np.flatnonzero(_CHANGES[rule]) for rule in asked]
        options = np.array(list(map(_options, states, ruled, itertools.repeat(rng))))
        drawn = rules.astype(np.int32), states, options, jitter
        yield tuple(part[: count - start] for part in drawn)


def drawn_series(
    split: str, rng: np.random.RandomState
) -> tuple[np.ndarray, np.ndarray]:
    """Draw rules and series that are in this split, a chunk of them."""
    drawn, found = [], 0
    while found < _CHUNK:
        rules = rng.randint(len(RULES), size=_CHUNK)
        states = _states(_CHANGES[rules], rng, split == "hard")
        digits = [zlib.crc32(one.tobytes()) % 10 for one in states]
        own = np.flatnonzero(np.isin(digits, _SHARES[split]))
        drawn.append((rules[own], states[own]))
        found += len(own)
    rules, states = map(np.concatenate, zip(*drawn, strict=True))
    return rules[:_CHUNK], states[:_CHUNK]


def _states(changes: np.ndarray, rng: np.random.RandomState, hard: bool) -> np.ndarray:
    """Draw the states of diagrams, int32 (n, FRAMES, parts).

    Args:
        changes: bool (n, parts), which of them follow a rule.
        rng: source of random numbers.
        hard: whether the rules are those of the split "hard".
    """
    shape, columns = (len(changes), 1), []
    for part, (name, values) in enumerate(PARTS.items()):
        still = rng.randint(values, size=shape)
        moving = still
        if name in CHANGED.values():
            moving = _moving(name, values, rng, hard, shape)
        columns.append(np.where(changes[:, part, None], moving, still + 0 * _TIME))
    return np.stack(columns, axis=-1).astype("<i4")


def _moving(name, values, rng, hard, shape):
    """Draw the values of a part that follows a rule, (n, FRAMES)."""
    mirrored = rng.randint(2, size=shape)
    if name == "fill":
        if not hard:
            return (_TIME + mirrored) % 2
        return ((_TIME + rng.randint(3, size=shape)) % 3 == 0) ^ mirrored
    if name in _ROUND:
        way = _TIME * (_TIME + 1) // 2 if hard else _TIME
        step = 1 if hard else rng.randint(1, STEPS + 1, size=shape)
        return (
            rng.randint(values, size=shape) + (1 - 2 * mirrored) * step * way
        ) % values
    way = _TIME // 2 + 2 * (_TIME % 2) if hard else _TIME
    way = way + rng.randint(values - way.max(), size=shape)
    return np.where(mirrored, values - 1 - way, way)


def _options(
    states: np.ndarray, ruled: np.ndarray, rng: np.random.RandomState
) -> np.ndarray:
    """Draw the states of a series' options, (OPTIONS, parts), in random order."""
    found, tries = [states[-1]], 0
    while len(found) < OPTIONS:
        part = rng.choice(ruled) if tries < 2 else rng.randint(len(PARTS))
        wrong = states[-1].copy()
        wrong[part] = rng.randint(_VALUES[part]) if tries else states[-2, part]
        if not any(np.array_equal(wrong, other) for other in found):
            found.append(wrong)
        tries += 1
    return rng.permutation(np.array(found))
