"""The wines that scikit-learn carries."""

from __future__ import annotations

from keras_genmodels.data.request import Arrays, Request
from keras_genmodels.data.tabular import table
from keras_genmodels.registry import register


@register("wine", "dataset")
def wine(request: Request) -> Arrays:
    """Chemical analyses of wines, 13 numbers: 142 for training, 36 for test, 3 classes;
    no download.

    The classes are growers. Each number is standardised on the training split: 0.1 is a
    standard deviation, 0.5 the mean. Split by a fixed seed, or by another one for each
    `partition` above 0.

    Forina et al., PARVUS; Aeberhard & Forina, Wine, UCI, 1991.
    """
    from sklearn.datasets import load_wine

    return table("wine", load_wine(), ("first", "second", "third"), request)


wine.takes = ("partition",)
wine.licence = "CC BY 4.0"
