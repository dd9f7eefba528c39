"""Classifiers whose weights have a posterior."""

from __future__ import annotations

WINE = {"epochs": 300, "batch_size": 71}
BREAST_CANCER = {"epochs": 100, "batch_size": 65}
DIGITS = {"epochs": 60, "batch_size": 64, "arguments": {"scale": 2.0}}

PRESETS = {
    ("bayesian_gan", "wine"): WINE,
    ("bayesian_gan", "breast_cancer"): BREAST_CANCER,
    ("bayesian_gan", "digits"): DIGITS,
    ("bayesian_classifier", "wine"): WINE,
    ("bayesian_classifier", "breast_cancer"): BREAST_CANCER,
    ("bayesian_classifier", "digits"): DIGITS,
}
