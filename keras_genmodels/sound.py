"""Tunes as sound: plucked strings, and WAV files of them."""

from __future__ import annotations

import io
import os
import wave
from typing import Any

import numpy as np

from keras_genmodels import atomic_files, checks, music

RATE = 22_050  # samples a second
SUFFIX = ".wav"  # how the files end
WHOLE = music.BEATS * music.TEMPO / 1e6  # seconds of a whole note
A4, TUNING = 69, 440.0  # a pitch of MIDI, and its Hz
HARMONICS = 6  # of a string, each the weaker the higher
DECAY, ATTACK, RELEASE = 0.7, 0.005, 0.03  # seconds
VOLUME = 0.25  # of the loudest note alone
LOUDEST = 2**15 - 1  # of a sample in a file


def waveform(tune: Any, rate: int = RATE) -> np.ndarray:
    """Play a tune, 120 quarters a minute.

    Every note is a string that is plucked: harmonics that fade together, until the note
    ends. It lasts a sixteenth at least, as in `music.piano_roll`.

    Args:
        tune: (n, 4) events, as `music.events` makes them.
        rate: samples a second, >= 1; what swings faster than half of it is left out.

    Returns:
        float32 (samples,) in [-1, 1]; where many notes sound together, all are softer.

    Raises:
        ValueError: for another shape, or a `rate` below 1.

    Example:
        >>> from keras_genmodels import music
        >>> waveform(music.events([[0.0, 0.25, 69, 127]]), rate=8000).shape
        (4000,)
    """
    rate = checks.integer("rate", rate, least=1)
    heard = music.notes(tune)
    length = np.maximum(heard[:, 1], 1 / music.STEPS)
    first = np.rint(rate * WHOLE * heard[:, 0]).astype(int)
    count = np.rint(rate * WHOLE * length).astype(int)
    sound = np.zeros((first + count).max(initial=0))
    for begin, size, (pitch, loudness) in zip(first, count, heard[:, 2:], strict=True):
        share = VOLUME * loudness / music.HIGHEST
        sound[begin : begin + size] += share * _string(pitch, size, rate)
    return (sound / max(1.0, np.abs(sound).max(initial=0))).astype(np.float32)


def _string(pitch: float, size: int, rate: int) -> np.ndarray:
    """A plucked string of a pitch, so many samples in [-1, 1]."""
    time = np.arange(size) / rate
    base = TUNING * 2 ** ((pitch - A4) / 12)
    orders = [k for k in range(1, HARMONICS + 1) if k * base < rate / 2]
    waves = sum(np.sin(2 * np.pi * k * base * time) / k**2 for k in orders)
    most = sum(1 / k**2 for k in range(1, HARMONICS + 1))
    ends = np.minimum(time / ATTACK, (size / rate - time) / RELEASE).clip(0, 1)
    return np.exp(-time / DECAY) * ends * waves / most


def wav(tune: Any, rate: int = RATE) -> bytes:
    """Write a tune as a WAV file: one channel, 16 bits a sample.

    Args:
        tune: (n, 4) events.
        rate: samples a second, >= 1.

    Returns:
        The content of the file.

    Raises:
        ValueError: as for `waveform`.
    """
    samples = np.rint(LOUDEST * waveform(tune, rate)).astype("<i2")
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return content.getvalue()


def write_wav(path: str | os.PathLike[str], tune: Any, rate: int = RATE) -> None:
    """Write a tune as a WAV file, which appears when it is whole.

    Args:
        path: of the file.
        tune: (n, 4) events.
        rate: samples a second, >= 1.

    Raises:
        ValueError: as for `waveform`.
    """
    atomic_files.write_bytes(path, wav(tune, rate))
