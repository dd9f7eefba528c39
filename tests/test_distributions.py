import dataclasses
import json

import forked
import keras
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_probability as tfp
from cases import (
    DRAWS,
    HeadCase,
    PriorCase,
    Subject,
    as_seed,
    check_mean_is,
    plane_grid,
)

from keras_genmodels import distributions, registry
from keras_genmodels.distributions import kl, kl_by_dimension
from keras_genmodels.distributions.coupled_logistics import CoupledLogistics

tfd = tfp.distributions

PICTURE = (1, 2, 1)
HEADS = [
    ("normal", {"event_shape": (3,)}),
    ("multivariate_normal", {"event_shape": (3,)}),
    ("fixed_normal", {"event_shape": PICTURE, "stddev": 0.2}),
    ("learned_normal", {"event_shape": PICTURE, "stddev": 0.3}),
    ("optimal_normal", {"event_shape": PICTURE, "momentum": 0.9}),
    ("bernoulli", {"event_shape": PICTURE}),
    ("categorical", {"event_shape": (2, 1, 3)}),
    ("continuous_bernoulli", {"event_shape": PICTURE}),
    ("discretised_logistic", {"event_shape": PICTURE}),
    ("logistic_mixture", {"event_shape": (1, 2, 2), "num_components": 3}),
    ("coupled_logistic_mixture", {"event_shape": (1, 2, 3), "num_components": 3}),
    ("normal_mixture", {"event_shape": (2,), "num_components": 3}),
    ("iaf", {"event_shape": (3,), "units": 6, "context_size": 2}),
    ("maf", {"event_shape": (3,), "units": 6, "context_size": 0}),
    ("planar", {"event_shape": (2,), "layers": 2}),
]
PRIORS = [
    ("standard_normal", {}),
    ("uniform", {}),
    ("mixture", {"num_components": 4, "seed": 3}),
    ("vamp", {"num_components": 4, "x_shape": (2, 1)}),
    ("fitted_normal", {"momentum": 0.5}),
    ("real_nvp", {"layers": 3, "units": 6}),
    ("autoregressive", {"units": 6}),
    ("hierarchical", {"units": 6}),
    ("trained_normal", {"stddev": 0.5}),
]
# Weights that begin at random, and no mean.
FLOWS = ("iaf", "maf", "planar", "real_nvp", "autoregressive", "hierarchical")
PICTURE_HEADS = [
    "bernoulli",
    "continuous_bernoulli",
    "discretised_logistic",
    "logistic_mixture",
    "coupled_logistic_mixture",
    "fixed_normal",
    "learned_normal",
    "optimal_normal",
]
LEVELS = np.arange(256, dtype="float32") / 255


def row_name(value):
    return value if isinstance(value, str) else "-".join(map(str, value.values()))


def some_params(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def build(name, family, **arguments):
    """The same weights in every run; of others a grid may miss a narrow peak."""
    keras.utils.set_random_seed(0)
    return registry.get(name, family, **arguments)


def bent(layer, scale=0.2):
    """A flow whose maps are not the identity that they are at first."""
    noise = np.random.default_rng(4)
    for weight in layer.trainable_weights:
        weight.assign(weight + scale * noise.normal(size=weight.shape))
    return layer


def spread_posterior(x):
    """A posterior whose mean depends on the two pixels of x."""
    return tfd.Independent(tfd.Normal(6 * x[..., 0] - 3, 0.7), 1)


class FlowsAmongOthers:
    """What differs for flows: weights that begin at random, and no mean."""

    def test_config_and_weights_pass_through_json(self, subject, name):
        if name not in FLOWS:
            super().test_config_and_weights_pass_through_json(subject)
            return
        layer, twin = subject.layer, self.through_json(subject.layer)
        twin.set_weights(layer.get_weights())
        x = subject.distribution().sample(3, seed=as_seed(1))
        ours, theirs = (
            dataclasses.replace(subject, layer=one).distribution().log_prob(x)
            for one in (layer, twin)
        )
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)

    def test_sample_mean_is_the_mean(self, subject, name):
        if name not in FLOWS:
            super().test_sample_mean_is_the_mean(subject)


