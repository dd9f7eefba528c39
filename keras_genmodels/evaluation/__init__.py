"""From samples and likelihoods to numbers; knows a model by its public methods only."""

from keras_genmodels.evaluation.classifier_scores import (
    class_coverage,
    inception_score,
    inter_entropy,
    intra_entropy,
    video_inception_score,
)
from keras_genmodels.evaluation.frechet import frechet_distance, kernel_distance
from keras_genmodels.evaluation.manifold import (
    density_coverage,
    mode_coverage,
    precision_recall,
)

__all__ = [
    "class_coverage",
    "density_coverage",
    "frechet_distance",
    "inception_score",
    "inter_entropy",
    "intra_entropy",
    "kernel_distance",
    "mode_coverage",
    "precision_recall",
    "video_inception_score",
]
