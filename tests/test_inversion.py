"""Latents are found again, and what a model has not seen stands out."""

from __future__ import annotations

import cases
import keras
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_probability as tfp

import keras_genmodels as kgm
from keras_genmodels import training
from keras_genmodels.data import DatasetSpec, side_by_side
from keras_genmodels.evaluation import anomaly, evaluate, figures
from keras_genmodels.models import Inverter, invert

tfd = tfp.distributions
TINY = {"latent_dim": 3, "filters": (3, 4)}


@pytest.fixture(scope="module")
def digits():
    return kgm.data.load("digits", "test", batch_size=16, num_examples=48)


@pytest.fixture(scope="module")
def spec(digits):
    return digits[1]


@pytest.fixture(scope="module")
def x(digits):
    return next(iter(digits[0]))["x"].numpy()


@pytest.fixture(scope="module")
def gan(spec):
    """A dense GAN of two latents, untrained: its pictures are made of nothing else."""
    return kgm.zoo.build("gan", spec, latent_dim=2, units=(32,), seed=1)


class Plane:
    """A model without critics or encoder, whose decoder is the identity."""

    spec = DatasetSpec("plane", (2,), side_by_side({"label": "abc"}))

    def decode(self, z, condition=None):
        return tf.identity(z)

    def prior(self, condition=None):
        return tfd.Independent(tfd.Normal(tf.zeros(2), tf.ones(2)), 1)

    def inverter(self, **options):
        return Inverter(self, **options)


# --- inversion ------------------------------------------------------------------------


def test_the_latents_of_samples_are_found_again(gan):
    z = gan.prior().sample(6, seed=cases.as_seed(1))
    found = invert(gan, gan.decode(z), steps=400, restarts=3, feature_weight=0.0)
    np.testing.assert_allclose(found.x, gan.decode(z), atol=0.01)
    np.testing.assert_allclose(found.latent, z, atol=0.1)


def test_an_inversion_explains_its_numbers(gan, x):
    found = invert(gan, x, steps=3, feature_weight=0.25)
    np.testing.assert_allclose(found.x, gan.decode(found.latent), atol=1e-6)
    residual = np.abs(x - found.x).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(found.residual, residual, rtol=1e-5)
    describe = gan.critics[0].feature_fn()
    apart = np.abs(describe({"x": x}) - describe({"x": found.x})).sum(axis=1)
    np.testing.assert_allclose(found.features, apart, rtol=1e-4, atol=1e-5)
    cost = 0.75 * residual + 0.25 * apart
    np.testing.assert_allclose(found.cost, cost, rtol=1e-5)


def test_the_same_seed_finds_the_same(gan, x):
    first, again, other = (invert(gan, x, seed=s, steps=5) for s in (3, 3, (1, 3)))
    for ours, theirs in zip(first, again, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert np.any(first.latent != other.latent)


def test_the_best_of_all_starts_counts(gan, x):
    found = invert(gan, x, seed=5, steps=0, restarts=4, feature_weight=0.0)
    starts = gan.prior().sample(64, seed=cases.as_seed(5))
    made = np.reshape(gan.decode(starts), (4, *x.shape))
    costs = np.abs(x - made).sum(axis=(2, 3, 4))
    np.testing.assert_allclose(found.cost, costs.min(axis=0), rtol=1e-5)


def test_a_search_ends_no_worse_than_it_began(gan, x):
    before = invert(gan, x, steps=0, restarts=1).cost
    wild = invert(gan, x, steps=5, restarts=1, learning_rate=1e3).cost
    calm = invert(gan, x, steps=40, restarts=1, learning_rate=0.5).cost
    assert np.all(wild <= before)
    assert np.all(calm < before)


@pytest.mark.parametrize("steps", [1, 7])
def test_the_search_is_keras_adam(steps):
    """Small steps from far away are all better, so that the last one is the best."""
    x = np.float32([[0.4, 0.5], [0.6, 0.3]])
    found = invert(Plane(), x, steps=steps, restarts=1, learning_rate=5e-3, seed=2)
    z = tf.Variable(Plane().prior().sample(2, seed=cases.as_seed(2)))
    adam = keras.optimizers.Adam(5e-3)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.abs(x - z))
        adam.apply([tape.gradient(loss, z)], [z])
    np.testing.assert_allclose(found.latent, z, atol=1e-5)


