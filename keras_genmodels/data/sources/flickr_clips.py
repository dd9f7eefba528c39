"""Unlabelled clips of scenes, each a strip in one JPEG file."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import numpy as np

from keras_genmodels.data.files import film_strips, listing, locations
from keras_genmodels.data.request import Arrays, Request
from keras_genmodels.data.sequences import Sequences
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.registry import register

USUAL = 32  # frames of a clip
WANTED = (
    "the tiny videos of http://www.cs.columbia.edu/~vondrick/tinyvideo: JPEG files in "
    "any sub-folders, each with square frames one below the other"
)


@register("flickr_clips", "dataset")
def flickr_clips(request: Request) -> Arrays:
    """Clips of scenes such as golf or beaches, 32 x 128x128x3, without labels.

    Each JPEG file is a clip, its square frames one below the other. Files are split in
    a fixed way, 80 and 20 per cent. The whole set is far too large to be in memory:
    give `num_examples`, and `cache` to decode them once. Files that cannot be read, or
    hold too few frames, are named in one warning and skipped.

    Vondrick, Pirsiavash & Torralba, Generating Videos with Scene Dynamics, NIPS 2016.

    Raises:
        ValueError: if it is not on disk, or fewer than two files are there.
    """
    folder = _folder(request)
    files = _strips(folder)
    if len(files) < 2:
        raise ValueError(
            f"{folder} must hold at least two clips. Received: {len(files)}."
        )
    chosen = [files[i] for i in request.fixed_split(len(files))]
    lengths = {file: length for file in chosen if (length := _length(file, request))}
    read: list[pathlib.Path] = []
    x = request.collect(_frames(lengths, request, read), sum(lengths.values()))
    bad = [file for file in chosen if file not in set(read)]
    listing.warn_skipped(folder, bad, len(chosen), "strips of enough frames")
    names = [file.relative_to(folder).as_posix() for file in read]
    counts = [lengths[file] for file in read]
    spec = DatasetSpec("flickr_clips", x.shape[1:])
    sequences = Sequences.successive(counts, usual=USUAL, anywhere=True, names=names)
    return Arrays(x, np.zeros((len(read), 0), np.int32), spec, sequences)


def _fingerprint(request: Request) -> str:
    # Which files are skipped depends on the number of frames that is asked for.
    files = listing.fingerprint(_strips(_folder(request)))
    return f"{files} {request.num_frames}"


flickr_clips.fingerprint = _fingerprint
flickr_clips.manual = True


def _folder(request: Request) -> pathlib.Path:
    return locations.fetched_folder("flickr_clips", request, _strips, WANTED)


def _strips(folder: pathlib.Path) -> list[pathlib.Path]:
    return listing.files_below(folder, (".jpg", ".jpeg"))


def _length(file: pathlib.Path, request: Request) -> int:
    """Count the frames of a strip; 0 for too few, or what is no strip."""
    try:
        length = film_strips.count(file)
    except ValueError:
        return 0
    return length if length >= (request.num_frames or USUAL) else 0


def _frames(
    lengths: dict[pathlib.Path, int], request: Request, read: list[pathlib.Path]
) -> Iterator[np.ndarray]:
    """Yield the clips one after another; files that could be read go into `read`."""
    for file in lengths:
        try:
            frames = film_strips.frames(file)
        except ValueError:
            continue
        read.append(file)
        yield request.fit(frames).numpy()
