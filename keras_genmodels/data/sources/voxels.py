"""A person's own volumes: `voxels:PATH`, whose sub-folders are the classes."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import numpy as np

from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.files import (
    attribute_table,
    listing,
    locations,
    split_folders,
    volume_files,
)
from keras_genmodels.data.files.listing import name_below
from keras_genmodels.data.request import Arrays, Request
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.registry import register

SIZE = 32  # voxels, where nothing is asked for


@register("voxels", "dataset scheme")
def own_voxels(request: Request) -> Arrays:
    """Your own volumes in `voxels:PATH`, as cubes of 32x32x32 voxels or `image_size`.

    Arrays of three axes in `.npy` and `.npz`; `.binvox`, and closed meshes in `.off`,
    `.obj`, `.stl`, `.ply` and `.glb`, which need the extra `volumes`. What is smaller
    stands in the middle of the cube; of what is larger a voxel is filled where any part
    of it is. The axes are as the file has them: the pictures of volumes take them for
    right, up and towards the front. Classes, splits and a table of attributes are as
    those of `folder:PATH`; so are files skipped.

    Raises:
        ValueError: if PATH is no folder, holds fewer than two volumes, or a table that
            does not fit them.
        ImportError: for meshes and `.binvox` without the extra.
    """
    root = locations.named_folder(request, "voxels")
    files = [f for f in listing.files_below(root) if f != root / attribute_table.NAME]
    known = [file for file in files if file.suffix.lower() in volume_files.SUFFIXES]
    layout = split_folders.Layout.of(root, known)
    table = attribute_table.of_examples(layout, known, "volume")
    rows = {f: table[n] for f in known if (n := name_below(f, root)) in table}
    good = [file for file in rows if layout.in_split(file)]
    bad = {*files} - {*good}
    if len(good) < 2:
        raise ValueError(
            f"The folder {str(root)!r} must hold at least two volumes. Received: "
            f"{len(good)}, and {len(bad)} other files."
        )
    chosen = layout.chosen(good, request)
    read: list[pathlib.Path] = []
    size = max(request.image_size or (SIZE,))
    x = request.collect(_volumes(chosen, size, read), len(chosen))
    bad |= {*chosen} - {*read}
    listing.warn_skipped(root, sorted(bad), len(files), "volumes")
    classes = {key: sorted({rows[f][key] for f in good}) for key in rows[good[0]]}
    labels = [
        [found.index(rows[f][key]) for key, found in classes.items()] for f in read
    ]
    spec = DatasetSpec(
        f"voxels:{root.name}", x.shape[1:], side_by_side(classes), kind="volume"
    )
    return Arrays(x, np.array(labels, np.int32), spec)


own_voxels.fingerprint = locations.fingerprint_of("voxels")


def _volumes(
    files: list[pathlib.Path], size: int, read: list[pathlib.Path]
) -> Iterator[np.ndarray]:
    """Yield a volume a chunk; the files that could be read are appended to `read`."""
    for file in files:
        try:
            volume = volume_files.read(file, size)
        except volume_files.UNREADABLE:
            continue
        read.append(file)
        yield 255 * volume[None]
