"""Clips in files: animations read by Pillow, films by FFmpeg, folders of frames."""

from __future__ import annotations

import importlib.util
import itertools
import pathlib
import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from PIL import Image, ImageSequence

from keras_genmodels.data.files import animation_times, films
from keras_genmodels.data.files.animation_times import UNSAID
from keras_genmodels.data.files.image_files import UNREADABLE
from keras_genmodels.data.request import Request
from keras_genmodels.pictures import opaque

MOVING = (".gif", ".webp", ".apng")
FILMS = (".mp4", ".avi", ".mov", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg")
STILLS = (".png", ".jpg", ".jpeg", ".bmp")
BLOCK = 2**24  # bytes of frames that are fitted at once


class UnreadableError(Exception):
    """A file that holds no clip, or ends too early."""


def looks_readable(path: pathlib.Path) -> bool:
    """Tell whether a clip begins as it should; films are only tried when read."""
    if path.is_dir() or path.suffix.lower() in FILMS:
        return True
    try:
        with Image.open(path) as picture:
            return picture.n_frames > 0
    except (*UNREADABLE, AttributeError):
        return False


def frames(path: pathlib.Path, request: Request) -> Iterator[np.ndarray]:
    """Read the frames of a clip one after another, each uint8 (height, width, 3).

    Args:
        path: an animation, a film, or a folder of pictures in the order of their
            names.
        request: says what is behind transparent pixels, and how many frames a second
            show what has times; None for all as they are stored. Films, and they alone,
            have the size that it asks for.

    Raises:
        UnreadableError: if a file cannot be read to its end, or holds no frame.
    """
    read, damaged = _moving, UNREADABLE
    if path.is_dir():
        read = _folder
    elif path.suffix.lower() in FILMS:
        read, damaged = films.frames, OSError
    empty = True
    try:
        for frame in read(path, request):
            empty = False
            yield frame
    except damaged as error:
        raise UnreadableError(str(error)) from error
    if empty:
        raise UnreadableError("it holds no frame")


def rate(path: pathlib.Path) -> float | None:
    """Return the frames a second of a clip, None for what has no times or one frame.

    That of an animation is as many as show its shortest frame once.
    """
    if path.is_dir():
        return None
    if path.suffix.lower() in FILMS:
        try:
            return films.header(path).rate
        except OSError:
            return None
    times = animation_times.durations(path)
    return 1000 / min(times) if len(times) > 1 else None


def blocks(path: pathlib.Path, request: Request) -> Iterator[np.ndarray]:
    """Read a clip as `request` asks for it, uint8 (some, height, width, channels).

    A block holds frames of one size, and as many as fit into memory with ease: to fit
    many at once is faster than one by one.

    Args:
        path: as for `frames`.
        request: of size, channels, background and frame rate.

    Raises:
        UnreadableError: as `frames`.
        ValueError: if a frame is smaller than `request.crop`.
    """
    is_film = path.suffix.lower() in FILMS and not path.is_dir()
    left = replace(request, crop=None) if is_film else request
    held: list[np.ndarray] = []
    for frame in frames(path, request):
        room = BLOCK // frame.nbytes
        if held and (len(held) >= room or held[0].shape != frame.shape):
            yield left.fit(np.stack(held)).numpy()
            held = []
        held.append(frame)
    yield left.fit(np.stack(held)).numpy()


def check_films(paths: list[pathlib.Path]) -> None:
    """Refuse films where there is no FFmpeg, before anything is read."""
    found = [path for path in paths if path.suffix.lower() in FILMS and path.is_file()]
    if found and importlib.util.find_spec("imageio_ffmpeg") is None:
        raise ValueError(
            "Films are read by FFmpeg: `pip install keras_genmodels[video]`. "
            f"Received: {found[0].name!r} and {len(found) - 1} others."
        )


def _moving(path: pathlib.Path, request: Request) -> Iterator[np.ndarray]:
    times = itertools.chain(animation_times.durations(path), itertools.repeat(UNSAID))
    with Image.open(path) as opened:
        found = (
            np.asarray(opaque(frame, "RGB", request.background))
            for frame in ImageSequence.Iterator(opened)
        )
        timed = zip(found, times, strict=False)
        if request.fps:
            yield from animation_times.at_rate(timed, request.fps)
        else:
            yield from (frame for frame, _ in timed)


def _folder(path: pathlib.Path, request: Request) -> Iterator[np.ndarray]:
    for still in stills(path):
        with Image.open(still) as opened:
            yield np.asarray(opaque(opened, "RGB", request.background))


def stills(folder: pathlib.Path) -> list[pathlib.Path]:
    """List the pictures that lie in a folder itself, in the order of their names.

    Numbers count as numbers: frame 10 follows frame 9.
    """
    found = [f for f in folder.iterdir() if f.suffix.lower() in STILLS and f.is_file()]
    return sorted(found, key=lambda f: (_natural(f.stem), f.name))


def _natural(stem: str) -> list[tuple[int, str]]:
    parts = re.split(r"(\d+)", stem)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]
