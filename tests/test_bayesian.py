"""Posteriors of parameters: by the likelihood, and by a critic that needs none."""

from __future__ import annotations

import cases
import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_genmodels as kgm
from keras_genmodels import evaluation, export
from keras_genmodels.data import DatasetSpec
from keras_genmodels.distributions import TrainedNormalPrior, TrainedPointPrior
from keras_genmodels.models import BayesianClassifier, Critic, ImplicitModel
from keras_genmodels.networks import dense, given_parameters, named_inputs
from keras_genmodels.registry import register

GAME = {"units": (4,), "critic_units": (5,), "critic_steps": 2}
SMALL = {
    "bayesian_gan": {**GAME, "draws": 2},
    "bayesian_gan of a point": {**GAME, "point": True},
    "bayesian_classifier": {"units": (4,), "draws": 2},
    "bayesian_classifier of a point": {"units": (4,), "point": True},
}


def wines(split="train", **options):
    options = {"batch_size": 32, "shuffle": False, **options}
    return kgm.data.load("wine", split, **options)


def built(row="bayesian_gan", **options):
    options = {"preset": False, **SMALL[row], **options}
    return kgm.zoo.build(row.split()[0], wines()[1], seed=1, **options)


class TestBayesianRecipes(cases.OnePlayerCase):
    @pytest.fixture(params=SMALL)
    def build(self, request):
        return lambda **options: built(request.param, **options)

    @pytest.fixture
    def batches(self):
        return wines()[0]

    def test_same_seed_same_model_and_samples(self, build):
        """They make no samples; what they read is that of the twin."""
        x = next(iter(wines()[0]))["x"]
        model, twin = build(), build()
        p = model.classify(x)
        assert p.shape == (32, 3)
        np.testing.assert_allclose(np.sum(p, axis=1), 1.0, rtol=1e-5)
        np.testing.assert_array_equal(p, twin.classify(x))
        assert not hasattr(model, "sample")


# --- networks -------------------------------------------------------------------------


def test_a_perceptron_of_given_weights_by_hand():
    noise = np.random.RandomState(0)
    layer = given_parameters.GivenDense(3, (4, 2), stddev=2.0)
    x, given = noise.normal(size=(5, 3)), noise.normal(size=(7, 3 * 4 + 4 + 4 * 2 + 2))
    found = layer(np.float32(x), np.float32(given))
    for draw, theta in zip(found, 2.0 * given, strict=True):
        first, bias, second, last = np.split(theta, np.cumsum([12, 4, 8]))
        hidden = x @ first.reshape(3, 4) / np.sqrt(3) + bias
        expected = np.maximum(hidden, 0) @ second.reshape(4, 2) / np.sqrt(4) + last
        np.testing.assert_allclose(draw, expected, rtol=1e-4, atol=1e-5)


def test_classes_are_drawn_as_often_as_their_logits_say():
    probable = np.array([0.5, 0.3, 0.2], np.float32)
    logits = np.broadcast_to(np.log(probable), (20_000, 3))
    layer = given_parameters.DrawnClass()
    drawn = layer(logits, cases.as_seed(3)).numpy()
    assert set(np.unique(drawn)) == {0.0, 1.0}
    np.testing.assert_array_equal(drawn.sum(axis=1), 1.0)
    cases.check_mean_is(drawn, probable)
    np.testing.assert_array_equal(drawn, layer(logits, cases.as_seed(3)))
    assert np.any(drawn != layer(logits, cases.as_seed(4)))


# --- the posterior of classifiers -----------------------------------------------------


def test_predictions_are_means_over_draws_of_the_posterior():
    model, x = built(), np.float32(np.random.RandomState(0).rand(6, 13))
    with pytest.raises(ValueError, match=r"pixels|\[0, 1\]"):
        model.classify(x + 2.0)
    theta = model.posterior().sample(3000, seed=cases.as_seed(5)).numpy()
    layer = given_parameters.GivenDense(13, (4, 3), stddev=4.0)
    classes = tf.nn.softmax(layer(10.0 * (x - 0.5), theta)).numpy()
    # 100 draws of numbers in [0, 1] against 3000: within 5 standard errors.
    error = classes.std(axis=0) / 10
    assert np.all(np.abs(model.classify(x) - classes.mean(axis=0)) < 5.5 * error + 1e-6)
    assert np.all(error.max(axis=1) > 0)  # draws do differ


