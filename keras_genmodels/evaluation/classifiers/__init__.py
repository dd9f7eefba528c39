"""Small classifiers that lie in the package and judge samples without a network.

Each is `NAME.keras` beside `NAME.json`, which says how it was trained and how good it
is. `python -m keras_genmodels.evaluation.classifiers NAME` makes both.
"""

from __future__ import annotations

import functools
import hashlib
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

    It is an `Extractor`, whose features are what its last layer sees.

    Args:
        network: a `keras.Model` from images in [0, 1] to logits, with a layer called
            "features" before them.
        card: how it was made: at least `name`, `attribute`, `classes`,
            `test_accuracy`.
        batch_size: images at a time, where a method is not told.
    """

    def __init__(
        self, network: Any, card: dict[str, Any], batch_size: int = 512
    ) -> None:
        self.network, self.card, self.batch_size = network, card, batch_size
        self.name: str = card["name"]
        self.attribute: str = card["attribute"]
        self.classes: Sequence[str] = tuple(card["classes"])
        self.test_accuracy: float = card["test_accuracy"]
        self.feature_size: int = network.get_layer(FEATURES).output.shape[-1]

    @functools.cached_property
    def fingerprint(self) -> str:
        """The name and a hash of all weights: what its features are a function of."""
        digest = hashlib.sha256()
        for weight in self.network.get_weights():
            digest.update(np.ascontiguousarray(weight))
        return f"{self.name} {digest.hexdigest()}"

    def probabilities(self, images: Any, batch_size: int | None = None) -> np.ndarray:
        """Class probabilities of images in [0, 1], (n, classes) float32.

        Args:
            images: (n, height, width, channels). Another size than the classifier's own
                is scaled to it, colours are averaged to grey where it knows grey only,
                and grey is repeated where it knows colours.
            batch_size: images at a time.

        Raises:
            ValueError: if `images` is not of that rank.

        Example:
            >>> load_classifier("mnist").probabilities(np.zeros((2, 28, 28, 1))).shape
            (2, 10)
        """
        return self.look(images, batch_size)[1]

    def features(self, images: Any, batch_size: int | None = None) -> np.ndarray:
        """What the last layer sees, (n, feature_size) float32; see `probabilities`."""
        return self.look(images, batch_size)[0]

    def look(
        self, images: Any, batch_size: int | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """`features` and `probabilities` in one pass."""
        images, size = np.asarray(images, np.float32), batch_size or self.batch_size
        if images.ndim != 4:
            raise ValueError(
                "`images` must have shape (n, height, width, channels). "
                f"Received: shape {images.shape}."
            )
        parts = [
            self._both(self._fitted(images[i : i + size]))
            for i in range(0, len(images), size)
        ]
        features, logits = (
            np.concatenate(list(map(np.asarray, outputs)))
            for outputs in zip(*parts, strict=True)
        )
        return features, _softmax(logits)

    @functools.cached_property
    def _both(self) -> Any:
        import keras

        features = self.network.get_layer(FEATURES).output
        return keras.Model(self.network.input, [features, self.network.output])

    def _fitted(self, images: np.ndarray) -> Any:
        import tensorflow as tf

        height, width, channels = self.network.input.shape[1:]
        if channels == 1 and images.shape[-1] != 1:
            images = images.mean(axis=-1, keepdims=True)
        if channels != 1 and images.shape[-1] == 1:
            images = images.repeat(channels, axis=-1)
        if images.shape[1:3] == (height, width):
            return images
        return tf.image.resize(images, (height, width), antialias=True)


def _softmax(logits: np.ndarray) -> np.ndarray:
    logits = logits.astype(np.float64)
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


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
