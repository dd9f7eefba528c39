"""Tensors that are computed from pictures: sources, and second domains."""

import numpy as np
import pytest
import tensorflow as tf

import keras_genmodels as kgm
from keras_genmodels import registry
from keras_genmodels.data import side_by_side
from keras_genmodels.data.derived import Derivation
from keras_genmodels.data.request import Arrays
from keras_genmodels.data.spec import DatasetSpec

NAMES = registry.names("derivation")
RANDOM = ("coloured", "composite", "hidden", "rain")


def everything(batches):
    found = list(batches.as_numpy_iterator())
    return {key: np.concatenate([batch[key] for batch in found]) for key in found[0]}


def by_picture(batch, name="source"):
    """Picture as bytes -> its tensor, whatever the order."""
    return {x.tobytes(): v for x, v in zip(batch["x"], batch[name], strict=True)}


COLOURS = {"red": (220, 60, 50), "blue": (60, 90, 230), "green": (70, 180, 90)}


@registry.register("blocks", "dataset")
def blocks(request):
    """120 pictures of a block of one of three colours on white, 16x16 or as asked."""
    rows = request.fixed_split(150)
    side = (request.image_size or (16,))[0]
    x = np.full((len(rows), side, side, 3), 255, np.uint8)
    for picture, row in zip(x, rows, strict=True):
        top, left, *size = np.random.RandomState(row).randint(2, side // 2, 4)
        block = picture[top : top + size[0], left : left + size[1]]
        block[:] = list(COLOURS.values())[row % 3]
        block[::2] -= np.uint8(row % 40)  # stripes, so that no two are alike
    spec = DatasetSpec("blocks", x.shape[1:], side_by_side({"colour": list(COLOURS)}))
    return Arrays(x, rows[:, None] % 3, spec)


def views(split="train", **options):
    options = {"num_examples": 24, "batch_size": 8, **options}
    return kgm.data.load("blocks", split, **options)


@pytest.mark.parametrize("name", NAMES)
def test_a_derivation_is_a_function_of_the_epoch_and_the_picture(name):
    batches, spec = views(source=name)
    first = everything(batches)
    spec.check(first)
    assert {key: value.shape[1:] for key, value in first.items()} == spec.shapes
    second = by_picture(everything(batches))
    kept = [np.array_equal(second[x], v) for x, v in by_picture(first).items()]
    assert all(kept) == (name not in RANDOM)
    kgm.data.set_epoch(batches, 0)
    for key, value in everything(batches).items():
        np.testing.assert_array_equal(value, first[key])


def test_what_is_drawn_for_training_is_a_function_of_the_seed():
    one, same, other = (
        by_picture(everything(views(source="hidden", seed=seed)[0]))
        for seed in (0, 0, 1)
    )
    assert all(np.array_equal(same[x], v) for x, v in one.items())
    assert not all(np.array_equal(other[x], v) for x, v in one.items())


@pytest.mark.parametrize("name", RANDOM)
def test_what_is_drawn_for_a_test_picture_is_its_property(name):
    one = everything(views("test", source=name)[0])
    others, _ = views("test", source=name, seed=3, batch_size=5, num_examples=9)
    for _ in range(2):
        for key, value in everything(others).items():
            np.testing.assert_array_equal(value, one[key][:9])
    if name == "coloured":
        drawn = one["source"].round(3)
    else:
        drawn = np.abs(one["source"] - one["x"]) > 0.01
    assert len({d.tobytes() for d in drawn}) > 12  # not one for all


def step(*shape, at=4, low=0.2, high=0.9):
    """Pictures, dark on the left of a column and light from it on."""
    x = np.full(shape, low, np.float32)
    x[:, :, at:] = high
    return x


def derived(name, x):
    spec = DatasetSpec("own", x.shape[1:])
    keys = np.stack([np.arange(len(x)), np.arange(len(x))], 1)
    found = Derivation(name, "source", spec)(tf.constant(x), tf.constant(keys))
    return {key: value.numpy() for key, value in found.items()}


def test_edges_are_where_brightness_steps_and_not_how_high_the_step_is():
    strong, faint = (
        derived("edges", step(1, 8, 8, 3, high=high))["source"] for high in (0.9, 0.25)
    )
    np.testing.assert_array_equal(strong, faint)
    assert strong.shape == (1, 8, 8, 1)
    columns = strong[0, :, :, 0]
    assert set(np.unique(columns)) == {0.0, 1.0}
    assert (columns.sum(axis=1) == 1).all()  # a pixel wide
    assert set(columns.argmax(axis=1)) <= {3, 4}
    assert not derived("edges", np.full((2, 8, 8, 1), 0.7, "float32"))["source"].any()


def test_edges_of_chairs_do_not_tell_their_colour():
    options = {"num_examples": 96, "image_size": 32, "source": "edges"}
    batch, spec = kgm.data.load("chair_views", "test", **options)
    batch = everything(batch)
    colours = spec.labels(batch["condition"])["colour"]
    ink = batch["source"].mean(axis=(1, 2, 3))
    within = np.std(ink)
    means = [ink[colours == c].mean() for c in range(4)]
    # Of the amount of ink, colours explain less than a tenth.
    assert np.var(means) < 0.1 * within**2


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("grey", lambda x: x @ [[0.2989], [0.587], [0.114]]),
        ("negative", lambda x: 1.0 - x),
        (
            "low_resolution",
            lambda x: x.reshape(-1, 2, 4, 2, 4, 3).mean(axis=(2, 4)),
        ),
    ],
)
def test_derivations_against_their_formula(name, expected):
    x = np.random.RandomState(0).rand(5, 8, 8, 3).astype("float32")
    np.testing.assert_allclose(derived(name, x)["source"], expected(x), atol=1e-4)


