"""Next pictures: the data and their laws, cross convolutions, what a model predicts."""

from __future__ import annotations

import cases
import numpy as np
import pytest
import tensorflow as tf

import keras_genmodels as kgm
from keras_genmodels import evaluation
from keras_genmodels.evaluation.measures import motion
from keras_genmodels.networks.cross_convolution import Change, CrossConvolution

SMALL = {
    "latent_dim": 3,
    "kernels": 2,
    "filters": (3, 4),
    "image_filters": (3,),
    "units": (5,),
}


@pytest.fixture(scope="module")
def laws():
    """Moving shapes, 6 batches of 8, and their spec."""
    options = {"batch_size": 8, "num_examples": 48, "shuffle": False}
    return kgm.data.load("moving_laws", "test", **options)


@pytest.fixture
def batches(laws):
    return laws[0]


@pytest.fixture
def spec(laws):
    return laws[1]


def built(spec, **arguments):
    options = {"preset": False, **SMALL, **arguments}
    return kgm.zoo.build("visual_dynamics", spec, **options)


class TestVisualDynamics(cases.OnePlayerCase):
    @pytest.fixture
    def build(self, spec):
        return lambda **options: built(spec, seed=1, **options)


# --- the data -------------------------------------------------------------------------


def test_shapes_move_by_their_laws():
    batches, _ = kgm.data.load("moving_laws", "test", batch_size=2000, shuffle=False)
    batch = next(batches.as_numpy_iterator())
    steps = motion.steps(batch["first_frame"], batch["x"], batch["layout"])
    whole = np.rint(steps)
    np.testing.assert_allclose(steps, whole, atol=0.01)
    disc, square, triangle = np.moveaxis(whole, 1, 0)
    assert not disc[:, 0].any()
    assert not square[:, 1].any()
    np.testing.assert_array_equal(disc, triangle)
    for free in (disc[:, 1], square[:, 0]):  # nine steps, each as often
        values, counts = np.unique(free, return_counts=True)
        np.testing.assert_array_equal(values, np.arange(-4, 5))
        bound = cases.bound(9) * np.sqrt(2000 * 8 / 81)
        assert np.all(np.abs(counts - 2000 / 9) <= bound)
    both = np.corrcoef(disc[:, 1], square[:, 0])[0, 1]
    assert abs(both) <= cases.bound(1) / np.sqrt(2000)


def test_the_first_scenes_do_not_depend_on_their_number(batches):
    more, _ = kgm.data.load("moving_laws", "test", batch_size=8, shuffle=False)
    pairs = zip(batches.as_numpy_iterator(), more.as_numpy_iterator(), strict=False)
    for ours, theirs in pairs:
        for name, value in ours.items():
            np.testing.assert_array_equal(value, theirs[name])


def test_no_scene_is_in_both_splits(batches):
    train, _ = kgm.data.load("moving_laws", batch_size=8, num_examples=48)
    here = {x.tobytes() for batch in batches for x in batch["x"].numpy()}
    there = {x.tobytes() for batch in train for x in batch["x"].numpy()}
    assert len(here) == 48
    assert not here & there


# --- the layers -----------------------------------------------------------------------


def test_each_example_is_convolved_with_its_own_kernels():
    rng = np.random.RandomState(0)
    image, kernels = rng.normal(size=(3, 5, 6, 2)), rng.normal(size=(3, 3, 3, 2))
    found = CrossConvolution(dtype="float64")(image, kernels).numpy()
    padded = np.pad(image, ((0, 0), (1, 1), (1, 1), (0, 0)))
    for n, i, j, c in np.ndindex(found.shape):
        window = padded[n, i : i + 3, j : j + 3, c]
        expected = (window * kernels[n, :, :, c]).sum()
        assert found[n, i, j, c] == pytest.approx(expected, abs=1e-12)


def test_a_change_is_clipped_and_its_gradient_is_not():
    difference = tf.constant([[0.25, 0.5, -2.0]])
    with tf.GradientTape() as tape:
        tape.watch(difference)
        x = Change()(tf.constant([[0.5, 0.75, 0.5]]), difference)
    np.testing.assert_allclose(x, [[0.75, 1.0, 0.0]])
    np.testing.assert_allclose(tape.gradient(x, difference), [[1.0, 1.0, 1.0]])


# --- predictions ----------------------------------------------------------------------


def test_predictions_differ_and_obey_the_seed(spec, batches):
    model = built(spec)
    for weight in model.decoder.trainable_weights:
        weight.assign(np.random.RandomState(0).normal(0.0, 0.3, weight.shape))
    first = next(iter(batches))["first_frame"]
    x = model.predict_next(first, 3, seed=1).numpy()
    assert x.shape == (8, 3, 32, 32, 3)
    assert 0.0 <= x.min() <= x.max() <= 1.0
    assert np.abs(x[:, 0] - x[:, 1]).max() > 0.01
    np.testing.assert_array_equal(x, model.predict_next(first, 3, seed=1))
    assert np.any(x != model.predict_next(first, 3, seed=2).numpy())
    np.testing.assert_allclose(
        x.reshape(-1, 32, 32, 3),
        model.sample(condition={"first_frame": np.repeat(first, 3, axis=0)}, seed=1),
        atol=1e-6,
    )


