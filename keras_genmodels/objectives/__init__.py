"""Objectives: scores or distributions to per-example losses in nats."""

from keras_genmodels.objectives.elbo import (
    ELBO,
    ImportanceWeighted,
    importance_weighted_bound,
)

__all__ = ["ELBO", "ImportanceWeighted", "importance_weighted_bound"]
