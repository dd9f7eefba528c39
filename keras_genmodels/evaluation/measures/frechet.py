"""The Frechet distance between two sets of features."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from keras_genmodels.evaluation.measures.feature_vectors import checked, checked_pair

NAMES = ("features_a", "features_b")
_PRECISION = 1e-7  # of a sum of singular values


class Gaussian(NamedTuple):
    """The two moments that the Frechet distance looks at, and of how many examples."""

    mean: np.ndarray
    covariance: np.ndarray
    count: int


def gaussian(features: np.ndarray) -> Gaussian:
    """The mean and the unbiased covariance of features, (n, dimensions), in float64.

    Example:
        >>> gaussian([[0.0, 0.0], [2.0, 4.0]]).mean.tolist()
        [1.0, 2.0]
    """
    return _moments(checked(features, keep=True))


def frechet_between(a: Gaussian, b: Gaussian) -> float:
    """The squared Frechet (Wasserstein-2) distance of two normal distributions.

    It takes moments, so that those of the real data can be computed once and kept.

        |mean_a - mean_b|^2 + tr(A) + tr(B) - 2 tr((A B)^(1/2))

    With A = F F' and B = G G' the last trace is the sum of the singular values of F'G.
    They are the square roots of the eigenvalues of its square where rounding leaves
    those enough digits, which is known before it is relied on, and costs half.

    Returns:
        The distance, >= 0 up to rounding, in squared units of the features.
    """
    cross = _nuclear_norm(_root(a.covariance).T @ _root(b.covariance))
    traces = np.trace(a.covariance) + np.trace(b.covariance)
    return float(np.sum((a.mean - b.mean) ** 2) + traces - 2.0 * cross)


def frechet_distance(features_a: np.ndarray, features_b: np.ndarray) -> float:
    """Compute the Frechet distance of two sets of features, each seen as one normal.

    Small is good, but only beside the distance of real data to real data with the same
    counts: it falls with the number of examples, and depends on the extractor.

    Args:
        features_a: (n, dimensions), n >= 2.
        features_b: (m, dimensions), m >= 2; m may differ from n.

    Returns:
        The squared Frechet distance, computed in float64.

    Raises:
        ValueError: for other shapes, or values that are not finite.

    Example:
        >>> a = np.array([[0.0], [1.0], [2.0]])
        >>> round(frechet_distance(a, a + 3.0), 12)
        9.0

    Reference:
        Heusel et al., GANs Trained by a Two Time-Scale Update Rule Converge to a Local
        Nash Equilibrium, 2017. We take the features as given; the paper's are those of
        Inception v3.
    """
    a, b = checked_pair(features_a, features_b, NAMES, keep=True)
    return frechet_between(_moments(a), _moments(b))


def _moments(features: np.ndarray) -> Gaussian:
    mean = features.mean(axis=0, dtype=np.float64)
    centred = features - mean
    return Gaussian(mean, centred.T @ centred / (len(centred) - 1), len(features))


def _root(covariance: np.ndarray) -> np.ndarray:
    """F with F F' = covariance: of Cholesky, or without the columns of eigenvalue 0.

    Either is exact to rounding in F F'; the first, where it exists, is much faster.
    """
    try:
        return np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError:  # fewer examples than dimensions, say
        values, vectors = np.linalg.eigh(covariance)
        kept = values > values[-1] * len(values) * np.finfo(np.float64).eps
        return vectors[:, kept] * np.sqrt(values[kept])


def _nuclear_norm(matrix: np.ndarray) -> float:
    """The sum of the singular values, to a part of `_PRECISION` at least.

    An eigenvalue v of the square is off by sqrt(n) eps v_max or less, as rounding goes,
    and so is its root by that over 2 sqrt(v): nothing, unless v is small. If all of
    them together could be off by too much, the singular values are computed as such.
    """
    if not matrix.size:  # one of the two is a point
        return 0.0
    squares = np.linalg.eigvalsh(matrix @ matrix.T)
    off = np.sqrt(len(squares)) * np.finfo(np.float64).eps * squares[-1]
    if squares[0] > off:
        roots = np.sqrt(squares)
        if np.sum(off / (2.0 * roots)) <= _PRECISION * roots.sum():
            return float(roots.sum())
    return float(np.linalg.svd(matrix, compute_uv=False).sum())
