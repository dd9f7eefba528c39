"""The linear probe: how plainly features show a class."""

from __future__ import annotations

import numpy as np

from keras_genmodels import checks


def linear_probe_accuracy(
    train: np.ndarray,
    train_labels: np.ndarray,
    test: np.ndarray,
    test_labels: np.ndarray,
    regularisation: float = 1.0,
) -> float:
    """Fit a linear classifier to features and compute its test accuracy.

    Logistic regression on features that are standardised by the training set's mean and
    standard deviation.

    Args:
        train: features to fit, (n, dimensions).
        train_labels: class indices, (n,).
        test: features to judge, (m, dimensions).
        test_labels: class indices, (m,).
        regularisation: weight of the squared norm of the coefficients, > 0.

    Returns:
        The share of test examples that are named right, in [0, 1].

    Raises:
        ValueError: for `regularisation` <= 0.

    Example:
        >>> line = np.linspace(-1, 1, 20)[:, None]
        >>> linear_probe_accuracy(line, line[:, 0] > 0, line, line[:, 0] > 0)
        1.0

    Reference:
        Alain & Bengio, Understanding Intermediate Layers Using Linear Classifier
        Probes, 2016.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    checks.number("regularisation", regularisation, above=0)
    regression = LogisticRegression(C=1.0 / regularisation, max_iter=5000)
    probe = make_pipeline(StandardScaler(), regression).fit(train, train_labels)
    return float(probe.score(test, test_labels))
