"""Clips in files: moving pictures by Pillow, films by FFmpeg, folders of frames."""

from __future__ import annotations

import importlib.util
import pathlib
import re

import numpy as np
from PIL import Image, ImageOps, ImageSequence

from keras_genmodels.data.folder import UNREADABLE

MOVING = (".gif", ".webp", ".apng")
FILMS = (".mp4", ".avi", ".mov", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg")
STILLS = (".png", ".jpg", ".jpeg", ".bmp")


class UnreadableError(Exception):
    """A file that holds no clip, or ends too early."""


def looks_readable(path: pathlib.Path) -> bool:
    """Whether the beginning of a clip can be read; films are tried when needed."""
    if path.is_dir() or path.suffix.lower() in FILMS:
        return True
    try:
        with Image.open(path) as picture:
            return picture.n_frames > 0
    except (*UNREADABLE, AttributeError):
        return False


def frames(path: pathlib.Path) -> list[np.ndarray]:
    """The frames of a clip, each uint8 (height, width, 3).

    Args:
        path: a moving picture, a film, or a folder of pictures in the order of their
            names.

    Raises:
        UnreadableError: if a file cannot be read to its end, or holds no frame.
    """
    read = _film if path.suffix.lower() in FILMS else _moving
    try:
        found = _folder(path) if path.is_dir() else read(path)
    except UNREADABLE as error:
        raise UnreadableError(str(error)) from error
    if not found:
        raise UnreadableError("it holds no frame")
    return found


def check_films(paths: list[pathlib.Path]) -> None:
    """Refuse films where there is no FFmpeg, before anything is read."""
    films = [path for path in paths if path.suffix.lower() in FILMS and path.is_file()]
    if films and importlib.util.find_spec("imageio_ffmpeg") is None:
        raise ValueError(
            "Films are read by FFmpeg: `pip install keras_genmodels[video]`. "
            f"Received: {films[0].name!r} and {len(films) - 1} others."
        )


def _moving(path: pathlib.Path) -> list[np.ndarray]:
    with Image.open(path) as opened:
        return [
            np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(opened)
        ]


def _folder(path: pathlib.Path) -> list[np.ndarray]:
    found = []
    for still in stills(path):
        with Image.open(still) as opened:
            found.append(np.asarray(ImageOps.exif_transpose(opened).convert("RGB")))
    return found


def stills(folder: pathlib.Path) -> list[pathlib.Path]:
    """The pictures that lie in a folder itself, in the order of their names.

    Numbers count as numbers: frame 10 follows frame 9.
    """
    found = [f for f in folder.iterdir() if f.suffix.lower() in STILLS and f.is_file()]
    return sorted(found, key=lambda f: (_natural(f.stem), f.name))


def _natural(stem: str) -> list[tuple[int, str]]:
    parts = re.split(r"(\d+)", stem)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def _film(path: pathlib.Path) -> list[np.ndarray]:
    import imageio_ffmpeg

    stream = imageio_ffmpeg.read_frames(str(path))
    try:
        width, height = next(stream)["size"]
        return [np.frombuffer(f, np.uint8).reshape(height, width, 3) for f in stream]
    finally:
        stream.close()
