"""The area under the ROC curve, and how certain it is."""

from __future__ import annotations

import numpy as np


def roc_area(positive: np.ndarray, scores: np.ndarray) -> float:
    """Compute the share of pairs of a positive and another that scores order rightly.

    Args:
        positive: which examples are positive, (n,) booleans.
        scores: (n,), larger for what seems positive.

    Example:
        >>> roc_area(np.array([True, False, False]), np.array([0.5, 0.2, 0.9]))
        0.5
    """
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(positive, scores))


def roc_area_standard_error(area: float, positive: np.ndarray) -> float:
    """Estimate the standard error of an area under the ROC curve.

    Args:
        area: as `roc_area` gives it.
        positive: which examples are positive, (n,) booleans, some and not all.

    Reference: Hanley & McNeil, "The Meaning and Use of the Area under a Receiver
    Operating Characteristic (ROC) Curve", 1982.
    """
    ones, others = positive.sum(), (~positive).sum()
    two_ones, two_others = area / (2 - area), 2 * area**2 / (1 + area)
    variance = area * (1 - area)
    variance += (ones - 1) * (two_ones - area**2) + (others - 1) * (
        two_others - area**2
    )
    return float(np.sqrt(max(variance, 0.0) / (ones * others)))
