"""Tensors to distributions: heads, priors and the divergences between them."""

from .discrete import BernoulliHead
from .divergences import kl
from .heads import Head
from .normal import NormalHead
from .priors import Prior, StandardNormalPrior

__all__ = [
    "BernoulliHead",
    "Head",
    "NormalHead",
    "Prior",
    "StandardNormalPrior",
    "kl",
]