@pytest.mark.parametrize(("name", "arguments"), HEADS, ids=row_name)
class TestHeads(FlowsAmongOthers, HeadCase):
    @pytest.fixture
    def subject(self, name, arguments):
        head = build(name, "head", **arguments)
        head = bent(head) if name in FLOWS else head
        return Subject(head, some_params(1, head.params_size))

    def test_sample_mean_is_the_mean(self, subject, name):
        """Of coupled channels the first one alone has an exact mean."""
        if name != "coupled_logistic_mixture":
            super().test_sample_mean_is_the_mean(subject, name)
            return
        q = subject.distribution()
        x, point = q.sample(DRAWS, seed=as_seed(3)), subject.mean(q)
        check_mean_is(x[..., 0], point[..., 0])
        np.testing.assert_allclose(np.mean(x, axis=0), point, atol=0.03)


@pytest.mark.parametrize(("name", "arguments"), PRIORS, ids=row_name)
class TestPriors(FlowsAmongOthers, PriorCase):
    @pytest.fixture
    def subject(self, name, arguments):
        prior = build(name, "prior", latent_dim=2, **arguments)
        prior = bent(prior) if name in FLOWS else prior
        prior.update(some_params(50, 2) @ np.float32([[1.0, 0.5], [0.0, 1.0]]))
        return Subject(prior, options={"posterior": spread_posterior})


@pytest.mark.parametrize(("family", "rows"), [("head", HEADS), ("prior", PRIORS)])
def test_every_registered_class_has_a_row(family, rows):
    known = {
        name
        for name in registry.names(family)
        if registry.lookup(name, family).__module__.startswith("keras_genmodels.")
    }
    known.discard("structured")  # in no plane, and discrete: tests of its own below
    known.discard("trained_point")  # has no density: tests in test_bayesian.py
    assert known == {name for name, _ in rows}


def test_public_names_exist():
    for name in distributions.__all__:
        assert getattr(distributions, name).__doc__


# --- the structured prior -------------------------------------------------------------


def test_structured_prior_lays_its_codes_side_by_side():
    """Error rate 1e-6: z-tests of all means, Bonferroni."""
    prior = build("structured", "prior", latent_dim=8, categorical=(2, 3), continuous=2)
    z = prior.distribution().sample(DRAWS, seed=as_seed(1)).numpy()
    assert z.dtype == np.float32
    first, second, uniform, noise = np.split(z, [2, 5, 7], axis=1)
    for code in (first, second):
        assert set(np.unique(code)) == {0.0, 1.0}
        np.testing.assert_array_equal(code.sum(axis=1), 1.0)
        check_mean_is(code, 1 / code.shape[1])
    assert np.abs(uniform).max() <= 1.0
    check_mean_is(uniform**2, 1 / 3)
    check_mean_is(noise**2, 1.0)
    check_mean_is(uniform[:, :1] * noise, 0.0)


def test_structured_prior_through_a_config_and_in_xla():
    prior = build("structured", "prior", latent_dim=5, categorical=(3,), continuous=1)
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(prior)))
    twin = keras.saving.deserialize_keras_object(config)
    assert twin.get_config() == prior.get_config()
    assert dir(twin) == dir(prior)

    def sample():
        return twin.distribution().sample(4, seed=as_seed(2))

    expected = prior.distribution().sample(4, seed=as_seed(2))
    np.testing.assert_array_equal(tf.function(sample)(), expected)
    assert tf.function(sample, jit_compile=True)().shape == (4, 5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"latent_dim": 11}, r"`latent_dim` must be >= 12.*Received: latent_dim=11"),
        ({"latent_dim": 20, "categorical": (1,)}, r"`categorical` must hold integers"),
        ({"latent_dim": 20, "continuous": -1}, r"`continuous` must be >= 0"),
    ],
)
def test_structured_prior_refuses_impossible_codes(arguments, message):
    with pytest.raises(ValueError, match=message):
        build("structured", "prior", **arguments)


# --- layout of samples ----------------------------------------------------------------


