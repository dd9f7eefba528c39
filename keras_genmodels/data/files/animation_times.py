"""Times of the frames of animations, read off the file without decoding a pixel."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import numpy as np

UNSAID = 100.0  # milliseconds that a frame without a duration is shown, as browsers do


def durations(path: pathlib.Path) -> list[float]:
    """Read how long each frame of a GIF, WebP or APNG file is shown, in milliseconds.

    What ends too early has as many durations as could be read; a still picture of a
    format without durations has none.
    """
    data = path.read_bytes()
    read = {b"GIF": _of_gif, b"RIF": _of_webp, b"\x89PN": _of_apng}.get(data[:3])
    return [time or UNSAID for time in read(data)] if read else []


def at_rate(
    frames: Iterator[tuple[np.ndarray, float]], fps: float
) -> Iterator[np.ndarray]:
    """Yield the frame that is shown in the middle of each step of 1 / fps seconds.

    Args:
        frames: a frame and its milliseconds, one after another.
        fps: steps a second. The last frame is shown once at least.

    Example:
        >>> shown = at_rate(iter([("a", 100.0), ("b", 300.0)]), fps=10)
        >>> "".join(shown)
        'abbb'
    """
    end, shown, frame = 0.0, 0, None
    for frame, time in frames:
        end += time
        steps = int(np.ceil(end * fps / 1000 - 0.5)) - shown
        yield from [frame] * steps
        shown += steps
    if not shown and frame is not None:
        yield frame


def _of_gif(data: bytes) -> Iterator[float]:
    """Walk over the blocks; a frame's time is in an extension before it."""
    place, time = 13 + _colours(data[10:11]), 0.0
    while data[place : place + 1] in (b"!", b","):
        if data[place : place + 2] == b"!\xf9":
            time = 10.0 * int.from_bytes(data[place + 4 : place + 6], "little")
        if data[place : place + 1] == b",":
            yield time
            place, time = place + 11 + _colours(data[place + 9 : place + 10]), 0.0
        else:
            place += 2
        while size := int.from_bytes(data[place : place + 1]):
            place += size + 1
        place += 1


def _colours(flags: bytes) -> int:
    """Tell how many bytes the table of colours has that `flags` announce."""
    value = int.from_bytes(flags)
    return 3 * 2 ** (1 + value % 8) if value >= 128 else 0


def _of_webp(data: bytes) -> Iterator[float]:
    place = 12
    while place < len(data):
        if data[place : place + 4] == b"ANMF":
            yield float(int.from_bytes(data[place + 20 : place + 23], "little"))
        size = int.from_bytes(data[place + 4 : place + 8], "little")
        place += 8 + size + size % 2


def _of_apng(data: bytes) -> Iterator[float]:
    place = 8
    while place < len(data):
        if data[place + 4 : place + 8] == b"fcTL":
            part = int.from_bytes(data[place + 28 : place + 30])
            whole = int.from_bytes(data[place + 30 : place + 32]) or 100
            yield 1000.0 * part / whole
        place += 12 + int.from_bytes(data[place : place + 4])
