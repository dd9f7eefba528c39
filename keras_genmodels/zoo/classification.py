"""Classifiers, whose features other recipes borrow."""

from __future__ import annotations

from collections.abc import Sequence

from keras_genmodels import checks
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.models import AttributeClassifier
from keras_genmodels.networks.classifier import convolutional
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import IMAGES, needed_condition, needed_tensors


@recipe("classifier", kinds=IMAGES, learning_rate=2e-3)
def classifier(
    spec: DatasetSpec,
    sees: str = "x",
    filters: Sequence[int] = (32, 64, 96, 128),
    dropout: float = 0.2,
    seed: int = 0,
) -> AttributeClassifier:
    """A convolutional classifier of all attributes; it makes no pictures.

    Recipes with an argument `start` borrow its features. It is no judge: the bundled
    classifiers, which read what models make, are others and enter no loss.

    Args:
        spec: of a data set with attributes.
        sees: the picture that is read: "x", or "source" of data that have it. Default
            "x".
        filters: channels of each convolution, each >= 1; all but the first halve the
            picture. Default (32, 64, 96, 128).
        dropout: rate before the last layer, in [0, 1). Default 0.2.
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for data without attributes or without what is to be seen.

    Reference: LeCun, Bottou, Bengio, Haffner, "Gradient-Based Learning Applied to
    Document Recognition", 1998; with batch normalisation, strides in place of pooling,
    and mean and maximum over all places at the end.
    """
    checks.one_of("sees", sees, ("x", "source"))
    size = needed_condition(spec, "classifier")["condition"][0]
    inputs = needed_tensors(spec, "classifier", sees)
    network = convolutional(inputs, size, filters, dropout)
    return AttributeClassifier(spec, network, seed=seed)
