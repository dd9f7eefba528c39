"""The handwritten digits whose pixels were drawn once and for all."""

from __future__ import annotations

import pathlib

import numpy as np

from keras_genmodels.data.files import listing, locations
from keras_genmodels.data.request import Arrays, Request, check_split
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.registry import register

NAME, SIDE = "binarized_mnist", 28
FILES = {"train": ("train", "valid"), "test": ("test",)}
WANTED = (
    "binarized_mnist_train.amat, binarized_mnist_valid.amat and "
    "binarized_mnist_test.amat, texts of 784 numbers a line, from "
    "http://www.cs.toronto.edu/~larocheh/public/datasets/binarized_mnist/, or "
    "binarized_mnist.npz, the same as bits in rows of bytes"
)


@register("binarized_mnist", "dataset")
def binarized_mnist(request: Request) -> Arrays:
    """Handwritten digits of black and white pixels, 28x28x1: 60,000 for training,
    10,000 for test; no attributes.

    Every pixel of MNIST was drawn once, white with its grey value as probability, and
    the likelihoods that papers call static are of these pictures. The 10,000 that are
    meant for validation are among those for training, after the others.

    Larochelle & Murray, The Neural Autoregressive Distribution Estimator, AISTATS 2011;
    LeCun, Cortes & Burges, MNIST; Salakhutdinov & Murray, ICML 2008.

    Raises:
        ValueError: if it is not on disk, or a file holds other numbers.
    """
    check_split(request.split, ["train", "test"])
    folder = _folder(request)
    parts = [_read(folder, name) for name in FILES[request.split]]
    pictures = np.concatenate(parts) * np.uint8(255)
    x = request.collect([request.fit(pictures).numpy()], len(pictures))
    spec = DatasetSpec(NAME, x.shape[1:])
    return Arrays(x, np.empty((len(x), 0), np.int32), spec)


def _fingerprint(request: Request) -> str:
    return listing.fingerprint(_files(_folder(request)))


binarized_mnist.fingerprint = _fingerprint
binarized_mnist.manual = True
binarized_mnist.licence = "CC BY-SA 3.0"


def _folder(request: Request) -> pathlib.Path:
    return locations.fetched_folder(NAME, request, _files, WANTED)


def _files(folder: pathlib.Path) -> list[pathlib.Path]:
    """List the file of all bits, or the three texts; nothing if one is missing."""
    texts = [f"{NAME}_{part}.amat" for part in ("train", "valid", "test")]
    return locations.first_form(folder, [f"{NAME}.npz"], texts)


def _read(folder: pathlib.Path, part: str) -> np.ndarray:
    """Read 0 and 1, uint8 (n, 28, 28, 1)."""
    file, *texts = _files(folder)
    if texts:
        file = folder / f"{NAME}_{part}.amat"
        bits = np.loadtxt(file, dtype=np.uint8, ndmin=2)
    else:
        with np.load(file) as arrays:
            bits = np.unpackbits(arrays[part], axis=1)
    if bits.shape[1] != SIDE * SIDE or bits.max() > 1:
        raise ValueError(
            f"{file} must hold rows of {SIDE * SIDE} numbers, 0 or 1. "
            f"Received: rows of {bits.shape[1]}, the greatest {bits.max()}."
        )
    return bits.reshape(-1, SIDE, SIDE, 1)
