"""Classifiers that are bundled with the package and read samples without a download.

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

from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.registry import suggest

FOLDER = Path(__file__).parent
FEATURES = "features"  # the layer before the logits

__all__ = [
    "AttributesClassifier",
    "Classifier",
    "ClipClassifier",
    "VolumeClassifier",
    "load_classifier",
    "names",
]


class Trained:
    """A trained network with a name, which every number it gives carries.

    It is an `Extractor`, whose features are what its last layer sees.

    Args:
        network: a `keras.Model` from examples in [0, 1] to logits, with a layer called
            "features" before them.
        card: how it was made: at least `name` and `test_accuracy`.
        batch_size: examples at a time, where a method is not told.
    """

    example = ("height", "width", "channels")

    def __init__(
        self, network: Any, card: dict[str, Any], batch_size: int = 512
    ) -> None:
        self.network, self.card, self.batch_size = network, card, batch_size
        self.name: str = card["name"]
        self.test_accuracy: float = card["test_accuracy"]
        self.feature_size: int = network.get_layer(FEATURES).output.shape[-1]

    @functools.cached_property
    def fingerprint(self) -> str:
        """The name and a hash of all weights: what its features are a function of."""
        digest = hashlib.sha256()
        for weight in self.network.get_weights():
            digest.update(np.ascontiguousarray(weight))
        return f"{self.name} {digest.hexdigest()}"

    def features(self, images: Any, batch_size: int | None = None) -> np.ndarray:
        """Compute the inputs of the last layer, (n, feature_size) float32."""
        return self.outputs(images, batch_size)[0]

    def outputs(
        self, images: Any, batch_size: int | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Features and logits in one pass.

        Args:
            images: (n, height, width, channels), or clips, (n, time, height, width,
                channels). Another size than the network's own is scaled to it, colours
                are averaged to grey where it knows grey only, and grey is repeated
                where it knows colours.
            batch_size: examples at a time.

        Raises:
            ValueError: if `images` is not of that rank.
        """
        images, size = np.asarray(images, np.float32), batch_size or self.batch_size
        if images.ndim != 1 + len(self.example):
            raise ValueError(
                f"`images` must have shape (n, {', '.join(self.example)}). "
                f"Received: shape {images.shape}."
            )
        parts = [
            self._both(self._fitted(images[i : i + size]))
            for i in range(0, len(images), size)
        ]
        return tuple(
            np.concatenate(list(map(np.asarray, outputs)))
            for outputs in zip(*parts, strict=True)
        )

    @functools.cached_property
    def _both(self) -> Any:
        import keras

        features = self.network.get_layer(FEATURES).output
        return keras.Model(self.network.input, [features, self.network.output])

    def _fitted(self, images: np.ndarray) -> Any:
        import tensorflow as tf

        from keras_genmodels.data.fitting import with_channels

        height, width, channels = self.network.input.shape[-3:]
        images = with_channels(images, channels)
        leading, own = images.shape[:-3], images.shape[-3:]
        if own[:2] == (height, width):
            return images
        frames = tf.reshape(images, (-1, *own))
        scaled = tf.image.resize(frames, (height, width), antialias=True)
        return tf.reshape(scaled, (*leading, height, width, channels))


