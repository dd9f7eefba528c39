"""Named tensors, attributes with real values, and the kind of `x`: in a spec, in
batches, in a cache.
"""

import json

import numpy as np
import pytest
import tensorflow as tf

import keras_genmodels as kgm
from keras_genmodels.data import Attribute, DatasetSpec, Tensor, side_by_side
from keras_genmodels.data.request import Arrays
from keras_genmodels.registry import register

WORDS = ("a", "red", "blue", "box")
SPEC = DatasetSpec(
    "portraits",
    (8, 8, 1),
    side_by_side({"hat": ("no", "yes"), "age": (20.0, 70.0)}),
    (
        Tensor("source", (8, 8, 1)),
        Tensor("caption", (3,), "tokens", WORDS),
        Tensor("box", (4,), "vector"),
        Tensor("truth", (8, 8, 1)),
    ),
)


@register("portraits", "dataset")
def portraits(request):
    """100 pictures of noise whose source is their negative, of the ages 20 to 69."""
    rows = request.fixed_split(100)
    x = np.random.RandomState(0).randint(0, 256, (100, 8, 8, 1), np.uint8)[rows]
    labels = np.stack([rows % 2, 20 + rows / 2], axis=1)
    tensors = {
        "source": 255 - x,
        "caption": np.int64(rows[:, None] + np.arange(3)) % len(WORDS),
        "box": np.float32(rows[:, None] / 10.0 - [1.0, 2.0, 3.0, 4.0]),
        "truth": x,
    }
    return Arrays(x, labels, SPEC, tensors=tensors)


def everything(batches):
    found = list(batches.as_numpy_iterator())
    return {key: np.concatenate([batch[key] for batch in found]) for key in found[0]}


@pytest.mark.parametrize("cached", [False, True])
def test_a_batch_holds_what_the_spec_names(cached, tmp_path):
    options = {"cache": tmp_path} if cached else {}
    for _ in range(2 if cached else 1):  # the second time from the files
        batches, spec = kgm.data.load("portraits", "test", batch_size=8, **options)
        assert spec == SPEC
        batch = everything(batches)
        spec.check(batch)
        assert {key: str(value.dtype) for key, value in batch.items()} == spec.dtypes
        assert {key: value.shape[1:] for key, value in batch.items()} == spec.shapes
        np.testing.assert_allclose(batch["source"], 1.0 - batch["x"], atol=1e-6)
        np.testing.assert_array_equal(batch["truth"], batch["x"])
        ages = spec.labels(batch["condition"])["age"]
        row = np.rint(2.0 * (ages - 20.0))  # every tensor is that of its own row
        np.testing.assert_allclose(batch["box"][:, 0], row / 10.0 - 1.0, atol=1e-4)
        np.testing.assert_array_equal(batch["caption"][:, 0], row % len(WORDS))
        np.testing.assert_array_equal(spec.labels(batch["condition"])["hat"], row % 2)


def test_options_of_rows_hold_for_every_tensor():
    batches, spec = kgm.data.load("portraits", batch_size=4, exclude=[{"hat": "yes"}])
    batch = everything(batches)
    assert 30 <= len(batch["x"]) < 80
    assert np.all(spec.labels(batch["condition"])["hat"] == 0)
    np.testing.assert_allclose(batch["source"], 1.0 - batch["x"], atol=1e-6)
    few = everything(kgm.data.load("portraits", batch_size=8, num_labels=4)[0])
    labelled = few["condition"].any(axis=1)
    assert 0 < labelled.sum() < len(labelled)


def test_a_real_value_is_no_class_to_leave_out():
    with pytest.raises(ValueError, match=r"attributes that have classes.*'age'"):
        kgm.data.load("portraits", exclude=[{"age": 30}])
    kept = kgm.data.load("portraits", batch_size=4, holdout=0.5)[0]
    assert len({tuple(row) for row in everything(kept)["condition"][:, :2]}) == 1


def test_the_spec_passes_through_json():
    again = DatasetSpec.from_dict(json.loads(json.dumps(SPEC.to_dict())))
    assert again == SPEC
    assert again.tensor("caption").words == WORDS
    assert [a.name for a in again.categorical] == ["hat"]
    assert DatasetSpec("bare", (4,), steps_per_epoch=3) == DatasetSpec("bare", (4,))


def test_a_condition_of_real_values_is_said_and_read():
    condition = SPEC.condition(hat=["yes", "no"], age=[20, 45.0])
    np.testing.assert_allclose(condition, [[0, 1, 0], [1, 0, 0.5]])
    np.testing.assert_allclose(SPEC.labels(condition)["age"], [20.0, 45.0])
    for age, kind, message in (
        (19, ValueError, r"'age' must be in \[20, 70\]. Received: 19"),
        (np.nan, ValueError, r"in \[20, 70\]. Received: nan"),
        ("old", TypeError, "'age' must be a number. Received: 'old'"),
        (True, TypeError, "must be a number. Received: True"),
    ):
        with pytest.raises(kind, match=message):
            SPEC.condition(hat="no", age=age)


