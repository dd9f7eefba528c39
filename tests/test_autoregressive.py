"""Autoregressive models: what a pixel depends on, exact sums, and drawing in order."""

from __future__ import annotations

import itertools

import cases
import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_genmodels as kgm
from keras_genmodels.evaluation import evaluate
from keras_genmodels.networks import autoregressive, dense
from keras_genmodels.networks.causal_blocks import GatedConvolution

NETWORKS = {
    "pixel_cnn": autoregressive.pixel_cnn,
    "gated_pixel_cnn": autoregressive.gated_pixel_cnn,
    "pixel_rnn": autoregressive.row_lstm,
}
RECIPES = tuple(NETWORKS)
SMALL = {"filters": 6, "layers": 2, "units": 8}
SHAPE = (5, 4, 2)


def built(recipe, spec, **arguments):
    options = {"preset": False, **SMALL, "seed": 1, **arguments}
    return kgm.zoo.build(recipe, spec, **options)


def stirred(model, scale=0.3):
    """The model with other weights, of which none is 0."""
    noise = np.random.default_rng(0)
    for variable in model.trainable_weights:
        variable.assign(variable + scale * noise.normal(size=variable.shape))
    return model


@pytest.fixture(scope="module")
def pair():
    """Binary digits, 6 batches of 8, and their spec."""
    options = {"batch_size": 8, "num_examples": 48, "binarise": "dynamic"}
    return kgm.data.load("digits", "test", **options)


@pytest.fixture
def batches(pair):
    return pair[0]


@pytest.fixture
def spec(pair):
    return pair[1]


class TestGatedPixelCNN(cases.OnePlayerCase):
    @pytest.fixture
    def build(self, spec):
        return lambda **options: built("gated_pixel_cnn", spec, **options)


@pytest.mark.parametrize("recipe", ["pixel_cnn", "pixel_rnn"])
class TestOtherAutoregressiveRecipes(cases.VariantCase):
    @pytest.fixture
    def build(self, recipe, spec):
        return lambda **options: built(recipe, spec, **options)


class TestPixelCNNPlusPlus(cases.VariantCase):
    @pytest.fixture
    def batches(self):
        return kgm.data.load("digits", "test", batch_size=8, num_examples=24)[0]

    @pytest.fixture
    def build(self, spec):
        options = {"num_components": 3, "dropout": 0.2}
        return lambda **given: built("pixel_cnn_pp", spec, **options, **given)

    def test_dropout_is_of_training_alone_and_goes_on_from_a_file(
        self, build, batches, tmp_path
    ):
        model = build()
        x = next(iter(batches))["x"]
        before = model.log_prob(x)
        np.testing.assert_array_equal(before, model.log_prob(x))
        model.fit(batches, epochs=1, verbose=0)
        model.save(tmp_path / "model.keras")
        twin = keras.saving.load_model(tmp_path / "model.keras")
        for one in (model, twin):
            one.fit(batches, epochs=2, initial_epoch=1, verbose=0)
        for ours, theirs in zip(
            cases.all_state(model), cases.all_state(twin), strict=True
        ):
            np.testing.assert_array_equal(ours, theirs, err_msg=ours.path)


# --- what a pixel depends on ----------------------------------------------------------


