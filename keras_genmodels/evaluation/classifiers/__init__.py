"""Small classifiers that lie in the package and judge samples without a network.

Each is `NAME.keras` beside `NAME.json`, which says how it was trained and how good it
is. `python -m keras_genmodels.evaluation.classifiers NAME` makes both.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from keras_genmodels.registry import suggest

FOLDER = Path(__file__).parent
FEATURES = "features"  # the layer before the logits

__all__ = ["Classifier", "load_classifier", "names"]


class Classifier:
    """A trained image classifier with a name, which every number it gives carries.

    Args:
        network: a `keras.Model` from images in [0, 1] to logits, with a layer called
            "features" before them.
        card: how it was made: at least `name`, `attribute`, `classes`,
            `test_accuracy`.
    """

    def __init__(self, network: Any, card: dict[str, Any]) -> None:
        self.network, self.card = network, card
        self.name: str = card["name"]
        self.attribute: str = card["attribute"]
        self.classes: Sequence[str] = tuple(card["classes"])
        self.test_accuracy: float = card["test_accuracy"]

    def probabilities(self, images: Any, batch_size: int = 512) -> np.ndarray:
        """Class probabilities of images in [0, 1], (n, classes) float32.

        Args:
            images: (n, height, width, channels). Another size than the classifier's own
                is scaled to it, colours are averaged to grey where it knows grey only.
            batch_size: images at a time.

        Raises:
            ValueError: if `images` is not of that rank.

        Example:
            >>> load_classifier("mnist").probabilities(np.zeros((2, 28, 28, 1))).shape
            (2, 10)
        """
        logits = self._run(self.network, images, batch_size).astype(np.float64)
        logits -= logits.max(axis=1, keepdims=True)
        weights = np.exp(logits)
        return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)

    def features(self, images: Any, batch_size: int = 512) -> np.ndarray:
        """What the last layer sees, (n, dimensions) float32; see `probabilities`."""
        import keras

        layer = self.network.get_layer(FEATURES)
        network = keras.Model(self.network.input, layer.output)
        return self._run(network, images, batch_size)

    def _run(self, network: Any, images: Any, batch_size: int) -> np.ndarray:
        images = np.asarray(images, np.float32)
        if images.ndim != 4:
            raise ValueError(
                "`images` must have shape (n, height, width, channels). "
                f"Received: shape {images.shape}."
            )
        parts = [
            np.asarray(network(self._fitted(images[i : i + batch_size])))
            for i in range(0, len(images), batch_size)
        ]
        return np.concatenate(parts)

    def _fitted(self, images: np.ndarray) -> Any:
        import tensorflow as tf

        height, width, channels = self.network.input.shape[1:]
        if channels == 1 and images.shape[-1] != 1:
            images = images.mean(axis=-1, keepdims=True)
        if images.shape[1:3] == (height, width):
            return images
        return tf.image.resize(images, (height, width), antialias=True)


def names() -> list[str]:
    """The classifiers that lie in the package: one for each of these data sets.

    Example:
        >>> names()
        ['digits', 'mnist']
    """
    return sorted(path.stem for path in FOLDER.glob("*.keras"))


@functools.cache
def load_classifier(name: str) -> Classifier:
    """The bundled classifier of a data set.

    Args:
        name: one of `names()`.

    Raises:
        ValueError: for another name; the message has the nearest ones.
    """
    import keras

    if name not in names():
        raise ValueError(f"Unknown classifier {name!r}. {suggest(name, names())}")
    network = keras.saving.load_model(FOLDER / f"{name}.keras", compile=False)
    card = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return Classifier(network, card)
