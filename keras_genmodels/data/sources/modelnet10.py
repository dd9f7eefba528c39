"""ModelNet10: furniture of ten kinds as volumes of voxels."""

from __future__ import annotations

import pathlib

import numpy as np

from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.files import locations
from keras_genmodels.data.files.listing import fingerprint
from keras_genmodels.data.files.volume_files import in_cube
from keras_genmodels.data.request import Arrays, Request, check_split
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.registry import register

NAME, SIDE = "modelnet10", 30
SIZE = 32  # voxels, where nothing is asked for
KINDS = (
    *("bathtub", "bed", "chair", "desk", "dresser"),
    *("monitor", "night stand", "sofa", "table", "toilet"),
)
WANTED = (
    "modelnet10_30.npz, the cells that the meshes of ModelNet10 "
    "(https://modelnet.cs.princeton.edu) fill, with the arrays `train_voxels` and "
    "`test_voxels`, bits of 30x30x30 cells in rows of bytes, up along the last axis, "
    "and `train_label` and `test_label`, numbers of kinds in alphabetical order"
)


@register("modelnet10", "dataset")
def modelnet10(request: Request) -> Arrays:
    """Volumes of furniture, 32x32x32x1 voxels that are 0 or 1: 3,991 for training, 908
    for test, 1 attribute.

    The `kind`, one of ten, from "bathtub" to "toilet". The axes are right, up and the
    direction in which a sitter faces; cells of 30^3 have one more all round, as in
    3D-GAN. `image_size` gives other numbers of voxels, at least those 30.

    Wu et al., 3D ShapeNets: A Deep Representation for Volumetric Shapes, 2015.

    Raises:
        ValueError: if it is not on disk, a file holds other arrays, or for fewer voxels
            than the cells are.
    """
    check_split(request.split, ["train", "test"])
    file = _file(request)
    cells, labels = _read(file, request.split)
    rows = request.fixed_order(len(cells))
    size = max(request.image_size or (SIZE,))
    x = request.collect([255 * in_cube(cells[i], size)[None] for i in rows], len(rows))
    spec = DatasetSpec(NAME, x.shape[1:], side_by_side({"kind": KINDS}), kind="volume")
    return Arrays(x, labels[rows][:, None].astype(np.int32), spec)


modelnet10.fingerprint = lambda request: fingerprint([_file(request)])
modelnet10.manual = True
modelnet10.licence = "research use"


def _file(request: Request) -> pathlib.Path:
    return locations.fetched_file(NAME, request, "modelnet10_30.npz", WANTED)


def _read(file: pathlib.Path, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Read the cells of a split, uint8 (n, right, up, facing), and their labels."""
    with np.load(file) as arrays:
        packed, labels = arrays[f"{split}_voxels"], arrays[f"{split}_label"]
    if packed.shape != (len(labels), -(-(SIDE**3) // 8)) or labels.max() >= len(KINDS):
        raise ValueError(
            f"{file} must hold bits of {SIDE}x{SIDE}x{SIDE} cells and labels below "
            f"{len(KINDS)}. Received: {packed.shape}, and {labels.max()}."
        )
    bits = np.unpackbits(packed, axis=1)[:, : SIDE**3].reshape(-1, SIDE, SIDE, SIDE)
    # Stored as back, left and up: turned to right, up and facing.
    return bits[:, ::-1, ::-1].transpose(0, 2, 3, 1), labels
