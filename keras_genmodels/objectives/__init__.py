"""Objectives: scores or distributions to per-example losses in nats."""

from keras_genmodels.objectives.adversarial import (
    AdversarialObjective,
    BoundarySeeking,
    Hinge,
    LeastSquares,
    Logistic,
    Minimax,
    NonSaturating,
    Wasserstein,
)
from keras_genmodels.objectives.categorical import Categorical
from keras_genmodels.objectives.edges import GradientDifference
from keras_genmodels.objectives.elbo import (
    ELBO,
    ImportanceWeighted,
    importance_weighted_bound,
)
from keras_genmodels.objectives.energy import BoundaryEquilibrium, EnergyBased
from keras_genmodels.objectives.f_divergence import FDivergence
from keras_genmodels.objectives.history import HistoricalAveraging
from keras_genmodels.objectives.penalties import (
    DRAGAN,
    R1,
    GradientPenalty,
    Penalty,
    WeightClipping,
)
from keras_genmodels.objectives.play import Play
from keras_genmodels.objectives.rebuilding import KLTerm, Reconstruction, Similarity
from keras_genmodels.objectives.sequences import SequenceELBO
from keras_genmodels.objectives.supervised import Supervised
from keras_genmodels.objectives.terms import (
    ClassTerm,
    CodeTerm,
    FeatureMatching,
    MaskSparsity,
    PullingAway,
    Term,
)

__all__ = [
    "DRAGAN",
    "ELBO",
    "R1",
    "AdversarialObjective",
    "BoundaryEquilibrium",
    "BoundarySeeking",
    "Categorical",
    "ClassTerm",
    "CodeTerm",
    "EnergyBased",
    "FDivergence",
    "FeatureMatching",
    "GradientDifference",
    "GradientPenalty",
    "Hinge",
    "HistoricalAveraging",
    "ImportanceWeighted",
    "KLTerm",
    "LeastSquares",
    "Logistic",
    "MaskSparsity",
    "Minimax",
    "NonSaturating",
    "Penalty",
    "Play",
    "PullingAway",
    "Reconstruction",
    "SequenceELBO",
    "Similarity",
    "Supervised",
    "Term",
    "Wasserstein",
    "WeightClipping",
    "importance_weighted_bound",
]
