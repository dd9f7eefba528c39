"""Training runs: a recipe and a dataset in a folder that survives being killed."""

from keras_genmodels.training.borrowed_features import BorrowedFeatures
from keras_genmodels.training.callbacks import NonFiniteError
from keras_genmodels.training.configuration import configure
from keras_genmodels.training.drawing import draw
from keras_genmodels.training.job import Job
from keras_genmodels.training.preparation import (
    is_finished,
    prepare,
    proceed,
    resume,
    train,
)
from keras_genmodels.training.results import load_data, measure, publish, restore
from keras_genmodels.training.run import Run
from keras_genmodels.training.schema import read_metrics

__all__ = [
    "BorrowedFeatures",
    "Job",
    "NonFiniteError",
    "Run",
    "configure",
    "draw",
    "is_finished",
    "load_data",
    "measure",
    "prepare",
    "proceed",
    "publish",
    "read_metrics",
    "restore",
    "resume",
    "train",
]