@pytest.mark.parametrize("name", ["normal", "multivariate_normal"])
def test_replicas_that_keep_their_share_see_what_one_device_sees(name):
    head = build(name, "head", event_shape=(3,))
    shares = some_params(2, 4, head.params_size)  # (replica, batch, params)
    whole = head.distribution(shares.reshape(8, -1)).sample(5, seed=as_seed(1))
    for replica, params in enumerate(shares):
        z = head.distribution(params).sample([5, 2], seed=as_seed(1))[:, replica]
        expected = whole[:, 4 * replica : 4 * (replica + 1)]
        np.testing.assert_allclose(z, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["normal", "multivariate_normal"])
def test_samples_carry_the_gradient_to_the_parameters(name):
    head = build(name, "head", event_shape=(3,))
    params = tf.constant(some_params(2, head.params_size))
    with tf.GradientTape() as tape:
        tape.watch(params)
        z = head.distribution(params).sample(1000, seed=as_seed(2))
        second_moment = tf.reduce_mean(z**2, axis=0)
    gradient = tape.gradient(second_moment, params)
    assert np.all(np.abs(gradient) > 1e-3)


# --- normal heads ---------------------------------------------------------------------


def test_full_covariance_of_samples():
    """Error rate 1e-6: z-tests of the 9 products of centred coordinates."""
    head = build("multivariate_normal", "head", event_shape=(3,))
    q = head.distribution(some_params(head.params_size))
    z = q.sample(DRAWS, seed=as_seed(3)) - q.mean()
    check_mean_is(z[:, :, None] * z[:, None, :], q.covariance())
    factor = q.scale.to_dense().numpy()
    np.testing.assert_array_equal(factor, np.tril(factor))


@pytest.mark.parametrize("training", [False, True])
def test_fixed_normal_is_squared_error(training):
    head = build("fixed_normal", "head", event_shape=(4,), stddev=0.5)
    params, x = some_params(3, 4), some_params(3, 4, seed=1)
    log_prob = head.distribution(params, training).log_prob(x)
    error = np.sum((x - 1 / (1 + np.exp(-params))) ** 2, axis=-1)
    expected = -error / (2 * 0.25) - 4 * np.log(0.5 * np.sqrt(2 * np.pi))
    np.testing.assert_allclose(log_prob, expected, rtol=1e-5)


def test_learned_normal_has_its_optimum_at_the_mean_squared_error():
    params, x = some_params(64, 4), 0.1 * some_params(64, 4, seed=1)
    best = np.sqrt(np.mean((x - 1 / (1 + np.exp(-params))) ** 2))
    for factor, slope in ((0.9, -1), (1.0, 0), (1.1, 1)):
        head = build("learned_normal", "head", event_shape=(4,), stddev=factor * best)
        with tf.GradientTape() as tape:
            loss = -tf.reduce_mean(head.distribution(params).log_prob(x))
        gradient = float(tape.gradient(loss, head.log_scale.value))
        assert (gradient > 1e-3) - (gradient < -1e-3) == slope


def optimal_loss(head, params, x):
    return -tf.reduce_sum(head.distribution(params, training=True).log_prob(x))


@pytest.mark.parametrize("jit_compile", [False, True])
def test_optimal_normal_is_the_analytic_optimum(jit_compile):
    head = build("optimal_normal", "head", event_shape=(2, 3))
    params = tf.constant(some_params(4, 2, 3))
    x = tf.constant(np.random.default_rng(1).uniform(size=(4, 2, 3)), tf.float32)

    @tf.function(jit_compile=jit_compile)
    def step():
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(params)
            loss = optimal_loss(head, params, x)
            error = tf.reduce_mean((x - tf.sigmoid(params)) ** 2)
            by_hand = 12 * (tf.math.log(2 * np.pi * error) + 1)  # D N / 2 = 12
        return (
            loss,
            by_hand,
            tape.gradient([loss], params),
            tape.gradient(by_hand, params),
        )

    loss, by_hand, gradient, gradient_by_hand = step()
    assert float(loss) == pytest.approx(float(by_hand), rel=1e-5)
    np.testing.assert_allclose(gradient, gradient_by_hand, rtol=1e-3, atol=1e-4)
    best = head.distribution(params).stddev()[0, 0, 0]  # the first batch is kept
    for stddev in (0.9 * best, 1.1 * best):
        normal = tfd.Normal(tf.sigmoid(params), stddev)
        assert float(loss) < -float(tf.reduce_sum(normal.log_prob(x)))


