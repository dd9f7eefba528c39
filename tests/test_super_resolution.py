"""Enlarged pictures: the projection, the game, its noise, the recipe, its measure."""

from __future__ import annotations

import cases
import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import optimize

import keras_genmodels as kgm
from keras_genmodels import evaluation
from keras_genmodels.data import DatasetSpec, Tensor
from keras_genmodels.models import GAN, Critic, views
from keras_genmodels.networks import dense
from keras_genmodels.networks.super_resolution import (
    AffineProjection,
    DepthToSpace,
    upscaler,
)

SMALL = {"filters": (4, 4), "blocks": 1, "critic_filters": (3, 4), "noise_steps": 10}


@pytest.fixture(scope="module")
def digits():
    """Digits and their reductions to 4x4 pixels, 8 batches of 16, and their spec."""
    options = {"batch_size": 16, "num_examples": 128, "shuffle": False}
    return kgm.data.load("digits", source="low_resolution", **options)


def built(spec, **arguments):
    return kgm.zoo.build("aff_gan", spec, **{"preset": False, **SMALL, **arguments})


class TestSquaredError(cases.VariantCase):
    def draws(self, model):
        return False

    @pytest.fixture
    def build(self, spec):
        return lambda **kw: built(spec, seed=1, reconstruction=1.0, **kw)


class TestAffGAN(cases.GameCase):
    def draws(self, model):
        return False

    @pytest.fixture
    def build(self, spec):
        return lambda **kw: built(spec, seed=1, **kw)

    def test_latents_become_samples(self, build, spec):
        """Sources do: the network has no latents and no noise."""
        model, source = build(), cases.some_condition(spec, 3)["source"]
        x = model.translate(source)
        assert x.shape == (3, *spec.x_shape)
        np.testing.assert_array_equal(x, model.translate(source, seed=7))
        assert not hasattr(model, "decode")


# --- the projection -------------------------------------------------------------------


def means(x, factor=4):
    """The mean of every cell, by loops over its pixels."""
    x = np.asarray(x, np.float64)
    parts = [x[:, i::factor, j::factor] for i in range(factor) for j in range(factor)]
    return sum(parts) / factor**2


@pytest.mark.parametrize("scale", [0.1, 1.0, 300.0])
def test_enlarged_pictures_are_consistent_whatever_the_weights(spec, batches, scale):
    model = built(spec)
    random = np.random.RandomState(0)
    for weight in model.generator.weights:
        weight.assign(random.normal(0.0, scale / np.sqrt(36), weight.shape))
    source = next(iter(batches))["source"]
    x = model.translate(source).numpy()
    assert 0.0 <= x.min() <= x.max() <= 1.0
    np.testing.assert_allclose(means(x), source, atol=1e-5)


