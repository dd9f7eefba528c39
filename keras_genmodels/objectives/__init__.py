"""Objectives: scores or distributions to per-example losses in nats."""

from keras_genmodels.objectives.accuracy_gate import AccuracyGate as AccuracyGate
from keras_genmodels.objectives.adversarial import (
    AdversarialObjective as AdversarialObjective,
)
from keras_genmodels.objectives.adversarial import BoundarySeeking as BoundarySeeking
from keras_genmodels.objectives.adversarial import Hinge as Hinge
from keras_genmodels.objectives.adversarial import LeastSquares as LeastSquares
from keras_genmodels.objectives.adversarial import Logistic as Logistic
from keras_genmodels.objectives.adversarial import Minimax as Minimax
from keras_genmodels.objectives.adversarial import NonSaturating as NonSaturating
from keras_genmodels.objectives.adversarial import Wasserstein as Wasserstein
from keras_genmodels.objectives.aggregate_posterior import MMD as MMD
from keras_genmodels.objectives.aggregate_posterior import BetaTC as BetaTC
from keras_genmodels.objectives.capacity import Capacity as Capacity
from keras_genmodels.objectives.categorical import Categorical as Categorical
from keras_genmodels.objectives.consistency import Consistency as Consistency
from keras_genmodels.objectives.elbo import ELBO as ELBO
from keras_genmodels.objectives.elbo import ImportanceWeighted as ImportanceWeighted
from keras_genmodels.objectives.elbo import (
    importance_weighted_bound as importance_weighted_bound,
)
from keras_genmodels.objectives.energy import BoundaryEquilibrium as BoundaryEquilibrium
from keras_genmodels.objectives.energy import EnergyBased as EnergyBased
from keras_genmodels.objectives.f_divergence import FDivergence as FDivergence
from keras_genmodels.objectives.log_ratio import LogRatio as LogRatio
from keras_genmodels.objectives.margin_ranking import MarginRanking as MarginRanking
from keras_genmodels.objectives.penalties import DRAGAN as DRAGAN
from keras_genmodels.objectives.penalties import R1 as R1
from keras_genmodels.objectives.penalties import R2 as R2
from keras_genmodels.objectives.penalties import GradientPenalty as GradientPenalty
from keras_genmodels.objectives.penalties import Penalty as Penalty
from keras_genmodels.objectives.penalties import WeightClipping as WeightClipping
from keras_genmodels.objectives.relativistic import Relativistic as Relativistic
from keras_genmodels.objectives.sequence_elbo import SequenceELBO as SequenceELBO
from keras_genmodels.objectives.step_tensors import StepTensors as StepTensors
from keras_genmodels.objectives.terms.activation_maximisation import (
    ActivationMaximisation as ActivationMaximisation,
)
from keras_genmodels.objectives.terms.classification import ClassTerm as ClassTerm
from keras_genmodels.objectives.terms.classification import Supervised as Supervised
from keras_genmodels.objectives.terms.code import CodeTerm as CodeTerm
from keras_genmodels.objectives.terms.energy_sum import EnergySum as EnergySum
from keras_genmodels.objectives.terms.feature_matching import (
    ClassFeatureMatching as ClassFeatureMatching,
)
from keras_genmodels.objectives.terms.feature_matching import (
    FeatureMatching as FeatureMatching,
)
from keras_genmodels.objectives.terms.feature_matching import Similarity as Similarity
from keras_genmodels.objectives.terms.gradient_difference import (
    GradientDifference as GradientDifference,
)
from keras_genmodels.objectives.terms.historical_averaging import (
    HistoricalAveraging as HistoricalAveraging,
)
from keras_genmodels.objectives.terms.mask_sparsity import MaskSparsity as MaskSparsity
from keras_genmodels.objectives.terms.perceptual import Perceptual as Perceptual
from keras_genmodels.objectives.terms.pulling_away import PullingAway as PullingAway
from keras_genmodels.objectives.terms.reconstruction import (
    CrossEntropy as CrossEntropy,
)
from keras_genmodels.objectives.terms.reconstruction import KLTerm as KLTerm
from keras_genmodels.objectives.terms.reconstruction import (
    Reconstruction as Reconstruction,
)
from keras_genmodels.objectives.terms.smoothness import Smoothness as Smoothness
from keras_genmodels.objectives.terms.term import Term as Term
from keras_genmodels.objectives.terms.transfiguration import Nothing as Nothing
from keras_genmodels.objectives.terms.transfiguration import (
    Parallelogram as Parallelogram,
)
from keras_genmodels.objectives.which import Which as Which
