"""The pure numbers on features and probabilities, against closed forms."""

import numpy as np
import pytest

from keras_genmodels.evaluation.measures import class_scores as scores
from keras_genmodels.evaluation.measures import (
    frechet,
    kernel_distance,
    nearest_neighbours,
    precision_recall,
)


def exact_gaussian(mean, covariance, count=400, seed=0):
    """Features whose sample mean and covariance are exactly these."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(count, len(mean)))
    noise -= noise.mean(axis=0)
    noise /= np.sqrt(count - 1)
    orthonormal = np.linalg.qr(noise)[0] * np.sqrt(count - 1)
    return mean + orthonormal @ np.linalg.cholesky(covariance).T


def test_frechet_distance_of_two_known_gaussians():
    # Commuting covariances: |m|^2 + sum (sqrt(a) - sqrt(b))^2.
    a = exact_gaussian([0.0, 1.0, 2.0], np.diag([1.0, 4.0, 9.0]))
    b = exact_gaussian([1.0, 1.0, 0.0], np.diag([4.0, 4.0, 1.0]), count=123, seed=1)
    assert frechet.frechet_distance(a, b) == pytest.approx(5 + 1 + 0 + 4, rel=1e-12)


def test_frechet_distance_of_correlated_gaussians_equals_the_matrix_square_root():
    from scipy.linalg import sqrtm

    rng = np.random.default_rng(3)
    a, b = (root @ root.T for root in rng.normal(size=(2, 6, 6)))
    expected = np.trace(a + b) - 2 * np.trace(sqrtm(a @ b)).real
    features = exact_gaussian(np.zeros(6), a), exact_gaussian(np.zeros(6), b, seed=5)
    assert frechet.frechet_distance(*features) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("smallest", [1e-2, 1e-7, 1e-13])
def test_frechet_distance_of_wide_and_narrow_directions(smallest):
    """Whether or not the square of a matrix keeps the digits that count."""
    a, b = np.geomspace(1.0, smallest, 8), np.geomspace(4.0, smallest, 8)
    moments = [frechet.Gaussian(np.zeros(8), np.diag(v), 9) for v in (a, b)]
    expected = np.sum((np.sqrt(a) - np.sqrt(b)) ** 2)
    assert frechet.frechet_between(*moments) == pytest.approx(expected, rel=1e-6)


def test_frechet_distance_to_a_point_is_the_mean_square():
    cloud = np.random.default_rng(0).normal(size=(50, 3))
    points = np.full((20, 3), 2.0), np.full((30, 3), 1.0)
    expected = np.sum((cloud.mean(axis=0) - 2.0) ** 2) + cloud.var(axis=0, ddof=1).sum()
    for pair in ((cloud, points[0]), (points[0], cloud)):
        assert frechet.frechet_distance(*pair) == pytest.approx(expected)
    assert frechet.frechet_distance(*points) == pytest.approx(3.0)


def test_frechet_distance_is_zero_to_itself_symmetric_and_shifts_by_the_square():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(20, 50)), 2.0 * rng.normal(size=(35, 50))  # rank deficient
    assert abs(frechet.frechet_distance(a, a)) < 1e-10
    there, back = frechet.frechet_distance(a, b), frechet.frechet_distance(b, a)
    assert there == pytest.approx(back, rel=1e-12)
    assert frechet.frechet_distance(a, a + 2.0) == pytest.approx(4 * 50, rel=1e-10)


def test_kernel_distance_equals_its_definition_by_loops():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(6, 3)), rng.normal(size=(7, 3)) + 1

    def k(u, v):
        return (u @ v / 3 + 1) ** 3

    def mean(rows, columns, skip):
        pairs = [
            k(u, v)
            for i, u in enumerate(rows)
            for j, v in enumerate(columns)
            if not (skip and i == j)
        ]
        return np.mean(pairs)

    shuffle = np.random.default_rng(4)
    parts = [np.array_split(shuffle.permutation(rows), 2) for rows in (a, b)]
    values = [
        mean(u, u, True) + mean(v, v, True) - 2 * mean(u, v, False)
        for u, v in zip(*parts, strict=True)
    ]
    found = kernel_distance.kernel_distance(a, b, seed=4)
    assert found.value == pytest.approx(np.mean(values), rel=1e-12)
    assert found.standard_error == pytest.approx(abs(np.subtract(*values)) / 2)


def test_kernel_distance_is_unbiased_and_its_error_is_honest():
    # 200 pairs of equal clouds: the mean of value / error of a t distribution with 9
    # degrees of freedom is 0 +- 0.08, its root mean square 1.13.
    rng = np.random.default_rng(0)
    clouds = rng.normal(size=(200, 2, 200, 2))
    found = [kernel_distance.kernel_distance(a, b, block_size=20) for a, b in clouds]
    ratios = np.array([d.value / d.standard_error for d in found])
    assert abs(ratios.mean()) < 0.4
    assert 0.8 < np.sqrt((ratios**2).mean()) < 1.5
    far = kernel_distance.kernel_distance(clouds[0, 0], clouds[0, 1] + 2, block_size=20)
    assert far.value > 10 * far.standard_error


def test_scores_of_certain_uniform_and_mixed_predictions():
    assert scores.inception_score(np.eye(5)) == pytest.approx(5.0)
    assert scores.inception_score(np.full((7, 5), 0.2)) == pytest.approx(1.0)
    p = np.array([[0.8, 0.2], [0.2, 0.8], [0.5, 0.5]])
    divergences = np.sum(p * np.log(p / p.mean(axis=0)), axis=1)
    expected = np.exp(divergences.mean())
    assert scores.inception_score(p) == pytest.approx(expected)
    difference = scores.inter_entropy(p) - scores.intra_entropy(p)
    assert np.log(scores.video_inception_score(p)) == pytest.approx(difference)


def test_class_coverage_counts_shares():
    p = np.eye(4)[[0] * 6 + [1] * 3 + [2]]
    found = scores.class_coverage(p)
    assert found == {
        "covered": 2,
        "classes": 4,
        "smallest_share": 0.0,
        "largest_share": 0.6,
        "samples": 10,
    }
    assert scores.class_coverage(p, minimum=0.0)["covered"] == 3


def test_precision_and_recall_on_a_line():
    real = np.arange(10.0)[:, None]  # with k = 1 every ball has radius 1
    generated = np.array([[0.5], [1.0], [20.0], [20.5]])
    found = precision_recall.precision_recall(real, generated, neighbours=1)
    # Generated balls: 0.5 +- 0.5, 1 +- 0.5, 20 +- 0.5, 20.5 +- 0.5: real 0 and 1.
    assert found == {"precision": 0.5, "recall": 0.2}
    # Balls around 0.5: 0 and 1; around 1.0: 0, 1 and 2. Real 0, 1 and 2 are reached.
    found = precision_recall.density_coverage(real, generated, neighbours=1)
    assert found == {"density": 5 / 4, "coverage": 0.3}


def test_precision_and_recall_of_a_set_with_itself_swap_and_ignore_blocks(monkeypatch):
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(60, 4)), rng.normal(size=(47, 4)) + 0.5
    assert set(precision_recall.precision_recall(a, a).values()) == {1.0}
    assert precision_recall.density_coverage(a, a)["coverage"] == 1.0
    there, back = (
        precision_recall.precision_recall(a, b),
        precision_recall.precision_recall(b, a),
    )
    assert there["precision"] == back["recall"]
    assert there["recall"] == back["precision"]
    monkeypatch.setattr(nearest_neighbours, "ROWS", 16)
    assert precision_recall.precision_recall(a, b) == there


@pytest.mark.parametrize("copies", [1, 50])
def test_neighbours_are_those_of_float64(copies):
    """Far from the origin, where float32 alone is blind, and where points repeat."""
    rng = np.random.default_rng(1)
    real, generated = rng.normal(size=(2, 150, 3))
    generated = np.repeat(generated[: 150 // copies], copies, axis=0) + 1e-9
    real, generated = 1e4 * real + 1e6, 1e4 * generated + 1e6

    def distances(a, b):
        return ((a[:, None] - b[None]) ** 2).sum(axis=-1)

    def radii(points):
        return np.sort(distances(points, points), axis=1)[:, 3]

    between = distances(real, generated)
    expected = {
        "precision": (between <= radii(real)[:, None]).any(axis=0).mean(),
        "recall": (between <= radii(generated)).any(axis=1).mean(),
    }
    assert copies > 1 or 0 < expected["recall"] < 1
    assert precision_recall.precision_recall(real, generated) == expected
    within = between <= radii(real)[:, None]
    assert precision_recall.density_coverage(real, generated, neighbours=3) == {
        "density": pytest.approx(within.sum() / (3 * len(generated))),
        "coverage": within.any(axis=1).mean(),
    }


def test_close_calls_are_decided_by_differences():
    """Steps of 1e-9 of the size: every comparison is a close call in float32."""
    line = 1.0 + 1e-9 * np.arange(200.0)[:, None]
    line = np.concatenate([line, [[0.0]], [[2.0]]])
    radii = nearest_neighbours.squared_radii(nearest_neighbours.scaled(line)[0], 1)
    steps = np.sort(np.abs(line - line.T), axis=1)[:, 1]
    np.testing.assert_allclose(np.sqrt(radii) / np.sqrt(radii[-1]), steps, rtol=1e-6)


def test_mode_coverage_counts_modes_and_good_points():
    centres = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 4.0]])
    points = np.concatenate(
        [centres[0] + np.zeros((19, 2)), [[4.2, 0.0]], [[2.0, 2.0]]]
    )
    found = precision_recall.mode_coverage(points, centres, stddev=0.1, minimum=0.1)
    assert found == {"covered": 2, "modes": 3, "good": 20 / 21, "samples": 21}
    stricter = precision_recall.mode_coverage(points, centres, stddev=0.1, minimum=0.5)
    assert stricter["covered"] == 1
    assert precision_recall.mode_coverage(points, centres, 0.1, 1.0)["good"] == 19 / 21


GOOD = np.random.default_rng(0).normal(size=(8, 2))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: frechet.frechet_distance(GOOD, GOOD[0]),
            "`features_b`.*shape \\(2,\\)",
        ),
        (lambda: frechet.frechet_distance(GOOD, GOOD[:, :1]), "Received: 2 and 1"),
        (lambda: frechet.gaussian(GOOD * np.nan), "finite. Received: 8 rows"),
        (lambda: kernel_distance.kernel_distance(GOOD, GOOD[:3]), "n >= 4"),
        (lambda: kernel_distance.kernel_distance(GOOD, GOOD, 1), "block_size=1"),
        (lambda: precision_recall.precision_recall(GOOD, GOOD, 8), "neighbours=8"),
        (lambda: precision_recall.density_coverage(GOOD, GOOD, 0), "neighbours=0"),
        (lambda: precision_recall.mode_coverage(GOOD, GOOD, 0.0), "stddev=0.0"),
        (lambda: scores.inception_score([0.5, 0.5]), r"shape \(2,\)"),
        (lambda: scores.intra_entropy([[3.0, -2.0]]), "from -2 to 3"),
        (lambda: scores.inter_entropy([[0.5, 0.6]]), "row sums from 1.1"),
        (lambda: scores.class_coverage([[1.0]], 2.0), "minimum=2.0"),
    ],
)
def test_bad_arguments_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
