"""Sentences about pictures, as people and published sets write them into files."""

from __future__ import annotations

import csv
import json
import pathlib
from collections.abc import Iterable, Mapping
from typing import Any

from keras_genmodels.data.files.listing import name_below

TABLE = "captions.csv"
LINES = ".token.txt"  # how Flickr8k's file of lines ends
# The path of a picture from the folder, or its name alone -> its sentences.
Captions = dict[str, list[str]]


def found(root: pathlib.Path, pictures: Iterable[pathlib.Path]) -> Captions:
    """Read the sentences about pictures from whatever form a folder has them in.

    The first of these forms that is there counts: `captions.csv` with the columns
    `file` and `caption`; JSON files as those of COCO or of Karpathy's splits; a file
    that ends in `.token.txt`, with lines `NAME#0 <tab> SENTENCE`; or beside every
    picture a text file of its name, a sentence a line.

    Args:
        root: the folder.
        pictures: paths of its pictures.

    Returns:
        Path of a picture -> its sentences; only of those that have some.

    Raises:
        ValueError: for files of these names that hold something else.
    """
    table, lines = root / TABLE, sorted(root.rglob(f"*{LINES}"))
    notes = sorted(root.rglob("*.json"))
    if table.is_file():
        told = _of_table(table)
    elif notes:
        told = _merged(_of_json(file) for file in notes)
    elif lines:
        told = _merged(_of_lines(file) for file in lines)
    else:
        return {
            name_below(picture, root): said
            for picture in pictures
            if (said := _beside(picture))
        }
    names = {name_below(picture, root): picture.name for picture in pictures}
    return {
        path: told[key]
        for path, name in names.items()
        if (key := path if path in told else name) in told
    }


def _merged(parts: Iterable[Captions]) -> Captions:
    merged: Captions = {}
    for part in parts:
        for name, said in part.items():
            merged.setdefault(name, []).extend(said)
    return merged


def _beside(picture: pathlib.Path) -> list[str]:
    text = picture.with_suffix(".txt")
    return _sentences(text.read_text("utf-8-sig")) if text.is_file() else []


def _sentences(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _of_table(file: pathlib.Path) -> Captions:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = csv.DictReader(opened, skipinitialspace=True)
        if not {"file", "caption"} <= {*(rows.fieldnames or ())}:
            raise ValueError(
                f"{file.name} must have the columns 'file' and 'caption'. "
                f"Received: {rows.fieldnames}."
            )
        return _merged({row["file"]: [row["caption"]]} for row in rows)


def _of_lines(file: pathlib.Path) -> Captions:
    told: Captions = {}
    for line in _sentences(file.read_text("utf-8-sig")):
        name, tab, said = line.partition("\t")
        if not tab:
            raise ValueError(
                f"{file.name} must hold lines of a name, a tab and a sentence. "
                f"Received: {line!r}."
            )
        told.setdefault(name.rpartition("#")[0] or name, []).append(said)
    return told


def _of_json(file: pathlib.Path) -> Captions:
    """Read COCO's annotations, or Karpathy's with the sentences in the pictures."""
    told = json.loads(file.read_text("utf-8-sig"))
    try:
        if "annotations" in told:
            names = {image["id"]: image["file_name"] for image in told["images"]}
            return _merged(
                {names[note["image_id"]]: [note["caption"]]}
                for note in told["annotations"]
            )
        return {_path(image): _raw(image) for image in told["images"]}
    except (KeyError, TypeError) as error:
        raise ValueError(
            f"{file.name} must hold captions as COCO's JSON does, or Karpathy's. "
            f"Received: {sorted(told) if isinstance(told, dict) else type(told)} "
            f"({error!r})."
        ) from error


def _path(image: Mapping[str, Any]) -> str:
    return "/".join(filter(None, [image.get("filepath", ""), image["filename"]]))


def _raw(image: Mapping[str, Any]) -> list[str]:
    return [sentence["raw"] for sentence in image["sentences"]]
