"""A small grammar of English that describes scenes of one or two coloured shapes."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

import numpy as np

# Class -> what it may be called.
SHAPES = {
    "disc": ("disc", "circle"),
    "square": ("square", "box"),
    "triangle": ("triangle", "wedge"),
}
COLOURS = {
    "red": ("red", "crimson"),
    "green": ("green", "emerald"),
    "blue": ("blue", "azure"),
    "yellow": ("yellow", "golden"),
}
SIZES = {"small": ("small", "little", "tiny"), "large": ("large", "big", "huge")}
ROWS = {"top": ("top", "upper"), "bottom": ("bottom", "lower")}
MIDDLE = ("in the middle", "in the centre")
# Relation -> (the phrases of the first figure to the second, those the other way).
RELATIONS = {
    "above": (("above", "over"), ("below", "under")),
    "beside": (("left of", "to the left of"), ("right of", "to the right of")),
}
OPENINGS = ("", "", "there is", "here we see")
LENGTH = 16  # words of a caption
SAID = 0.7  # the probability that a size, or a place, is said
TEST_SHARE = 5  # one sentence in so many is of the test split
VOWELS = "aeiou"
NOTHING = ""  # fills a caption up

Meaning = Mapping[str, str]


def say(meaning: Meaning, split: str, rng: np.random.RandomState) -> str:
    """Write a sentence that is true of a scene, of those that belong to a split.

    Shapes and colours are always said, sizes and places mostly. A sentence belongs to
    "test" or to "train" by a hash of its words, so that none is in both.

    Args:
        meaning: attribute to class, as the set `scenes` has them.
        split: "train" or "test".
        rng: draws among the sentences.
    """
    while True:
        sentence = _sentence(meaning, rng)
        if is_of(sentence, split):
            return sentence


def is_of(sentence: str, split: str) -> bool:
    """Check whether a sentence belongs to a split."""
    in_test = zlib.crc32(sentence.encode()) % TEST_SHARE == 0
    return in_test == (split == "test")


def statements(sentence: str) -> dict[str, str]:
    """Read what a sentence says: attribute to class, without what it leaves open.

    Example:
        >>> statements("a tiny crimson disc under a blue box")["place"]
        'above'
    """
    for relation, phrases in RELATIONS.items():
        for turned, names in enumerate(phrases):
            for name in sorted(names, key=len, reverse=True):
                before, found, after = f" {sentence} ".partition(f" {name} ")
                if found:
                    parts = (after, before) if turned else (before, after)
                    first, other = map(_figure, parts)
                    other = {f"other_{key}": value for key, value in other.items()}
                    return {"count": "two", **first, "place": relation, **other}
    said = {"count": "one", **_figure(sentence), **_place(sentence.split())}
    return {**said, "other_shape": "none", "other_colour": "none", "other_size": "none"}


def words() -> tuple[str, ...]:
    """Every word of the grammar in the order of their numbers; the first is none."""
    phrases = [
        *(
            name
            for names in (SHAPES, COLOURS, SIZES)
            for n in names.values()
            for name in n
        ),
        *(name for pair in RELATIONS.values() for names in pair for name in names),
        *(name for names in ROWS.values() for name in names),
        *("a", "an", "at", "on", "near", "corner", "left", "right", "of"),
        *OPENINGS,
        *MIDDLE,
    ]
    found = {word: None for phrase in phrases for word in phrase.split()}
    return (NOTHING, *found)


def _sentence(meaning, rng):
    """Draw any sentence that is true of a scene."""
    opening = _one_of(OPENINGS, rng)
    first = _noun(meaning, "", rng)
    if meaning["count"] == "one":
        said = [opening, first]
        if rng.uniform() < SAID:
            said.append(_where(meaning["place"], rng))
    else:
        other = _noun(meaning, "other_", rng)
        turned = rng.randint(2)
        relation = _one_of(RELATIONS[meaning["place"]][turned], rng)
        pair = (other, first) if turned else (first, other)
        said = [opening, pair[0], relation, pair[1]]
    return " ".join(part for part in said if part)


def _noun(meaning, prefix, rng):
    """Draw words for a figure: "a tiny red disc"."""
    said = [
        _one_of(SIZES[meaning[f"{prefix}size"]], rng) if rng.uniform() < SAID else "",
        _one_of(COLOURS[meaning[f"{prefix}colour"]], rng),
        _one_of(SHAPES[meaning[f"{prefix}shape"]], rng),
    ]
    words = " ".join(part for part in said if part)
    return f"an {words}" if words[0] in VOWELS else f"a {words}"


def _where(place, rng):
    """Draw words for one of nine places: "in the upper left corner"."""
    row, column = split_place(place)
    if not row and not column:
        return _one_of(MIDDLE, rng)
    if not row:
        return f"{_one_of(('on', 'at'), rng)} the {column}"
    if not column:
        return f"{_one_of(('at', 'near'), rng)} the {ROWS[row][0]}"
    corner = f"the {_one_of(ROWS[row], rng)} {column}"
    return _one_of((f"at {corner}", f"in {corner} corner"), rng)


def split_place(place: str) -> tuple[str, str]:
    """The row, "top", "bottom" or "", and the column, "left", "right" or ""."""
    parts = place.split()
    row = next((name for name in ROWS if name in parts), "")
    return row, next((name for name in ("left", "right") if name in parts), "")


def _figure(part: str) -> dict[str, str]:
    """Read shape, colour and size of one figure."""
    said, found = part.split(), {}
    for key, names in (("shape", SHAPES), ("colour", COLOURS), ("size", SIZES)):
        for name, synonyms in names.items():
            if set(synonyms) & set(said):
                found[key] = name
    return found


def _place(said: Sequence[str]) -> dict[str, str]:
    """Read one of nine places, if the words have any."""
    rows = [name for name, synonyms in ROWS.items() if set(synonyms) & set(said)]
    columns = [name for name in ("left", "right") if name in said]
    if rows or columns:
        return {"place": " ".join((*rows, *columns))}
    middle = {phrase.split()[-1] for phrase in MIDDLE}
    return {"place": "middle"} if middle & set(said) else {}


def _one_of(names, rng):
    return names[rng.randint(len(names))]