def test_optimal_normal_gradient_flows_through_sigma():
    """By finite differences of a loss that is not at its optimum in sigma."""
    head = build("optimal_normal", "head", event_shape=(2,))
    x = tf.constant([[0.2, 0.9], [0.4, 0.1]])

    def loss(params):
        q = head.distribution(params, training=True)
        return tf.reduce_sum(q.log_prob(x) * [1.0, 3.0])

    params = tf.constant(some_params(2, 2))
    with tf.GradientTape() as tape:
        tape.watch(params)
        value = loss(params)
    gradient = tape.gradient(value, params)
    step = tf.constant([[1e-2, 0.0], [0.0, 0.0]])
    slope = (loss(params + step) - loss(params - step)) / 2e-2
    assert float(gradient[0, 0]) == pytest.approx(float(slope), rel=1e-2)


def test_optimal_normal_keeps_an_average_for_evaluation():
    head = build("optimal_normal", "head", event_shape=(2,), momentum=0.9)
    assert float(head.distribution(tf.zeros((1, 2))).stddev()[0, 0]) == 1.0
    errors = []
    for n in range(3):
        x = tf.constant(some_params(5, 2, seed=n))
        optimal_loss(head, tf.zeros((5, 2)), x)
        errors.append(np.mean((x - 0.5) ** 2))
    weights = 0.9 ** np.array([2, 1, 0])
    expected = np.sqrt(np.sum(weights * errors) / np.sum(weights))
    for training in (False, True):
        stddev = head.distribution(tf.zeros((1, 2)), training).stddev()
        np.testing.assert_allclose(stddev, expected, rtol=1e-5)
    x = tf.ones((1, 2))
    log_prob = head.distribution(tf.zeros((1, 2))).log_prob(x)
    by_hand = tf.reduce_sum(tfd.Normal(0.5, np.float32(expected)).log_prob(x))
    assert float(log_prob[0]) == pytest.approx(float(by_hand), rel=1e-5)
    count = head.moving_count.numpy()
    assert count == pytest.approx(1 - 0.9**3)  # evaluation moved nothing


TWO_REPLICAS = """
import json
import tensorflow as tf
from keras_genmodels.distributions import OptimalNormalHead

cpu = tf.config.list_physical_devices("CPU")[0]
half = tf.config.LogicalDeviceConfiguration()
tf.config.set_logical_device_configuration(cpu, [half, half])
x = tf.random.stateless_uniform((8, 3), (0, 1))

def gradient_and_average(strategy):
    with strategy.scope():
        head, raw = OptimalNormalHead((3,)), tf.Variable(tf.ones((3,)))

    def step(x):
        with tf.GradientTape() as tape:
            p = head.distribution(tf.ones_like(x) * raw, training=True)
            loss = tf.reduce_sum(p.log_prob(x) ** 2)  # no optimum in sigma
        gradient = tape.gradient(loss, raw)
        return tf.distribute.get_replica_context().all_reduce("sum", gradient)

    parts = tf.split(x, strategy.num_replicas_in_sync)
    share = strategy.experimental_distribute_values_from_function(
        lambda context: parts[context.replica_id_in_sync_group]
    )
    gradient = strategy.run(tf.function(step), args=(share,))
    gradient = strategy.experimental_local_results(gradient)[0]
    return [*gradient.numpy().tolist(), float(head.moving_error.numpy())]

one = gradient_and_average(tf.distribute.get_strategy())
two = gradient_and_average(tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]))
print(json.dumps([one, two]))
"""


def test_optimal_normal_takes_its_optimum_over_all_replicas():
    run = forked.run("-c", TWO_REPLICAS)
    assert run.returncode == 0, run.stderr
    one, two = json.loads(run.stdout.splitlines()[-1])
    np.testing.assert_allclose(two, one, rtol=1e-4)


# --- heads of pictures ----------------------------------------------------------------


def test_activation_bounds_the_mean():
    head = build("normal", "head", event_shape=(2,), activation="sigmoid")
    params = some_params(3, 2, 2)
    mean = 1 / (1 + np.exp(-params[..., 0]))
    np.testing.assert_allclose(head.distribution(params).mean(), mean, rtol=1e-5)
    assert head.get_config()["activation"] == "sigmoid"


