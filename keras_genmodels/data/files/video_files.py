"""Clips in files: animations read by Pillow, films by FFmpeg, folders of frames."""

from __future__ import annotations

import importlib.util
import pathlib
import re
import subprocess

import numpy as np
from PIL import Image, ImageSequence

from keras_genmodels.data.files.image_files import UNREADABLE
from keras_genmodels.pictures import opaque

MOVING = (".gif", ".webp", ".apng")
FILMS = (".mp4", ".avi", ".mov", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg")
STILLS = (".png", ".jpg", ".jpeg", ".bmp")
PPM = re.compile(rb"P6\s+(\d+)\s+(\d+)\s+255\s")


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


def frames(
    path: pathlib.Path, background: tuple[int, int, int] | None = None
) -> list[np.ndarray]:
    """Read the frames of a clip, each uint8 (height, width, 3).

    Args:
        path: an animation, a film, or a folder of pictures in the order of their
            names.
        background: the colour behind transparent pixels. Default: black.

    Raises:
        UnreadableError: if a file cannot be read to its end, or holds no frame.
    """
    read = _moving
    if path.is_dir() or path.suffix.lower() in FILMS:
        read = _folder if path.is_dir() else _film
    try:
        found = read(path, background)
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


def _moving(path, background) -> list[np.ndarray]:
    with Image.open(path) as opened:
        return [
            np.asarray(opaque(frame, "RGB", background))
            for frame in ImageSequence.Iterator(opened)
        ]


def _folder(path, background) -> list[np.ndarray]:
    found = []
    for still in stills(path):
        with Image.open(still) as opened:
            found.append(np.asarray(opaque(opened, "RGB", background)))
    return found


def stills(folder: pathlib.Path) -> list[pathlib.Path]:
    """List the pictures that lie in a folder itself, in the order of their names.

    Numbers count as numbers: frame 10 follows frame 9.
    """
    found = [f for f in folder.iterdir() if f.suffix.lower() in STILLS and f.is_file()]
    return sorted(found, key=lambda f: (_natural(f.stem), f.name))


def _natural(stem: str) -> list[tuple[int, str]]:
    parts = re.split(r"(\d+)", stem)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def _film(path, background) -> list[np.ndarray]:
    """Decode every frame with FFmpeg, by way of pictures in the PPM format."""
    import imageio_ffmpeg

    words = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-i", path]
    words += ["-fps_mode", "passthrough", "-f", "image2pipe", "-c:v", "ppm", "-"]
    done = subprocess.run(words, capture_output=True, check=False)
    if done.returncode:
        raise OSError(done.stderr.decode(errors="replace").strip()[-200:])
    return _from_ppm(done.stdout)


def _from_ppm(stream: bytes) -> list[np.ndarray]:
    """Split a stream into pictures: a header such as "P6 80 60 255", then pixels."""
    found, start = [], 0
    while match := PPM.match(stream, start):
        width, height = int(match[1]), int(match[2])
        pixels = np.frombuffer(stream, np.uint8, 3 * width * height, match.end())
        found.append(pixels.reshape(height, width, 3))
        start = match.end() + pixels.size
    return found
