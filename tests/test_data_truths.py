"""The right translations between two classes, of sets that know them."""

import numpy as np
import pytest
from cases import everything

import keras_genmodels as kgm
from keras_genmodels import registry
from keras_genmodels.data import DatasetSpec, side_by_side
from keras_genmodels.data.counterparts import Counterpart
from keras_genmodels.data.request import Arrays

KINDS = "abc"
LEVELS = 20


@registry.register("marked", "dataset")
def marked(request):
    """Pictures of one pixel, 60 * class + example: all of 3 classes of 20 examples."""
    x = np.add.outer(60 * np.arange(3), np.arange(LEVELS)).astype(np.uint8)
    rows = request.fixed_split(x.size)
    labels = np.stack([rows // LEVELS, rows % 2], axis=1)
    attributes = side_by_side({"kind": KINDS, "odd": ("no", "yes")})
    spec = DatasetSpec("marked", (1, 1, 1), attributes)
    return Arrays(x.reshape(-1, 1, 1, 1)[rows], labels, spec)


def _of_kind(request, pictures, attribute, value):
    assert attribute == "kind"
    row = request.fixed_split(3 * LEVELS)[pictures]
    return (60 * value + row % LEVELS).astype(np.uint8).reshape(-1, 1, 1, 1)


marked.counterpart = Counterpart(("kind",), _of_kind)


def numbers(pictures):
    return np.rint(pictures.reshape(-1) * 255).astype(int)


@pytest.mark.parametrize(
    ("split", "options"),
    [
        ("test", {}),
        ("test", {"shuffle": True, "seed": 3}),
        ("test", {"num_examples": 9}),
        ("test", {"exclude": [{"odd": "no"}], "combinations": "kept"}),
        ("validation", {"validation": 0.4}),
    ],
)
def test_the_truth_is_the_same_example_in_the_other_class(split, options):
    """Whatever rows are left out, and in whatever order they come."""
    options = {"batch_size": 2, "domains": {"kind": ["a", "c"]}, **options}
    batches, spec = kgm.data.load("marked", split, **options)
    assert [t.name for t in spec.tensors] == [
        *("y", "truth", "y_truth", "truth_condition")
    ]
    batch = everything(batches)
    spec.check(batch)
    x, y, truth, y_truth = (numbers(batch[k]) for k in ("x", "y", "truth", "y_truth"))
    np.testing.assert_array_equal(truth, x + 120)
    np.testing.assert_array_equal(y_truth, y - 120)
    assert len(x)


def test_training_has_no_truth_and_its_spec_is_the_same():
    options = {"batch_size": 2, "domains": {"kind": ["a", "c"]}}
    batches, spec = kgm.data.load("marked", **options)
    assert set(everything(batches)) == {"x", "y", "condition"}
    spec.check(next(batches.as_numpy_iterator()))
    assert kgm.data.load("marked", "test", **options)[1] == spec


def test_where_nobody_knows_there_is_none():
    for name, domains in (
        ("marked", {"odd": ["no", "yes"]}),
        ("digits", {"label": [3, 5]}),
    ):
        batches, spec = kgm.data.load(name, "test", batch_size=2, domains=domains)
        assert [t.name for t in spec.tensors] == ["y", "truth_condition"]
        assert "truth" not in everything(batches)


# --- the sets that know ---------------------------------------------------------------


def loaded(name, **options):
    options = {"batch_size": 8, "drop_remainder": False, **options}
    batches, spec = kgm.data.load(name, "test", **options)
    batch = everything(batches)
    spec.check(batch)
    return batch, spec


def by_view(batch, spec, without):
    """All that is known of a picture but one attribute -> the picture."""
    labels = spec.labels(batch["condition"])
    rest = [v for name, v in labels.items() if name != without]
    return dict(zip(zip(*rest, strict=True), batch["x"], strict=True))


@pytest.mark.parametrize("attribute", ["azimuth", "elevation"])
def test_another_view_of_a_chair_is_looked_up(attribute):
    """A chair of "test" is the only one of its style, and all its views are there."""
    options = {"image_size": 16}
    classes = [0, 8] if attribute == "azimuth" else ["30", "20"]
    batch, spec = loaded("chair_views", domains={attribute: classes}, **options)
    everyone, _ = loaded("chair_views", batch_size=512, **options)
    index = spec.attributes[spec.position(attribute)].index(classes[1])
    kept = spec.labels(everyone["condition"])[attribute] == index
    everyone = {k: v[kept] for k, v in everyone.items()}
    views = by_view(everyone, spec, attribute)
    x = by_view(batch, spec, attribute)
    truth = by_view({**batch, "x": batch["truth"]}, spec, attribute)
    assert len(x) == len(truth) == len(batch["x"])
    for known, picture in truth.items():
        np.testing.assert_array_equal(picture, views[known])
        assert np.any(picture != x[known])


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("chair_views", {}),
        ("chair_views", {"num_examples": 40}),
        ("chairs", {"num_examples": 64}),
        ("chairs", {"num_examples": 64, "stills": True}),
        ("chairs", {"num_examples": 64, "num_frames": 3}),
    ],
)
def test_a_chair_in_other_paint_differs_in_its_paint_alone(name, options):
    domains = {"colour": ["red", "blue"]}
    batch, _ = loaded(name, image_size=32, domains=domains, **options)
    for one, other in (("x", "truth"), ("y", "y_truth")):
        a, b = batch[one], batch[other]
        assert a.shape == b.shape
        white = (a > 0.99).all(-1)  # the paper stays, and at its edge some of it
        np.testing.assert_allclose(b[white], 1.0, atol=0.03)
        # red paint over blue paint, of chairs in one light, is the same everywhere
        solid = (a.min(-1) < 0.25) & (b.min(-1) < 0.25) & (a.max(-1) > 0.3)
        assert solid.any()
        red, blue = (a, b) if one == "x" else (b, a)
        ratio = blue[solid] / red[solid]
        expected = np.array([0.28 / 0.90, 0.48 / 0.25, 0.90 / 0.22])
        np.testing.assert_allclose(np.median(ratio, 0), expected, rtol=0.06)
        assert np.ptp(red[solid], axis=0).max() > 0.1


