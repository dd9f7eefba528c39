"""A person's own pictures: `folder:PATH`, whose sub-folders are the classes."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import numpy as np

from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.files import (
    attribute_table,
    image_files,
    listing,
    locations,
    split_folders,
)
from keras_genmodels.data.files.listing import name_below
from keras_genmodels.data.request import Arrays, Request
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.registry import register


@register("folder", "dataset scheme")
def folder_pictures(request: Request) -> Arrays:
    """Your own pictures in `folder:PATH`, split in a fixed way, 80 and 20 per cent.

    Sub-folders are classes, with everything below them; a folder without sub-folders is
    unlabelled. If all sub-folders are splits, "train" and "test" or "validation", their
    sub-folders are the classes. Links to folders are followed. A table
    `PATH/attributes.csv`, with the column `file` and one column an attribute, takes the
    place of the classes.

    Pictures are of 8 or 16 bits, of which 8 are kept, and have one channel if all are
    grey, else three. What is transparent shows `background`, black by default. Hidden
    files are passed over; files that are no such picture, and those beside the class
    folders, are named in one warning and skipped.

    Raises:
        ValueError: if PATH is no folder, holds fewer than two pictures, or pictures
            of several sizes while `image_size` is not given, or a table that does not
            fit them.
    """
    root = locations.named_folder(request, "folder")
    files = [f for f in listing.files_below(root) if f != root / attribute_table.NAME]
    channels = {f: count for f in files if (count := image_files.channels(f))}
    layout = split_folders.Layout.of(root, channels)
    table = attribute_table.of_examples(layout, channels, "picture")
    rows = {f: table[n] for f in channels if (n := name_below(f, root)) in table}
    good = [file for file in rows if layout.in_split(file)]
    bad = {*files} - {*good}
    if len(good) < 2:
        raise ValueError(
            f"The folder {str(root)!r} must hold at least two pictures. Received: "
            f"{len(good)}, and {len(bad)} other files."
        )
    chosen = layout.chosen(good, request)
    mode = image_files.mode(channels[file] for file in good)
    read: list[pathlib.Path] = []
    x = request.collect(_chunks(chosen, mode, request, read), len(chosen))
    bad |= {*chosen} - {*read}
    listing.warn_skipped(root, sorted(bad), len(files), "pictures")
    classes = {key: sorted({rows[f][key] for f in good}) for key in rows[good[0]]}
    labels = [
        [found.index(rows[f][key]) for key, found in classes.items()] for f in read
    ]
    spec = DatasetSpec(f"folder:{root.name}", x.shape[1:], side_by_side(classes))
    return Arrays(x, np.array(labels, np.int32), spec)


folder_pictures.fingerprint = locations.fingerprint_of("folder")
folder_pictures.takes = ("background",)


def _chunks(
    files: list[pathlib.Path], mode: str, request: Request, read: list[pathlib.Path]
) -> Iterator[np.ndarray]:
    """Yield a picture a chunk; the files that could be read are appended to `read`."""
    for file in files:
        try:
            picture = image_files.read(file, mode, request.background)
        except image_files.UNREADABLE:
            continue
        read.append(file)
        yield request.fit(picture[None]).numpy()
