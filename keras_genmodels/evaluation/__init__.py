"""From samples and likelihoods to numbers; knows a model by its public methods only."""

from keras_genmodels.evaluation import figures
from keras_genmodels.evaluation.annealing import annealed_importance_sampling
from keras_genmodels.evaluation.classification import classification_accuracy
from keras_genmodels.evaluation.classifier_scores import (
    class_coverage,
    inception_score,
    inter_entropy,
    intra_entropy,
    video_inception_score,
)
from keras_genmodels.evaluation.classifiers import Classifier, load_classifier
from keras_genmodels.evaluation.control import control_accuracy
from keras_genmodels.evaluation.frechet import frechet_distance, kernel_distance
from keras_genmodels.evaluation.initialisation import initialised_classifier
from keras_genmodels.evaluation.likelihood import (
    elbo,
    log_likelihood,
    reconstruction_error,
)
from keras_genmodels.evaluation.manifold import (
    density_coverage,
    mode_coverage,
    precision_recall,
)
from keras_genmodels.evaluation.metrics import bits_per_dimension, metric
from keras_genmodels.evaluation.probe import linear_probe, linear_probe_accuracy
from keras_genmodels.evaluation.report import evaluate

__all__ = [
    "Classifier",
    "annealed_importance_sampling",
    "bits_per_dimension",
    "class_coverage",
    "classification_accuracy",
    "control_accuracy",
    "density_coverage",
    "elbo",
    "evaluate",
    "figures",
    "frechet_distance",
    "inception_score",
    "initialised_classifier",
    "inter_entropy",
    "intra_entropy",
    "kernel_distance",
    "linear_probe",
    "linear_probe_accuracy",
    "load_classifier",
    "log_likelihood",
    "metric",
    "mode_coverage",
    "precision_recall",
    "reconstruction_error",
    "video_inception_score",
]
