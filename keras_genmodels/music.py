"""Tunes as events: their notes, piano rolls and MIDI files.

An event is a note after another, four numbers in [0, 1]: how long it sounds, its pitch,
its loudness, and the gap, the time since the event before began. Times are in whole
notes, and longer ones count as one. Notes that begin together have gaps of 0.
"""

from __future__ import annotations

import io
import os
from typing import Any

import numpy as np

from keras_genmodels import atomic_files

EVENT = ("length", "pitch", "loudness", "gap")
HIGHEST = 127  # the greatest pitch and loudness of MIDI
STEPS = 16  # of a whole note in a piano roll: sixteenths
PIANO = (21, 109)  # the pitches of a piano, without the last
BEATS = 4  # quarters of a whole note
TICKS = 480  # of a quarter, in MIDI files that are written
FILES = (".mid", ".midi")  # how MIDI files end
TEMPO = 500_000  # microseconds of a quarter: 120 a minute
DRUMS = 9  # the channel whose notes are drums


def is_tune(spec: Any) -> bool:
    """Check whether the examples of a data set are tunes: events of four numbers.

    Args:
        spec: a `DatasetSpec`.
    """
    return spec.kind == "sequence" and spec.x_shape[-1] == len(EVENT)


def events(notes: Any) -> np.ndarray:
    """Put notes into an order, as events.

    Args:
        notes: (n, 4), of each its begin and its length in whole notes, >= 0, its pitch
            and its loudness as MIDI counts them, in [0, 127].

    Returns:
        float32 (n, 4) in [0, 1], by begin and then by pitch, the highest first.

    Raises:
        ValueError: for another shape, or a number out of its range.

    Example:
        >>> events([[0.0, 0.5, 127, 0], [0.25, 0.5, 0, 127]]).tolist()
        [[0.5, 1.0, 0.0, 0.0], [0.5, 0.0, 1.0, 0.25]]
    """
    notes = np.asarray(notes, float)
    if notes.ndim != 2 or notes.shape[1] != len(EVENT):
        raise ValueError(f"`notes` must be (n, 4). Received: shape {notes.shape}.")
    if notes.size and (notes.min() < 0 or notes[:, 2:].max() > HIGHEST):
        raise ValueError(
            "`notes` must hold times >= 0, and pitches and loudness in [0, 127]. "
            f"Received: numbers from {notes.min()} to {notes[:, 2:].max()}."
        )
    notes = notes[np.lexsort((-notes[:, 2], notes[:, 0]))]
    begin, length, pitch, loudness = notes.T
    gap = np.diff(begin, prepend=begin[:1])
    found = [length, pitch / HIGHEST, loudness / HIGHEST, gap]
    return np.stack(found, axis=1).clip(0.0, 1.0).astype(np.float32)


def notes(tune: Any) -> np.ndarray:
    """Read events as notes.

    Args:
        tune: (n, 4) events; values outside [0, 1] are clipped.

    Returns:
        (n, 4): begin and length in whole notes, the first begin at 0, pitch and
        loudness rounded to those of MIDI.

    Raises:
        ValueError: for another shape.
    """
    tune = np.asarray(tune, float)
    if tune.ndim != 2 or tune.shape[1] != len(EVENT):
        raise ValueError(f"`tune` must be (n, 4). Received: shape {tune.shape}.")
    length, pitch, loudness, gap = tune.clip(0.0, 1.0).T
    begin = np.cumsum(gap) - gap[:1]
    heard = np.rint(HIGHEST * np.stack([pitch, loudness], axis=1))
    return np.concatenate([np.stack([begin, length], axis=1), heard], axis=1)


def piano_roll(tune: Any, width: int | None = None) -> np.ndarray:
    """Draw a tune: time to the right in sixteenths, pitches of a piano upwards.

    Args:
        tune: (n, 4) events. Every note is at least a sixteenth long; what a piano has
            not is left out.
        width: sixteenths of the picture, >= 1; what is later is left out. Default: as
            many as the tune lasts.

    Returns:
        float32 (88, width, 1) in [0, 1]: the loudness of what sounds.
    """
    heard = notes(tune)
    first = np.rint(STEPS * heard[:, 0]).astype(int)
    last = np.maximum(np.rint(STEPS * heard[:, :2].sum(axis=1)).astype(int), first + 1)
    width = int(last.max(initial=1)) if width is None else width
    low, high = PIANO
    roll = np.zeros((high - low, width, 1), np.float32)
    for begin, end, (pitch, loudness) in zip(first, last, heard[:, 2:], strict=True):
        if low <= pitch < high:
            row = roll[high - 1 - int(pitch), begin:end]
            np.maximum(row, loudness / HIGHEST, out=row)
    return roll