def test_the_divergence_counts_once_in_a_pass():
    model, batch = built("bayesian_classifier", kl_weight=0.5), next(iter(wines()[0]))
    terms = model.terms(model.unpack(batch), training=False)
    q, size = model.posterior(), 13 * 4 + 4 + 4 * 3 + 3
    loc, stddev = q.mean().numpy(), q.stddev().numpy()
    kl = 0.5 * (loc**2 + stddev**2 - 1 - 2 * np.log(stddev)).sum()
    assert loc.shape == (size,)
    np.testing.assert_allclose(terms["divergence"], kl, rtol=1e-4)
    added = terms["loss"] - terms["cross_entropy"]
    np.testing.assert_allclose(added, 0.5 * kl / (4 * 32), rtol=1e-3)  # 4 batches of 32


def test_a_point_pays_its_prior_density():
    model, batch = built("bayesian_classifier of a point"), next(iter(wines()[0]))
    terms = model.terms(model.unpack(batch), training=False)
    point = model.posterior().mean().numpy()
    expected = 0.5 * (point**2 + np.log(2 * np.pi)).sum()
    np.testing.assert_allclose(terms["divergence"], expected, rtol=1e-5)


def test_neither_player_moves_the_other():
    model, batch = built(kl_weight=0.0), next(iter(wines()[0]))
    posterior = model.parameter_posterior.trainable_variables
    critic = model.critic.trainable_variables
    batch = model.unpack(batch)
    for name, moved, still in (
        ("log_ratio", posterior, critic),
        ("critic_loss", critic, posterior),
    ):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(model.terms(batch, training=False)[name])
        found = tape.gradient(loss, [v.value for v in [*moved, *still]])
        assert all(g is None or not np.any(g) for g in found[len(moved) :])
        assert all(g is not None and np.any(g) for g in found[: len(moved)])


def test_the_critic_takes_its_steps_before_the_posterior_takes_one():
    with pytest.raises(ValueError, match=r"critic_steps"):
        built(critic_steps=0)
    model, batch = built(critic_steps=3), next(iter(wines()[0]))
    twin = type(model).from_config(model.get_config())
    assert twin.critic_steps == 3
    model.compile("sgd", keras.optimizers.SGD(0.0))
    before = [v.numpy() for v in model.critic.trainable_variables]
    point = model.posterior().mean().numpy()
    model.train_step(batch)
    steps = model.critic_optimizer, model.generator_optimizer
    assert [int(optimizer.iterations) for optimizer in steps] == [3, 1]
    for old, new in zip(before, model.critic.trainable_variables, strict=True):
        np.testing.assert_array_equal(old, new)  # the posterior's step is not theirs
    assert np.any(point != model.posterior().mean())


def test_the_critic_sees_data_beside_simulations_of_the_same_rows():
    model, batch = built(), next(iter(wines()[0]))
    theta = model.posterior().sample(2, seed=cases.as_seed(0))
    real, fake = model.pairs(model.unpack(batch), theta, cases.as_seed(1))
    for name in ("x", "classes", "parameters"):
        np.testing.assert_array_equal(real[name], fake[name])
    for part in np.split(real["condition"], 2):
        np.testing.assert_array_equal(part, batch["condition"])
    assert np.any(real["condition"] != fake["condition"])
    alone = given_parameters.GivenDense(13, (4, 3), stddev=4.0)
    logits = alone(10.0 * (batch["x"] - 0.5), theta)
    np.testing.assert_allclose(
        real["classes"], tf.reshape(logits, (-1, 3)), rtol=1e-4, atol=1e-4
    )


def test_signatures_and_metrics(tmp_path):
    model, test = built(), wines("test")[0]
    x = next(iter(test))["x"]
    export.save(model, tmp_path / "wine" / "1")
    served = tf.saved_model.load(str(tmp_path / "wine" / "1")).signatures["classify"]
    np.testing.assert_allclose(
        served(x=x)["probabilities"], model.classify(x), rtol=1e-4, atol=1e-6
    )
    told = evaluation.evaluate(model, test)
    rows = [(model.classify(b["x"]), b["condition"]) for b in test]
    p, true = (np.concatenate(part) for part in zip(*rows, strict=True))
    nats = -np.log((p * true).sum(axis=1)).mean()
    assert told["predictive_nats"] == pytest.approx(nats, rel=1e-4)
    assert told["predictive_nats/examples"] == 36
    right = np.mean(p.argmax(axis=1) == true.argmax(axis=1))
    assert told["classification_accuracy"] == pytest.approx(right)


@pytest.mark.parametrize("row", ["bayesian_classifier", "bayesian_gan"])
def test_wines_are_told_apart(row):
    """Of 36 test wines a guess reads 14 right, and 30 fewer than once in 1e7."""
    batches, spec = kgm.data.load("wine", batch_size=71)
    model = kgm.zoo.build(row, spec, preset=False, learning_rate=1e-2)
    model.fit(batches.repeat(40), epochs=1, verbose=0)
    told = evaluation.evaluate(model, wines("test")[0])
    assert told["classification_accuracy"] > 30 / 36
    assert told["predictive_nats"] < 0.5  # log(3) = 1.1 of a guess


