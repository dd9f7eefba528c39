"""Extractors: networks that turn samples into features and class probabilities.

One file of this folder each, or a few that belong together; `load_extractor` finds them
by the name they are registered under.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np

from keras_genmodels import registry
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.evaluation.classifiers import Classifier

_OF_ANY_IMAGE = "inception_v3"


@runtime_checkable
class Extractor(Protocol):
    """The interface of an extractor, whose name every number carries.

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


class Extracted(NamedTuple):
    """Features and class probabilities of n samples.

    `features` (n, feature_size); `probabilities` (n, classes), or None of an extractor
    that tells no classes apart.
    """

    features: np.ndarray
    probabilities: np.ndarray | None


def extract(extractor: Extractor, x: Any) -> Extracted:
    """Extract features and probabilities of samples, in one pass where possible."""
    if isinstance(extractor, Classifier):
        return Extracted(*extractor.features_and_probabilities(x))
    read = getattr(extractor, "probabilities", lambda x: None)
    return Extracted(extractor.features(x), read(x))


def load_extractor(
    extractor: str | Extractor | None = None, spec: DatasetSpec | None = None
) -> Extractor:
    """Load the extractor of a name, or the one that suits a data set.

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


def has_extractor(spec: DatasetSpec) -> bool:
    """Check whether an extractor of this very data set is registered."""
    return spec.name in registry.names("extractor")


def _suited(spec: DatasetSpec | None) -> str:
    if spec is not None and has_extractor(spec):
        return spec.name
    if spec is not None and spec.is_image and spec.x_shape[-1] in (1, 3):
        return _OF_ANY_IMAGE
    known = ", ".join(map(repr, registry.names("extractor")))
    raise ValueError(
        f"`extractor` must be given for {spec and spec.name!r}: those that are "
        f"registered, {known}, do not suit it. Received: extractor=None."
    )
