"""Tensors to distributions: heads, priors and the divergences between them."""

from .coupled_logistics import CoupledLogisticMixtureHead
from .discrete import (
    BernoulliHead,
    CategoricalHead,
    ContinuousBernoulliHead,
    DiscretisedLogisticHead,
    LogisticMixtureHead,
)
from .divergences import kl, kl_by_dimension
from .fitted import FittedNormalPrior
from .flow_heads import IAFHead, MAFHead, PlanarHead
from .flow_priors import AutoregressivePrior, RealNVPPrior
from .heads import Head
from .hierarchical import HierarchicalPrior
from .normal import (
    FixedNormalHead,
    LearnedNormalHead,
    MultivariateNormalHead,
    NormalHead,
)
from .normal_mixture import NormalMixtureHead
from .optimal_normal import OptimalNormalHead
from .priors import (
    MixturePrior,
    Prior,
    StandardNormalPrior,
    UniformPrior,
    VampPrior,
)
from .recurrent import RecurrentPrior, Unrolled
from .structured import StructuredPrior
from .trained_normal import TrainedNormalPrior, TrainedPointPrior

__all__ = [
    "AutoregressivePrior",
    "BernoulliHead",
    "CategoricalHead",
    "ContinuousBernoulliHead",
    "CoupledLogisticMixtureHead",
    "DiscretisedLogisticHead",
    "FittedNormalPrior",
    "FixedNormalHead",
    "Head",
    "HierarchicalPrior",
    "IAFHead",
    "LearnedNormalHead",
    "LogisticMixtureHead",
    "MAFHead",
    "MixturePrior",
    "MultivariateNormalHead",
    "NormalHead",
    "NormalMixtureHead",
    "OptimalNormalHead",
    "PlanarHead",
    "Prior",
    "RealNVPPrior",
    "RecurrentPrior",
    "StandardNormalPrior",
    "StructuredPrior",
    "TrainedNormalPrior",
    "TrainedPointPrior",
    "UniformPrior",
    "Unrolled",
    "VampPrior",
    "kl",
    "kl_by_dimension",
]