def test_an_export_predicts_what_the_model_does(spec, batches, tmp_path):
    model = built(spec)
    kgm.export.save(model, tmp_path / "laws" / "1")
    artefact = kgm.export.load(tmp_path / "laws")
    first = next(iter(batches))["first_frame"][:2]
    x = artefact.predict_next(first, count=3, seed=5)
    np.testing.assert_allclose(x, model.predict_next(first, 3, seed=5), atol=1e-5)
    with pytest.raises(Exception, match="`count` must be >= 1"):
        artefact.predict_next(first, count=0)


def test_only_a_model_that_sees_a_picture_predicts():
    _, digits = kgm.data.load("digits", batch_size=8, num_examples=8)
    model = kgm.zoo.build("vae", digits, preset=False, latent_dim=2, units=(4,))
    assert not hasattr(model, "predict_next")
    with pytest.raises(AttributeError, match="needs a decoder that declares 'first_f"):
        model.predict_next(np.zeros((1, 16, 16, 1), np.float32))


@pytest.mark.parametrize(
    ("first", "error", "message"),
    [
        (np.zeros((1, 8, 8, 3), np.float32), ValueError, "`first_frame` must have the"),
        (
            np.full((1, 32, 32, 3), 2.0, np.float32),
            ValueError,
            r"`first_frame`.*\[0, 1",
        ),
        (np.zeros((1, 32, 32, 3), int), TypeError, "`first_frame`"),
    ],
)
def test_what_is_no_picture_is_refused(spec, first, error, message):
    with pytest.raises(error, match=message):
        built(spec).predict_next(first)


@pytest.mark.parametrize("arguments", [{"size": 4}, {"scales": 7}])
def test_sizes_that_do_not_fit_are_refused(spec, arguments):
    with pytest.raises(ValueError, match="must have sides that are multiples of"):
        built(spec, **arguments)


def test_data_without_a_first_frame_are_refused():
    _, digits = kgm.data.load("digits", batch_size=8, num_examples=8)
    with pytest.raises(ValueError, match="`moving_laws` has one"):
        built(digits)


# --- the measure ----------------------------------------------------------------------


def test_a_shape_that_is_gone_is_not_found():
    layout = np.zeros((1, 8, 8, 2))
    layout[0, 1:4, 1:4, 0] = layout[0, 5:8, 5:8, 1] = 1
    colours = np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.0]])
    picture = layout @ colours
    following = np.roll(picture, (1, 2), axis=(1, 2))
    following[0, 6:] = following[0, :, :2] = 0
    steps = motion.steps(picture, following, layout)
    np.testing.assert_allclose(steps[0, 0], [2.0, 1.0], atol=1e-6)
    assert np.isnan(steps[0, 1]).all()


def test_distances_of_steps_are_those_of_their_histograms():
    real = np.array([[0.0, 1.0]] * 3 + [[0.0, -1.0]])
    made = np.array([[0.2, 0.9], [0.0, -1.0], [5.0, 0.0], [np.nan, np.nan]])
    p = np.full(10, 0.5)
    q = p.copy()
    p[[7, 1]] += (3, 1)  # places are row by row, and the last is for what is not found
    q[[7, 1, 5, 9]] += 1
    p, q = p / p.sum(), q / q.sum()
    found = motion.distance(real, made, farthest=1)
    assert found.kl == pytest.approx((p * np.log(p / q)).sum())
    assert found.total_variation == pytest.approx(np.abs(p - q).sum() / 2)
    assert motion.distance(real, real, 1) == (0.0, 0.0)


class Oracle:
    """A stand-in for a model that knows what follows, or lets nothing move."""

    def __init__(self, spec, batches, knows):
        self.spec, self.batch_tensors = spec, ("x", "first_frame")
        self.rows = {
            first.tobytes(): x if knows else first
            for batch in batches.as_numpy_iterator()
            for first, x in zip(batch["first_frame"], batch["x"], strict=True)
        }

    def predict_next(self, first_frame, count=1, condition=None, seed=0):
        return np.stack([self.rows[row.tobytes()] for row in first_frame])[:, None]


@pytest.mark.parametrize("knows", [True, False])
def test_the_metric_tells_what_moves_from_what_does_not(spec, batches, knows):
    oracle = Oracle(spec, batches, knows)
    found = evaluation.evaluate(oracle, batches, metrics=["motion"])
    assert found["motion/lost"] == 0
    assert found["motion/correlation/0_2/real"] == pytest.approx(1.0)
    assert found["motion/correlation/0_2"] == pytest.approx(1.0 if knows else 0.0)
    assert (found["motion"] == 0) == knows
    if not knows:
        assert found["motion"] > 0.5
        assert found["motion/total_variation"] > 0.2