class Classifier(Trained):
    """A trained image classifier, which reads one attribute.

    Args:
        network: a `keras.Model` from images in [0, 1] to logits, with a layer called
            "features" before them.
        card: how it was made: at least `name`, `attribute`, `classes`,
            `test_accuracy`; and `temperature`, if the logits are to be divided by one.
        batch_size: images at a time, where a method is not told.
    """

    def __init__(
        self, network: Any, card: dict[str, Any], batch_size: int = 512
    ) -> None:
        super().__init__(network, card, batch_size)
        self.attribute: str = card["attribute"]
        self.classes: Sequence[str] = tuple(card["classes"])

    def probabilities(self, images: Any, batch_size: int | None = None) -> np.ndarray:
        """Class probabilities of images in [0, 1], (n, classes) float32.

        Args:
            images: (n, height, width, channels), as for `outputs`.
            batch_size: images at a time.

        Raises:
            ValueError: if `images` is not of that rank.

        Example:
            >>> load_classifier("mnist").probabilities(np.zeros((2, 28, 28, 1))).shape
            (2, 10)
        """
        return self.features_and_probabilities(images, batch_size)[1]

    def features_and_probabilities(
        self, images: Any, batch_size: int | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Compute `features` and `probabilities` in one pass."""
        features, logits = self.outputs(images, batch_size)
        return features, softmax(logits / self.card.get("temperature", 1.0))


class AttributesClassifier(Trained):
    """A trained classifier of images, which reads several attributes at once.

    Args:
        network: a `keras.Model` from images in [0, 1] to logits of all attributes side
            by side, with a layer called "features" before them.
        card: how it was made: at least `name`, `attributes` (name to classes, in the
            order of the logits), `test_accuracies` (of each), `test_accuracy` (the
            share of test examples of which all are read right) and `temperatures`, by
            which the logits of each attribute are divided.
        batch_size: examples at a time, where a method is not told.
    """

    def __init__(
        self, network: Any, card: dict[str, Any], batch_size: int = 512
    ) -> None:
        super().__init__(network, card, batch_size)
        self.attributes = side_by_side(card["attributes"])
        self.test_accuracies: dict[str, float] = dict(card["test_accuracies"])
        self.temperatures: dict[str, float] = dict(card["temperatures"])
        self._last: tuple[Any, Any] = (None, None)

    def read(self, examples: Any) -> dict[str, np.ndarray]:
        """Class probabilities by attribute, (n, classes) each.

        The answer for the same array is remembered, for `judges` ask one by one.
        """
        if self._last[0] is not examples:
            logits = self.outputs(examples)[1]
            said = {
                a.name: softmax(logits[:, a.start : a.stop] / self.temperatures[a.name])
                for a in self.attributes
            }
            self._last = examples, said
        return self._last[1]

    def judges(self) -> dict[str, AttributeJudge]:
        """Make a classifier of each attribute, by its name."""
        return {
            a.name: AttributeJudge(self, a.name, a.classes) for a in self.attributes
        }


class ClipClassifier(AttributesClassifier):
    """A trained classifier of whole clips, which reads every attribute at once.

    Args:
        network: as for `AttributesClassifier`, from clips in [0, 1], (time, height,
            width, channels) of any length.
        card: as for `AttributesClassifier`.
        batch_size: clips at a time, where a method is not told.
    """

    example = ("time", "height", "width", "channels")

    def __init__(
        self, network: Any, card: dict[str, Any], batch_size: int = 32
    ) -> None:
        super().__init__(network, card, batch_size)


class VolumeClassifier(AttributesClassifier):
    """An `AttributesClassifier` of volumes of one size."""

    example = ("width", "height", "depth", "channels")

    def _fitted(self, images: np.ndarray) -> Any:
        wanted = tuple(self.network.input.shape[1:])
        if images.shape[1:] != wanted:
            raise ValueError(
                f"The classifier of {self.name!r} reads volumes of the shape {wanted}. "
                f"Received: {images.shape[1:]}."
            )
        return images


class AttributeJudge:
    """One attribute of several, with the methods of a `Classifier` of it alone.

    Args:
        classifier: that is asked.
        attribute: the name of the attribute.
        classes: the names of its classes.
    """

    def __init__(
        self, classifier: AttributesClassifier, attribute: str, classes: Sequence[str]
    ) -> None:
        self.attribute, self.classes, self._classifier = attribute, classes, classifier
        self.name = f"{classifier.name}/{attribute}"
        self.test_accuracy = classifier.test_accuracies[attribute]

    def probabilities(self, examples: Any) -> np.ndarray:
        """Class probabilities of examples in [0, 1], (n, classes) float32."""
        return self._classifier.read(examples)[self.attribute]


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities of logits, (n, classes) float32."""
    from scipy import special

    return special.softmax(logits.astype(np.float64), axis=1).astype(np.float32)


def names() -> list[str]:
    """The classifiers that lie in the package: one for each of these data sets.

    Example:
        >>> "digits" in names()
        True
    """
    return sorted(path.stem for path in FOLDER.glob("*.keras"))


@functools.cache
def load_classifier(name: str) -> Classifier | AttributesClassifier:
    """The bundled classifier of a data set.

    Args:
        name: one of `names()`.

    Raises:
        ValueError: for another name; the message has the nearest ones.
    """
    import keras

    if name not in names():
        raise ValueError(
            f"Unknown classifier {name!r}. {suggest(name, names())} `python -m "
            f"{__name__} {name}` trains one on a data set of that name."
        )
    network = keras.saving.load_model(FOLDER / f"{name}.keras", compile=False)
    card = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    if "attributes" not in card:
        return Classifier(network, card)
    if card.get("kind") == "volume":
        return VolumeClassifier(network, card)
    is_clip = len(card["x_shape"]) == len(ClipClassifier.example)
    return (ClipClassifier if is_clip else AttributesClassifier)(network, card)
