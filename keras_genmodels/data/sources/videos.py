"""A person's own clips: `videos:PATH`, with folder names or a table as attributes."""

from __future__ import annotations

import pathlib
from dataclasses import replace

import numpy as np

from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.files import (
    attribute_table,
    frame_rates,
    listing,
    locations,
    split_folders,
    video_files,
)
from keras_genmodels.data.files.attribute_table import Table
from keras_genmodels.data.files.listing import name_below
from keras_genmodels.data.request import Arrays, Request
from keras_genmodels.data.sequences import Sequences
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.registry import register

USUAL = 16  # frames of a clip
# The frames of each clip, in blocks (some, height, width, channels).
Clips = dict[pathlib.Path, list[np.ndarray]]


@register("videos", "dataset scheme")
def videos(request: Request) -> Arrays:
    """Your own clips in `videos:PATH`, split in a fixed way, 80 and 20 per cent.

    A clip is a GIF, WebP or APNG file; a film such as MP4 or AVI, which needs
    `pip install keras_genmodels[video]`; or a folder of PNG, JPEG or BMP pictures in
    the order of their names. Attributes are read from `PATH/attributes.csv`, with the
    column `file` and one column an attribute; or else the sub-folders of PATH are the
    classes of `label`. If all sub-folders are splits, "train" and "test" or
    "validation", their sub-folders are the classes. Links to folders are followed. What
    is transparent shows `background`, black by default. Films and animations are
    brought to `fps` frames a second, or to the rate that most of them have. What cannot
    be read is named in one warning and skipped.

    Raises:
        ValueError: if PATH is no folder, holds fewer than two clips, clips of several
            sizes while `image_size` is not given, or a table that does not fit them.
    """
    root = locations.named_folder(request, "videos")
    clips, others = _clips(root)
    readable = [clip for clip in clips if video_files.looks_readable(clip)]
    layout = split_folders.Layout.of(root, readable)
    table = attribute_table.of_examples(layout, readable, "clip")
    good = [c for c in readable if name_below(c, root) in table and layout.in_split(c)]
    if len(good) < 2:
        raise ValueError(
            f"The folder {str(root)!r} must hold at least two clips. Received: "
            f"{len(good)}, and {len(clips) - len(good) + len(others)} other files."
        )
    video_files.check_films(good)
    request = replace(request, fps=request.fps or frame_rates.commonest(good))
    chosen = layout.chosen(good, request)
    read = _read(chosen, root, request)
    bad = {*clips} - {*good} | {*chosen} - {*read}
    listing.warn_skipped(
        root, sorted([*bad, *others]), len(clips) + len(others), "clips"
    )
    return _arrays(read, root, table, request)


def _arrays(read: Clips, root: pathlib.Path, table: Table, request: Request) -> Arrays:
    """Put the clips that could be read one after another; they leave `read`."""
    lengths = [sum(map(len, found)) for found in read.values()]
    names = [name_below(clip, root) for clip in read]
    keys = list(next(iter(table.values())))
    classes = {key: sorted({row[key] for row in table.values()}) for key in keys}
    labels = [[classes[key].index(table[name][key]) for key in keys] for name in names]
    blocks = (block for clip in list(read) for block in read.pop(clip))
    x = request.collect(blocks, sum(lengths))
    spec = DatasetSpec(f"videos:{root.name}", x.shape[1:], side_by_side(classes))
    sequences = Sequences.successive(lengths, usual=USUAL, anywhere=True, names=names)
    return Arrays(x, np.array(labels, np.int32), spec, sequences)


videos.fingerprint = locations.fingerprint_of("videos")
videos.takes = ("background", "fps")


def _clips(root: pathlib.Path) -> tuple[list[pathlib.Path], list[pathlib.Path]]:
    """List the clips below `root`, files and folders of frames, and all other files."""
    clips, others = set(), []
    for file in listing.files_below(root):
        suffix = file.suffix.lower()
        if suffix in video_files.MOVING + video_files.FILMS:
            clips.add(file)
        elif suffix in video_files.STILLS and file.parent != root:
            clips.add(file.parent)
        elif file != root / attribute_table.NAME:
            others.append(file)
    return sorted(clips, key=lambda clip: name_below(clip, root)), others


def _read(chosen: list[pathlib.Path], root: pathlib.Path, request: Request) -> Clips:
    """Read every clip that can be read."""
    read, size = {}, None
    for clip in chosen:
        try:
            found = list(video_files.blocks(clip, request))
        except video_files.UnreadableError:
            continue
        for fitted in (block.shape[1:3] for block in found):
            name = name_below(clip, root)
            size = size or (fitted, name)
            if fitted != size[0]:
                raise ValueError(
                    "Frames must have one size: give `image_size`. Received: "
                    f"{size[0]} in {size[1]!r} and {fitted} in {name!r}."
                )
        read[clip] = found
    return read
