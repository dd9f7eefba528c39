"""How far the dimensions of a code stand for one factor of the data each."""

from __future__ import annotations

import numpy as np

from keras_genmodels import checks

_SMALL = 0.05  # a dimension of less variance than this share of the greatest is unused


def mutual_information(
    codes: np.ndarray, factors: np.ndarray, bins: int = 20
) -> np.ndarray:
    """Estimate the mutual information of each dimension and each factor.

    Args:
        codes: (n, dimensions).
        factors: class indices, (n, count).
        bins: of equal width that each dimension is cut into, >= 2. Default 20.

    Returns:
        (dimensions, count) nats.
    """
    from sklearn.metrics import mutual_info_score

    codes, factors = _checked(codes, factors)
    checks.integer("bins", bins, least=2)
    cut = [np.digitize(c, np.histogram_bin_edges(c, bins)[1:-1]) for c in codes.T]
    return np.array([[mutual_info_score(f, c) for f in factors.T] for c in cut])


def mutual_information_gap(
    codes: np.ndarray, factors: np.ndarray, bins: int = 20
) -> np.ndarray:
    """Measure how much more one dimension knows of a factor than any other does.

        MIG_k = (I(z_1; v_k) - I(z_2; v_k)) / H(v_k)

    where z_1 and z_2 are the two dimensions that know most of it.

    Args:
        codes: (n, dimensions), of two dimensions at least.
        factors: class indices, (n, count).
        bins: as for `mutual_information`.

    Returns:
        (count,), each in [0, 1]; the score is their mean.

    Reference: Chen, Li, Grosse, Duvenaud, "Isolating Sources of Disentanglement in
    VAEs", 2018.
    """
    codes, factors = _checked(codes, factors)
    known = np.sort(mutual_information(codes, factors, bins), axis=0)
    entropy = [_entropy(np.unique(f, return_counts=True)[1]) for f in factors.T]
    return (known[-1] - known[-2]) / np.array(entropy)


def separated_attribute_predictability(
    codes: np.ndarray,
    factors: np.ndarray,
    test_codes: np.ndarray,
    test_factors: np.ndarray,
) -> np.ndarray:
    """Measure how much better one dimension predicts a factor than any other does.

    A linear classifier of each dimension alone, with classes of equal weight, is fitted
    to every factor; what is compared are their accuracies on other examples.

    Args:
        codes: (n, dimensions), of two dimensions at least.
        factors: class indices, (n, count).
        test_codes: (m, dimensions).
        test_factors: (m, count).

    Returns:
        (count,), each in [0, 1]; the score is their mean.

    Reference: Kumar, Sattigeri, Balakrishnan, "Variational Inference of Disentangled
    Latent Concepts from Unlabeled Observations", 2018.
    """
    from sklearn.svm import LinearSVC

    codes, factors = _checked(codes, factors)
    test_codes, test_factors = _checked(test_codes, test_factors)
    gaps = []
    for factor, wanted in zip(factors.T, test_factors.T, strict=True):
        right = []
        for column in range(codes.shape[1]):
            classifier = LinearSVC(C=0.01, class_weight="balanced")
            classifier.fit(codes[:, column : column + 1], factor)
            right.append(classifier.score(test_codes[:, column : column + 1], wanted))
        second, first = np.sort(right)[-2:]
        gaps.append(first - second)
    return np.array(gaps)