def test_contours_are_the_largest_neighbour_less_the_middle():
    x = np.zeros((1, 5, 5, 1), "float32")
    x[0, 2, 2] = 0.75
    wanted = np.zeros((5, 5))
    wanted[1:4, 1:4] = 0.75
    wanted[2, 2] = 0.0
    np.testing.assert_array_equal(derived("contours", x)["source"][0, ..., 0], wanted)


def test_a_hole_is_half_as_wide_and_everything_else_is_known():
    x = np.random.RandomState(0).rand(64, 10, 12, 3).astype("float32") * 0.5 + 0.5
    found = derived("hidden", x)
    source, mask = found["source"], found["mask"]
    assert mask.shape == (64, 10, 12, 1)
    np.testing.assert_array_equal(source, np.where(mask == 1, x, 0.0))
    holes = 1 - mask[..., 0]
    assert (holes.sum(axis=(1, 2)) == 5 * 6).all()
    assert (holes.any(axis=2).sum(axis=1) == 5).all()  # a rectangle
    places = {(h.any(axis=1).argmax(), h.any(axis=0).argmax()) for h in holes}
    assert len(places) > 20
    assert {row for row, _ in places} == set(range(6))  # any place, edges included
    assert {column for _, column in places} == set(range(7))


def test_rain_only_brightens_and_leaves_most_of_the_picture():
    x = np.full((32, 24, 24, 3), 0.3, "float32")
    source = derived("rain", x)["source"]
    assert (source >= x - 1e-6).all()
    wet = (source > x + 0.02).any(axis=-1).mean(axis=(1, 2))
    assert 0.02 < wet.min() < wet.max() < 0.6
    np.testing.assert_allclose(source[..., 0], source[..., 2], atol=1e-6)  # no colour


def test_a_composite_changes_the_light_inside_its_mask_alone():
    x = np.random.RandomState(0).rand(32, 20, 20, 3).astype("float32") * 0.4 + 0.3
    found = derived("composite", x)
    inside = found["mask"][..., 0] == 1
    np.testing.assert_array_equal(found["source"][~inside], x[~inside])
    np.testing.assert_array_equal(found["source"][inside], found["foreground"][inside])
    ratio = found["source"] / x
    for row in range(32):
        assert 0.05 < inside[row].mean() < 0.35
        light = ratio[row][inside[row]].mean(axis=0)  # of each channel
        assert np.abs(light - 1).max() > 0.1


def test_coloured_digits_can_be_read_in_their_colours():
    x = np.zeros((64, 8, 8, 1), "float32")
    x[:, 2:6, 2:6] = 1.0
    source = derived("coloured", x)["source"]
    assert source.shape == (64, 8, 8, 3)
    ink, paper = source[:, 3:5, 3:5].mean((1, 2)), source[:, 0, 0]
    assert (np.abs(ink - paper) > 0.1).all()
    assert np.ptp(paper, axis=0).min() > 0.5  # papers of many colours


def test_batches_of_a_second_domain_are_not_paired():
    batches, spec = views("train", y="negative", batch_size=12)
    assert [t.name for t in spec.tensors] == ["y", "truth"]
    batch = next(iter(batches.as_numpy_iterator()))
    assert set(batch) == {"x", "condition", "y"}  # the truth is for tests
    alike = np.isclose(batch["y"], 1.0 - batch["x"], atol=1e-6).all(axis=(1, 2, 3))
    assert alike.mean() < 0.5
    epoch = everything(views("train", y="negative", batch_size=8)[0])
    of_x = {x.tobytes() for x in np.round(epoch["x"] * 255)}
    of_y = {y.tobytes() for y in np.round((1.0 - epoch["y"]) * 255)}
    assert of_x == of_y  # an epoch sees every picture once, on either side
    test = everything(views("test", y="negative")[0])
    np.testing.assert_allclose(test["truth"], 1.0 - test["x"], atol=1e-6)


