"""A person's own pictures: `folder:PATH`, whose sub-folders are the classes."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import numpy as np
from PIL import Image

from keras_genmodels import pictures
from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.files import listing, locations, split_folders
from keras_genmodels.data.files.image_files import UNREADABLE
from keras_genmodels.data.request import Arrays, Request
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.registry import register

GREY_MODES = ("1", "L", "LA", "La")


@register("folder", "dataset scheme")
def folder_pictures(request: Request) -> Arrays:
    """Your own pictures in `folder:PATH`, split in a fixed way, 80 and 20 per cent.

    Sub-folders are classes, with everything below them; a folder without sub-folders is
    unlabelled. If all sub-folders are splits, "train" and "test" or "validation", their
    sub-folders are the classes. Links to folders are followed.

    Pictures are of 8 or 16 bits, of which 8 are kept, and have one channel if all are
    grey, else three. What is transparent shows `background`, black by default. Hidden
    files are passed over; files that are no such picture, and those beside the class
    folders, are named in one warning and skipped.

    Raises:
        ValueError: if PATH is no folder, holds fewer than two pictures, or pictures
            of several sizes while `image_size` is not given.
    """
    root = locations.named_folder(request, "folder")
    files = listing.files_below(root)
    channels = {file: count for file in files if (count := _channels(file))}
    layout = split_folders.Layout.of(root, channels)
    labelled = any(layout.label_of(file) for file in channels)
    channels = {f: count for f, count in channels.items() if layout.holds(f, labelled)}
    bad = [file for file in files if file not in channels]
    if len(channels) < 2:
        raise ValueError(
            f"The folder {str(root)!r} must hold at least two pictures. Received: "
            f"{len(channels)}, and {len(bad)} other files."
        )
    good = list(channels)
    chosen = layout.chosen(good, request)
    mode = "L" if max(channels.values()) == 1 else "RGB"
    read: list[pathlib.Path] = []
    x = request.collect(_chunks(chosen, mode, request, read), len(chosen))
    bad += [file for file in chosen if file not in set(read)]
    listing.warn_skipped(root, bad, len(files), "pictures")
    classes = sorted({layout.label_of(file) for file in good}) if labelled else []
    labels = [[classes.index(layout.label_of(f))] if labelled else [] for f in read]
    attributes = side_by_side({"label": classes} if labelled else {})
    spec = DatasetSpec(f"folder:{root.name}", x.shape[1:], attributes)
    return Arrays(x, np.array(labels, np.int32), spec)


def _fingerprint(request: Request) -> str:
    """Hash the files under PATH: another when one is added, removed or written."""
    root = locations.named_folder(request, "folder")
    return listing.fingerprint(listing.files_below(root))


folder_pictures.fingerprint = _fingerprint
folder_pictures.takes = ("background",)


def _channels(file: pathlib.Path) -> int:
    """Count the channels that the header tells of, 0 for what is no picture.

    Numbers of 32 bits are no picture either: nothing says which of them is white.
    """
    try:
        with Image.open(file) as picture:
            if pictures.is_deep(picture) or picture.mode in GREY_MODES:
                return 1
            return 0 if picture.mode in ("I", "F") else 3
    except UNREADABLE:
        return 0


def _chunks(
    files: list[pathlib.Path], mode: str, request: Request, read: list[pathlib.Path]
) -> Iterator[np.ndarray]:
    """Yield a picture a chunk; the files that could be read are appended to `read`."""
    for file in files:
        try:
            with Image.open(file) as opened:
                picture = np.asarray(pictures.opaque(opened, mode, request.background))
        except UNREADABLE:
            continue
        picture = picture.reshape(1, *picture.shape[:2], len(mode))
        read.append(file)
        yield request.fit(picture).numpy()
