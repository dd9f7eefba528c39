"""Descriptions of photographs in English and in German: Multi30k."""

from __future__ import annotations

import pathlib

from keras_genmodels.data.files import listing, locations, sentence_files
from keras_genmodels.data.parallel_text import of_texts
from keras_genmodels.data.request import Arrays, Request
from keras_genmodels.registry import register

NAME = "multi30k"
# Split -> the name of its files; "validation" is the set's own part for it.
FILES = {"train": "train", "validation": "val", "test": "test_2016_flickr"}
LANGUAGES = ("de", "en")
NAMES = [f"{name}.{end}" for name in FILES.values() for end in LANGUAGES]
WANTED = (
    f"{', '.join(NAMES)}, each packed as .gz or not, from "
    "https://github.com/multi30k/dataset, data/task1/raw"
)


@register("multi30k", "dataset")
def multi30k(request: Request) -> Arrays:
    """Photographs described in German and in English: 29,000 pairs of sentences for
    training, 1,014 for validation, 1,000 for test; no attributes.

    "source" is the German sentence and x the English one, as tokens; with the option
    `reverse` the other way round. Known are the words that training has at least twice;
    small letters and large ones are the same, and points are left out. The option
    `max_words` leaves out pairs with a longer sentence.

    Elliott, Frank, Sima'an & Specia, Multi30K: Multilingual English-German Image
    Descriptions, 2016.

    Raises:
        ValueError: if it is not on disk, or files of a split differ in length.
    """
    folder = _folder(request)
    parts = {
        split: sentence_files.pairs(
            [_file(folder, f"{name}.{end}") for end in LANGUAGES]
        )
        for split, name in FILES.items()
    }
    return of_texts(NAME, parts, request)


multi30k.fingerprint = lambda request: listing.fingerprint(_files(_folder(request)))
multi30k.manual = True
multi30k.takes = ("reverse", "max_words")
multi30k.licence = "CC BY-NC-SA 4.0"


def _folder(request: Request) -> pathlib.Path:
    return locations.fetched_folder(NAME, request, _files, WANTED)


def _files(folder: pathlib.Path) -> list[pathlib.Path]:
    """List the files of all splits; nothing if one is not there."""
    found = [_file(folder, name) for name in NAMES]
    return found if all(file.is_file() for file in found) else []


def _file(folder: pathlib.Path, name: str) -> pathlib.Path:
    plain = folder / name
    return plain if plain.is_file() else folder / f"{name}.gz"
