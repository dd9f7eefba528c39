"""Showers of electrons in a calorimeter of three layers, by a parametric simulator."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.request import SPLIT_SEED, Arrays, Request, check_split
from keras_genmodels.data.simulation.showers import CELLS, showers
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.registry import register

VERSION = "1"  # raised when a shower would differ
COUNTS = {"train": 20_000, "test": 5_000}
ENERGIES = 1.0, 100.0  # GeV
UNIT = 100.0  # GeV, of which x is a share
_CHUNK = 200


@register("calorimeter", "dataset")
def calorimeter(request: Request) -> Arrays:
    """Energies in the 504 cells of a calorimeter: 20,000 showers for training, 5,000
    for test, 1 attribute; no download.

    A parametric simulator draws them, by Grindhammer and Peters (hep-ex/0001020), not a
    simulation of every particle such as Geant4. The `energy` of the electron is real,
    uniform from 1 to 100 GeV. x is the energy of a cell in units of 100 GeV, first of
    the 3x96 cells of the front layer, then of 12x12 and of 12x6, row by row; the same
    cells as in CaloGAN. Cells below 1 MeV are 0. The showers are made when they are
    first asked for, and kept on disk from then on.
    """
    check_split(request.split, list(COUNTS))
    count = request.limit(COUNTS[request.split])
    x = request.allocate((count, CELLS), np.float32)
    energies = np.empty((count, 1))
    starts = range(0, count, _CHUNK)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        chunks = pool.map(lambda start: _chunk(request.split, start), starts)
        for start, (drawn, found) in zip(starts, chunks, strict=True):
            kept = slice(start, min(start + _CHUNK, count))
            x[kept] = np.clip(found[: kept.stop - start] / UNIT, 0.0, 1.0)
            energies[kept, 0] = drawn[: kept.stop - start]
    attributes = side_by_side({"energy": ENERGIES})
    return Arrays(x, energies, DatasetSpec("calorimeter", x.shape[1:], attributes))


calorimeter.fingerprint = lambda request: VERSION
calorimeter.kept = True
calorimeter.licence = "Apache-2.0, made by this package"


def _chunk(split: str, start: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw energies of electrons in GeV, and their showers."""
    rng = np.random.RandomState([SPLIT_SEED, list(COUNTS).index(split), start])
    drawn = rng.uniform(*ENERGIES, size=_CHUNK)
    return drawn, showers(drawn, rng)
