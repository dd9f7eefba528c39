"""Electromagnetic showers in a calorimeter of lead and liquid argon, by GFLASH.

Reference: Grindhammer, Peters, "The Parameterized Simulation of Electromagnetic Showers
in Homogeneous and Sampling Calorimeters", hep-ex/0001020, whose numbers these are. Each
spot carries the same mean energy here, so that spots lie where the energy does; the
calorimeter is that of Paganini, de Oliveira, Nachman, "CaloGAN", 2018.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Lead and liquid argon: charge, millimetres of a plate, g/cm^3, radiation length in
# g/cm^2, critical energy in MeV.
CHARGES = np.array([82.0, 18.0])
PLATES = np.array([2.0, 4.0])
DENSITIES = np.array([11.35, 1.396])
RADIATION_LENGTHS = np.array([6.37, 19.55])
CRITICAL_ENERGIES = np.array([7.43, 32.84])
SCATTERING = 21.2  # MeV, the scale of multiple scattering
RESOLUTION = 0.1  # of the energy, at 1 GeV; it falls as the root of the energy
THRESHOLD = 1e-3  # GeV, below which a cell reads 0
STEP, STEPS = 0.05, 100  # in which the radii change, of the depth of the maximum
HALF_WIDTH = 240.0  # mm, of the calorimeter on either side of its axis


@dataclass(frozen=True)
class Layer:
    """A slice of the calorimeter across the axis.

    Args:
        end: its depth, in mm from the front of the calorimeter.
        rows: cells up and down.
        columns: cells to the right.
    """

    end: float
    rows: int
    columns: int

    @property
    def size(self) -> int:
        """How many cells it has."""
        return self.rows * self.columns


LAYERS = (Layer(90.0, 3, 96), Layer(437.0, 12, 12), Layer(480.0, 12, 6))
CELLS = sum(layer.size for layer in LAYERS)


@dataclass(frozen=True)
class Medium:
    """The plates as one material, by their shares of the mass.

    Args:
        charge: the mean Z.
        radiation_length: in mm.
        moliere_radius: in mm.
        critical_energy: in GeV.
        frequency: radiation lengths by the thickness of a pair of plates.
        ratio: response to electrons over that to minimum ionising particles.
    """

    charge: float
    radiation_length: float
    moliere_radius: float
    critical_energy: float
    frequency: float
    ratio: float

    @classmethod
    def of_plates(cls) -> Medium:
        """The medium of the plates above."""
        masses = PLATES * DENSITIES
        shares = masses / masses.sum()
        density = masses.sum() / PLATES.sum()
        length = 1.0 / (shares / RADIATION_LENGTHS).sum()  # g/cm^2
        loss = (shares * CRITICAL_ENERGIES / RADIATION_LENGTHS).sum()
        return cls(
            charge=float((shares * CHARGES).sum()),
            radiation_length=10 * length / density,
            moliere_radius=10 * SCATTERING / loss / density,
            critical_energy=1e-3 * length * loss,
            frequency=10 * length / density / PLATES.sum(),
            ratio=1.0 / (1.0 + 0.007 * (CHARGES[0] - CHARGES[1])),
        )


MEDIUM = Medium.of_plates()


def showers(energies: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
    """Draw the showers of electrons that enter along the axis.

    Args:
        energies: of the electrons in GeV, (n,), each at least 0.1.
        rng: of the random numbers.

    Returns:
        Energies of the cells in GeV, (n, 504): the layers one after another, each row
        by row. Below 1 MeV a cell is 0. What leaves the calorimeter is lost.
    """
    depth, shape, logarithm = longitudinal(energies, rng)
    spots = np.rint(10.3 / RESOLUTION * energies**0.959).astype(int)
    owner = np.repeat(np.arange(len(energies)), spots)
    at = rng.gamma(shape[owner]) * (depth / (shape - 1))[owner]  # radiation lengths
    own = np.exp(logarithm)
    scale = (shape - 1) / (depth * shape) * own / (own - 1)
    radius = _radii(at * scale[owner], energies, owner, rng)
    angle = rng.uniform(0, 2 * np.pi, len(owner))
    places = radius * np.cos(angle), radius * np.sin(angle)
    cells = _cells(at * MEDIUM.radiation_length, *places)
    flat = (owner * CELLS + cells)[cells >= 0]
    counts = np.bincount(flat, minlength=len(energies) * CELLS).reshape(-1, CELLS)
    # The energy of a spot has a gamma distribution, and that of a cell the sum's.
    shapes = counts * (energies / spots)[:, None] / RESOLUTION**2
    found = rng.gamma(shapes) * RESOLUTION**2
    return np.where(found < THRESHOLD, 0.0, found)


def mean_depth(energies: np.ndarray) -> np.ndarray:
    """Compute the usual depth of the maximum in radiation lengths, (n,).

    It grows with the logarithm of the energy in GeV.
    """
    shift = 0.55 / MEDIUM.frequency + 0.69 * (1 - MEDIUM.ratio)
    return np.log(energies / MEDIUM.critical_energy) - 0.812 - shift


def longitudinal(
    energies: np.ndarray, rng: np.random.RandomState
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw the profile along the axis of each shower, a gamma distribution of depth.

    Depth of the maximum and shape are correlated, and vary log-normally.

    Args:
        energies: in GeV, (n,).
        rng: of the random numbers.

    Returns:
        The depth of the maximum in radiation lengths, the shape of the gamma
        distribution, above 1, and the usual logarithm of the shape, (n,) each.
    """
    y = np.log(energies / MEDIUM.critical_energy)
    usual = np.log(0.81 + (0.458 + 2.26 / MEDIUM.charge) * y - 0.476 / MEDIUM.frequency)
    correlation = 0.784 - 0.023 * y
    common, other = rng.normal(size=(2, len(energies)))
    common, other = (
        common * np.sqrt((1 + correlation) / 2),
        other * np.sqrt((1 - correlation) / 2),
    )
    depth = mean_depth(energies) * np.exp((common + other) / (1.25 * y - 2.5))
    shape = np.exp(usual + (common - other) / (0.79 * y - 0.82))
    return np.maximum(depth, 1.0), np.maximum(shape, 1.1), usual


