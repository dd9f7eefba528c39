"""Adversarial classifiers: recipes, terms and the metric of few labels."""

from __future__ import annotations

import cases
import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_genmodels as kgm
from keras_genmodels import objectives
from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.models import GAN, Critic, SemiSupervisedGAN
from keras_genmodels.networks import dense

_TINY = {"latent_dim": 3, "units": (8, 8), "critic_units": (12, 8)}
SMALL = {
    "catgan": {"latent_dim": 3, "filters": (3, 4)},
    "improved_gan": _TINY,
    "improved_gan with everything": {
        **_TINY,
        "historical_averaging": 0.1,
        "label_smoothing": 0.1,
        "minibatch_discrimination": 5,
        "normalisation": "virtual",
        "ema": 0.9,
    },
}


def built(row, spec, **options):
    options = {"preset": False, **SMALL[row], **options}
    return kgm.zoo.build(row.split()[0], spec, seed=1, **options)


@pytest.fixture(scope="module")
def digits():
    """Digits, batches of 16 of which 4 are among the 20 labelled ones; their spec."""
    options = {"batch_size": 16, "num_examples": 128, "num_labels": 20}
    return kgm.data.load("digits", **options, shuffle=False)


class TestWithNothingMore(cases.VariantCase):
    @pytest.fixture
    def build(self, spec):
        return lambda **options: built("improved_gan", spec, **options)


class TestSemiSupervisedRecipes(cases.GameCase):
    @pytest.fixture(params=sorted(SMALL.keys() - {"improved_gan"}))
    def build(self, request, spec):
        return lambda **options: built(request.param, spec, **options)


def test_arguments_of_improved_gan_reach_its_parts(spec, batches):
    plain, full = built("improved_gan", spec), built(list(SMALL)[-1], spec)
    assert full.critics[0].objective.label_smoothing == 0.1
    x = next(iter(batches))["x"]
    for model, depends in ((plain, False), (full, True)):
        alone = np.asarray(model.classify(x[:1]))[0]
        among = np.asarray(model.classify(tf.repeat(x[:1], 8, axis=0)))[0]
        assert np.allclose(alone, among, atol=1e-5) != depends
    [reference] = [w for w in full.generator.weights if "reference" in w.path]
    values = np.asarray(reference)  # 64 x 3 of U(-1, 1), as the latents are
    assert -1.0 <= values.min() < -0.8 < 0.8 < values.max() <= 1.0  # false 1 in 1e8
    with pytest.raises(ValueError, match=r"`label_smoothing` must be .*Received: .*2"):
        built("improved_gan", spec, label_smoothing=2.0)
    with pytest.raises(ValueError, match=r"`minibatch_disc.*` must be >= 0.*-1"):
        built("improved_gan", spec, minibatch_discrimination=-1)


@pytest.mark.parametrize("row", sorted(SMALL))
def test_signatures_equal_the_methods(row, spec, batches, tmp_path):
    model = built(row, spec)
    x = next(iter(batches))["x"][:3]
    methods = {
        "classify": ({"x": x}, model.classify(x)),
        **cases.sampling_methods(model),
    }
    cases.check_signatures(model, tmp_path / "model" / "1", methods)


def test_probabilities_of_classes(spec, batches):
    model = built("improved_gan", spec)
    x = next(iter(batches))["x"]
    p = model.classify(x)
    assert p.shape == (16, 10)
    np.testing.assert_allclose(tf.reduce_sum(p, axis=1), np.ones(16), rtol=1e-5)
    np.testing.assert_array_equal(p, model.classify(x.numpy()))  # no noise in it


def test_few_labels_teach_classes():
    train, spec = kgm.data.load("digits", batch_size=64, num_labels=100)
    test, _ = kgm.data.load("digits", "test")
    small = {"critic_units": (100, 50), "units": (50,)}
    model = kgm.zoo.build("improved_gan", spec, preset=False, **small)
    before = kgm.evaluation.classification_accuracy(model, test)
    logs = model.fit(train, epochs=3, verbose=0).history
    after = kgm.evaluation.classification_accuracy(model, test)
    assert logs["supervised"][-1] < logs["supervised"][0]
    assert before["classification_accuracy"] < 0.4
    assert after["classification_accuracy"] > 0.6


