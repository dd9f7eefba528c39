"""How near enlarged photographs are to the right ones, beside cubic interpolation.

    python benchmarks/super_resolution.py MODEL.keras FOLDER

The network of an `aff_gan` has no layer that depends on the size of a picture: it is
built anew for every photograph of the folder, with the weights of the model. Small
pictures are means of cells, as `source="low_resolution"` makes them, and not cubic
reductions: numbers compare with each other, not with published ones. PSNR and SSIM are
those of the luminance, without 4 pixels at the borders, of pictures of 8 bits.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from PIL import Image

from keras_genmodels import models
from keras_genmodels.networks.super_resolution import upscaler

LUMA, BORDER = [0.299, 0.587, 0.114], 4


def read(path: Path, factor: int) -> np.ndarray:
    """Read a photograph, (1, height, width, 3), cut to multiples of the factor."""
    with Image.open(path) as opened:
        x = np.asarray(opened.convert("RGB"), np.float32)[None] / 255
    height, width = (side // factor * factor for side in x.shape[1:3])
    return x[:, :height, :width]


def enlarged(model: models.GAN, source: np.ndarray, factor: int) -> np.ndarray:
    """Enlarge a photograph by the network of a model."""
    height, width, channels = source.shape[1:]
    large = {"x": (factor * height, factor * width, channels)}
    made = model.recipe["arguments"]
    network = upscaler(
        {"source": source.shape[1:]}, large, made["filters"], made["blocks"]
    )
    network.set_weights(model.generator.get_weights())
    return network({"source": source})["x"].numpy()


def quality(made: np.ndarray, truth: np.ndarray) -> list[float]:
    """Compute PSNR in dB and SSIM of the luminance."""
    inner = slice(BORDER, -BORDER)
    pair = [np.round(255 * np.clip(x, 0, 1)) @ LUMA for x in (made, truth)]
    pair = [tf.constant(x[:, inner, inner, None], tf.float32) for x in pair]
    return [float(f(*pair, 255.0)[0]) for f in (tf.image.psnr, tf.image.ssim)]


def main() -> None:
    """Print a row for every photograph, and the means."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path, help="a .keras file of an aff_gan")
    parser.add_argument("folder", type=Path, help="of photographs")
    given = parser.parse_args()
    model = keras.saving.load_model(given.model)
    factor = model.spec.x_shape[0] // model.spec.shapes["source"][0]
    rows = {}
    for path in sorted(given.folder.glob("*.*g")):
        truth = read(path, factor)
        small = tf.nn.avg_pool2d(truth, factor, factor, "VALID").numpy()
        cubic = tf.image.resize(small, truth.shape[1:3], "bicubic").numpy()
        ours = enlarged(model, small, factor)
        rows[path.stem] = [*quality(cubic, truth), *quality(ours, truth)]
    if not rows:
        parser.error(f"{given.folder} has no pictures")
    rows["mean"] = np.mean(list(rows.values()), axis=0)
    print(f"{'':16}{'cubic':>18}{'model':>18}")
    for name, numbers in rows.items():
        print(f"{name:16}" + "{:10.2f}{:8.4f}{:10.2f}{:8.4f}".format(*numbers))


if __name__ == "__main__":
    main()