@pytest.mark.parametrize("name", PICTURE_HEADS)
@pytest.mark.parametrize("size", [-300.0, 0.0, 300.0])
def test_means_of_pictures_lie_in_the_unit_interval(name, size):
    head = build(name, "head", event_shape=(2, 2, 1))
    params = tf.constant(size * np.abs(some_params(3, head.params_size)))
    x = tf.constant(np.random.default_rng(0).uniform(size=(3, 2, 2, 1)), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(params)
        p = head.distribution(params)
        log_prob = p.log_prob(x)
    mean = head.point(p).numpy()
    assert mean.min() >= 0
    assert mean.max() <= 1
    assert np.all(np.isfinite(log_prob))
    assert np.all(np.isfinite(tape.gradient(log_prob, params)))


@pytest.mark.parametrize(
    "name", ["continuous_bernoulli", "discretised_logistic", "coupled_logistic_mixture"]
)
def test_samples_of_pictures_lie_in_the_unit_interval(name):
    head = build(name, "head", event_shape=(2, 2, 1))
    params = 5 * some_params(3, head.params_size)
    z = head.distribution(params).sample(100, seed=as_seed(4)).numpy()
    assert z.min() >= 0
    assert z.max() <= 1


def test_bernoulli_is_the_cross_entropy():
    head = build("bernoulli", "head", event_shape=(2, 2))
    logits = some_params(3, 2, 2)
    x = np.random.default_rng(1).uniform(size=(3, 2, 2)).astype("float32")
    log_prob = head.distribution(logits).log_prob(x)
    p = 1 / (1 + np.exp(-np.float64(logits)))
    expected = np.sum(x * np.log(p) + (1 - x) * np.log(1 - p), axis=(1, 2))
    np.testing.assert_allclose(log_prob, expected, rtol=1e-5)
    theirs = tfd.Independent(
        tfd.Bernoulli(logits=logits, dtype=tf.float32), 2
    ).log_prob(x)
    np.testing.assert_allclose(log_prob, theirs, rtol=1e-5)


@pytest.mark.parametrize("logit", [-20.0, -1.0, 0.0, 1e-3, 3.0, 20.0])
def test_continuous_bernoulli_integrates_to_one(logit):
    head = build("continuous_bernoulli", "head", event_shape=(1,))
    p = head.distribution(tf.constant([logit]))
    x = (np.arange(20000, dtype="float32")[:, None] + 0.5) / 20000
    density = np.float64(p.prob(x))
    assert density.mean() == pytest.approx(1.0, abs=1e-4)
    assert np.mean(density * x[:, 0]) == pytest.approx(float(p.mean()[0]), abs=1e-4)


@pytest.mark.parametrize("size", [1.0, 10.0, -10.0])
@pytest.mark.parametrize("name", ["discretised_logistic", "logistic_mixture"])
def test_levels_sum_to_one_and_have_the_exact_mean(name, size):
    head = build(name, "head", event_shape=(1,))
    params = tf.constant(size * np.abs(some_params(7, head.params_size)))
    p = head.distribution(params)
    prob = np.float64(p.prob(LEVELS[:, None, None]))  # (level, batch)
    np.testing.assert_allclose(prob.sum(axis=0), 1.0, atol=2e-5)
    mean = np.sum(prob * LEVELS[:, None], axis=0)
    np.testing.assert_allclose(p.mean()[:, 0], mean, atol=2e-5)


def test_levels_hold_their_share_of_the_logistic():
    head = build("discretised_logistic", "head", event_shape=(1,))
    a, b = 0.2, -3.0
    p = head.distribution(tf.constant([a, b]))
    loc, scale = 0.5 + a / 2, np.log1p(np.exp(b)) / 2 + 0.1 / 255
    cdf = 1 / (1 + np.exp(-((np.arange(255) + 0.5) / 255 - loc) / scale))
    expected = np.diff(np.concatenate([[0.0], cdf, [1.0]]))
    prob = p.prob(LEVELS[:, None])
    np.testing.assert_allclose(prob, expected, rtol=1e-3, atol=1e-7)
    between = p.log_prob(np.float32([100.4 / 255]))
    assert float(between) == float(p.log_prob(LEVELS[100:101]))


def test_channels_of_a_pixel_share_the_component():
    """Two far components: the channels of a pixel agree, neighbours need not."""
    head = build("logistic_mixture", "head", event_shape=(2, 2), num_components=2)
    logits, centres, scales = [0.0, 0.0], [-0.5, -0.5, 0.5, 0.5], [-5.0] * 4
    pixel = np.float32(logits + centres + scales)
    p = head.distribution(np.stack([pixel, pixel])[None])
    high = p.sample(500, seed=as_seed(5)).numpy()[:, 0] > 0.5
    assert np.all(high[:, :, 0] == high[:, :, 1])
    check_mean_is(high[:, 0, 0] != high[:, 1, 0], 0.5)


@pytest.mark.parametrize("size", [1.0, 8.0])
def test_a_channel_sums_to_one_given_those_before_it(size):
    """p(x_1, ..., x_c), summed over the levels of x_c, is p(x_1, ..., x_(c-1))."""
    noise = np.random.default_rng(1).normal(size=(9, 4, 3)).astype("float32") * size
    logits, loc, scale = noise[..., 0], 0.5 + noise / 4, 0.01 + np.abs(noise) / 20
    weights = np.tanh(noise[..., None] * np.float32([1, -0.5, 2]))
    weights = weights * np.tril(np.ones((3, 3), "float32"), -1)
    x = np.random.default_rng(2).choice(LEVELS, size=(9, 3))

    def prob(count, x):
        parts = loc[..., :count], scale[..., :count], weights[..., :count, :count]
        return np.float64(CoupledLogistics(logits, *parts).prob(x[..., :count]))

    for count in (1, 2, 3):
        every = np.broadcast_to(x, (256, 9, 3)).copy()
        every[..., count - 1] = LEVELS[:, None]
        expected = prob(count - 1, x) if count > 1 else 1.0
        np.testing.assert_allclose(prob(count, every).sum(axis=0), expected, rtol=1e-4)


def test_a_centre_follows_the_channels_before_it():
    head = build("coupled_logistic_mixture", "head", event_shape=(3,), num_components=1)
    logits, centres, scales, weights = [0.0], [0.0] * 3, [-20.0] * 3, [20.0, 0.0, -20.0]
    params = np.float32(logits + centres + scales + weights)
    p = head.distribution(params[None])
    x = np.float32([[128, 128, 127]]) / 255  # the first one is one of two, either way
    assert float(p.prob(x)[0]) == pytest.approx(0.5, abs=0.02)
    z = p.sample(300, seed=as_seed(7)).numpy()[:, 0]
    np.testing.assert_allclose(z[:, 1] - 0.5, z[:, 0] - 0.5, atol=0.03)
    np.testing.assert_allclose(z[:, 2] - 0.5, 0.5 - z[:, 1], atol=0.03)


def test_components_start_side_by_side():
    head = build("logistic_mixture", "head", event_shape=(1,), num_components=4)
    sharp = np.float32([0.0] * 4 + [0.0] * 4 + [-20.0] * 4)
    z = head.distribution(sharp).sample(200, seed=as_seed(6)).numpy()
    centres = np.unique(np.round(4 * z - 0.5).astype(int))
    np.testing.assert_array_equal(centres, [0, 1, 2, 3])
    np.testing.assert_allclose(np.round(4 * z - 0.5), 4 * z - 0.5, atol=0.03)


# --- divergences ----------------------------------------------------------------------


def normals(name, batch=3, dim=2):
    """A posterior with parameters of batch shape (batch,)."""
    head = build(name, "head", event_shape=(dim,))
    return head.distribution(some_params(batch, head.params_size))


def standard(dim=2):
    return build("standard_normal", "prior", latent_dim=dim).distribution()


def test_diagonal_kl_equals_the_hand_formula():
    q = normals("normal", dim=5)
    mu, s = np.float64(q.mean()), np.float64(q.stddev())
    by_hand = 0.5 * np.sum(mu**2 + s**2 - 1 - np.log(s**2), axis=-1)
    np.testing.assert_allclose(kl(q, standard(5)), by_hand, rtol=1e-5)
    parts = kl_by_dimension(q, standard(5))
    assert parts.shape == (3, 5)
    np.testing.assert_allclose(np.sum(parts, axis=-1), by_hand, rtol=1e-5)


def test_full_covariance_kl_equals_the_hand_formula():
    q = normals("multivariate_normal", dim=4)
    mu, covariance = np.float64(q.mean()), np.float64(q.covariance())
    trace = np.trace(covariance, axis1=1, axis2=2)
    log_det = np.linalg.slogdet(covariance)[1]
    by_hand = 0.5 * (np.sum(mu**2, axis=-1) + trace - 4 - log_det)
    np.testing.assert_allclose(kl(q, standard(4)), by_hand, rtol=1e-5)


@pytest.mark.parametrize("name", ["normal", "multivariate_normal"])
def test_closed_kl_equals_monte_carlo(name):
    """Error rate 1e-6: z-tests of the batch, Bonferroni."""
    q, p = normals(name), standard()
    z = q.sample(DRAWS, seed=as_seed(6))
    check_mean_is(q.log_prob(z) - p.log_prob(z), kl(q, p))


def on_grid(q, p):
    """KL(q || p) over the plane by numerical integration, (batch,)."""
    points, area = plane_grid(12.0, 480)
    points = points[:, None, :]  # (point, 1, 2)
    log_q, log_p = np.float64(q.log_prob(points)), np.float64(p.log_prob(points))
    return np.sum(np.exp(log_q) * (log_q - log_p), axis=0) * area


@pytest.mark.parametrize("name", ["normal", "multivariate_normal"])
def test_closed_kl_equals_integration(name):
    q, moved = normals(name), tfd.Normal([0.5, -1.0], [1.5, 0.8])
    for p in (standard(), tfd.Independent(moved, 1)):
        np.testing.assert_allclose(kl(q, p), on_grid(q, p), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("name", ["normal", "multivariate_normal"])
@pytest.mark.parametrize(("prior", "arguments"), PRIORS[2:4], ids=row_name)
def test_mixture_kl_equals_integration(name, prior, arguments):
    """Error rate 1e-6: z-tests of the batch, Bonferroni."""
    q = normals(name)
    prior = build(prior, "prior", latent_dim=2, **arguments)
    p = prior.distribution(posterior=spread_posterior)
    z = q.sample(DRAWS, seed=as_seed(7))
    estimates = q.log_prob(z) - p.log_prob(z)
    check_mean_is(estimates, on_grid(q, p))
    np.testing.assert_allclose(kl(q, p, z), np.mean(estimates, axis=0), atol=1e-4)


def test_estimated_kl_takes_samples_with_and_without_their_axis():
    q = normals("normal")
    p = build("mixture", "prior", latent_dim=2).distribution()
    z = q.sample(seed=as_seed(8))
    one = kl(q, p, z)
    assert one.shape == (3,)
    np.testing.assert_array_equal(kl(q, p, z[None]), one)


@pytest.mark.parametrize("name", ["normal", "multivariate_normal"])
def test_kl_has_a_gradient(name):
    head = build(name, "head", event_shape=(2,))
    mixture = build("mixture", "prior", latent_dim=2)
    params = tf.constant(some_params(3, head.params_size))
    for prior in (mixture, build("standard_normal", "prior", latent_dim=2)):
        with tf.GradientTape() as tape:
            tape.watch(params)
            q = head.distribution(params)
            value = kl(q, prior.distribution(), q.sample(5, seed=as_seed(9)))
        sources = [params, *(w.value for w in prior.trainable_weights)]
        assert all(np.any(g != 0) for g in tape.gradient(value, sources))


# --- weights and words ----------------------------------------------------------------


@pytest.mark.parametrize("policy", ["bfloat16", "mixed_bfloat16"])
def test_heads_stay_in_float32_whatever_the_policy(policy):
    head = build("learned_normal", "head", event_shape=(2,), stddev=0.3, dtype=policy)
    prior = build("mixture", "prior", latent_dim=2, dtype=policy)
    assert {w.dtype for w in head.weights + prior.weights} == {"float32"}
    inside = keras.layers.Lambda(lambda x: head.distribution(x).stddev(), dtype=policy)
    stddev = inside(tf.zeros((1, 2)))  # where Keras would read weights in bfloat16
    np.testing.assert_allclose(stddev, 0.3, rtol=1e-6)
    assert prior.distribution().sample(seed=as_seed(1)).dtype == tf.float32


def test_pseudo_inputs_are_pictures_and_follow_the_seed():
    first, again, other = (
        build("vamp", "prior", latent_dim=2, x_shape=(4, 4, 1), seed=seed)
        for seed in (0, 0, 1)
    )
    inputs = first.pseudo_inputs.numpy()
    assert inputs.shape == (500, 4, 4, 1)
    assert inputs.min() > 0
    assert inputs.max() < 1
    np.testing.assert_array_equal(inputs, again.pseudo_inputs)
    assert np.any(inputs != other.pseudo_inputs)


def test_a_fitted_prior_follows_the_codes():
    prior = build("fitted_normal", "prior", latent_dim=2, momentum=0.5)
    codes = [some_params(200, 2, seed=n) @ np.float32([[2, 1], [0, 1]]) for n in (0, 1)]
    for z in codes:
        prior.update(z)
    both = np.concatenate(codes)  # the first batch, then half of each
    p = prior.distribution()
    np.testing.assert_allclose(p.mean(), both.mean(axis=0), atol=1e-5)
    np.testing.assert_allclose(p.covariance(), np.cov(both.T, ddof=0), rtol=2e-3)


ERRORS = [
    ("normal", "head", {"event_shape": ()}, "`event_shape` must hold .*Received"),
    ("normal", "head", {"event_shape": (2, 0)}, "`event_shape` must hold .*Received"),
    (
        "multivariate_normal",
        "head",
        {"event_shape": (2, 2)},
        r"`event_shape` must have one axis.*Received: event_shape=\(2, 2\)",
    ),
    *(
        (
            name,
            "head",
            {"event_shape": (2,), "stddev": stddev},
            f"`stddev` must be > 0.* Received: stddev={stddev}",
        )
        for name in ("fixed_normal", "learned_normal")
        for stddev in (0, -1.0, float("nan"))
    ),
    (
        "optimal_normal",
        "head",
        {"event_shape": (2,), "momentum": 1.0},
        "`momentum` must be in .* Received: momentum=1.0",
    ),
    (
        "fitted_normal",
        "prior",
        {"latent_dim": 2, "momentum": -0.1},
        "`momentum` must be in .* Received: momentum=-0.1",
    ),
    (
        "logistic_mixture",
        "head",
        {"event_shape": (2,), "num_components": 0},
        "`num_components` must be >= 1. Received: num_components=0",
    ),
    (
        "mixture",
        "prior",
        {"latent_dim": 2, "num_components": 0},
        "`num_components` must be >= 1. Received: num_components=0",
    ),
    (
        "vamp",
        "prior",
        {"latent_dim": 2, "x_shape": (2,), "num_components": -1},
        "`num_components` must be >= 1. Received: num_components=-1",
    ),
    (
        "standard_normal",
        "prior",
        {"latent_dim": 0},
        "`latent_dim` must be >= 1. Received: latent_dim=0",
    ),
]


@pytest.mark.parametrize(("name", "family", "arguments", "message"), ERRORS)
def test_bad_arguments_are_named(name, family, arguments, message):
    with pytest.raises(ValueError, match=message):
        build(name, family, **arguments)


def test_a_vamp_prior_asks_for_its_posterior():
    prior = build("vamp", "prior", latent_dim=2, x_shape=(2,))
    with pytest.raises(ValueError, match=r"`posterior` must .* Received: posterior="):
        prior.distribution()


def test_an_estimated_kl_asks_for_samples():
    p = build("mixture", "prior", latent_dim=2).distribution()
    with pytest.raises(ValueError, match=r"`z` must hold samples of q.* Received: z="):
        kl(normals("normal"), p)


def test_kl_by_dimension_asks_for_independent_normals():
    with pytest.raises(TypeError, match=r"`q` must be an Independent.* Received: q="):
        kl_by_dimension(normals("multivariate_normal"), standard())