def test_a_source_is_derived_from_x_beside_the_truth():
    """A blue chair has the outlines of the red one."""
    options = {"image_size": 32, "domains": {"colour": ["red", "blue"]}}
    batch, spec = loaded("chair_views", source="edges", num_examples=200, **options)
    names = ["source", "y", "truth", "y_truth", "truth_condition"]
    assert [t.name for t in spec.tensors] == names
    outlines = kgm.registry.lookup("edges", "derivation")(batch["truth"], None)
    agreement = np.mean(outlines.numpy() == batch["source"])
    assert agreement > 0.97


def test_clips_of_two_domains_are_whole_clips():
    options = {"image_size": 16, "num_examples": 64}
    whole, spec = loaded("chairs", **options)
    batch, own = loaded("chairs", **options, domains={"direction": [0, 1]})
    assert own.tensor("y").kind == "clip"
    known = spec.labels(whole["condition"])["direction"]
    clips = {x.tobytes(): d for x, d in zip(whole["x"], known, strict=True)}
    assert {clips[x.tobytes()] for x in batch["x"]} == {0}
    assert {clips[y.tobytes()] for y in batch["y"]} == {1}


# --- pairs ----------------------------------------------------------------------------


@pytest.mark.parametrize("split", ["train", "test"])
def test_pairs_are_the_same_example_in_two_classes(split):
    domains = {"kind": ["a", "c"]}
    batches, spec = kgm.data.load("marked", split, 2, domains=domains, pairs=True)
    assert [t.name for t in spec.tensors] == ["source"]
    batch = everything(batches)
    spec.check(batch)
    assert (numbers(batch["source"]) < LEVELS).all()
    np.testing.assert_array_equal(numbers(batch["x"]), numbers(batch["source"]) + 120)
    assert (spec.labels(batch["condition"])["kind"] == 2).all()
    odd = spec.labels(batch["condition"])["odd"]
    assert len(np.unique(odd)) == 2


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({}, TypeError, "`domains` must be"),
        ({"domains": {"odd": ["no", "yes"]}}, ValueError, "'odd'.*can change .'kind'"),
    ],
)
def test_pairs_of_what_no_set_can_show_are_refused(options, kind, message):
    with pytest.raises(kind, match=message):
        kgm.data.load("marked", pairs=True, **options)


def test_pairs_of_a_set_that_offers_none_are_refused():
    with pytest.raises(ValueError, match="needs single pictures of a set that can"):
        kgm.data.load("digits", domains={"label": ["0", "1"]}, pairs=True)
