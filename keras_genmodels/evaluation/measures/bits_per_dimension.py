"""Likelihoods in a unit that does not grow with the size of an example."""

from __future__ import annotations

import numpy as np

from keras_genmodels import checks


def bits_per_dimension(nats: float, num_dimensions: int, levels: int = 1) -> float:
    """A log-likelihood as the bits that code one dimension of one example.

    It compares images of different sizes, which nats per example do not.

        -nats / (num_dimensions * log 2) + log2(levels)

    Args:
        nats: log p(x) of a whole example.
        num_dimensions: how many numbers an example has, >= 1.
        levels: 1 for a probability mass (Bernoulli, discretised logistic). For a
            density over [0, 1] on dequantised data, the number of values a dimension
            had before, such as 256, >= 1.

    Raises:
        ValueError: for `num_dimensions` or `levels` below 1.

    Example:
        >>> bits_per_dimension(-8 * np.log(2.0), num_dimensions=4)
        2.0
    """
    checks.number("num_dimensions", num_dimensions, 1)
    checks.number("levels", levels, 1)
    return float(-nats / (num_dimensions * np.log(2.0)) + np.log2(levels))
