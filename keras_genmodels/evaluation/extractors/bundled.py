"""Extractors that are the classifiers in the package."""

from __future__ import annotations

from keras_genmodels.evaluation.classifiers import (
    AttributesClassifier,
    Classifier,
    load_classifier,
)
from keras_genmodels.registry import register


@register("chair_views", family="extractor")
def chair_views() -> AttributesClassifier:
    """The bundled classifier of views of chairs, 32x32: 256 features."""
    return load_classifier("chair_views")


@register("digits", family="extractor")
def digits() -> Classifier:
    """The bundled classifier of the 16x16 digits: 64 features, 10 classes."""
    return load_classifier("digits")


@register("mnist", family="extractor")
def mnist() -> Classifier:
    """The bundled classifier of MNIST: 64 features, 10 classes."""
    return load_classifier("mnist")