@pytest.mark.parametrize(
    ("x_shape", "kind", "expected"),
    [
        ((2,), None, "points"),
        ((5, 4), None, "sequence"),
        ((8, 8, 1), None, "image"),
        ((5, 8, 8, 3), None, "clip"),
        ((8, 8, 8, 1), "volume", "volume"),
        ((7,), "tokens", "tokens"),
    ],
)
def test_the_kind_of_x_is_said_or_follows_from_its_axes(x_shape, kind, expected):
    spec = DatasetSpec("any", x_shape, kind=kind)
    assert spec.kind == expected
    assert (spec.is_image, spec.is_clip) == (expected == "image", expected == "clip")
    assert DatasetSpec.from_dict(spec.to_dict()) == spec


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Tensor("x", (2,), "vector"), "must not be called 'x'.*Received: 'x'"),
        (lambda: Tensor("y", (8, 8)), r"'image' must have 3 axes.*\(8, 8\)"),
        (lambda: Tensor("y", (0,), "vector"), "positive axes"),
        (lambda: Tensor("y", (2,), "picture"), "Unknown kind 'picture'. Known: 'clip'"),
        (lambda: Tensor("y", (2,), "tokens"), "words if it holds tokens.*0 words"),
        (lambda: Attribute("a", "xy", 0, 2, 0.0, 1.0), "either classes or a range"),
        (lambda: Attribute("a", (), 0, 1, 1.0, 1.0), "low < high.*low=1.0"),
        (lambda: Attribute("a", (), 0, 2, 0.0, 1.0), "1 classes for columns 0 to 2"),
        (
            lambda: DatasetSpec("any", (8, 8, 8, 1), kind="image"),
            r"as many axes as `x_shape`.*'image'",
        ),
        (
            lambda: DatasetSpec("any", (2,), tensors=[SPEC.tensors[0]] * 2),
            r"differ in name. Received: \['source', 'source'\]",
        ),
        (lambda: SPEC.tensor("sauce"), "Unknown tensor 'sauce'.*mean 'source'"),
    ],
)
def test_what_contradicts_itself_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("changed", "kind", "message"),
    [
        ({"source": None}, ValueError, r"must have the keys.*'source'"),
        (
            {"source": np.full((2, 8, 8, 1), 2.5, "float32")},
            ValueError,
            "`source` .*255",
        ),
        (
            {"source": np.zeros((2, 8, 8), "float32")},
            ValueError,
            "`source` must have sh",
        ),
        (
            {"source": np.zeros((3, 8, 8, 1), "float32")},
            ValueError,
            "as many rows.*2 .*3",
        ),
        (
            {"source": np.zeros((2, 8, 8, 1), int)},
            TypeError,
            "`source` must hold floats",
        ),
        ({"caption": np.zeros((2, 3), "float32")}, TypeError, "`caption` .* integers"),
        ({"caption": np.full((2, 3), 4)}, ValueError, r"`caption` must be in 0\.\.3"),
        (
            {"box": np.full((2, 4), np.nan, "float32")},
            ValueError,
            "`box` must be finite",
        ),
    ],
)
def test_a_batch_that_is_not_the_specs_is_refused(changed, kind, message):
    batch = {
        key: np.zeros((2, *shape), SPEC.dtypes[key])
        for key, shape in SPEC.shapes.items()
    }
    SPEC.check(batch)
    SPEC.check({**batch, "weight": "whatever else there is"})
    del batch["truth"]  # of the test split only
    SPEC.check(batch)
    SPEC.check({"x": batch["x"]}, needed=["x"])
    batch = {k: v for k, v in {**batch, **changed}.items() if v is not None}
    with pytest.raises(kind, match=message):
        SPEC.check(batch)


def test_a_still_has_no_attribute_that_only_its_clip_has():
    """A frame of a turning chair is part of clips that turn and begin differently."""
    options = {"image_size": 16, "num_examples": 64, "batch_size": 62}
    stills, spec = kgm.data.load("chairs", stills=True, **options)
    assert [a.name for a in spec.attributes] == [
        "legs",
        "back",
        "armrests",
        "seat",
        "colour",
    ]
    clips, whole = kgm.data.load("chairs", **options, shuffle=False)
    shown = {}  # a frame -> what is known of every clip that shows it
    clips = everything(clips)
    styles = [whole.labels(clips["condition"])[a.name] for a in spec.attributes]
    for clip, style in zip(clips["x"], np.stack(styles, axis=1), strict=True):
        for frame in clip:
            shown.setdefault(frame.tobytes(), set()).add(tuple(style))
    stills = everything(stills)
    labels = np.stack([*spec.labels(stills["condition"]).values()], axis=1)
    known = [
        (shown[x.tobytes()], tuple(label))
        for x, label in zip(stills["x"], labels, strict=True)
        if x.tobytes() in shown
    ]
    assert len(known) > 30
    assert all(style == {label} for style, label in known)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([0.0, 1.0, 0.5, 0.25], "0 and 1 alone. Received: 2 other values of 4, .* 0.5"),
        ([0.0, 255.0, 0.0, 0.0], "1 other values of 4, such as 255. Divide .* by 255"),
        ([0.0, -1.0, 0.0, 0.0], "such as -1"),
        ([0.0, np.nan, 0.0, 0.0], "`mask` must be finite"),
    ],
)
def test_a_mask_holds_nothing_but_0_and_1(values, message):
    mask = Tensor("mask", (2, 2, 1), "mask")
    mask.check(np.reshape([0.0, 1.0, 1.0, 0.0], (1, 2, 2, 1)))
    with pytest.raises(ValueError, match=message):
        mask.check(np.reshape(values, (1, 2, 2, 1)))


def test_tensors_come_as_tensors_of_a_fixed_shape():
    batches, spec = kgm.data.load("portraits", batch_size=8)
    for name, element in batches.element_spec.items():
        assert element.shape == (8, *spec.shapes[name])
        assert element.dtype == tf.as_dtype(spec.dtypes[name])
