"""Sheets of the Liberated Pixel Cup: layers of game figures, cell by cell."""

from __future__ import annotations

import http.client
import io
import os
import pathlib
import urllib.request
import zipfile

import numpy as np
from PIL import Image

from keras_genmodels import atomic_files
from keras_genmodels.data.files import locations
from keras_genmodels.data.request import Request

CELL, COLUMNS = 64, 13  # pixels of a cell, cells in a row of a sheet
SHOES = 1  # the sheet that everybody wears
# Sheet number -> what is on it, in the order of layers.
LAYERS = {
    "body": ("light", "tanned", "slate", "lavender", "brown", "dark"),
    "bottomwear": ("white", "golden", "red", "iron", "teal", "green"),
    "topwear": ("maroon", "cyan", "white", "breastplate", "leather", "shirt_and_tie"),
    "hair": ("green", "blue", "orange", "white", "red", "purple"),
}
ARCHIVE = (
    "https://github.com/YingzhenLi/Sprites/archive/"
    "3ce4048c5227802bd8f1888e293fd3afdba91c0c.zip"
)
WANTED = (
    "sheets of the Liberated Pixel Cup, as https://github.com/YingzhenLi/Sprites has "
    "them: body, bottomwear, topwear and hair with 0.png to 5.png, and shoes/1.png"
)


def column(file: pathlib.Path, cells: np.ndarray) -> Image.Image:
    """Cut cells out of a sheet and put them one below the other."""
    with Image.open(file) as opened:
        sheet = np.asarray(opened.convert("RGBA"))
    grid = sheet.reshape(-1, CELL, COLUMNS, CELL, 4).swapaxes(1, 2)
    return Image.fromarray(grid.reshape(-1, CELL, CELL, 4)[cells].reshape(-1, CELL, 4))


def files(folder: pathlib.Path) -> list[pathlib.Path]:
    """List the sheets that are needed; empty if one is not there."""
    needed = [
        folder / name / f"{number}.png"
        for name, classes in LAYERS.items()
        for number in range(len(classes))
    ]
    needed.append(folder / "shoes" / f"{SHOES}.png")
    return needed if all(file.is_file() for file in needed) else []


def sheet_folder(request: Request) -> pathlib.Path:
    """Find the folder of the sheets, which are downloaded if they are not on disk."""
    try:
        return locations.fetched_folder("lpc_sprites", request, files, WANTED)
    except ValueError as error:
        if request.manual_dir is not None:
            raise
        return _download(locations.roots(request.data_dir)[0] / "lpc_sprites", error)


def _download(folder: pathlib.Path, missing: ValueError) -> pathlib.Path:
    """Fetch the sheets and their licences into a folder that appears when complete."""
    try:
        with urllib.request.urlopen(ARCHIVE, timeout=30) as answer:
            archive = zipfile.ZipFile(io.BytesIO(answer.read()))
        with atomic_files.filling(folder) as beside:
            archive.extractall(beside)
            (unpacked,) = beside.iterdir()
            if not files(unpacked):
                raise OSError("the archive lacks some of the sheets")
            os.rename(unpacked, folder)
    except (OSError, http.client.HTTPException, zipfile.BadZipFile) as error:
        raise ValueError(f"{missing} {ARCHIVE} could not be had: {error}.") from error
    return folder
