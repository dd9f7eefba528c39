"""Ways through latent space, against what a hand or NumPy works out."""

import numpy as np
import pytest
import scipy.stats
import tensorflow as tf

from keras_genmodels import latents

RNG = np.random.default_rng(0)
A, B = RNG.normal(size=(2, 3, 8)).astype("float32")  # (batch, latent_dim)


def angle(a, b):
    return np.arccos(np.sum(a * b, -1) / np.linalg.norm(a, axis=-1) / norm(b))


def norm(a):
    return np.linalg.norm(a, axis=-1)


@pytest.mark.parametrize("path", [latents.lerp, latents.slerp])
def test_a_path_passes_through_both_ends(path):
    np.testing.assert_allclose(path(A, B, 0.0), A, atol=1e-6)
    np.testing.assert_allclose(path(A, B, 1.0), B, atol=1e-6)


def test_lerp_is_a_straight_line_with_a_weight_a_row():
    weights = np.array([0.0, 0.5, 2.0], "float32")
    expected = A + weights[:, None] * (B - A)
    np.testing.assert_allclose(latents.lerp(A, B, weights), expected, atol=1e-6)


def test_slerp_turns_evenly_and_keeps_the_norm():
    unit_a, unit_b = A / norm(A)[:, None], B / norm(B)[:, None]
    for weight in (0.25, 0.5, 0.75):
        between = latents.slerp(unit_a, unit_b, weight)
        np.testing.assert_allclose(norm(between), 1.0, rtol=1e-5)
        turned = angle(unit_a, between) / angle(unit_a, unit_b)
        np.testing.assert_allclose(turned, weight, rtol=1e-4)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ([1.0, 2.0], [1.0, 2.0]),
        ([1.0, 2.0], [3.0, 6.0]),
        ([1.0, 2.0], [-1.0, -2.0]),
        ([0.0, 0.0], [3.0, 4.0]),
        ([3.0, 4.0], [0.0, 0.0]),
        ([0.0, 0.0], [0.0, 0.0]),
        ([1.0, 0.0], [1.0, 1e-6]),
    ],
)
def test_slerp_without_a_plane_is_lerp(start, end):
    for weight in (0.0, 0.3, 1.0):
        expected = latents.lerp(start, end, weight)
        np.testing.assert_allclose(
            latents.slerp(start, end, weight), expected, atol=1e-6
        )


def test_slerp_takes_rows_with_and_without_a_plane_together():
    rows = latents.slerp([[1.0, 0.0], [1.0, 0.0]], [[0.0, 1.0], [1.0, 0.0]], 0.5)
    np.testing.assert_allclose(rows, [[np.sqrt(0.5)] * 2, [1.0, 0.0]], atol=1e-6)


@pytest.mark.parametrize("path", [latents.lerp, latents.slerp])
def test_a_walk_passes_through_every_point_in_equal_steps(path):
    points = np.stack([A, B, -A])
    walk = latents.interpolate(points, steps=5, path=path)
    assert walk.shape == (9, 3, 8)
    np.testing.assert_allclose(walk[::4], points, atol=1e-6)
    np.testing.assert_allclose(walk[1], path(A, B, 0.25), atol=1e-6)
    np.testing.assert_allclose(walk[6], path(B, -A, 0.5), atol=1e-6)


@pytest.mark.parametrize("steps", [1, 2, 7])
def test_a_walk_in_a_graph_takes_its_steps_at_run_time(steps):
    signature = [tf.TensorSpec((None, 8)), tf.TensorSpec((), tf.int32)]

    @tf.function(input_signature=signature)
    def walk(rows, count):
        return latents.interpolate([rows, 2.0 * rows], count)

    expected = latents.interpolate(np.stack([A, 2.0 * A]), steps)
    assert expected.shape == (steps, 3, 8)
    np.testing.assert_allclose(walk(A, steps), expected, atol=1e-6)


def test_a_grid_holds_equal_shares_of_a_normal_prior():
    grid = latents.grid2d(3, 5)
    assert grid.shape == (3, 5, 2)
    assert grid.dtype == np.float32
    shares = scipy.stats.norm.cdf(grid)
    np.testing.assert_allclose(shares[0, :, 0], [0.1, 0.3, 0.5, 0.7, 0.9], atol=1e-6)
    np.testing.assert_allclose(shares[:, 0, 1], [5 / 6, 0.5, 1 / 6], atol=1e-6)
    assert latents.grid2d(4).shape == (4, 4, 2)


def test_a_traversal_changes_one_dimension_of_each_row():
    values = np.linspace(-3, 3, 4)
    rows = latents.traverse(A, values, dimensions=[2, -1])
    assert rows.shape == (2, 4, 3, 8)
    for row, dimension in zip(rows, [2, 7], strict=True):
        np.testing.assert_allclose(
            row[..., dimension], values[:, None] + np.zeros(3), atol=1e-6
        )
        kept = np.delete(row, dimension, axis=-1)
        np.testing.assert_array_equal(
            kept, np.broadcast_to(np.delete(A, dimension, -1), kept.shape)
        )
    assert latents.traverse(A[0], values).shape == (8, 4, 8)


def test_an_attribute_vector_is_a_difference_of_means():
    present = np.array([1, 0, 1])
    expected = A[[0, 2]].mean(0) - A[1]
    vector = latents.attribute_vector(A, present)
    np.testing.assert_allclose(vector, expected, atol=1e-6)
    graph = tf.function(latents.attribute_vector)
    np.testing.assert_allclose(graph(A, tf.constant(present)), expected, atol=1e-6)


def test_arithmetic_adds_a_difference():
    np.testing.assert_allclose(latents.arithmetic(A, B, B), A, atol=1e-6)


CALLS = {
    "lerp": (latents.lerp, A, B, 0.5),
    "slerp": (latents.slerp, A, B, 0.5),
    "interpolate": (latents.interpolate, np.stack([A, B]), 3),
    "traverse": (latents.traverse, A, np.ones(2)),
    "attribute_vector": (latents.attribute_vector, A, np.array([True, False, True])),
    "arithmetic": (latents.arithmetic, A, B, A),
}


@pytest.mark.parametrize("name", CALLS)
def test_arrays_give_arrays_and_tensors_tensors(name):
    function, first, *rest = CALLS[name]
    array = function(first, *rest)
    tensor = function(tf.constant(first), *rest)
    assert isinstance(array, np.ndarray)
    assert tf.is_tensor(tensor)
    assert array.dtype == np.float32
    np.testing.assert_array_equal(array, tensor.numpy())
    assert function(first.astype("float64"), *rest).dtype == np.float64
    listed = function(first.tolist(), *rest)
    np.testing.assert_allclose(listed, array, rtol=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: latents.lerp(A, A[:, :2], 0.5), r"same last axis.*\(3, 8\).*\(3, 2\)"),
        (lambda: latents.interpolate(A[:1], 3), r"two latents or more.*\(1, 8\)"),
        (lambda: latents.interpolate(A, 0), "`steps` must be >= 1.*steps=0"),
        (lambda: latents.grid2d(0), "`rows` must be >= 1.*rows=0"),
        (lambda: latents.grid2d(2, -1), "`columns` must be >= 1.*columns=-1"),
        (lambda: latents.traverse(A, [1.0], [8]), r"must be in -8\.\.7.*\[8\]"),
        (lambda: latents.attribute_vector(A, [1, 1, 1]), "3 with the .* 0 without"),
    ],
)
def test_a_wrong_argument_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
