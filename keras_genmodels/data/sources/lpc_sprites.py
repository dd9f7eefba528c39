"""Game figures composed of layers: the Sprites videos from their sheets."""

from __future__ import annotations

import functools
import http.client
import io
import os
import pathlib
import shutil
import tempfile
import urllib.request
import zipfile
from collections.abc import Iterator

import numpy as np
from PIL import Image

from keras_genmodels.data.files import locations as places
from keras_genmodels.data.request import SPLIT_SEED, Arrays, Request, check_split
from keras_genmodels.data.sequences import Sequences
from keras_genmodels.data.spec import DatasetSpec, side_by_side
from keras_genmodels.registry import register

CELL, COLUMNS = 64, 13  # pixels of a cell, cells in a row of a sheet
USUAL = 8  # frames of a clip, all there are
TRAIN = 1000  # characters
SHOES = 1  # the sheet that everybody wears
# Sheet number -> what is on it, in the order of layers.
LAYERS = {
    "body": ("light", "tanned", "slate", "lavender", "brown", "dark"),
    "bottomwear": ("white", "golden", "red", "iron", "teal", "green"),
    "topwear": ("maroon", "cyan", "white", "breastplate", "leather", "shirt_and_tie"),
    "hair": ("green", "blue", "orange", "white", "red", "purple"),
}
# First cells of an action in the three directions, and the cells of its eight frames.
DIRECTIONS = ("left", "front", "right")
ACTIONS = {
    "spellcast": ((13, 26, 39), (0, 1, 2, 3, 4, 5, 4, 6)),
    "walk": ((118, 131, 144), (7, 0, 1, 2, 3, 4, 5, 6)),
    "slash": ((169, 182, 195), (0, 1, 2, 3, 4, 5, 4, 0)),
}
ARCHIVE = (
    "https://github.com/YingzhenLi/Sprites/archive/"
    "3ce4048c5227802bd8f1888e293fd3afdba91c0c.zip"
)
WANTED = (
    "sheets of the Liberated Pixel Cup, as https://github.com/YingzhenLi/Sprites has "
    "them: body, bottomwear, topwear and hair with 0.png to 5.png, and shoes/1.png"
)


@register("lpc_sprites", "dataset")
def lpc_sprites(request: Request) -> Arrays:
    """1,296 figures that cast a spell, walk and slash: 11,664 clips, 8 x 64x64x3.

    Attributes: `body`, `bottomwear`, `topwear`, `hair`, `action` and `direction`. A
    figure is one combination of the first four; 1,000 of them are "train" and 296 are
    "test", all their nine clips with them, so that every combination of the six is in
    one split or the other. The sheets are looked for on disk, then downloaded.

    Li & Mandt, Disentangled Sequential Autoencoder, ICML 2018, whose frames these are.
    The sheets of the Liberated Pixel Cup are under CC-BY-SA 3.0 and GPL 3.0.
    """
    figures = _split(request)  # (n, 4)
    cells, clips = _arrangement()  # (63,), (9, 8)
    # Neighbours in this order differ in few layers, and share what lies below.
    order = np.lexsort(figures.T[::-1])
    chunks = _pictures(_sheets(request), figures[order], cells, request)
    x = request.collect(chunks, len(figures) * len(cells))
    motions = list(np.ndindex(len(ACTIONS), len(DIRECTIONS)))
    figure = np.repeat(np.arange(len(figures)), len(motions))
    labels = np.concatenate([figures[figure], motions * len(figures)], axis=1)
    first = len(cells) * np.argsort(order)[figure]
    frames = first[:, None] + np.tile(clips, (len(figures), 1))
    known = LAYERS | {"action": tuple(ACTIONS), "direction": DIRECTIONS}
    spec = DatasetSpec("lpc_sprites", x.shape[1:], side_by_side(known))
    lengths = np.full(len(frames), USUAL, np.int32)
    sequences = Sequences(frames.astype(np.int32), lengths, usual=USUAL)
    return Arrays(x, labels.astype(np.int32), spec, sequences)


def _fingerprint(request: Request) -> str:
    return places.fingerprint(_files(_sheets(request)))


