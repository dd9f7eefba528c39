"""The handwritten digits that scikit-learn carries."""

from __future__ import annotations

import dataclasses

import numpy as np

from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.request import Arrays, Request
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.registry import register


@register("digits", "dataset")
def digits(request: Request) -> Arrays:
    """Handwritten digits, 16x16x1: 1,437 for training, 360 for test, 10 classes; no
    download.

    They are 8x8 in 17 greys, scaled to 16x16, and split by a fixed seed, or by another
    one for each `partition` above 0.

    Alpaydin & Kaynak, Optical Recognition of Handwritten Digits, UCI, 1998 (its test
    part, as scikit-learn carries it).
    """
    from sklearn.datasets import load_digits

    found = load_digits()
    chosen = request.fixed_split(len(found.target))
    grey = np.round(found.images[chosen] * (255 / 16)).astype(np.uint8)[..., None]
    scaled = dataclasses.replace(request, image_size=request.image_size or (16, 16))
    x = scaled.collect([scaled.fit(grey).numpy()], len(chosen))
    spec = DatasetSpec("digits", x.shape[1:], side_by_side({"label": "0123456789"}))
    return Arrays(x, found.target[chosen][:, None], spec)


digits.takes = ("partition",)
digits.licence = "CC BY 4.0"
