"""A person's own volumes: `voxels:PATH`, whose sub-folders are the classes."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import numpy as np

from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.files import (
    labelled_files,
    listing,
    locations,
    volume_files,
)
from keras_genmodels.data.files.labelled_files import LabelledFiles
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
    files = labelled_files.found(root)
    known = [file for file in files if file.suffix.lower() in volume_files.SUFFIXES]
    own = LabelledFiles.of(root, files, known, "volume")
    chosen = own.layout.chosen([*own.rows], request)
    read: list[pathlib.Path] = []
    size = max(request.image_size or (SIZE,))
    x = request.collect(_volumes(chosen, size, read), len(chosen))
    bad = own.bad | ({*chosen} - {*read})
    listing.warn_skipped(root, sorted(bad), len(files), "volumes")
    classes, labels = own.labelled(read)
    spec = DatasetSpec(
        f"voxels:{root.name}", x.shape[1:], side_by_side(classes), kind="volume"
    )
    return Arrays(x, labels, spec)


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