# --- bad input ------------------------------------------------------------------------


def test_bad_models_are_refused():
    spec, point = wines()[1], "trained_point"
    network = given_parameters.classifier((13,), 3, (4,))
    with pytest.raises(ValueError, match=r"simulator .* must put out one of .*classes"):
        ImplicitModel(spec, network, Critic(dense.mlp({"x": (13,)}, {"score": 1})))
    wrong = given_parameters.classifier((13,), 2, (4,))
    with pytest.raises(ValueError, match=r"shape \(draws, rows, 3\).*None, 2\)"):
        BayesianClassifier(spec, wrong, posterior=point)
    plain = dense.mlp({"x": (13,)}, {"classes": 3})
    with pytest.raises(ValueError, match=r"must declare 'parameters'. Rec.*\['x'\]"):
        BayesianClassifier(spec, plain)
    bare = DatasetSpec("mine", (13,), spec.attributes)
    with pytest.raises(ValueError, match=r"`steps_per_epoch` must be given.*'mine'"):
        BayesianClassifier(bare, network)
    assert BayesianClassifier(bare, network, steps_per_epoch=3).steps_per_epoch == 3
    with pytest.raises(ValueError, match=r"`draws` must be >= 1. Received: draws=0"):
        built(draws=0)
    seeing = Critic(dense.mlp({"latent": (2,)}, {"score": 1}))
    simulator = given_parameters.simulator(network)
    with pytest.raises(ValueError, match=r"may declare the inputs .*\['latent'\]"):
        ImplicitModel(spec, simulator, seeing)
    with pytest.raises(ValueError, match="needs a dataset with one attribute"):
        kgm.zoo.build("bayesian_gan", DatasetSpec("none", (2,)), preset=False)


# --- a posterior that is known --------------------------------------------------------


@register("test_shifted", family="layer")
class Shifted(keras.layers.Layer):
    """Simulates x = 0.5 + (theta + noise) / 10."""

    def call(self, theta, noise):
        return 0.5 + 0.1 * (theta[:, None] + noise[None])

    def compute_output_spec(self, theta, noise):
        return keras.KerasTensor((None, None, 1))


@register("test_quadratic", family="layer")
class Quadratic(keras.layers.Layer):
    """All products of two numbers up to the second order: the log-ratio of normals."""

    def call(self, x, theta):
        x = 10.0 * (x - 0.5)
        return tf.concat([x, theta, x**2, theta**2, x * theta], axis=-1)

    def compute_output_spec(self, x, theta):
        return keras.KerasTensor((None, 5))


def normal_mean(count, steps, draws, rate, critic_steps=1, seed=0):
    """A model of x_i ~ N(theta, 1), theta ~ N(0, 1), trained; its data, (count,)."""
    tensors = named_inputs({"parameters": (1,), "latent": (1,)})
    made = {"x": Shifted()(tensors["parameters"], tensors["latent"])}
    simulator = keras.Model(tensors, made, name="simulator")
    seen = named_inputs({"x": (1,), "parameters": (1,)})
    keras.utils.set_random_seed(seed)
    score = keras.layers.Dense(1)(Quadratic()(seen["x"], seen["parameters"]))
    critic = Critic(keras.Model(seen, {"score": score}, name="critic"), "log_ratio")
    model = ImplicitModel(
        DatasetSpec("normals", (1,)),
        simulator,
        critic,
        critic_steps=critic_steps,
        posterior=TrainedNormalPrior(1, seed=seed),
        draws=draws,
        steps_per_epoch=1,
        seed=seed,
    )
    decayed = keras.optimizers.schedules.CosineDecay
    turns = [(rate, steps), (5 * rate, steps * critic_steps)]
    model.compile(
        *(keras.optimizers.Adam(decayed(r, max(n, 1)), beta_2=0.99) for r, n in turns)
    )
    found = 0.8 + np.random.RandomState(seed).normal(size=count)
    batch = {"x": np.float32(0.5 + 0.1 * found)[:, None]}
    step = tf.function(model.train_step)
    for _ in range(steps):
        step(batch)
    return model, found


def check_posterior(model, found, share):
    """N(sum of x / (1 + n), 1 / (1 + n)) of n normals of variance 1."""
    variance = 1 / (1 + len(found))
    mean, q = variance * found.sum(), model.posterior()
    assert float(q.mean()[0]) == pytest.approx(mean, rel=share)
    assert float(q.variance()[0]) == pytest.approx(variance, rel=share)