def piano_rolls(tunes: Any) -> np.ndarray:
    """Draw tunes as pictures of one width, that of the longest.

    Args:
        tunes: (n, events, 4).

    Returns:
        float32 (n, 88, width, 1) in [0, 1].
    """
    rolls = [piano_roll(tune) for tune in np.asarray(tunes)]
    width = max(roll.shape[1] for roll in rolls)
    rooms = [((0, 0), (0, width - roll.shape[1]), (0, 0)) for roll in rolls]
    return np.stack([np.pad(r, room) for r, room in zip(rolls, rooms, strict=True)])


def joined(tunes: Any) -> np.ndarray:
    """Put tunes one after another, each a whole note after the last one's last event.

    Args:
        tunes: (n, events, 4), n >= 1.

    Returns:
        float32 (n * events, 4) events.
    """
    tunes = np.array(tunes, np.float32)
    tunes[1:, 0, -1] = 1.0
    return tunes.reshape(-1, len(EVENT))


def read_midi(path: str | os.PathLike[str]) -> np.ndarray:
    """Read the notes of a MIDI file as events; those of drums are left out.

    Times are counted in beats: what the file says of tempo is not heard.

    Args:
        path: of a `.mid` file of format 0 or 1.

    Returns:
        float32 (n, 4) events.

    Raises:
        ImportError: without the extra `music`.
        OSError, ValueError, EOFError, KeyError or IndexError: for a file that is none.
    """
    file = _mido().MidiFile(os.fspath(path))
    whole, time = BEATS * file.ticks_per_beat, 0
    sounding: dict[tuple[int, int], tuple[int, int]] = {}
    found: list[tuple[float, float, int, int]] = []
    for message in _mido().merge_tracks(file.tracks):
        time += message.time
        if message.type not in ("note_on", "note_off") or message.channel == DRUMS:
            continue
        key = (message.channel, message.note)
        if key in sounding:  # it ends, or is struck again
            begin, loudness = sounding.pop(key)
            length = (time - begin) / whole
            found.append((begin / whole, length, message.note, loudness))
        if message.type == "note_on" and message.velocity:
            sounding[key] = (time, message.velocity)
    return events(np.reshape(found, (-1, len(EVENT))))


def midi(tune: Any) -> bytes:
    """Write a tune as a MIDI file, 120 quarters a minute.

    Args:
        tune: (n, 4) events; silent ones, whose loudness is 0, are left out.

    Returns:
        The content of the file.

    Raises:
        ImportError: without the extra `music`.
        ValueError: for another shape.
    """
    mido = _mido()
    heard = notes(tune)
    ticks = np.rint(BEATS * TICKS * heard[:, :2]).astype(int)
    moments = []  # (tick, whether it begins, pitch, loudness): ends come first
    for (begin, length), (pitch, loudness) in zip(ticks, heard[:, 2:], strict=True):
        if loudness:
            moments.append((begin, 1, int(pitch), int(loudness)))
            moments.append((begin + max(1, length), 0, int(pitch), 0))
    track, time = [mido.MetaMessage("set_tempo", tempo=TEMPO)], 0
    for tick, begins, pitch, loudness in sorted(moments):
        kind = "note_on" if begins else "note_off"
        ahead = {"time": int(tick - time)}
        track.append(mido.Message(kind, note=pitch, velocity=loudness, **ahead))
        time = tick
    file, content = mido.MidiFile(ticks_per_beat=TICKS), io.BytesIO()
    file.tracks.append(mido.MidiTrack(track))
    file.save(file=content)
    return content.getvalue()


def write_midi(path: str | os.PathLike[str], tune: Any) -> None:
    """Write a tune as a MIDI file, which appears when it is whole.

    Args:
        path: of the file.
        tune: (n, 4) events, as for `midi`.

    Raises:
        ImportError, ValueError: as for `midi`.
    """
    atomic_files.write_bytes(path, midi(tune))


def _mido() -> Any:
    """Import the library that reads and writes MIDI files."""
    try:
        import mido
    except ImportError as error:
        raise ImportError(
            "MIDI files are read and written by mido: "
            "pip install 'keras_genmodels[music]'."
        ) from error
    return mido