def test_an_encoder_says_at_once_and_is_improved_upon(spec, x):
    model = kgm.zoo.build("bigan", spec, preset=False, **TINY, joint=(5,))
    told = invert(model, x)
    np.testing.assert_allclose(told.latent, model.encode(x), atol=1e-6)
    describe = model.critics[0].feature_fn()
    pairs = [describe({"x": p, "latent": told.latent}) for p in (x, told.x)]
    apart = np.abs(pairs[0] - pairs[1]).sum(axis=1)
    np.testing.assert_allclose(told.features, apart, rtol=1e-4, atol=1e-4)
    better = invert(model, x, steps=20)
    assert better.cost.mean() < told.cost.mean()
    drawn = invert(model, x, start="prior", steps=0)
    assert np.any(drawn.latent != told.latent)


def test_a_conditional_model_is_asked_with_its_condition(spec, x):
    model = kgm.zoo.build("cgan", spec, preset=False, **TINY)
    zero, one = (spec.condition(16, label=d) for d in (0, 1))
    found = [invert(model, x, c, steps=2) for c in (zero, one)]
    assert np.any(found[0].x != found[1].x)
    np.testing.assert_allclose(
        found[0].x, model.decode(found[0].latent, zero), atol=1e-5
    )


@pytest.mark.parametrize("recipe", ["began", "vae", "deep_autoencoder"])
def test_any_model_with_latents_is_inverted(spec, x, recipe):
    options = {"filters": (3, 4)} if recipe == "began" else {"units": (8,)}
    model = kgm.zoo.build(recipe, spec, preset=False, latent_dim=3, **options)
    found = invert(model, x, start="prior", steps=2)
    assert found.latent.shape == (16, 3)
    assert np.all(np.isfinite(found.cost))
    assert np.all(found.features > 0) == (recipe == "began")


def test_the_averaged_generator_is_inverted(spec, digits, x):
    model = kgm.zoo.build("dcgan", spec, preset=False, **TINY, ema=0.9)
    model.fit(digits[0], verbose=0)
    found = invert(model, x, steps=2)
    np.testing.assert_allclose(found.x, model.generate(found.latent), atol=1e-5)


def test_inversions_as_a_figure(gan, x):
    one = figures.inversions(gan, x[:3], columns=2, steps=1)
    assert one.shape == (4 * 16 + 5, 2 * 16 + 3, 1)


# --- anomalies ------------------------------------------------------------------------


def far(classes, distances):
    """Points so far from where `Plane` is searched that the distance is the score."""
    x = np.float32([[d, 0.0] for d in distances])
    return [{"x": x, "condition": Plane.spec.condition(label=list(classes))}]


class Origin(Plane):
    """Can make nothing but the origin."""

    def decode(self, z, condition=None):
        return tf.zeros_like(z)


def test_the_area_counts_pairs_in_the_right_order():
    """5 of the 6 pairs of an anomaly and another are in the right order."""
    points = far("aabbc", [0.9, 0.3, 0.1, 0.2, 0.5])
    options = {"steps": 0, "restarts": 1}
    found = anomaly(Origin(), points, [{"label": "a"}], **options)
    assert found["anomaly"] == pytest.approx(5 / 6)
    assert found["anomaly/residual"] == found["anomaly"]
    assert found["anomaly/positives"] == 2
    assert found["anomaly/examples"] == 5
    assert "anomaly/features" not in found
    both = anomaly(Origin(), points, [{"label": "a"}, {"label": 2}], **options)
    assert both["anomaly"] == 1.0
    assert both["anomaly/positives"] == 3
    assert anomaly(Origin(), points, [{"label": 1}], **options)["anomaly"] == 0.0