def test_the_projection_is_that_of_the_paper_where_it_stays_in_range():
    """f - U D f + U s, with D and U as matrices and U the pseudo-inverse of D."""
    random = np.random.RandomState(1)
    f, s = random.normal(0, 0.02, (2, 6, 4, 2)), random.uniform(0.4, 0.6, (2, 3, 2, 2))
    down = np.zeros((6, 24))
    for row, column in np.ndindex(6, 4):
        down[row // 2 * 2 + column // 2, row * 4 + column] = 0.25
    up = np.linalg.pinv(down)
    flat_f, flat_s = f.reshape(2, 24, 2), s.reshape(2, 6, 2)
    expected = flat_f - up @ (down @ flat_f) + up @ flat_s
    found = AffineProjection(2)(np.float32(f), np.float32(s))
    np.testing.assert_allclose(found, expected.reshape(2, 6, 4, 2), atol=1e-6)


def test_what_leaves_the_range_is_projected_to_the_nearest_that_does_not():
    """Against a solver of quadratic programs, for a cell of 4 pixels."""
    random = np.random.RandomState(2)
    for _ in range(5):
        f, s = random.normal(0.5, 1.0, 4), random.uniform(0.05, 0.95)
        found = optimize.minimize(
            lambda x, f=f: np.sum((x - f) ** 2),
            np.full(4, s),
            bounds=[(0, 1)] * 4,
            constraints={"type": "eq", "fun": lambda x, s=s: x.mean() - s},
            options={"ftol": 1e-12},
        )
        cell = np.float32(f).reshape(1, 2, 2, 1)
        made = AffineProjection(2)(cell, np.full((1, 1, 1, 1), s, "float32"))
        np.testing.assert_allclose(made[0, :, :, 0], found.x.reshape(2, 2), atol=1e-4)


def test_the_projection_never_moves_away_from_the_truth():
    random = np.random.RandomState(3)
    truth = np.float32(random.uniform(0, 1, (8, 8, 8, 3)) > 0.5)
    guess = truth + np.float32(random.normal(0, 0.7, truth.shape))
    made = AffineProjection(4)(guess, np.float32(means(truth)))
    before, after = (np.square(x - truth).sum(axis=(1, 2, 3)) for x in (guess, made))
    assert np.all(after < before)


def test_the_gradient_of_the_projection_against_finite_differences():
    random = np.random.RandomState(4)
    f, s = random.normal(0.5, 0.8, (1, 4, 4, 1)), random.uniform(0.3, 0.7, (1, 1, 1, 1))
    weights = np.float32(random.normal(size=f.shape))
    layer, h = AffineProjection(4), 1e-3

    def value(f, s):
        made = layer(tf.cast(f, tf.float32), tf.cast(s, tf.float32))
        return tf.reduce_sum(weights * made)

    points = tf.constant(f, tf.float32), tf.constant(s, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(points)
        total = value(*points)
    slopes = tape.gradient(total, points)
    for number, (point, slope) in enumerate(zip((f, s), slopes, strict=True)):
        for place in np.ndindex(point.shape):
            step = np.zeros_like(point)
            step[place] = h
            ends = []
            for sign in (1, -1):
                moved = [f, s]
                moved[number] = point + sign * step
                ends.append(value(*moved))
            difference = (ends[0] - ends[1]) / (2 * h)
            np.testing.assert_allclose(slope[place], difference, atol=5e-3)


def test_sub_pixels_come_from_channels():
    x = np.arange(16, dtype="float32").reshape(1, 1, 2, 8)
    found = DepthToSpace()(x).numpy()
    assert found.shape == DepthToSpace().compute_output_shape(x.shape) == (1, 2, 4, 2)
    for row, column, channel in np.ndindex(2, 4, 2):
        number = (row % 2) * 4 + (column % 2) * 2 + channel
        assert found[0, row, column, channel] == x[0, 0, column // 2, number]


@pytest.mark.parametrize("large", [(12, 12, 1), (8, 16, 1), (8, 8, 3), (2, 2, 1)])
def test_other_sizes_are_refused(large):
    with pytest.raises(ValueError, match=r"1, 2, 4, ... times .* Received: .*4, 4, 1"):
        upscaler({"source": (4, 4, 1)}, {"x": large}, (2,))


def test_a_network_enlarges_by_its_factor():
    for factor in (1, 2, 8):
        shape = (3 * factor, 5 * factor, 2)
        network = upscaler({"source": (3, 5, 2)}, {"x": shape}, (2, 3), blocks=0)
        x = network({"source": tf.fill((2, 3, 5, 2), 0.25)})["x"]
        np.testing.assert_allclose(means(x, factor), np.full((2, 3, 5, 2), 0.25), 1e-5)


# --- the game -------------------------------------------------------------------------


def noisy_gan(**arguments):
    spec = DatasetSpec("d", (4, 4, 1))
    view = views.Noisy(**{"stddev": 0.5, "steps": 4, **arguments})
    critic = dense.mlp({"x": spec.x_shape}, {"score": 1}, (3,))
    generator = dense.mlp({"latent": (2,)}, {"x": 16}, (3,), name="generator")
    model = GAN(spec, generator, Critic(critic, "log_ratio", view=view), critic_steps=2)
    model.compile("adam", "adam")
    return model


def test_noise_falls_to_none_along_its_steps():
    view, seed = views.Noisy(0.5, 4), tf.constant([0, 1])
    x = tf.zeros((64, 8, 8, 1))
    for left in (1.0, 0.75, 0.5, 0.25, 0.0, 0.0):
        seen = view({"x": x, "condition": x[:, 0, 0]}, seed)
        np.testing.assert_array_equal(seen["condition"], x[:, 0, 0])
        np.testing.assert_allclose(np.std(seen["x"]), 0.5 * left, rtol=0.05)
        view.update()


def test_steps_of_critics_alone_are_counted_and_saved(tmp_path):
    model = noisy_gan()
    x = np.random.RandomState(0).rand(8, 4, 4, 1).astype("float32")
    data = tf.data.Dataset.from_tensor_slices({"x": x}).batch(8)
    model.evaluate(data, verbose=0)
    assert float(model.critics[0].view.taken) == 0
    model.fit(data, epochs=1, verbose=0)  # two steps of the critic
    model.save(tmp_path / "noisy.keras")
    again = keras.saving.load_model(tmp_path / "noisy.keras").critics[0].view
    assert (again.stddev, again.steps, float(again.taken)) == (0.5, 4, 2.0)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"stddev": -1}, ValueError, "`stddev` must be >= 0"),
        ({"steps": 0}, ValueError, "`steps` must be >= 1"),
        ({"steps": 0.5}, TypeError, "`steps` must be an integer"),
    ],
)
def test_noise_out_of_range_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        views.Noisy(**arguments)


