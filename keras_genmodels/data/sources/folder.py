"""A person's own pictures: `folder:PATH`, whose sub-folders are the classes."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import numpy as np

from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.files import (
    image_files,
    labelled_files,
    listing,
    locations,
)
from keras_genmodels.data.files.labelled_files import LabelledFiles
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
    files = labelled_files.found(root)
    channels = {f: count for f in files if (count := image_files.channels(f))}
    own = LabelledFiles.of(root, files, channels, "picture")
    chosen = own.layout.chosen([*own.rows], request)
    mode = image_files.mode(channels[file] for file in own.rows)
    read: list[pathlib.Path] = []
    x = request.collect(_chunks(chosen, mode, request, read), len(chosen))
    bad = own.bad | ({*chosen} - {*read})
    listing.warn_skipped(root, sorted(bad), len(files), "pictures")
    classes, labels = own.labelled(read)
    spec = DatasetSpec(f"folder:{root.name}", x.shape[1:], side_by_side(classes))
    return Arrays(x, labels, spec)


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
