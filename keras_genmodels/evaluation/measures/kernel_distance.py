"""The kernel distance between two sets of features."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from keras_genmodels import checks
from keras_genmodels.evaluation.measures.feature_vectors import checked_pair


class KernelDistance(NamedTuple):
    """A squared maximum mean discrepancy and its standard error."""

    value: float
    standard_error: float


def kernel_distance(
    features_a: np.ndarray,
    features_b: np.ndarray,
    block_size: int = 1000,
    seed: int = 0,
) -> KernelDistance:
    """The unbiased squared maximum mean discrepancy under a cubic kernel.

    Unlike the Frechet distance its expectation does not depend on the number of
    examples, and it comes with an error.

        k(u, v) = (u.v / dimensions + 1)^3
        mean of k within a + mean of k within b - 2 * mean of k between a and b

    Args:
        features_a: (n, dimensions), n >= 4.
        features_b: (m, dimensions), m >= 4; m may differ from n.
        block_size: about how many examples of the smaller set are compared at once,
            >= 2; there are at least two blocks.
        seed: of the shuffle that forms the blocks.

    Returns:
        `value`, the mean over blocks (below 0 by chance when the sets agree), and
        `standard_error`, the standard deviation of the blocks over the square root of
        their number.

    Raises:
        ValueError: for other shapes, values that are not finite, or `block_size` < 2.

    Reference:
        Binkowski et al., Demystifying MMD GANs, 2018. Their subsets overlap; our blocks
        are disjoint, so that they are independent and the standard error is honest.
    """
    a, b = checked_pair(features_a, features_b, ("features_a", "features_b"), minimum=4)
    checks.integer("block_size", block_size, 2)
    num_blocks = max(2, min(len(a), len(b)) // block_size)
    rng = np.random.default_rng(seed)
    blocks = [np.array_split(rng.permutation(part), num_blocks) for part in (a, b)]
    values = [_discrepancy(*pair) for pair in zip(*blocks, strict=True)]
    error = np.std(values, ddof=1) / np.sqrt(num_blocks)
    return KernelDistance(float(np.mean(values)), float(error))


def _discrepancy(a: np.ndarray, b: np.ndarray) -> float:
    def kernel(u, v):
        return (u @ v.T / u.shape[1] + 1.0) ** 3

    def within(u):
        k = kernel(u, u)
        return (k.sum() - np.trace(k)) / (len(u) * (len(u) - 1))

    return within(a) + within(b) - 2.0 * kernel(a, b).mean()
