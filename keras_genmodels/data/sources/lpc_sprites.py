"""Game figures composed of layers: the Sprites videos, from their sheets."""

from __future__ import annotations

import functools
import pathlib
from collections.abc import Iterator

import numpy as np
from PIL import Image

from keras_genmodels.data.archives import sprite_sheets
from keras_genmodels.data.archives.sprite_sheets import CELL, LAYERS, SHOES
from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.counterparts import Counterpart
from keras_genmodels.data.files import listing
from keras_genmodels.data.request import SPLIT_SEED, Arrays, Request, check_split
from keras_genmodels.data.sequences import Sequences
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.registry import register

USUAL = 8  # frames of a clip, all there are
TRAIN = 1000  # characters
# First cells of an action in the three directions, and the cells of its eight frames.
DIRECTIONS = ("left", "front", "right")
ACTIONS = {
    "spellcast": ((13, 26, 39), (0, 1, 2, 3, 4, 5, 4, 6)),
    "walk": ((118, 131, 144), (7, 0, 1, 2, 3, 4, 5, 6)),
    "slash": ((169, 182, 195), (0, 1, 2, 3, 4, 5, 4, 0)),
}


@register("lpc_sprites", "dataset")
def lpc_sprites(request: Request) -> Arrays:
    """Clips of game figures that cast a spell, walk or slash, 8 x 64x64x3: 9,000 for
    training, 2,664 for test, 6 attributes.

    Attributes: `body`, `bottomwear`, `topwear`, `hair`, `action` and `direction`. A
    figure is one combination of the first four; 1,000 of 1,296 are "train" and 296 are
    "test", all their nine clips with them, so that every combination of the six is in
    one split or the other. The sheets are looked for on disk, then downloaded.

    Li & Mandt, Disentangled Sequential Autoencoder, ICML 2018, whose frames these are.
    The sheets of the Liberated Pixel Cup are under CC-BY-SA 3.0 and GPL 3.0.
    """
    figures = _split(request)  # (n, 4)
    cells, clips = _arrangement()  # (63,), (9, 8)
    order = _order(figures)
    chunks = _pictures(
        sprite_sheets.sheet_folder(request), figures[order], cells, request
    )
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


def _in_other_clothes(
    request: Request, pictures: np.ndarray, attribute: str, value: int
) -> np.ndarray:
    """Compose the same cells of figures that differ in one layer."""
    figures, cells = _split(request), _arrangement()[0]
    figure, cell = np.divmod(pictures, len(cells))
    wanted = figures[_order(figures)[figure]]
    wanted[:, list(LAYERS).index(attribute)] = value
    # Sorted, so that neighbours share what lies below.
    shown, figure = np.unique(wanted, axis=0, return_inverse=True)
    found = [np.flatnonzero(figure == place) for place in range(len(shown))]
    folder = sprite_sheets.sheet_folder(request)
    composed = _pictures(folder, shown, cells, request)
    chosen = [c[cell[f]] for c, f in zip(composed, found, strict=True)]
    return np.concatenate(chosen)[np.argsort(np.concatenate(found))]


def _fingerprint(request: Request) -> str:
    return listing.fingerprint(sprite_sheets.files(sprite_sheets.sheet_folder(request)))


lpc_sprites.counterpart = Counterpart(tuple(LAYERS), _in_other_clothes)
lpc_sprites.fingerprint = _fingerprint
lpc_sprites.manual = lpc_sprites.kept = True
lpc_sprites.licence = "CC BY-SA 3.0 and GPL 3.0"


def _split(request: Request) -> np.ndarray:
    """Return a split's figures, in a random and fixed order: a sheet for each layer."""
    figures = np.array(list(np.ndindex(*map(len, LAYERS.values()))))
    order = np.random.RandomState(SPLIT_SEED).permutation(len(figures))
    parts = {"train": order[:TRAIN], "test": order[TRAIN:]}
    check_split(request.split, list(parts))
    chosen = parts[request.split]
    motions = len(ACTIONS) * len(DIRECTIONS)
    return figures[chosen[: -(-request.limit(len(chosen) * motions) // motions)]]


def _order(figures: np.ndarray) -> np.ndarray:
    """Return an order in which neighbours differ in few layers, and share others."""
    return np.lexsort(figures.T[::-1])


def _arrangement() -> tuple[np.ndarray, np.ndarray]:
    """Return the cells that are shown, and their place in clips, (motions, USUAL)."""
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
    """Yield all cells of a figure at a time, uint8 (cells, CELL, CELL, 3)."""

    @functools.cache
    def layer(name: str, number: int) -> Image.Image:
        return sprite_sheets.column(folder / name / f"{number}.png", cells)

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