def test_domains_are_two_classes_in_orders_of_their_own():
    domains = {"colour": ["red", "blue"]}
    batches, spec = views("train", domains=domains, num_examples=120, batch_size=4)
    first, second = everything(batches), everything(batches)
    assert (spec.labels(first["condition"])["colour"] == 0).all()
    red, blue = first["x"], first["y"]
    assert spec.tensor("y").shape == (16, 16, 3)
    # Red paint is more red than blue where it is no white, and blue the other way.
    assert ((red[..., 0] - red[..., 2]).sum(axis=(1, 2)) > 0).all()
    assert ((blue[..., 0] - blue[..., 2]).sum(axis=(1, 2)) < 0).all()
    pairs = [
        {x.tobytes(): y.tobytes() for x, y in zip(b["x"], b["y"], strict=True)}
        for b in (first, second)
    ]
    common = set(pairs[0]) & set(pairs[1])
    assert sum(pairs[0][x] == pairs[1][x] for x in common) < len(common) / 2
    again = everything(
        views("train", domains=domains, num_examples=120, batch_size=4)[0]
    )
    np.testing.assert_array_equal(again["y"], first["y"])
    kgm.data.set_epoch(batches, 1)
    np.testing.assert_array_equal(everything(batches)["y"], second["y"])


def test_what_the_right_translation_shows_is_known_in_the_test_split():
    domains = {"colour": ["red", "blue"]}
    batches, spec = views("test", domains=domains, num_examples=120, batch_size=4)
    batch = everything(batches)
    before = spec.labels(batch["condition"])
    after = spec.labels(batch["truth_condition"])
    blue = spec.attributes[spec.position("colour")].index("blue")
    for name, values in before.items():
        expected = [blue] * len(values) if name == "colour" else values
        np.testing.assert_array_equal(after[name], expected)
    training = everything(views("train", domains=domains, num_examples=40)[0])
    assert set(training) == {"x", "condition", "y"}


def test_the_smaller_domain_comes_again_in_an_epoch_of_the_larger():
    options = {"domains": {"label": ["a", "b"]}}
    x = np.arange(30, dtype=np.uint8).reshape(30, 1, 1, 1)
    labels = np.array([[0]] * 24 + [[1]] * 6, np.int32)

    @registry.register("lopsided", "dataset")
    def lopsided(request):
        spec = DatasetSpec("l", (1, 1, 1), side_by_side({"label": "ab"}))
        return Arrays(x, labels, spec)

    batches, spec = kgm.data.load("lopsided", batch_size=6, **options)
    assert int(batches.cardinality()) == spec.steps_per_epoch == 4
    for batch in batches.as_numpy_iterator():  # each round has all six of them
        assert set(np.round(batch["y"].ravel() * 255)) == set(range(24, 30))


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"source": "edgs"}, ValueError, "Unknown derivation 'edgs'.*'edges'"),
        ({"source": 3}, TypeError, "`source` must be a string or None"),
        (
            {"source": "low_resolution", "image_size": 18},
            ValueError,
            "multiples of 4. Received: 18x18; give `image_size`",
        ),
        (
            {"y": "edges", "domains": {"colour": ["red", "blue"]}},
            ValueError,
            "Only one of `y`, `domains`",
        ),
        ({"domains": {"hue": ["red", "blue"]}}, ValueError, "Unknown attribute 'hue'"),
        ({"domains": {"colour": ["red"]}}, ValueError, "class of x, class of y"),
        ({"domains": {"colour": "red"}}, ValueError, "class of x, class of y"),
        ({"domains": {"colour": 2}}, ValueError, "Received: {'colour': 2}"),
        ({"domains": {}}, ValueError, "class of x, class of y"),
        ({"domains": {"colour": [0, "red"]}}, ValueError, "there are \\[7, 7\\]"),
        (
            {"domains": {"colour": ["red", "red"]}},
            ValueError,
            "two classes of 'colour'",
        ),
        ({"domains": {"colour": ["red", "pink"]}}, ValueError, "pink"),
        ({"domains": ["red", "blue"]}, TypeError, "`domains` must be"),
    ],
)
def test_options_of_pairs_are_checked(options, kind, message):
    with pytest.raises(kind, match=message):
        views(**options)


def test_only_images_are_derived_from():
    with pytest.raises(ValueError, match=r"no images\. Received: source='edges'"):
        kgm.data.load("gaussian_ring", source="edges")
    with pytest.raises(ValueError, match=r"no images\. Received: y='edges'"):
        kgm.data.load("moving_shapes", y="edges", num_examples=4, batch_size=2)
