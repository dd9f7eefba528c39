"""Numbers that describe the shape of jets in pictures of them."""

from __future__ import annotations

import numpy as np

_ROUNDS = 5  # of the search for two axes
_CHUNK = 1000


def shapes(
    pictures: np.ndarray, pixel: float, threshold: float
) -> dict[str, np.ndarray]:
    """Describe jets; particles have no mass.

    Args:
        pictures: transverse momenta in GeV, (n, height, width); azimuth along the
            height, upwards, pseudorapidity along the width, both 0 in the middle.
        pixel: its side in both.
        threshold: the momentum from which on a pixel counts as hit.

    Returns:
        Name to (n,) numbers: `momentum`, across the beam, and `mass`, in GeV; `tau21`,
        how much better two axes fit than one, 1 if they do not and 0 for two points;
        `peak`, the momentum of the largest pixel; `hits`, the share of pixels that
        are hit.
    """
    chunks = [
        _shapes(pictures[start : start + _CHUNK], pixel, threshold)
        for start in range(0, len(pictures), _CHUNK)
    ]
    return {key: np.concatenate([part[key] for part in chunks]) for key in chunks[0]}


def _shapes(pictures, pixel, threshold):
    height, width = pictures.shape[1:]
    rapidity, azimuth = np.meshgrid(
        pixel * (np.arange(width) - (width - 1) / 2),
        pixel * ((height - 1) / 2 - np.arange(height)),
    )
    flat = np.float64(pictures.reshape(len(pictures), -1))
    places = np.stack([rapidity.ravel(), azimuth.ravel()], axis=1)
    energy, along = flat @ np.cosh(places[:, 0]), flat @ np.sinh(places[:, 0])
    across = np.hypot(flat @ np.cos(places[:, 1]), flat @ np.sin(places[:, 1]))
    square = energy**2 - along**2 - across**2
    return {
        "momentum": across,
        "mass": np.sqrt(np.maximum(square, 0.0)),
        "tau21": _tau21(flat, places),
        "peak": flat.max(axis=1),
        "hits": (flat >= threshold).mean(axis=1),
    }


def _tau21(flat: np.ndarray, places: np.ndarray) -> np.ndarray:
    """N-subjettiness with two axes over that with one, their means by momentum.

    tau_N = sum over pixels of p times the distance from the nearest of N axes. Two are
    found from the largest pixel and the one of the most p times distance from it.
    """
    rows = np.arange(len(flat))
    first = places[flat.argmax(axis=1)]
    away = flat * _distances(places, first)
    second = places[away.argmax(axis=1)]
    for _ in range(_ROUNDS):
        nearer = _distances(places, first) <= _distances(places, second)
        first = _mean(flat * nearer, places, first)
        second = _mean(flat * ~nearer, places, second)
    both = np.minimum(_distances(places, first), _distances(places, second))
    one = _distances(places, _mean(flat, places, np.zeros((len(rows), 2))))
    tau1 = (flat * one).sum(axis=1)
    ratio = (flat * both).sum(axis=1) / np.maximum(tau1, 1e-9)
    return np.where(tau1 > 1e-9, ratio, 0.0)


def _mean(weights, places, otherwise):
    total = weights.sum(axis=1, keepdims=True)
    return np.where(total > 0, weights @ places / np.maximum(total, 1e-9), otherwise)


def _distances(places, axis):
    return np.hypot(*(places[:, :, None] - axis.T[None]).transpose(1, 2, 0))