lpc_sprites.fingerprint = _fingerprint
lpc_sprites.manual = lpc_sprites.kept = True


def _split(request: Request) -> np.ndarray:
    """The figures of a split in a random and fixed order: a sheet for each layer."""
    figures = np.array(list(np.ndindex(*map(len, LAYERS.values()))))
    order = np.random.RandomState(SPLIT_SEED).permutation(len(figures))
    parts = {"train": order[:TRAIN], "test": order[TRAIN:]}
    check_split(request.split, list(parts))
    chosen = parts[request.split]
    motions = len(ACTIONS) * len(DIRECTIONS)
    return figures[chosen[: -(-request.limit(len(chosen) * motions) // motions)]]


def _arrangement() -> tuple[np.ndarray, np.ndarray]:
    """The cells that are shown, and their positions in the clips (motions, USUAL)."""
    shown = np.array(
        [
            [first + np.array(run) for first in starts]
            for starts, run in ACTIONS.values()
        ]
    ).reshape(-1, USUAL)
    cells, positions = np.unique(shown, return_inverse=True)
    return cells, positions.reshape(shown.shape)


def _pictures(
    folder: pathlib.Path, figures: np.ndarray, cells: np.ndarray, request: Request
) -> Iterator[np.ndarray]:
    """All cells of a figure at a time, uint8 (cells, CELL, CELL, 3)."""

    @functools.cache
    def layer(name: str, number: int) -> Image.Image:
        return _column(folder / name / f"{number}.png", cells)

    @functools.lru_cache(maxsize=len(LAYERS) + 1)
    def dressed(*numbers: int) -> Image.Image:
        if not numbers:
            return Image.new("RGBA", (CELL, CELL * len(cells)), "black")
        name = list(LAYERS)[len(numbers) - 1]
        return Image.alpha_composite(
            dressed(*numbers[:-1]), layer(name, int(numbers[-1]))
        )

    for figure in figures:
        worn = Image.alpha_composite(dressed(*figure), layer("shoes", SHOES))
        picture = np.asarray(worn.convert("RGB")).reshape(-1, CELL, CELL, 3)
        yield request.fit(picture).numpy()


def _column(file: pathlib.Path, cells: np.ndarray) -> Image.Image:
    """Cells of a sheet, one below the other."""
    with Image.open(file) as opened:
        sheet = np.asarray(opened.convert("RGBA"))
    grid = sheet.reshape(-1, CELL, COLUMNS, CELL, 4).swapaxes(1, 2)
    return Image.fromarray(grid.reshape(-1, CELL, CELL, 4)[cells].reshape(-1, CELL, 4))


# --- the sheets -----------------------------------------------------------------------


def _files(folder: pathlib.Path) -> list[pathlib.Path]:
    """The sheets that are needed; empty if one is not there."""
    needed = [
        folder / name / f"{number}.png"
        for name, classes in LAYERS.items()
        for number in range(len(classes))
    ]
    needed.append(folder / "shoes" / f"{SHOES}.png")
    return needed if all(file.is_file() for file in needed) else []


def _sheets(request: Request) -> pathlib.Path:
    """The folder of the sheets, which are downloaded if they are nowhere."""
    try:
        return places.fetched("lpc_sprites", request, _files, WANTED)
    except ValueError as error:
        if request.manual_dir is not None:
            raise
        return _download(places.roots(request.data_dir)[0] / "lpc_sprites", error)


def _download(folder: pathlib.Path, missing: ValueError) -> pathlib.Path:
    """Fetch the sheets and their licences into a folder that appears when complete."""
    try:
        with urllib.request.urlopen(ARCHIVE, timeout=30) as answer:
            archive = zipfile.ZipFile(io.BytesIO(answer.read()))
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = tempfile.mkdtemp(prefix="lpc_sprites.", dir=folder.parent)
        try:
            archive.extractall(beside)
            (unpacked,) = pathlib.Path(beside).iterdir()
            if not _files(unpacked):
                raise OSError("the archive lacks some of the sheets")
            os.rename(unpacked, folder)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except (OSError, http.client.HTTPException, zipfile.BadZipFile) as error:
        raise ValueError(f"{missing} {ARCHIVE} could not be had: {error}.") from error
    return folder
