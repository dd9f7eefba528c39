"""From samples and likelihoods to numbers; knows a model by its public methods only."""

from keras_genmodels.evaluation import figures
from keras_genmodels.evaluation.callbacks import (
    CollapseAlarm,
    Evaluation,
    cheap_look,
)
from keras_genmodels.evaluation.classifiers import (
    Classifier,
    ClipClassifier,
    load_classifier,
)
from keras_genmodels.evaluation.extractors import Extractor, load_extractor
from keras_genmodels.evaluation.figures.attribute_changes import attribute_changes
from keras_genmodels.evaluation.measures.class_scores import (
    class_coverage,
    inception_score,
    inter_entropy,
    intra_entropy,
    video_inception_score,
)
from keras_genmodels.evaluation.measures.frechet import (
    frechet_distance,
    kernel_distance,
)
from keras_genmodels.evaluation.measures.precision_recall import (
    density_coverage,
    mode_coverage,
    precision_recall,
)
from keras_genmodels.evaluation.measures.streaming import (
    ClassifierScore,
    FrechetDistance,
)
from keras_genmodels.evaluation.metrics import (
    bits_per_dimension,
    metric,
)
from keras_genmodels.evaluation.metrics.annealed_importance_sampling import (
    annealed_importance_sampling,
)
from keras_genmodels.evaluation.metrics.anomaly_detection import anomaly
from keras_genmodels.evaluation.metrics.attribute_control import control_accuracy
from keras_genmodels.evaluation.metrics.class_scores import (
    classifier_score,
    code_purity,
)
from keras_genmodels.evaluation.metrics.classification import classification_accuracy
from keras_genmodels.evaluation.metrics.diversity import diversity
from keras_genmodels.evaluation.metrics.fine_tuning import initialised_classifier
from keras_genmodels.evaluation.metrics.frame_quality import ghosting, sharpness
from keras_genmodels.evaluation.metrics.latent_smoothness import (
    smoothness,
    step_lengths,
)
from keras_genmodels.evaluation.metrics.likelihood import (
    elbo,
    log_likelihood,
    reconstruction_error,
)
from keras_genmodels.evaluation.metrics.linear_probe import (
    linear_probe,
    linear_probe_accuracy,
)
from keras_genmodels.evaluation.metrics.video import (
    clip_diversity,
    clip_jitter,
    frechet_video_distance,
    video_score,
)
from keras_genmodels.evaluation.metrics.video_prediction import (
    continuation,
    prediction_error,
)
from keras_genmodels.evaluation.report import evaluate

__all__ = [
    "Classifier",
    "ClassifierScore",
    "ClipClassifier",
    "CollapseAlarm",
    "Evaluation",
    "Extractor",
    "FrechetDistance",
    "annealed_importance_sampling",
    "anomaly",
    "attribute_changes",
    "bits_per_dimension",
    "cheap_look",
    "class_coverage",
    "classification_accuracy",
    "classifier_score",
    "clip_diversity",
    "clip_jitter",
    "code_purity",
    "continuation",
    "control_accuracy",
    "density_coverage",
    "diversity",
    "elbo",
    "evaluate",
    "figures",
    "frechet_distance",
    "frechet_video_distance",
    "ghosting",
    "inception_score",
    "initialised_classifier",
    "inter_entropy",
    "intra_entropy",
    "kernel_distance",
    "linear_probe",
    "linear_probe_accuracy",
    "load_classifier",
    "load_extractor",
    "log_likelihood",
    "metric",
    "mode_coverage",
    "precision_recall",
    "prediction_error",
    "reconstruction_error",
    "sharpness",
    "smoothness",
    "step_lengths",
    "video_inception_score",
    "video_score",
]
