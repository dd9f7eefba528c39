"""Objectives: scores or distributions to per-example losses in nats."""

from keras_genmodels.objectives.adversarial import (
    AdversarialObjective,
    BoundarySeeking,
    Categorical,
    Hinge,
    LeastSquares,
    Minimax,
    NonSaturating,
    Wasserstein,
)
from keras_genmodels.objectives.edges import GradientDifference
from keras_genmodels.objectives.elbo import (
    ELBO,
    ImportanceWeighted,
    importance_weighted_bound,
)
from keras_genmodels.objectives.energy import BoundaryEquilibrium, EnergyBased
from keras_genmodels.objectives.f_divergence import FDivergence
from keras_genmodels.objectives.penalties import (
    DRAGAN,
    R1,
    GradientPenalty,
    Penalty,
    WeightClipping,
)
from keras_genmodels.objectives.rebuilding import KLTerm, Reconstruction, Similarity
from keras_genmodels.objectives.sequences import SequenceELBO
from keras_genmodels.objectives.terms import (
    ClassTerm,
    CodeTerm,
    FeatureMatching,
    MaskSparsity,
    Play,
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
    "ImportanceWeighted",
    "KLTerm",
    "LeastSquares",
    "MaskSparsity",
    "Minimax",
    "NonSaturating",
    "Penalty",
    "Play",
    "PullingAway",
    "Reconstruction",
    "SequenceELBO",
    "Similarity",
    "Term",
    "Wasserstein",
    "WeightClipping",
    "importance_weighted_bound",
]
