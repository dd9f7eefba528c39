"""The tumours of the breast that scikit-learn carries."""

from __future__ import annotations

from keras_genmodels.data.request import Arrays, Request
from keras_genmodels.data.tabular import table
from keras_genmodels.registry import register


@register("breast_cancer", "dataset")
def breast_cancer(request: Request) -> Arrays:
    """Cell nuclei of tumours, 30 numbers: 455 for training, 114 for test, 2 classes; no
    download.

    Means, errors and extremes of ten measurements, of tumours that are malignant or
    benign. Each number is standardised on the training split: 0.1 is a standard
    deviation, 0.5 the mean. Split by a fixed seed, or by another one for each
    `partition` above 0.

    Wolberg, Mangasarian, Street & Street, Breast Cancer Wisconsin (Diagnostic), UCI,
    1993.
    """
    from sklearn.datasets import load_breast_cancer

    classes = ("malignant", "benign")
    return table("breast_cancer", load_breast_cancer(), classes, request)


breast_cancer.takes = ("partition",)
breast_cancer.licence = "CC BY 4.0"
