"""The published showers of CaloGAN in a file of a person's own: `calo:PATH`."""

from __future__ import annotations

import pathlib

import numpy as np

from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.files.listing import fingerprint
from keras_genmodels.data.request import Arrays, Request
from keras_genmodels.data.simulation.showers import LAYERS
from keras_genmodels.data.sources.calorimeter import ENERGIES, UNIT
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.registry import register

MEV = 1e-3  # GeV
KEYS = tuple(f"layer_{place}" for place in range(len(LAYERS)))


@register("calo", "dataset scheme")
def published_showers(request: Request) -> Arrays:
    """Showers of Geant4 in `calo:FILE`, an HDF5 file as CaloGAN's are: `layer_0`, (n,
    3, 96), `layer_1`, (n, 12, 12), and `layer_2`, (n, 12, 6), in MeV, and `energy`, (n,
    1), of the particle in GeV.

    Batches are as those of `calorimeter`. A fixed random 80 % of the showers are
    "train", and the others "test".

    Nachman, de Oliveira, Paganini, Electromagnetic Calorimeter Shower Images, 2017,
    https://doi.org/10.17632/pvn3xc3wy5.1.

    Raises:
        ValueError: if FILE is no such file, or energies are not from 1 to 100 GeV.
    """
    import h5py

    file = _file(request)
    try:
        with h5py.File(file) as opened:
            energy = np.asarray(opened["energy"], np.float64).reshape(-1, 1)
            layers = [np.asarray(opened[key], np.float32) for key in KEYS]
    except (OSError, KeyError) as error:
        raise ValueError(
            f"{file} must be an HDF5 file of {[*KEYS, 'energy']}. Received: {error}."
        ) from error
    _check(file, layers, energy)
    rows = request.fixed_split(len(energy))
    flat = [layer.reshape(len(energy), -1)[rows] for layer in layers]
    x = np.clip(np.concatenate(flat, axis=1) * (MEV / UNIT), 0.0, 1.0)
    attributes = side_by_side({"energy": ENERGIES})
    spec = DatasetSpec(f"calo:{file.stem}", x.shape[1:], attributes)
    return Arrays(x, energy[rows], spec)


published_showers.fingerprint = lambda request: fingerprint([_file(request)])


def _file(request: Request) -> pathlib.Path:
    file = pathlib.Path(request.target).expanduser()
    if not request.target or not file.is_file():
        raise ValueError(
            "`calo:FILE` must name a file that exists. "
            f"Received: 'calo:{request.target}'."
        )
    return file.resolve()


def _check(file, layers, energy):
    shapes = [(len(energy), layer.rows, layer.columns) for layer in LAYERS]
    received = [layer.shape for layer in layers]
    if received != shapes:
        raise ValueError(f"{file} must hold {shapes}. Received: {received}.")
    if len(energy) < 2 or energy.min() < ENERGIES[0] or energy.max() > ENERGIES[1]:
        raise ValueError(
            f"{file} must hold at least two energies from {ENERGIES[0]:g} to "
            f"{ENERGIES[1]:g} GeV. Received: {len(energy)}."
        )
