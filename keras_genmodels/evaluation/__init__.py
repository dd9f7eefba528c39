"""Evaluation: models to numbers and pictures; a model is known by its methods only.

`metrics` holds what `evaluate` calls, `measures` pure functions of arrays, `figures`
pictures of models, `extractors` and `classifiers` networks that read samples. What is
named below is what most programs need; a new metric or figure needs no line here.
"""

# ruff: noqa: I001  a module's names stand together

from keras_genmodels.evaluation import figures as figures
from keras_genmodels.evaluation.figures.attribute_changes import (
    attribute_changes as attribute_changes,
)
from keras_genmodels.evaluation.callbacks import (
    CollapseAlarm as CollapseAlarm,
    Evaluation as Evaluation,
    cheap_look as cheap_look,
)
from keras_genmodels.evaluation.classifiers import (
    AttributesClassifier as AttributesClassifier,
    Classifier as Classifier,
    ClipClassifier as ClipClassifier,
    load_classifier as load_classifier,
)
from keras_genmodels.evaluation.extractors import (
    Extractor as Extractor,
    load_extractor as load_extractor,
)
from keras_genmodels.evaluation.measures.bits_per_dimension import (
    bits_per_dimension as bits_per_dimension,
)
from keras_genmodels.evaluation.measures.class_scores import (
    class_coverage as class_coverage,
    inception_score as inception_score,
    inter_entropy as inter_entropy,
    intra_entropy as intra_entropy,
    video_inception_score as video_inception_score,
)
from keras_genmodels.evaluation.measures.frechet import (
    frechet_distance as frechet_distance,
)
from keras_genmodels.evaluation.measures.kernel_distance import (
    kernel_distance as kernel_distance,
)
from keras_genmodels.evaluation.measures.latent_smoothness import (
    step_lengths as step_lengths,
)
from keras_genmodels.evaluation.measures.linear_probe import (
    linear_probe_accuracy as linear_probe_accuracy,
)
from keras_genmodels.evaluation.measures.precision_recall import (
    density_coverage as density_coverage,
    mode_coverage as mode_coverage,
    precision_recall as precision_recall,
)
from keras_genmodels.evaluation.measures.streaming import (
    ClassifierScore as ClassifierScore,
    FrechetDistance as FrechetDistance,
)
from keras_genmodels.evaluation.metrics import (
    metric as metric,
)
from keras_genmodels.evaluation.metrics.annealed_importance_sampling import (
    annealed_importance_sampling as annealed_importance_sampling,
)
from keras_genmodels.evaluation.metrics.anomaly_detection import (
    anomaly as anomaly,
)
from keras_genmodels.evaluation.metrics.attribute_control import (
    control_accuracy as control_accuracy,
)
from keras_genmodels.evaluation.metrics.class_scores import (
    classifier_score as classifier_score,
    code_purity as code_purity,
)
from keras_genmodels.evaluation.metrics.classification import (
    classification_accuracy as classification_accuracy,
)
from keras_genmodels.evaluation.metrics.diversity import (
    diversity as diversity,
)
from keras_genmodels.evaluation.metrics.fine_tuning import (
    initialised_classifier as initialised_classifier,
)
from keras_genmodels.evaluation.metrics.frame_quality import (
    ghosting as ghosting,
    sharpness as sharpness,
)
from keras_genmodels.evaluation.metrics.latent_smoothness import (
    smoothness as smoothness,
)
from keras_genmodels.evaluation.metrics.likelihood import (
    elbo as elbo,
    log_likelihood as log_likelihood,
    reconstruction_error as reconstruction_error,
)
from keras_genmodels.evaluation.metrics.linear_probe import (
    linear_probe as linear_probe,
)
from keras_genmodels.evaluation.metrics.video import (
    clip_diversity as clip_diversity,
    clip_jitter as clip_jitter,
    frechet_video_distance as frechet_video_distance,
)
from keras_genmodels.evaluation.metrics.video_inception_score import (
    video_score as video_score,
)
from keras_genmodels.evaluation.metrics.video_prediction import (
    continuation as continuation,
    prediction_error as prediction_error,
)
from keras_genmodels.evaluation.report import (
    evaluate as evaluate,
)