def _radii(depth, energies, owner, rng) -> np.ndarray:
    """Draw distances from the axis in mm of spots, from a core and a tail.

    Args:
        depth: over that of the usual maximum, (spots,).
        energies: of the electrons in GeV, (n,).
        owner: the number of each spot's electron, (spots,).
        rng: of the random numbers.
    """
    middles = STEP * (np.arange(STEPS) + 0.5)
    core, tail, in_core = (table.ravel() for table in _radial(middles, energies))
    step = owner * STEPS + np.minimum(np.int64(depth / STEP), STEPS - 1)
    chosen = np.where(
        rng.uniform(size=len(depth)) < in_core[step], core[step], tail[step]
    )
    share = rng.uniform(size=len(depth))
    return MEDIUM.moliere_radius * chosen * np.sqrt(share / (1 - share))


def _radial(depth, energies):
    """Compute the radii of core and tail in Moliere radii, and the share of the core.

    Args:
        depth: over that of the usual maximum, (steps,).
        energies: in GeV, (n,).

    Returns:
        Three arrays (n, steps).
    """
    log, lost = np.log(energies)[:, None], 1 - MEDIUM.ratio
    early = np.exp(-depth) / MEDIUM.frequency
    core = 0.0251 + 0.00319 * log + (0.1162 - 0.000381 * MEDIUM.charge) * depth
    core = core - 0.0203 * lost + 0.0397 * early
    beyond = depth - 0.645
    tail = np.exp(-2.59 * beyond) + np.exp((0.3585 + 0.0421 * log) * beyond)
    tail = (0.659 - 0.00309 * MEDIUM.charge) * tail - 0.14 * lost - 0.495 * early
    before = (0.401 + 0.00187 * MEDIUM.charge - depth) / (1.313 - 0.0686 * log)
    in_core = (2.632 - 0.00094 * MEDIUM.charge) * np.exp(before - np.exp(before))
    peaked = np.exp(-((depth - 1) ** 2)) / MEDIUM.frequency
    in_core = in_core + lost * (0.348 - 0.642 * peaked)
    return np.maximum(core, 0.0), np.maximum(tail, 0.0), in_core


def _cells(depth, right, up) -> np.ndarray:
    """Number the cells that hold spots at these places in mm; -1 outside of all."""
    cells = np.full(len(depth), -1)
    right, up = ((place + HALF_WIDTH) / (2 * HALF_WIDTH) for place in (right, up))
    across = (right >= 0) & (right < 1) & (up >= 0) & (up < 1)
    begin, first = 0.0, 0
    for layer in LAYERS:
        inside = across & (depth >= begin) & (depth < layer.end)
        row = np.int64(up[inside] * layer.rows)
        column = np.int64(right[inside] * layer.columns)
        cells[inside] = first + row * layer.columns + column
        begin, first = layer.end, first + layer.size
    return cells