def importances(
    codes: np.ndarray,
    factors: np.ndarray,
    test_codes: np.ndarray,
    test_factors: np.ndarray,
    seed: int = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """Fit a forest of trees to every factor.

    Args:
        codes: (n, dimensions).
        factors: class indices, (n, count).
        test_codes: (m, dimensions).
        test_factors: (m, count).
        seed: of the trees.

    Returns:
        The importance of each dimension for each factor, (dimensions, count), which sum
        to 1 for a factor, and the accuracies on the test examples, (count,).
    """
    from sklearn.ensemble import RandomForestClassifier

    codes, factors = _checked(codes, factors)
    found, right = [], []
    for factor, wanted in zip(factors.T, np.asarray(test_factors).T, strict=True):
        # Every split may take any dimension: of a few, the right one may be missing.
        options = {"max_features": None, "min_samples_leaf": 5, "random_state": seed}
        forest = RandomForestClassifier(50, **options)
        forest.fit(codes, factor)
        found.append(forest.feature_importances_)
        right.append(forest.score(test_codes, wanted))
    return np.array(found).T, np.array(right)


def disentanglement(importance: np.ndarray) -> float:
    """Measure whether each dimension matters for one factor alone.

    1 minus the entropy of a dimension's importances, in units of the greatest, averaged
    by how much a dimension matters at all.

    Args:
        importance: (dimensions, count), >= 0, of two factors at least.

    Returns:
        In [0, 1].

    Reference: Eastwood & Williams, "A Framework for the Quantitative Evaluation of
    Disentangled Representations", 2018.
    """
    importance = np.asarray(importance, float)
    total = importance.sum(axis=1)
    pure = [
        1 - _entropy(row) / np.log(importance.shape[1]) if row.sum() > 0 else 0.0
        for row in importance
    ]
    return float(np.dot(pure, total) / total.sum())


def completeness(importance: np.ndarray) -> float:
    """Measure whether each factor is held by one dimension alone.

    The same as `disentanglement`, with the roles of dimensions and factors exchanged.

    Args:
        importance: (dimensions, count), >= 0, of two dimensions at least.

    Returns:
        In [0, 1].
    """
    return disentanglement(np.asarray(importance).T)


def factor_vae_score(
    codes: np.ndarray,
    factors: np.ndarray,
    votes: int = 800,
    examples: int = 64,
    seed: int = 0,
) -> float:
    """Measure how well the dimension that stands still tells which factor does.

    Examples that share one factor are drawn; the dimension of the least variance, as a
    share of its variance over all, votes for it. The score is the accuracy, on other
    votes, of the classifier that takes each dimension for the factor that it mostly
    voted for.

    Args:
        codes: (n, dimensions).
        factors: class indices, (n, count).
        votes: to fit the classifier, >= 1, and as many to judge it. Default 800.
        examples: of a vote, >= 2. Default 64.
        seed: of the draws.

    Returns:
        In [0, 1]; a code that knows nothing has about 1 / count.

    Reference: Kim & Mnih, "Disentangling by Factorising", 2018. Examples are drawn with
    replacement, of those that there are.
    """
    codes, factors = _checked(codes, factors)
    variance = codes.var(axis=0)
    used = np.flatnonzero(variance > _SMALL * variance.max())
    if len(used) == 0:
        return 1 / factors.shape[1]
    noise = np.random.default_rng(seed)
    table = np.zeros((2, codes.shape[1], factors.shape[1]))
    for vote in range(2 * votes):
        k = noise.integers(factors.shape[1])
        alike = np.flatnonzero(factors[:, k] == noise.choice(factors[:, k]))
        rows = noise.choice(alike, examples)
        spread = codes[np.ix_(rows, used)].var(axis=0) / variance[used]
        table[vote % 2, used[spread.argmin()], k] += 1
    chosen = table[0].argmax(axis=1)
    return float(table[1][np.arange(len(chosen)), chosen].sum() / votes)


def _entropy(weights: np.ndarray) -> float:
    """The entropy in nats of weights that are made to sum to 1."""
    share = weights[weights > 0] / weights.sum()
    return float(-(share * np.log(share)).sum())


def _checked(codes, factors):
    """Both as arrays.

    Raises:
        ValueError: for other shapes than (n, dimensions) and (n, count), or a factor of
            one value alone.
    """
    codes, factors = np.asarray(codes, float), np.asarray(factors)
    if codes.ndim != 2 or factors.ndim != 2 or len(codes) != len(factors):
        raise ValueError(
            "`codes` and `factors` must be (n, dimensions) and (n, count). "
            f"Received: {codes.shape} and {factors.shape}."
        )
    alike = [k for k, f in enumerate(factors.T) if len(np.unique(f)) < 2]
    if alike:
        raise ValueError(
            "`factors` must each have two values at least. "
            f"Received: one value of the factors {alike}."
        )
    return codes, factors
