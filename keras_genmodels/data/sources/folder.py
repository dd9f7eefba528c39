"""A person's own pictures: `folder:PATH`, whose sub-folders are the classes."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageOps

from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.files import listing, locations
from keras_genmodels.data.files.image_files import UNREADABLE
from keras_genmodels.data.request import Arrays, Request
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.registry import register

GREY_MODES = ("1", "L", "LA")


@register("folder", "dataset scheme")
def folder_pictures(request: Request) -> Arrays:
    """Your own pictures in `folder:PATH`, split in a fixed way, 80 and 20 per cent.

    Sub-folders are classes, with everything below them; a folder without sub-folders is
    unlabelled. Pictures are of 8 bits and have one channel if all are grey, else three.
    Hidden files are passed over; files that are no picture of 8 bits, and those beside
    the class folders, are named in one warning and skipped.

    Raises:
        ValueError: if PATH is no folder, holds fewer than two pictures, or pictures
            of several sizes while `image_size` is not given.
    """
    root = locations.named_folder(request, "folder")
    files = listing.files_below(root)
    labelled = any(_class(file, root) for file in files)
    modes = {
        file: mode
        for file in files
        if (mode := _mode(file)) and bool(_class(file, root)) == labelled
    }
    bad = [file for file in files if file not in modes]
    if len(modes) < 2:
        raise ValueError(
            f"The folder {str(root)!r} must hold at least two pictures. Received: "
            f"{len(modes)}, and {len(bad)} other files."
        )
    good = list(modes)
    chosen = [good[i] for i in request.fixed_split(len(good))]
    grey = all(mode in GREY_MODES for mode in modes.values())
    read: list[pathlib.Path] = []
    x = request.collect(
        _chunks(chosen, "L" if grey else "RGB", request, read), len(chosen)
    )
    bad += [file for file in chosen if file not in set(read)]
    listing.warn_skipped(root, bad, len(files), "pictures")
    classes = sorted({_class(file, root) for file in good}) if labelled else []
    labels = [[classes.index(_class(file, root))] if labelled else [] for file in read]
    attributes = side_by_side({"label": classes} if labelled else {})
    spec = DatasetSpec(f"folder:{root.name}", x.shape[1:], attributes)
    return Arrays(x, np.array(labels, np.int32), spec)


def _fingerprint(request: Request) -> str:
    """Hash the files under PATH: another when one is added, removed or written."""
    root = locations.named_folder(request, "folder")
    return listing.fingerprint(listing.files_below(root))


folder_pictures.fingerprint = _fingerprint


def _class(file: pathlib.Path, root: pathlib.Path) -> str:
    """Name the sub-folder of `root` that holds `file`, "" if none does."""
    parts = file.relative_to(root).parts
    return parts[0] if len(parts) > 1 else ""


def _mode(file: pathlib.Path) -> str:
    """Read Pillow's mode from the header, "" for what is no picture of 8 bits."""
    try:
        with Image.open(file) as picture:
            return "" if picture.mode[0] in "IF" else picture.mode
    except UNREADABLE:
        return ""


def _chunks(
    files: list[pathlib.Path], mode: str, request: Request, read: list[pathlib.Path]
) -> Iterator[np.ndarray]:
    """Yield a picture a chunk; the files that could be read are appended to `read`."""
    for file in files:
        try:
            with Image.open(file) as opened:
                picture = np.asarray(ImageOps.exif_transpose(opened).convert(mode))
        except UNREADABLE:
            continue
        picture = picture.reshape(1, *picture.shape[:2], len(mode))
        read.append(file)
        yield request.fit(picture).numpy()