# --- terms ----------------------------------------------------------------------------


CONDITION = [[0.0, 1.0], [0.0, 0.0], [1.0, 0.0], [0.0, 0.0]]
LOGITS = tf.constant([[0.0, 1.0], [5.0, -5.0], [0.0, 0.0], [0.0, 7.0]])


def a_step(condition, logits):
    real = {"condition": tf.constant(condition), "x": tf.zeros((len(condition), 2))}
    return objectives.StepTensors(
        real, real, {"critic": lambda tensors: {"classes": logits}}
    )


def test_supervised_by_hand():
    term = objectives.Supervised(weight=2.0)
    first, second = np.log(1 + np.exp(-1)), np.log(2)
    cost = term.critic_loss(a_step(CONDITION, LOGITS))
    np.testing.assert_allclose(cost, [4 * first, 0, 4 * second, 0], rtol=1e-5)
    assert np.mean(cost) == pytest.approx(2 * (first + second) / 2)  # over two of four
    assert term.generator_loss(a_step(CONDITION, LOGITS)) == 0.0
    nothing = term.critic_loss(a_step([[0.0, 0.0]] * 2, LOGITS[:2]))
    np.testing.assert_array_equal(nothing, [0.0, 0.0])


def test_what_has_no_label_has_no_slope():
    with tf.GradientTape() as tape:
        tape.watch(LOGITS)
        cost = objectives.Supervised().critic_loss(a_step(CONDITION, LOGITS))
    slope = tape.gradient(cost, LOGITS)
    read = np.exp(1) / (1 + np.exp(1))
    expected = [[1 - read, read - 1], [0, 0], [-0.5, 0.5], [0, 0]]
    np.testing.assert_allclose(slope, 2 * np.array(expected), rtol=1e-5)


def test_what_labels_cost_is_a_metric(spec, batches):
    logs = built("improved_gan", spec).fit(batches, verbose=0).history
    names = {"critic_loss", "feature_matching", "generator_loss", "supervised"}
    assert set(logs) == {"loss", *names}
    assert logs["supervised"][0] > 0


def a_game(spec, *terms):
    """A linear generator and critic, gradient descent, and these terms."""
    size = int(np.prod(spec.x_shape))
    generator = dense.mlp({"latent": (3,)}, {"x": size}, (), name="generator")
    critic = Critic(dense.mlp({"x": spec.x_shape}, {"score": 1}, (), name="critic"))
    model = GAN(spec, generator, critic, terms=terms)
    model.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1))
    return model


def test_historical_averaging_by_hand(spec, batches):
    """The mean of the weights after each step, and the distance from it."""
    term = objectives.HistoricalAveraging(weight=2.0)
    model = a_game(spec, term)
    past = []
    for batch in batches.take(3):
        step = objectives.StepTensors({"x": batch["x"]}, {})
        for player, cost in (
            (model.generator_variables, term.generator_loss(step)),
            (model.critic_variables, term.critic_loss(step)),
        ):
            expected = 0.0
            if past:
                now = np.concatenate([np.ravel(v) for v in player])
                key = "generator" if player[0] is model.generator_variables[0] else "c"
                expected = 2 * np.sum((now - np.mean([p[key] for p in past], 0)) ** 2)
            np.testing.assert_allclose(cost, [expected] * 16, rtol=1e-3, atol=1e-8)
        model.train_step(batch)
        players = {"generator": model.generator_variables, "c": model.critic_variables}
        past.append(
            {k: np.concatenate([np.ravel(v) for v in p]) for k, p in players.items()}
        )


