"""Penalties, terms and layers of adversarial games, against closed forms."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_genmodels import objectives, registry
from keras_genmodels.models.augmentation import Augmented
from keras_genmodels.networks import layers
from keras_genmodels.objectives import Reconstruction, penalties

W = np.array([3.0, 0.0, 4.0], "float32")  # norm 5


def linear(tensors):
    """A linear critic, (batch, 1)."""
    return tf.linalg.matvec(tensors["x"], W)[:, None]


def bent(tensors):
    """A critic of patches that is not linear, (batch, 2, 1)."""
    x = tensors["x"]
    return tf.stack([tf.sin(2 * x[:, :1]) * x[:, 1:2], x[:, 2:] ** 3], axis=1)


def uniform(shape):
    return tf.random.stateless_uniform(shape, (3, 4))


@pytest.fixture
def points():
    rng = np.random.default_rng(0)
    real, fake = rng.normal(size=(2, 6, 3)).astype("float32")
    return {"x": tf.constant(real)}, {"x": tf.constant(fake)}


def by_finite_differences(score, x):
    """|d mean score / d x| of every example."""
    h = 1e-3
    slopes = []
    for axis in np.eye(x.shape[1], dtype="float32"):
        up, down = (score({"x": x + sign * h * axis}) for sign in (1, -1))
        rest = list(range(1, up.shape.rank))
        slopes.append(tf.reduce_mean(up - down, axis=rest) / (2 * h))
    return np.linalg.norm(slopes, axis=0)


# --- penalties ------------------------------------------------------------------------


def test_a_linear_critic_pays_for_its_norm(points):
    cost = penalties.GradientPenalty(weight=1.0)(linear, *points, uniform)
    np.testing.assert_allclose(cost, [(5 - 1) ** 2] * 6, rtol=1e-5)
    cost = penalties.DRAGAN(weight=1.0)(linear, *points, uniform)
    np.testing.assert_allclose(cost, [(5 - 1) ** 2] * 6, rtol=1e-5)
    cost = penalties.R1(weight=2.0)(linear, *points, uniform)
    np.testing.assert_allclose(cost, [25.0] * 6, rtol=1e-5)


def test_gradient_penalty_against_finite_differences(points):
    real, fake = points
    share = uniform((6,))[:, None]
    between = share * real["x"] + (1 - share) * fake["x"]
    expected = 10 * (by_finite_differences(bent, between) - 1) ** 2
    cost = penalties.GradientPenalty()(bent, real, fake, uniform)
    np.testing.assert_allclose(cost, expected, rtol=2e-2, atol=2e-2)
    assert np.ptp(expected) > 1  # the norm is that of each example


def test_r1_against_finite_differences(points):
    expected = 5 * by_finite_differences(bent, points[0]["x"]) ** 2
    cost = penalties.R1()(bent, *points, uniform)
    np.testing.assert_allclose(cost, expected, rtol=2e-2, atol=2e-2)
    cost = penalties.R2()(bent, *points[::-1], uniform)
    np.testing.assert_allclose(cost, expected, rtol=2e-2, atol=2e-2)


def test_dragan_looks_around_real_examples_only(points):
    seen = []

    def score(tensors):
        seen.append(tensors["x"])
        return linear(tensors)

    real = points[0]["x"]
    penalties.DRAGAN()(score, *points, uniform)
    assert np.all(seen[0] >= real)
    assert np.all(seen[0] - real <= np.std(real) / 2)
    assert np.any(seen[0] != real)


def test_a_change_costs_the_square_of_what_it_does_to_the_score(points):
    seeds = []

    def doubled(tensors, seed):
        seeds.append(seed.numpy().tolist())
        return {**tensors, "x": 2 * tensors["x"]}

    real = points[0]["x"]
    penalty = objectives.Consistency(doubled, weight=3.0)
    cost = penalty(linear, *points, uniform)
    np.testing.assert_allclose(cost, 3 * np.dot(real, W) ** 2, rtol=1e-5)
    moved = bent({"x": 2 * real}) - bent({"x": real})
    cost = penalty(bent, *points, lambda shape: uniform(shape) / 2)
    np.testing.assert_allclose(cost, 3 * np.mean(moved**2, axis=(1, 2)), rtol=1e-5)
    assert seeds[0] != seeds[1]
    assert all(len(seed) == 2 and min(seed) >= 0 for seed in seeds)


def test_the_penalty_of_a_flat_critic_has_a_gradient():
    """The slope of a root at 0 is infinite, not that of the penalty."""
    w = tf.zeros((3,))
    x = {"x": tf.ones((2, 3))}
    with tf.GradientTape() as tape:
        tape.watch(w)
        cost = penalties.GradientPenalty()(
            lambda t: tf.linalg.matvec(t["x"], w), x, x, uniform
        )
    assert np.all(np.isfinite(tape.gradient(cost, w)))


def test_a_penalty_of_pairs(points):
    """The norm is over both tensors; the condition is not moved."""
    real, fake = ({**p, "latent": p["x"] * 2, "condition": p["x"]} for p in points)

    def score(tensors):
        np.testing.assert_array_equal(tensors["condition"], real["condition"])
        return linear(tensors) + tf.linalg.matvec(tensors["latent"], W)[:, None]

    penalty = penalties.GradientPenalty(1.0, inputs=("x", "latent"))
    expected = (5 * np.sqrt(2) - 1) ** 2
    np.testing.assert_allclose(penalty(score, real, fake, uniform), expected, rtol=1e-5)


def test_clipping_holds_after_a_step():
    clip = penalties.WeightClipping(0.01)
    dense = keras.layers.Dense(2, kernel_constraint=clip, bias_constraint=clip)
    dense.build((None, 3))
    optimiser = keras.optimizers.SGD(10.0)
    optimiser.apply([tf.ones((3, 2)), -tf.ones((2,))], dense.trainable_variables)
    np.testing.assert_allclose(dense.kernel, -0.01)
    np.testing.assert_allclose(dense.bias, 0.01)


NEED_A_NETWORK = {"perceptual"}  # which has tests of its own
NEEDED = {
    "attribute_encoding": {"attributes": [[0, 3], [3, 5]]},
    "consistency": {"change": Augmented(["cutout"])},
}


@pytest.mark.parametrize("family", ["penalty", "term"])
def test_config_passes_through_json(family):
    for name in sorted({*registry.names(family)} - NEED_A_NETWORK):
        make, needed = registry.lookup(name, family), NEEDED.get(name, {})
        thing = make(**needed, weight=2.0)
        config = json.loads(json.dumps(keras.saving.serialize_keras_object(thing)))
        twin = keras.saving.deserialize_keras_object(config)
        assert type(twin) is type(thing)
        assert json.dumps(twin.get_config()) == json.dumps(thing.get_config())
        assert dir(twin) == dir(thing)
        with pytest.raises(
            ValueError, match=r"`weight` must be >= 0. Received: weight"
        ):
            make(**needed, weight=-1)


def test_clipping_needs_room():
    with pytest.raises(ValueError, match=r"`limit` must be > 0. Received: limit=0"):
        penalties.WeightClipping(0)


# --- terms ----------------------------------------------------------------------------


def a_step(real=(), fake=(), on_real=(), on_fake=()):
    """A step of which a term sees these tensors and these outputs."""
    real, fake = dict(real, kind="real"), dict(fake, kind="fake")
    outputs = {"real": dict(on_real), "fake": dict(on_fake)}
    return objectives.StepTensors(
        real, fake, {"critic": lambda tensors: outputs[tensors["kind"]]}
    )


def test_class_term_by_hand():
    condition = tf.constant([[1.0, 0.0, 0.0, 1.0]])  # two attributes of two classes
    logits = tf.constant([[1.0, 0.0, 0.0, 0.0]])
    step = a_step(
        {"condition": condition},
        {"condition": condition},
        {"classes": logits},
        {"classes": 0 * logits},
    )
    term = objectives.ClassTerm(attributes=[(0, 2), (2, 4)], weight=2.0)
    fake = 2 * 2 * np.log(2)
    real = 2 * (np.log(1 + np.exp(-1)) + np.log(2))
    np.testing.assert_allclose(term.generator_loss(step), [fake], rtol=1e-5)
    np.testing.assert_allclose(term.critic_loss(step), [real + fake], rtol=1e-5)


@pytest.mark.parametrize("term", [objectives.ClassTerm, objectives.Supervised])
def test_only_a_given_class_has_a_gradient(term):
    """Two attributes of two classes: both, one, and none of them are known."""
    condition = tf.constant([[1.0, 0, 0, 1], [0, 0, 1, 0], [0, 0, 0, 0]])
    logits = tf.constant([[1.0, 0, 0, 2], [3, 0, 0, 1], [1, 2, 3, 4]])
    tensors = {"condition": condition}
    cost = term(attributes=[(0, 2), (2, 4)])
    with tf.GradientTape() as tape:
        tape.watch(logits)
        step = a_step(tensors, tensors, {"classes": logits}, {"classes": 0 * logits})
        total = cost.critic_loss(step)
    gradient = tape.gradient(total, logits)
    assert np.all((np.asarray(gradient) != 0) == [[1] * 4, [0, 0, 1, 1], [0] * 4])
    assert total[2] == 0.0
    if term is objectives.Supervised:  # a mean over those that have each attribute
        known = [np.log(1 + np.exp(-1)), np.log(1 + np.exp(-2)), np.log(1 + np.exp(1))]
        expected = [3 * known[0] + 1.5 * known[1], 1.5 * known[2], 0.0]
        np.testing.assert_allclose(total, expected, rtol=1e-5)


@pytest.mark.parametrize("weight", [1.0, 0.25])
def test_code_term_by_hand(weight):
    latent = tf.constant([[0.0, 1.0, 0.5, 9.0]])  # a one-hot, a number, noise
    one = np.log(np.expm1(1 - 1e-3))  # a standard deviation of 1
    term = objectives.CodeTerm((2,), continuous=1, continuous_weight=weight)
    term = objectives.CodeTerm.from_config(term.get_config())
    read = tf.constant([[0.0, 0.0, 0.25, one]], tf.float32)
    assert read.shape[-1] == term.output_size
    step = a_step((), {"latent": latent}, (), {"code": read})
    nats = 0.5 * np.log(2 * np.pi) + 0.5 * 0.25**2
    expected = np.log(2) + weight * nats
    np.testing.assert_allclose(term.generator_loss(step), [expected], rtol=1e-5)
    np.testing.assert_allclose(term.critic_loss(step), [expected], rtol=1e-5)


def test_feature_matching_by_hand():
    real = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    step = a_step((), (), {"features": real}, {"features": tf.zeros((2, 2))})
    cost = objectives.FeatureMatching(weight=0.5).generator_loss(step)
    np.testing.assert_allclose(cost, [0.5 * (4 + 9)] * 2)
    assert objectives.FeatureMatching().critic_loss(step) == 0.0


def test_pulling_away_by_hand():
    features = tf.constant([[1.0, 0.0], [2.0, 0.0], [0.0, 3.0]])
    cost = objectives.PullingAway(weight=1.0).generator_loss(
        a_step((), (), (), {"features": features})
    )
    np.testing.assert_allclose(cost, [0.5, 0.5, 0.0], atol=1e-6)
    assert np.mean(cost) == pytest.approx(2 / (3 * 2))  # sum over pairs / (n (n - 1))


def test_reconstruction_by_hand():
    step = a_step({"x": tf.zeros((2, 4, 4, 1))}, {"x": tf.fill((2, 4, 4, 1), -0.5)})
    cost = Reconstruction(weight=100.0).generator_loss(step)
    np.testing.assert_allclose(cost, [50.0, 50.0])


def test_reconstruction_of_another_tensor_by_its_square():
    real = {"x": tf.zeros((2, 2, 2, 1)), "y": tf.ones((2, 2, 2, 1))}
    fake = {"x_again": tf.reshape(tf.constant([0.0, 1, 2, 3] * 2), (2, 2, 2, 1))}
    term = Reconstruction(weight=3.0, key="x_again", target="y", power=2)
    step = a_step(real, fake)
    np.testing.assert_allclose(term.generator_loss(step), [3 * (1 + 0 + 1 + 4) / 4] * 2)
    assert term.batch_tensors == ("y",)
    twin = Reconstruction.from_config(term.get_config())
    assert twin.get_config() == term.get_config()
    older = Reconstruction.from_config({"weight": 2.0, "key": "x"})
    assert (older.target, older.power, older.batch_tensors) == ("x", 1, ())


def test_reconstruction_says_what_it_cannot_compare():
    step = a_step({"x": tf.zeros((2, 4, 4, 3))}, {"x": tf.zeros((2, 4, 4, 1))})
    with pytest.raises(ValueError, match=r"of one shape. Received: 'x' .*4, 3.*4, 1"):
        Reconstruction().generator_loss(step)
    with pytest.raises(
        ValueError, match=r"reads 'y' of the real batch.*\['kind', 'x'\]"
    ):
        Reconstruction(target="y").generator_loss(step)
    with pytest.raises(ValueError, match=r"`power` must be >= 1. Received: power=0.5"):
        Reconstruction(power=0.5)


def test_a_term_names_the_output_that_is_missing():
    step = a_step((), {"condition": tf.ones((1, 2))}, (), {"score": tf.zeros((1, 1))})
    message = r"'class' reads .* 'classes' of the first critic.*Received: \['score'\]"
    with pytest.raises(ValueError, match=message):
        objectives.ClassTerm().generator_loss(step)


def test_a_critic_is_asked_only_once_and_only_if_needed():
    asked = []
    outputs_fn = lambda t: asked.append(t) or {"score": 1.0}  # noqa: E731
    step = objectives.StepTensors("real", "fake", {"critic": outputs_fn})
    assert step.on_fake() is step.on_fake("critic")
    assert asked == ["fake"]
    with pytest.raises(ValueError, match=r"one of \['critic'\]. Received: 'judge'"):
        step.on_real("judge")


def test_a_term_has_a_name_of_its_own():
    term = Reconstruction(weight=2.0, name="identity")
    assert term.metric_values("generator", 1.0) == {"identity": 1.0}
    assert term.metric_values("critic", 1.0) == {}
    twin = Reconstruction.from_config(term.get_config())
    assert (twin.name, twin.weight) == ("identity", 2.0)
    assert "name" not in Reconstruction().get_config()
    with pytest.raises(TypeError, match=r"`critic` must be the name of a critic.*=1"):
        objectives.ClassTerm(critic=1)


# --- layers ---------------------------------------------------------------------------


def normalised_dense():
    layer = layers.SpectralNormalization(keras.layers.Dense(4, use_bias=False))
    layer.build((None, 5))
    layer.layer.kernel.assign(tf.random.stateless_normal((5, 4), (1, 2)))
    for _ in range(200):
        layer(tf.zeros((1, 5)), training=True)
    return layer


def test_spectral_norm_is_the_largest_singular_value():
    layer = normalised_dense()
    kernel = layer.layer.kernel.numpy()
    expected = kernel / np.linalg.svd(kernel)[1][0]
    np.testing.assert_allclose(layer(np.eye(5, dtype="float32")), expected, atol=1e-5)
    np.testing.assert_array_equal(layer.layer.kernel, kernel)  # it is not overwritten


def test_the_gradient_flows_through_sigma():
    """d/dW of (W / sigma(W)): against finite differences, and 0 along W itself."""
    layer = normalised_dense()
    weights = tf.random.stateless_normal((5, 4), (5, 6))
    kernel = layer.layer.kernel
    start = kernel.numpy()

    def loss(value):
        return np.sum(weights * value / np.linalg.svd(value)[1][0])

    with tf.GradientTape() as tape:
        total = tf.reduce_sum(weights * layer(tf.eye(5)))
    slope = tape.gradient(total, kernel).numpy()
    assert np.sum(slope * start) == pytest.approx(0.0, abs=1e-4)
    for index in [(0, 0), (2, 3), (4, 1)]:
        step = np.zeros((5, 4))
        step[index] = 1e-3
        expected = (loss(start + step) - loss(start - step)) / 2e-3
        assert slope[index] == pytest.approx(expected, abs=1e-3)


def test_u_stands_still_outside_training_and_in_a_stateless_scope():
    layer = layers.SpectralNormalization(keras.layers.Conv2D(3, 3))
    x = tf.random.stateless_normal((2, 6, 6, 1), (0, 0))
    layer(x)
    before = layer.u.numpy()
    layer(x)
    with keras.StatelessScope():
        layer(x, training=True)
    np.testing.assert_array_equal(layer.u, before)
    layer(x, training=True)
    assert np.any(layer.u != before)


def test_spectral_normalisation_in_graph_and_xla():
    layer = normalised_dense()
    x = tf.random.stateless_normal((2, 5), (0, 0))
    expected = layer(x)
    for jit in (False, True):
        got = tf.function(lambda x: layer(x, training=True), jit_compile=jit)(x)
        np.testing.assert_allclose(got, expected, rtol=1e-4)


def test_minibatch_discrimination_by_hand():
    layer = layers.MinibatchDiscrimination(num_kernels=1, kernel_dim=2)
    layer.build((None, 2))
    layer.kernel.assign(tf.eye(2))
    out = layer(tf.constant([[0.0, 0.0], [0.5, 0.5], [9.0, -90.0]]))
    near = np.exp(-1.0)
    np.testing.assert_allclose(out[:, 2], [near, near, 0.0], atol=1e-6)


@pytest.mark.parametrize("power", [1, 2])
def test_reconstruction_score_by_hand(power):
    x = tf.ones((2, 2, 2, 1))
    score = layers.ReconstructionScore(power)([x, tf.zeros_like(x)])
    np.testing.assert_allclose(score, [[-(0.5**power)]] * 2)


@pytest.mark.parametrize(
    "layer",
    [
        layers.SpectralNormalization(keras.layers.Conv2D(3, 3), power_iterations=2),
        layers.MinibatchDiscrimination(3, 2),
        layers.ReconstructionScore(2),
    ],
)
def test_layers_in_a_network_survive_the_file(layer, tmp_path):
    x = keras.Input((6, 6, 1))
    pair = isinstance(layer, layers.ReconstructionScore)
    flat = isinstance(layer, layers.MinibatchDiscrimination)
    out = layer([x, x] if pair else keras.layers.Flatten()(x) if flat else x)
    network = keras.Model(x, out)
    network.save(tmp_path / "network.keras")
    twin = keras.saving.load_model(tmp_path / "network.keras")
    batch = np.random.default_rng(0).uniform(size=(3, 6, 6, 1)).astype("float32")
    np.testing.assert_array_equal(network(batch), twin(batch))
    assert dir(twin.layers[-1]) == dir(network.layers[-1])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: layers.SpectralNormalization(keras.layers.Dense(1), 0),
            "`power_iterations` must be >= 1. Received: power_iterations=0",
        ),
        (
            lambda: layers.SpectralNormalization(keras.layers.ReLU()).build((1, 2)),
            "`layer` must have a `kernel`",
        ),
        (
            lambda: layers.MinibatchDiscrimination(0),
            "`num_kernels` must be >= 1. Received: num_kernels=0",
        ),
        (lambda: layers.ReconstructionScore(3), "`power` must be 1 or 2"),
    ],
)
def test_impossible_layers(make, message):
    with pytest.raises(ValueError, match=message):
        make()
