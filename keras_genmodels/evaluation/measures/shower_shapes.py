"""Numbers that describe the shape of showers in a calorimeter of several layers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def shapes(layers: Sequence[np.ndarray], threshold: float) -> dict[str, np.ndarray]:
    """Describe showers.

    Args:
        layers: energies of the cells of each layer, (n, rows, columns), from the front.
        threshold: the energy from which on a cell counts as hit.

    Returns:
        Name to (n,) numbers: `energy`, the sum; `depth`, the mean number of the layer
        by energy, the first being 0; and, with the number of the layer, `energy_0`,
        `width_0`, the standard deviation of energy along the columns in cells, 0 of an
        empty layer, and `hits_0`, the share of cells that are hit.

    Example:
        >>> front, back = np.array([[[1.0, 0.0, 1.0]]]), np.array([[[2.0]]])
        >>> found = shapes([front, back], 0.5)
        >>> found["depth"].item(), found["width_0"].item(), found["hits_0"].item()
        (0.5, 1.0, 0.6666666666666666)
    """
    energies = [layer.sum(axis=(1, 2)) for layer in layers]
    total = sum(energies)
    weighted = sum(place * energy for place, energy in enumerate(energies))
    found = {"energy": total, "depth": _over(weighted, total)}
    for place, layer in enumerate(layers):
        found[f"energy_{place}"] = energies[place]
        found[f"width_{place}"] = _width(layer)
        found[f"hits_{place}"] = (layer >= threshold).mean(axis=(1, 2))
    return found


def response_error(
    made: np.ndarray, real: np.ndarray, asked: np.ndarray, bins: int = 5
) -> float:
    """Compute how far the mean response is from the right one, where it is farthest.

    A response is an energy sum over the energy that was asked for.

    Args:
        made: energy sums of generated showers, (n,).
        real: those of real ones of the same energies, (n,).
        asked: the energies, (n,), above 0.
        bins: parts of as many showers each, by energy, in which the means are compared.

    Returns:
        The largest |mean made / mean real - 1| of a part.
    """
    order = np.array_split(np.argsort(asked), bins)
    parts = [((made / asked)[rows], (real / asked)[rows]) for rows in order]
    return float(max(abs(one.mean() / other.mean() - 1) for one, other in parts))


def _width(layer: np.ndarray) -> np.ndarray:
    columns = layer.sum(axis=1)  # (n, columns)
    at = np.arange(columns.shape[1])
    total = columns.sum(axis=1)
    mean = _over(columns @ at, total)
    return np.sqrt(np.maximum(_over(columns @ at**2, total) - mean**2, 0.0))


def _over(numerator: np.ndarray, total: np.ndarray) -> np.ndarray:
    return np.where(total > 0, numerator / np.where(total > 0, total, 1.0), 0.0)