def test_historical_averaging_draws_weights_back(spec, batches):
    """The gradient is 2 weight (theta - mean), for the player that moves."""
    term = objectives.HistoricalAveraging(weight=3.0)
    model = a_game(spec, term)
    model.train_step(next(iter(batches)))
    kernel = model.generator_variables[0]
    before = kernel.numpy()
    kernel.assign_add(tf.ones_like(kernel))
    with tf.GradientTape() as tape:
        cost = term.generator_loss(objectives.StepTensors({"x": tf.zeros((1, 1))}, {}))
    slope = tape.gradient(cost, kernel.value)
    np.testing.assert_allclose(slope, np.full(before.shape, 6.0), rtol=1e-3)


def test_history_survives_the_file_and_is_no_players_weight(spec, batches, tmp_path):
    model = a_game(spec, "historical_averaging")
    model.fit(batches.take(2), verbose=0)
    model.save(tmp_path / "model.keras")
    twin = keras.saving.load_model(tmp_path / "model.keras")
    ours, theirs = (m.added_terms[0].variables for m in (model, twin))
    assert len(ours) == 1 + len(model.trainable_variables)
    assert float(model.added_terms[0].count) == 2.0
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(a, b)
    players = {id(v) for v in model.generator_variables + model.critic_variables}
    assert len(model.trainable_variables) == len(players)


def test_a_history_is_that_of_one_model(spec):
    term = objectives.HistoricalAveraging()
    a_game(spec, term)
    with pytest.raises(ValueError, match=r"keeps a record of one model's weights"):
        a_game(spec, term)


# --- the metric -----------------------------------------------------------------------


class Reader:
    """Says class 0 of everything but what is bright."""

    spec = DatasetSpec("points", (1,), side_by_side({"label": "abc"}))

    def classify(self, x):
        bright = np.asarray(x)[:, 0] > 0.5
        return np.where(bright[:, None], [[0.1, 0.2, 0.7]], [[0.6, 0.3, 0.1]])


def points(*classes):
    """Bright points of these classes, None for one without a label."""
    condition = np.zeros((len(classes), 3), "float32")
    for row, c in enumerate(classes):
        if c is not None:
            condition[row, c] = 1
    return {"x": np.ones((len(classes), 1), "float32"), "condition": condition}


def test_accuracy_leaves_out_what_has_no_label():
    found = kgm.evaluation.evaluate(
        Reader(), [points(2, None, 0), points(None), points(2, 2)]
    )
    assert found == {
        "classification_accuracy": 0.75,
        "classification_accuracy/worst_class": 0.0,
        "classification_accuracy/examples": 4,
    }


def test_accuracy_needs_labels():
    with pytest.raises(ValueError, match="must hold examples with labels"):
        kgm.evaluation.classification_accuracy(Reader(), [points(None, None)])


# --- bad input ------------------------------------------------------------------------


@pytest.mark.parametrize("recipe", ["catgan", "improved_gan"])
def test_one_attribute_is_told(recipe):
    two = DatasetSpec("two", (4, 4, 1), side_by_side({"a": "xy", "b": "xyz"}))
    with pytest.raises(ValueError, match=r"one attribute. .*'two' with \['a', 'b'\]"):
        kgm.zoo.build(recipe, two, **SMALL[recipe])


def test_a_critic_must_tell_the_classes(spec):
    generator = dense.mlp({"latent": (3,)}, {"x": 256}, ())
    critic = dense.mlp({"x": spec.x_shape}, {"score": 1, "classes": 9}, ())
    with pytest.raises(ValueError, match=r"output 'classes' .* \(None, 10\).*9\)"):
        SemiSupervisedGAN(spec, generator, Critic(critic))
    seen = {"x": spec.x_shape, "condition": (10,)}
    critic = dense.mlp(seen, {"score": 1, "classes": 10}, ())
    with pytest.raises(ValueError, match=r"may declare the inputs \['x'\]. Received"):
        SemiSupervisedGAN(spec, generator, Critic(critic))
