"""What a batch may hold, and how a condition is said and read."""

import json

import numpy as np
import pytest
import tensorflow as tf

from keras_genmodels.data import Attribute, DatasetSpec, side_by_side

SPEC = DatasetSpec(
    "shapes", (4, 4, 1), side_by_side({"shape": ["disc", "box"], "size": "SML"})
)
X = np.full((2, 4, 4, 1), 0.5, np.float32)
CONDITION = SPEC.condition(shape="disc", size=["S", "L"])
GOOD = {"x": X, "condition": CONDITION}


def test_condition_by_names_and_indices():
    expected = [[0, 1, 1, 0, 0], [0, 1, 0, 0, 1]]
    for size in (["S", "L"], [0, 2], np.array([0, 2]), ("S", 2)):
        condition = SPEC.condition(shape="box", size=size)
        assert condition.dtype == np.float32
        np.testing.assert_array_equal(condition, expected)
    assert SPEC.condition(3, shape=0, size="M").shape == (3, 5)
    assert DatasetSpec("bare", (2,)).condition(4).shape == (4, 0)


@pytest.mark.parametrize(
    ("x_shape", "is_image", "is_clip"),
    [((2,), False, False), ((8, 8, 1), True, False), ((5, 8, 8, 3), False, True)],
)
def test_a_spec_tells_images_from_clips(x_shape, is_image, is_clip):
    spec = DatasetSpec("any", x_shape)
    assert (spec.is_image, spec.is_clip) == (is_image, is_clip)


def test_labels_read_a_condition_back():
    labels = SPEC.labels(tf.constant(CONDITION))
    assert {k: v.tolist() for k, v in labels.items()} == {
        "shape": [0, 0],
        "size": [0, 2],
    }


@pytest.mark.parametrize(
    ("values", "kind", "message"),
    [
        (
            {"shape": 0},
            ValueError,
            r"Every attribute of 'shapes' .* Missing: \['size'\]",
        ),
        ({"shap": 0, "size": 0}, ValueError, "Unknown attribute 'shap'.*mean 'shape'"),
        ({"shape": "dics", "size": 0}, ValueError, "class 'dics'.*mean 'disc'"),
        ({"shape": 2, "size": 0}, ValueError, r"in 0\.\.1\. Received: 2"),
        ({"shape": -1, "size": 0}, ValueError, r"in 0\.\.1\. Received: -1"),
        ({"shape": 1.0, "size": 0}, TypeError, "class name or an integer.*float"),
        ({"shape": True, "size": 0}, TypeError, "class name or an integer.*bool"),
        ({"shape": [0, 1, 0], "size": [0, 1]}, ValueError, "one value or 3 of them"),
    ],
)
def test_a_wrong_condition_is_refused(values, kind, message):
    with pytest.raises(kind, match=message):
        SPEC.condition(**values)


def test_json_form_is_the_contract():
    form = json.loads(json.dumps(SPEC.to_dict()))
    assert form == {
        "name": "shapes",
        "x_shape": [4, 4, 1],
        "kind": "image",
        "condition_size": 5,
        "attributes": [
            {"name": "shape", "classes": ["disc", "box"], "start": 0, "stop": 2},
            {"name": "size", "classes": ["S", "M", "L"], "start": 2, "stop": 5},
        ],
        "tensors": [],
    }
    assert DatasetSpec.from_dict(form) == SPEC


def test_good_batches_pass():
    SPEC.check(GOOD)
    SPEC.check({key: tf.constant(value) for key, value in GOOD.items()})
    DatasetSpec("bare", (4, 4, 1)).check({"x": X})
    DatasetSpec("bare", (4, 4, 1)).check({"x": X, "condition": np.zeros((2, 0), "f")})


@pytest.mark.parametrize(
    ("change", "kind", "message"),
    [
        ({"x": (X * 255).astype(np.uint8)}, TypeError, "`x` must hold floats.*uint8"),
        ({"x": X * 510}, ValueError, r"\[0, 1\]\. Received: .* 255\. Divide .* by 255"),
        ({"x": X - 1}, ValueError, r"\[0, 1\]\. Received: values from -0.5 to -0.5\.$"),
        ({"x": X * np.nan}, ValueError, "`x` must be finite. Received: 32 NaN"),
        ({"x": X[0]}, ValueError, r"\(batch, 4, 4, 1\)\. Received: \(4, 4, 1\)"),
        ({"x": X[:, :3]}, ValueError, r"\(batch, 4, 4, 1\)\. Received: \(2, 3, 4, 1\)"),
        (
            {"condition": CONDITION[:, 1:]},
            ValueError,
            r"\(batch, 5\)\. Received: \(2, 4",
        ),
        ({"condition": CONDITION[:1]}, ValueError, "as many rows. Received: 2 and 1"),
        ({"condition": CONDITION * np.nan}, ValueError, "`condition` must be finite"),
        (
            {"condition": CONDITION.astype(int)},
            TypeError,
            "`condition` must hold floats",
        ),
    ],
)
def test_a_wrong_batch_is_refused(change, kind, message):
    with pytest.raises(kind, match=message):
        SPEC.check(GOOD | change)


def test_a_missing_key_is_named():
    with pytest.raises(
        ValueError, match=r"keys \['x', 'condition'\]. Received: \['x'\]"
    ):
        SPEC.check({"x": X})
    with pytest.raises(TypeError, match=r"must be a dict .* Received: tuple"):
        SPEC.check((X, CONDITION))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: DatasetSpec("a", ()), "`x_shape` must hold positive integers"),
        (lambda: DatasetSpec("a", (0, 2)), r"positive integers. Received: \(0, 2\)"),
        (
            lambda: Attribute("a", ("b",), 0, 2),
            "one column a class. Received: 1 classes",
        ),
        (
            lambda: DatasetSpec("a", (2,), (Attribute("b", ("c",), 1, 2),)),
            "'b' must start at column 0. Received: start=1",
        ),
        (
            lambda: DatasetSpec(
                "a", (2,), [Attribute("b", "c", i, i + 1) for i in (0, 1)]
            ),
            "must differ in name",
        ),
    ],
)
def test_a_wrong_spec_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