def test_the_standard_error_is_that_of_simulated_areas():
    """Hanley and McNeil assume exponential scores; 2,000 draws, 15 % of tolerance.

    Of so many draws the standard deviation itself is off by 1.6 %, so that the check
    fails by chance less than once in 1e-6.
    """
    rng = np.random.default_rng(0)
    options = {"steps": 0, "restarts": 1, "max_examples": None}
    ill, well = rng.exponential(2.0, (2000, 20)), rng.exponential(1.0, (2000, 30))
    areas = (ill[:, :, None] > well[:, None, :]).mean(axis=(1, 2))
    scores = np.concatenate([ill[0], well[0]]) / 100
    points = far("a" * 20 + "b" * 30, scores)
    found = anomaly(Origin(), points, [{"label": "a"}], **options)
    assert found["anomaly"] == pytest.approx(areas[0])
    assert found["anomaly/standard_error"] == pytest.approx(areas.std(), rel=0.15)


def test_judging_needs_anomalies_and_others():
    points = far("abc", [0.1, 0.2, 0.3])
    with pytest.raises(ValueError, match=r"`anomalies` must name classes.*=\(\)"):
        anomaly(Origin(), points)
    with pytest.raises(ValueError, match=r"Unknown class 'd' of attribute 'label'"):
        anomaly(Origin(), points, [{"label": "d"}])
    with pytest.raises(ValueError, match=r"Unknown attribute 'lable'.*'label'"):
        anomaly(Origin(), points, [{"lable": "a"}])
    with pytest.raises(ValueError, match=r"anomalies and others .* 3 of 3 examples"):
        anomaly(Origin(), points, [{"label": i} for i in range(3)], steps=0)
    with pytest.raises(TypeError, match=r"a list of combinations .* Received: 'a'"):
        anomaly(Origin(), points, "a")


def test_it_is_measured_where_anomalies_are_named(gan, digits):
    options = {"anomalies": [{"label": 0}], "steps": 1, "max_examples": 32}
    found = evaluate(gan, digits[0], ["anomaly"], **options)
    assert found["anomaly/examples"] == 32
    assert found["anomaly/steps"] == 1
    assert 0 <= found["anomaly/features"] <= 1
    assert "anomaly" not in evaluate(gan, digits[0])
    assert "anomaly" in evaluate(gan, digits[0], **options)


@pytest.mark.slow
def test_a_run_with_held_out_classes_reports_how_strange_they_are(tmp_path):
    run = training.train(
        "bigan",
        "digits",
        out=tmp_path / "run",
        epochs=1,
        verbose=0,
        arguments={**TINY, "joint": (5,)},
        data={"exclude": [{"label": "0"}], "num_examples": 256},
    )
    figures = run.report["metrics"]
    assert 0 <= figures["anomaly"] <= 1
    assert figures["anomaly/positives"] > 0
    assert training.measure(run, ["anomaly"]) == {
        key: value for key, value in figures.items() if key.startswith("anomaly")
    }


# --- bad input ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"start": "priors"}, "Unknown start 'priors'. Did you mean 'prior'"),
        ({"start": "encoder"}, "'encoder' for a model with `encode` only. Received: G"),
        ({"steps": -1}, "`steps` must be >= 0. Received: steps=-1"),
        ({"restarts": 0}, "`restarts` must be >= 1. Received: restarts=0"),
        ({"learning_rate": 0}, "`learning_rate` must be > 0. Received: learning_rate="),
        ({"feature_weight": 1.5}, r"`feature_weight` must be in \[0, 1\]. Rec.*=1.5"),
    ],
)
def test_impossible_searches(gan, x, options, message):
    with pytest.raises(ValueError, match=message):
        invert(gan, x, **options)
