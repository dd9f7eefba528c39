"""How near photographs without their rain are to the right ones, beside the rainy ones.

    python benchmarks/deraining.py MODEL.keras ... --folder Rain12

The network of an `id_cgan` has no layer that depends on the size of a picture: it is
built anew for every photograph, with the weights of the model. The folder holds `rain`
and `norain`, pictures of equal names. PSNR and SSIM are those of the luminance,
without 4 pixels at the borders, of pictures of 8 bits.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from super_resolution import quality, read

from keras_genmodels import models
from keras_genmodels.networks.symmetric import symmetric


def cleared(model: models.GAN, source: np.ndarray) -> np.ndarray:
    """Take the rain from a photograph by the network of a model."""
    size = source.shape[1:]
    filters = model.recipe["arguments"]["filters"]
    network = symmetric({"source": size}, {"x": size}, filters)
    network.set_weights(model.generator.get_weights())
    return tf.sigmoid(network({"source": source})["x"]).numpy()


def main() -> None:
    """Print a row for the rainy photographs, and one for each model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", type=Path, nargs="+", help=".keras files of id_cgan")
    parser.add_argument("--folder", type=Path, required=True)
    given = parser.parse_args()
    names = sorted(path.name for path in (given.folder / "rain").glob("*.*g"))
    if not names:
        parser.error(f"{given.folder / 'rain'} has no pictures")
    pairs = [
        [read(given.folder / side / name, 1) for side in ("rain", "norain")]
        for name in names
    ]
    rows = {"the rainy ones": [quality(*pair) for pair in pairs]}
    for path in given.models:
        model = keras.saving.load_model(path)
        rows[f"{path.parent.name}/{path.name}"] = [
            quality(cleared(model, rainy), truth) for rainy, truth in pairs
        ]
    print(f"{len(names)} photographs of {given.folder.name}{'PSNR':>20}{'SSIM':>9}")
    for name, numbers in rows.items():
        print(f"{name:40}" + "{:8.2f}{:9.4f}".format(*np.mean(numbers, axis=0)))


if __name__ == "__main__":
    main()