def test_with_the_true_log_ratio_the_true_posterior_stays():
    model, found = normal_mean(count=16, steps=0, draws=20_000, rate=1e-2)
    assert not hasattr(model, "classify")
    [dense_layer] = [w for w in model.critic.weights if w.shape == (5, 1)]
    dense_layer.assign([[0.0], [0.0], [0.5], [0.5], [-1.0]])  # (x - theta)**2 / 2
    q, variance = model.parameter_posterior, 1 / (1 + len(found))
    mean = variance * found.sum()
    batch = model.unpack({"x": np.float32(0.5 + 0.1 * found)[:, None]})

    def slopes(loc, stddev):
        q.loc.assign([loc])
        q.raw_stddev.assign([np.log(np.expm1(stddev - 1e-5))])
        with tf.GradientTape() as tape:
            terms = model.terms(batch, training=True)
            loss = tf.reduce_mean(terms["loss"] - terms["critic_loss"])
        found = tape.gradient(loss, [q.loc.value, q.raw_stddev.value])
        return np.concatenate(found)

    # 20,000 draws of deviation 0.24: each slope is known to 0.002, false 1 in 1e6.
    np.testing.assert_allclose(slopes(mean, variance**0.5), 0.0, atol=0.01)
    off = slopes(mean + 0.1, 1.2 * variance**0.5)
    assert off[0] == pytest.approx(0.1 * (1 + 1 / 16), abs=0.01)
    assert off[1] > 0.01  # too wide


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_the_posterior_of_a_normal_mean_within_5_per_cent(seed):
    model, found = normal_mean(64, 1200, draws=32, rate=2e-2, critic_steps=4, seed=seed)
    check_posterior(model, found, share=0.05)


# --- data -----------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "sizes"), [("wine", (142, 36))])
def test_tables_are_standardised_by_their_training_split(name, sizes):
    from sklearn.datasets import load_wine

    raw = load_wine().data
    parts = []
    for split, size in zip(("train", "test"), sizes, strict=True):
        batches = kgm.data.load(name, split, 200, shuffle=False, drop_remainder=False)
        x = np.concatenate([b["x"] for b in batches[0]])
        assert x.shape == (size, 13)
        parts.append(10 * (x - 0.5))
    assert np.abs(parts[0]).max() < 5.0  # no wine is so far out
    np.testing.assert_allclose(parts[0].mean(axis=0), 0.0, atol=1e-5)
    np.testing.assert_allclose(parts[0].std(axis=0), 1.0, rtol=1e-4)
    assert np.abs(parts[1].mean(axis=0)).max() > 0.05  # the test split has its own mean
    both = np.concatenate(parts)
    order = [np.sort(column) for column in (raw[:, 0], both[:, 0])]
    assert np.corrcoef(order)[0, 1] == pytest.approx(1.0)


@pytest.mark.parametrize("name", ["wine", "breast_cancer", "digits"])
def test_partitions_are_other_divisions_of_the_same_examples(name):
    def labels(split, partition):
        options = {"shuffle": False, "drop_remainder": False, "partition": partition}
        batches, spec = kgm.data.load(name, split, 512, **options)
        rows = np.concatenate([b["condition"] for b in batches])
        return spec.labels(rows)["label"]

    usual, again, other = (labels("test", p) for p in (0, 3, 4))
    assert len(usual) == len(again) == len(other)
    # Equal labels of all 36 wines by chance: fewer than once in 1e10.
    assert np.any(usual != again)
    assert np.any(again != other)
    np.testing.assert_array_equal(again, labels("test", 3))
    totals = [
        np.bincount(np.concatenate([labels("train", p), labels("test", p)]))
        for p in (0, 3)
    ]
    np.testing.assert_array_equal(*totals)


def test_a_partition_is_refused_where_there_is_none():
    with pytest.raises(ValueError, match=r"'gaussian_ring' takes no `partition`.*=2"):
        kgm.data.load("gaussian_ring", partition=2)
    with pytest.raises(ValueError, match=r"`partition` must be >= 0. Rec.*-1"):
        kgm.data.load("wine", partition=-1)


def test_first_weights_have_the_spread_that_is_asked_for():
    wide = TrainedPointPrior(4000, spread=2.0, seed=3).distribution().mean().numpy()
    assert wide.std() == pytest.approx(2.0, rel=0.06)  # 5 standard errors
    other = TrainedPointPrior(4000, spread=2.0, seed=4).distribution().mean().numpy()
    assert np.any(wide != other)