def seen(model, x):
    """Which values of x each pixel's numbers depend on, (pixels, values of x)."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        made = model.network({"x": x})["likelihood"]
    jacobian = np.abs(tape.batch_jacobian(made, x)).max(axis=0)
    height, width, channels = x.shape[1:]
    by_pixel = jacobian.reshape(height * width, -1, height * width, channels)
    return by_pixel.max(axis=1) > 0  # (pixel, pixel, channel)


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_pixel_depends_on_those_before_it_alone_in_all_their_channels(recipe):
    spec = kgm.data.DatasetSpec("two_channels", SHAPE)
    model = stirred(built(recipe, spec))
    found = seen(model, tf.random.stateless_uniform((4, *SHAPE), (0, 1)))
    count = SHAPE[0] * SHAPE[1]
    before = np.tril(np.ones((count, count), bool), -1)
    assert not found[~before].any()
    if recipe == "gated_pixel_cnn":  # which alone has no blind spot
        assert found[before].all()
    near = before & (np.arange(count)[:, None] - np.arange(count) <= 3)
    assert found[near].mean() > 0.9


def test_a_masked_convolution_has_a_blind_spot_and_the_gated_one_has_none():
    shape = (12, 24, 1)
    spec = kgm.data.DatasetSpec("wide", shape)
    x = tf.random.stateless_uniform((2, *shape), (0, 1))
    place = 10 * 24 + 4
    known = {
        recipe: seen(stirred(built(recipe, spec, layers=6)), x)[place, :, 0]
        for recipe in ("pixel_cnn", "gated_pixel_cnn")
    }
    right_above = known["gated_pixel_cnn"] & ~known["pixel_cnn"]
    rows, columns = np.divmod(np.flatnonzero(right_above), 24)
    assert len(rows) > 0
    assert (rows < 10).all()
    assert (columns > 4).all()


# --- probabilities --------------------------------------------------------------------


@pytest.mark.parametrize("recipe", RECIPES)
def test_probabilities_of_all_pictures_sum_to_one_for_each_condition(recipe):
    spec = kgm.data.DatasetSpec(
        "tiny", (2, 2, 1), (kgm.data.Attribute("kind", ("a", "b", "c"), 0, 3),)
    )
    model = stirred(built(recipe, spec, conditional=True))
    pictures = np.array([*itertools.product([0.0, 1.0], repeat=4)], np.float32)
    pictures = pictures.reshape(16, 2, 2, 1)
    found = []
    for condition in np.eye(3, dtype=np.float32):
        nats = model.log_prob(pictures, np.tile(condition, (16, 1)))
        found.append(np.exp(nats))
        assert found[-1].sum() == pytest.approx(1, abs=1e-5)
    assert np.abs(found[0] - found[1]).max() > 0.01  # the condition is heeded


def test_the_metric_is_the_mean_over_all_examples_exactly(spec, batches):
    model = built("gated_pixel_cnn", spec)
    x = np.concatenate([batch["x"] for batch in batches])
    nats = model.log_prob(x).numpy().astype(float)
    report = evaluate(model, batches, metrics=["log_prob"])
    assert report["log_prob"] == pytest.approx(nats.mean(), rel=1e-6)
    assert report["log_prob/examples"] == 48
    error = nats.std() / np.sqrt(48)
    assert report["log_prob/standard_error"] == pytest.approx(error, rel=1e-5)
    bits = -nats.mean() / (256 * np.log(2))
    assert report["log_prob/bits_per_dimension"] == pytest.approx(bits, rel=1e-6)
    logs = model.evaluate(batches, verbose=0, return_dict=True)
    assert logs["loss"] == pytest.approx(-nats.mean(), rel=1e-5)
    assert logs["bits_per_dimension"] == pytest.approx(bits, rel=1e-5)


# --- drawing in order -----------------------------------------------------------------


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_pixel_at_a_time_gives_the_numbers_of_the_whole_picture(recipe):
    spec = kgm.data.DatasetSpec(
        "two_channels", SHAPE, (kgm.data.Attribute("kind", ("a", "b", "c"), 0, 3),)
    )
    model = stirred(built(recipe, spec, conditional=True))
    condition = tf.eye(3)
    x = tf.random.stateless_uniform((3, *SHAPE), (0, 1))
    said = {}

    def draw(params, row, column):
        said[int(row), int(column)] = params.numpy()
        return x[:, row, column]

    layer = model.network.get_layer("autoregressive")
    layer.generate({"condition": condition}, 3, draw)
    whole = model.network({"x": x, "condition": condition})["likelihood"].numpy()
    assert len(said) == SHAPE[0] * SHAPE[1]  # each is computed once
    for (row, column), params in said.items():
        np.testing.assert_allclose(params, whole[:, row, column], atol=1e-5)


@pytest.mark.parametrize("recipe", RECIPES)
def test_each_pixel_is_told_its_place_of_a_map_and_all_of_a_vector(recipe):
    given = {
        "map": tf.random.stateless_normal((3, *SHAPE[:2], 4), (0, 2)),
        "vector": tf.random.stateless_normal((3, 2), (0, 3)),
    }
    x = tf.random.stateless_uniform((3, *SHAPE), (0, 1))
    shapes = {"x": SHAPE, "map": (*SHAPE[:2], 4), "vector": (2,)}
    network = NETWORKS[recipe](shapes, 2, 6, 2, 3, 8)
    layer = stirred(network).get_layer("autoregressive")
    whole = layer({"x": x, **given}).numpy()

    def draw(params, row, column):
        np.testing.assert_allclose(params, whole[:, row, column], atol=1e-5)
        return x[:, row, column]

    np.testing.assert_array_equal(layer.generate(given, 3, draw), x)
    other = given["map"].numpy()
    other[:, 2, 1] += 1
    changed = np.abs(layer({"x": x, **given, "map": other}).numpy() - whole).max((0, 3))
    assert changed[2, 1] > 0.01
    assert not changed[:2].any()  # no row above it
    other = layer({"x": x, **given, "vector": given["vector"] + 1}).numpy()
    assert (np.abs(other - whole).max((0, 3)) > 0.01).all()


@pytest.mark.parametrize("recipe", RECIPES)
def test_samples_have_the_probabilities_of_the_model(recipe):
    """Of 16 pictures, 20,000 draws: chi-squared of 15 degrees, 1 in 10^5 is wrong."""
    spec = kgm.data.DatasetSpec("tiny", (2, 2, 1))
    model = stirred(built(recipe, spec))
    places = 2 ** np.arange(4)
    drawn = model.sample(20_000, seed=3).numpy().reshape(-1, 4) @ places
    pictures = (np.arange(16)[:, None] // places % 2).astype(np.float32)
    expected = 20_000 * np.exp(model.log_prob(pictures.reshape(-1, 2, 2, 1)))
    counts = np.bincount(drawn.astype(int), minlength=16)
    assert ((counts - expected) ** 2 / expected).sum() < 48.5


def test_a_completion_keeps_what_is_known_and_draws_the_rest(spec, batches):
    model = stirred(built("gated_pixel_cnn", spec), 0.1)
    x = next(iter(batches))["x"]
    mask = np.zeros((8, 16, 16, 1), np.float32)
    mask[:, :8] = 1
    made = model.complete(x, mask, seed=2).numpy()
    np.testing.assert_array_equal(made[:, :8], x[:, :8])
    assert set(np.unique(made)) == {0, 1}
    np.testing.assert_array_equal(made, model.complete(x, mask, seed=2))
    assert np.any(made != model.complete(x, mask, seed=3))
    unread = tf.where(mask == 1, x, 1 - x)
    np.testing.assert_array_equal(made, model.complete(unread, mask, seed=2))
    np.testing.assert_array_equal(x, model.complete(x, np.ones_like(mask), seed=2))
    free = model.complete(x, np.zeros_like(mask), seed=2)
    np.testing.assert_array_equal(free, model.sample(8, seed=2))


# --- the artefact ---------------------------------------------------------------------


def test_signatures_equal_the_methods(spec, batches, tmp_path):
    model = stirred(built("gated_pixel_cnn", spec, conditional=True), 0.1)
    batch = next(iter(batches))
    x, condition = batch["x"], batch["condition"]
    mask = np.zeros((8, 16, 16, 1), np.float32)
    mask[:, :, :8] = 1
    given = {"x": x, "condition": condition}
    seed = cases.as_seed(5)
    cases.check_signatures(
        model,
        tmp_path / "gated" / "1",
        {
            "sample": (
                {"condition": condition, "seed": seed},
                model.sample(condition=condition, seed=(0, 5)),
            ),
            "log_prob": (given, model.log_prob(x, condition)),
            "complete": (
                {**given, "mask": mask, "seed": seed},
                model.complete(x, mask, condition, seed=(0, 5)),
            ),
        },
    )
    artefact = kgm.export.load(tmp_path / "gated")
    nats = artefact.log_prob(x, condition)
    np.testing.assert_allclose(nats, model.log_prob(x, condition), rtol=1e-5)
    made = artefact.complete(x, mask, condition, seed=4)
    np.testing.assert_array_equal(made, model.complete(x, mask, condition, seed=4))
    with pytest.raises(ValueError, match="`mask` must hold 0 and 1 alone"):
        artefact.complete(x, 0.5 * mask, condition)


# --- refusals -------------------------------------------------------------------------


def test_a_mask_of_another_shape_or_with_other_values_is_refused(spec, batches):
    model = built("pixel_cnn", spec)
    x = next(iter(batches))["x"]
    with pytest.raises(
        ValueError, match=r"`mask` must have the shape \(None, 16, 16, 1"
    ):
        model.complete(x, np.ones((8, 16, 8, 1), np.float32))
    with pytest.raises(ValueError, match=r"`mask` must hold 0 and 1 alone"):
        model.complete(x, np.full((8, 16, 16, 1), 0.5, np.float32))
    with pytest.raises(TypeError, match=r"`mask` must hold floats"):
        model.complete(x, np.ones((8, 16, 16, 1), int))


def test_a_network_that_cannot_draw_in_order_is_refused(spec):
    network = dense.mlp({"x": spec.x_shape}, {"likelihood": 256}, (8,))
    with pytest.raises(ValueError, match=r"must have a layer named 'autoregressive'"):
        kgm.models.PixelCNN(spec, network)


def test_a_likelihood_that_does_not_fit_is_refused(spec):
    network = autoregressive.gated_pixel_cnn({"x": spec.x_shape}, 1, 4, 1, 3, 8)
    with pytest.raises(ValueError, match=r"must hold 512 numbers an example"):
        kgm.models.PixelCNN(spec, network, "discretised_logistic")
    with pytest.raises(ValueError, match=r"`likelihood` must be a head that treats"):
        built("pixel_cnn", spec, likelihood="learned_normal")


def test_an_even_kernel_and_no_blocks_are_refused(spec):
    with pytest.raises(ValueError, match=r"`kernel_size` must be odd. Received: .*=4"):
        built("pixel_cnn", spec, kernel_size=4)
    with pytest.raises(ValueError, match=r"`blocks` must not be empty"):
        autoregressive.autoregressive({"x": spec.x_shape}, 1, [], 8)
    plain = kgm.data.DatasetSpec("plain", (4, 4, 1))
    with pytest.raises(ValueError, match=r"needs a dataset with attributes"):
        built("pixel_cnn", plain, conditional=True)


def test_a_layer_passes_through_its_config_with_all_its_blocks():
    blocks = [GatedConvolution(4, 5), GatedConvolution(4, dropout=0.5)]
    network = autoregressive.autoregressive({"x": (6, 6, 1)}, 2, blocks, 8)
    twin = keras.Model.from_config(network.get_config())
    assert twin.get_config() == network.get_config()
    twin.set_weights(network.get_weights())
    x = tf.random.stateless_uniform((2, 6, 6, 1), (0, 1))
    ours, theirs = (n({"x": x})["likelihood"] for n in (network, twin))
    np.testing.assert_array_equal(ours, theirs)
