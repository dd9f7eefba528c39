"""Chorales of Johann Sebastian Bach, as events."""

from __future__ import annotations

import json
import pathlib

import numpy as np

from keras_genmodels import music
from keras_genmodels.data.files import listing, locations
from keras_genmodels.data.request import Arrays, Request, check_split
from keras_genmodels.data.sequences import Sequences
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.registry import register

NAME, VOICES = "jsb_chorales", 4
USUAL = 48  # events of a tune
LOUDNESS = 100  # of all notes; scores of chorales say nothing of it
FILES = {"train": ("train", "valid"), "test": ("test",)}
WANTED = (
    "Jsb16thSeparated.json, of 'train', 'valid' and 'test' the chorales, each of them "
    "four pitches a sixteenth, -1 for silence, from "
    "https://github.com/czhuangusa/JSB-Chorales-dataset, or "
    "jsb_chorales.npz, the same one after another, 0 for silence, and `train_lengths`"
)


@register("jsb_chorales", "dataset")
def jsb_chorales(request: Request) -> Arrays:
    """Chorales of Bach, 48 events of 4 numbers, cut out of 305 for training and 77 for
    test; no attributes.

    An event is a note of one of the four voices: its length, pitch, loudness, and the
    gap since the event before (`keras_genmodels.music`). Sixteenths of a voice that
    have the same pitch one after another are one note. All notes are equally loud. The
    76 chorales that are meant for validation are among those for training, after the
    others.

    Allan & Williams, Harmonising Chorales by Probabilistic Inference, 2004;
    Boulanger-Lewandowski, Bengio & Vincent, Modeling Temporal Dependencies in
    High-Dimensional Sequences, 2012.

    Raises:
        ValueError: if it is not on disk, or a file holds other arrays.
    """
    check_split(request.split, ["train", "test"])
    (file,) = _files(_folder(request))
    tunes = [
        music.events(_notes(voices))
        for part in FILES[request.split]
        for voices in _read(file, part)
    ]
    lengths = [len(tune) for tune in tunes]
    sequences = Sequences.successive(lengths, usual=USUAL, anywhere=True)
    x = np.concatenate(tunes)
    labels = np.empty((len(tunes), 0), np.int32)
    return Arrays(x, labels, DatasetSpec(NAME, x.shape[1:]), sequences)


jsb_chorales.fingerprint = lambda request: listing.fingerprint(_files(_folder(request)))
jsb_chorales.manual = True
jsb_chorales.licence = "public domain"


def _folder(request: Request) -> pathlib.Path:
    return locations.fetched_folder(NAME, request, _files, WANTED)


def _files(folder: pathlib.Path) -> list[pathlib.Path]:
    """Find the file in either form, in a list; nothing if there is none."""
    return locations.first_form(folder, ["jsb_chorales.npz"], ["Jsb16thSeparated.json"])


def _read(file: pathlib.Path, part: str) -> list[np.ndarray]:
    """Read chorales, each the pitches of its voices, int (sixteenths, 4)."""
    if file.suffix == ".json":
        found = json.loads(file.read_text(encoding="utf-8"))[part]
        chorales = [np.asarray(chorale, int) for chorale in found]
    else:
        with np.load(file) as arrays:
            ends = np.cumsum(arrays[f"{part}_lengths"])[:-1]
            chorales = np.split(arrays[part].astype(int), ends)
    for chorale in chorales:
        if chorale.ndim != 2 or chorale.shape[1] != VOICES:
            raise ValueError(
                f"{file} must hold chorales of {VOICES} pitches a sixteenth. "
                f"Received: {chorale.shape}."
            )
    return chorales


def _notes(voices: np.ndarray) -> np.ndarray:
    """The notes of all voices, as `music.events` takes them."""
    found = []
    for voice in voices.T:
        begins = np.flatnonzero(np.diff(voice, prepend=-2))
        lengths = np.diff(begins, append=len(voice))
        heard = voice[begins] > 0
        times = np.stack([begins, lengths], axis=1)[heard] / music.STEPS
        pitches = voice[begins][heard]
        loudness = np.full(len(pitches), LOUDNESS)
        found.append(np.column_stack([times, pitches, loudness]))
    return np.concatenate(found)
