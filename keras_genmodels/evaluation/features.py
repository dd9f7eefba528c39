"""Extractors: who looks at samples, and what they see, features and classes."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np

from keras_genmodels import registry
from keras_genmodels.data.sources.gaussian_ring import STDDEV, ring_centres
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.evaluation.classifiers import (
    FEATURES,
    Classifier,
    load_classifier,
)
from keras_genmodels.evaluation.vectors import squared_distances
from keras_genmodels.registry import register

_ANY_IMAGE = "inception_v3"


@runtime_checkable
class Extractor(Protocol):
    """What looks at samples in place of a person; every number carries its name.

    Anything with these serves; `register` a function without arguments that makes one
    under the family "extractor" to find it by name. One that tells classes apart has
    `classes`, `test_accuracy` and `probabilities(x)`, too, as a `Classifier` has. Two
    versions under one name must differ in `fingerprint`, a string, where there is one:
    what is kept on disk of real examples is found by it.
    """

    name: str
    feature_size: int

    def features(self, x: Any) -> np.ndarray:
        """Features (n, feature_size) of samples (n, *x_shape) in [0, 1]."""


class Seen(NamedTuple):
    """What an extractor saw of n samples.

    `features` (n, feature_size); `probabilities` (n, classes), or None of an extractor
    that tells no classes apart.
    """

    features: np.ndarray
    probabilities: np.ndarray | None


def look(extractor: Extractor, x: Any) -> Seen:
    """Features and probabilities of samples, in one pass where the extractor can."""
    if isinstance(extractor, Classifier):
        return Seen(*extractor.look(x))
    read = getattr(extractor, "probabilities", lambda x: None)
    return Seen(extractor.features(x), read(x))


def load_extractor(
    extractor: str | Extractor | None = None, spec: DatasetSpec | None = None
) -> Extractor:
    """The extractor of a name, or the one that suits a data set.

    Args:
        extractor: a registered name, an extractor, which comes back as it is, or None.
        spec: for None: the extractor that has the data set's name, else Inception v3
            if the data are images.

    Raises:
        ValueError: for an unknown name, or data that no registered extractor suits.
        TypeError: for what is neither a name nor an extractor.

    Example:
        >>> load_extractor("digits").feature_size
        64
    """
    if extractor is None:
        extractor = _suited(spec)
    if isinstance(extractor, str):
        return registry.lookup(extractor, "extractor")()
    if not isinstance(extractor, Extractor):
        raise TypeError(
            "`extractor` must be a name or have `name`, `feature_size` and `features`. "
            f"Received: {extractor!r} of type {type(extractor).__name__}."
        )
    return extractor


def has_own(spec: DatasetSpec) -> bool:
    """Whether an extractor of this very data set is registered."""
    return spec.name in registry.names("extractor")


def _suited(spec: DatasetSpec | None) -> str:
    if spec is not None and has_own(spec):
        return spec.name
    if spec is not None and spec.is_image and spec.x_shape[-1] in (1, 3):
        return _ANY_IMAGE
    known = ", ".join(map(repr, registry.names("extractor")))
    raise ValueError(
        f"`extractor` must be given for {spec and spec.name!r}: those that are "
        f"registered, {known}, do not suit it. Received: extractor=None."
    )


@register("digits", family="extractor")
def digits() -> Classifier:
    """The bundled classifier of the 16x16 digits: 64 features, 10 classes."""
    return load_classifier("digits")


@register("mnist", family="extractor")
def mnist() -> Classifier:
    """The bundled classifier of MNIST: 64 features, 10 classes."""
    return load_classifier("mnist")


@register(_ANY_IMAGE, family="extractor")
@functools.cache
def inception_v3(weights: str | None = "imagenet") -> Classifier:
    """Inception v3, trained on ImageNet: 2,048 features and 1,000 classes of any image.

    The weights are those of `keras.applications`, which fetches them once. They are not
    the ones of the papers' Frechet distances, whose numbers compare with their own
    kind only.

    Args:
        weights: "imagenet", the path of a weights file of `keras.applications`, or None
            for random ones.

    Raises:
        ValueError: if the weights are neither on disk nor to be fetched; the message
            says where to put them.

    Reference: Szegedy et al., Rethinking the Inception Architecture for Computer
    Vision, 2016.
    """
    import keras

    try:
        whole = keras.applications.InceptionV3(
            weights=weights, classifier_activation=None
        )
    except Exception as error:  # Keras raises a plain one where fetching fails
        raise ValueError(
            "The weights of 'inception_v3' must be on disk or to be fetched: put "
            "inception_v3_weights_tf_dim_ordering_tf_kernels.h5 of Keras Applications "
            "into ~/.keras/models, or choose another extractor, such as "
            f"extractor='mnist'. Received: {error}"
        ) from error
    body = keras.Model(whole.input, whole.get_layer("avg_pool").output)
    image = keras.Input(whole.input.shape[1:])
    features = body(keras.layers.Rescaling(2.0, -1.0)(image))
    features = keras.layers.Identity(name=FEATURES)(features)
    logits = whole.get_layer("predictions")(features)
    card = {
        "name": _ANY_IMAGE,
        "attribute": "object",
        "classes": [str(index) for index in range(logits.shape[-1])],
        "test_accuracy": 0.779,  # top-1, as Keras states it
    }
    return Classifier(keras.Model(image, logits), card, batch_size=32)


class KnownModes:
    """Points as they are, and the posterior of each mode of an equal normal mixture.

    The best classifier that there is, for data whose distribution is known.

    Args:
        name: of the data set.
        centres: the means of the modes, (modes, dimensions).
        stddev: the standard deviation of each mode, > 0.
    """

    test_accuracy = 1.0  # the modes hardly overlap

    def __init__(self, name: str, centres: np.ndarray, stddev: float) -> None:
        self.name, self.centres, self.stddev = name, centres, stddev
        self.classes: Sequence[str] = [str(mode) for mode in range(len(centres))]
        self.feature_size: int = centres.shape[1]

    def features(self, x: Any) -> np.ndarray:
        """The points, (n, dimensions)."""
        return np.asarray(x, np.float32)

    def probabilities(self, x: Any) -> np.ndarray:
        """Of each mode, given a point, (n, modes)."""
        distances = squared_distances(np.asarray(x, np.float64), self.centres)
        logits = -distances / (2 * self.stddev**2)
        weights = np.exp(logits - logits.max(axis=1, keepdims=True))
        return weights / weights.sum(axis=1, keepdims=True)


@register("gaussian_ring", family="extractor")
@functools.cache
def gaussian_ring() -> KnownModes:
    """The points of the plane themselves, 2 features; the classes are the 8 modes."""
    centres = ring_centres()
    return KnownModes("gaussian_ring", centres, STDDEV)