def test_the_log_ratio_game_finds_the_divergence_of_two_normals():
    """At the best critic's score, log p/q, the generator's mean loss is KL(q || p)."""
    shift, draws = 0.7, np.random.RandomState(0).normal(size=200_000)
    x = np.float32(draws + shift)  # q = N(shift, 1), p = N(0, 1)
    score = shift**2 / 2 - shift * x
    loss = kgm.objectives.LogRatio().generator_loss(tf.constant(score))
    cases.check_mean_is(loss, shift**2 / 2)


# --- the measure ----------------------------------------------------------------------


def test_source_consistency_against_its_formula():
    spec = DatasetSpec("d", (4, 4, 1), (), [Tensor("source", (2, 2, 1))])
    source = keras.Input((2, 2, 1), name="source")
    made = keras.layers.UpSampling2D(2)(keras.layers.Rescaling(1.0, 0.125)(source))
    critic = Critic(dense.mlp({"x": (4, 4, 1)}, {"score": 1}, (2,)))
    model = GAN(
        spec, keras.Model({"source": source}, {"x": made}), critic, output="clip"
    )
    given = np.float32([[0.25, 0.5], [0.75, 1.0]]).reshape(1, 2, 2, 1)
    tensors = {"x": np.zeros((1, 4, 4, 1), "float32"), "source": given}
    tensors["condition"] = np.zeros((1, 0), "float32")
    data = tf.data.Dataset.from_tensor_slices(tensors).batch(1)
    found = evaluation.evaluate(model, data, ["source_consistency"])
    assert found["source_consistency"] == 0.125  # the last is clipped: no difference
    assert found["source_consistency/mean"] == 3 * 0.125 / 4
    assert found["source_consistency/examples"] == 1
    assert "source_consistency" in evaluation.evaluate(model, data)


def test_pictures_of_the_size_of_their_source_have_no_such_measure():
    spec = DatasetSpec("d", (16, 16, 1), (), [Tensor("source", (16, 16, 1))])
    model = kgm.zoo.build("pix2pix", spec, preset=False, filters=(2, 2))
    tensors = {name: np.zeros((2, 16, 16, 1), "float32") for name in ("x", "source")}
    data = tf.data.Dataset.from_tensor_slices(tensors).batch(2)
    with pytest.raises(ValueError, match="multiple of its source in size"):
        evaluation.evaluate(model, data, ["source_consistency"])


# --- learning -------------------------------------------------------------------------


def test_squared_error_learns_to_enlarge(spec, batches):
    """Nearer to the digits than cubic interpolation is, by 1 dB."""
    model = built(
        spec,
        adversarial=0.0,
        reconstruction=1.0,
        filters=(16, 16),
        learning_rate=5e-3,
    )
    model.fit(batches, epochs=12, verbose=0)
    found = evaluation.evaluate(model, batches, ["psnr"])["psnr"]
    ratios = [
        tf.image.psnr(tf.image.resize(b["source"], (16, 16), "bicubic"), b["x"], 1.0)
        for b in batches
    ]
    assert found > np.mean(ratios) + 1.0


def test_a_saved_model_enlarges(spec, tmp_path):
    model = built(spec)
    client = kgm.export.load(kgm.export.save(model, tmp_path / "large" / "1"))
    source = cases.some_condition(spec, 3)["source"]
    np.testing.assert_allclose(
        client.translate(source), model.translate(source), atol=1e-5
    )
