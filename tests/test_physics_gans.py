"""Games of particle physics: their layers, their sums, and what the critic is told."""

from __future__ import annotations

import cases
import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_genmodels as kgm
from keras_genmodels import objectives
from keras_genmodels.networks import calorimeter, locally_connected
from keras_genmodels.networks.locally_connected import LocallyConnected

SMALL = {
    "la_gan": {"filters": (4, 3, 2, 2), "critic_filters": (3, 2, 2, 2)},
    "calo_gan": {"filters": (2, 3, 2), "critic_filters": (3, 2, 2, 2)},
}
SIZES = {"latent_dim": 3, "minibatch": (2, 3), "seed": 1, "preset": False}


def built(recipe, spec, **arguments):
    """A small model, of whose weights none is 0 for good."""
    model = kgm.zoo.build(recipe, spec, **{**SIZES, **SMALL[recipe], **arguments})
    cases.without_zeros([*model.generator_variables, *model.critic_variables])
    return model


@pytest.fixture(scope="module")
def showers():
    """8 batches of 8 showers, and their spec."""
    return kgm.data.load("calorimeter", batch_size=8, num_examples=64, shuffle=False)


class TestPicturesOfJets(cases.GameCase):
    @pytest.fixture
    def build(self, spec):
        return lambda **options: built("la_gan", spec, output="sigmoid", **options)


class TestShowers(cases.GameCase):
    @pytest.fixture
    def spec(self, showers):
        return showers[1]

    @pytest.fixture
    def batches(self, showers):
        return showers[0]

    @pytest.fixture
    def build(self, spec):
        return lambda **options: built("calo_gan", spec, output="sigmoid", **options)


# --- layers that know the place -------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "strides", "shape"),
    [((3, 3), (1, 1), (4, 5)), ((2, 3), (1, 2), (3, 4)), ((2, 2), (2, 2), (3, 5))],
)
def test_a_layer_whose_kernels_are_equal_is_a_convolution(size, strides, shape):
    """The convolution's kernel, at every place."""
    x = np.random.default_rng(0).normal(size=(2, *shape, 3)).astype(np.float32)
    conv = keras.layers.Conv2D(4, size, strides, padding="same")
    expected = conv(x)
    layer = LocallyConnected(4, size, strides)
    layer.build(x.shape)
    places = expected.shape[1] * expected.shape[2]
    flat = tf.reshape(conv.kernel, (1, -1, 4))
    layer.kernel.assign(tf.repeat(flat, places, axis=0))
    assert layer.compute_output_shape(x.shape) == tuple(expected.shape)
    np.testing.assert_allclose(layer(x), expected, atol=1e-5)


def test_a_kernel_is_that_of_its_place():
    layer = LocallyConnected(1, 1)
    layer.build((None, 2, 3, 1))
    layer.kernel.assign(np.arange(6.0).reshape(6, 1, 1))
    layer.bias.assign(10 * np.arange(6.0).reshape(2, 3, 1))
    found = layer(np.full((1, 2, 3, 1), 2.0, np.float32))[0, ..., 0]
    np.testing.assert_allclose(found, 12 * np.arange(6.0).reshape(2, 3))
    with pytest.raises(ValueError, match=r"must be >= 1. Received: 0, 3 and 1"):
        LocallyConnected(0, 3)


def test_pictures_of_any_size_are_made_and_judged():
    for shape in ((25, 25, 1), (18, 7, 3)):
        given = {"latent": (2,), "condition": (3,)}
        made = locally_connected.generator(given, shape, (4, 3, 2, 2))
        x = made({"latent": tf.ones((2, 2)), "condition": tf.ones((2, 3))})["x"]
        assert x.shape == (2, *shape)
        judge = locally_connected.critic({"x": shape}, {"score": 1}, (3, 2, 2, 2))
        assert judge({"x": x})["score"].shape == (2, 1)


@pytest.mark.parametrize("recipe", ["la_gan", "calo_gan"])
def test_the_twin_has_convolutions_and_fewer_weights(recipe, digits, showers):
    spec = (digits if recipe == "la_gan" else showers)[1]
    ours, twin = (built(recipe, spec, local=local) for local in (True, False))
    counts = []
    for model in (ours, twin):
        layers = [*model._flatten_layers()]
        counts.append(sum(isinstance(one, LocallyConnected) for one in layers))
    assert counts[0] >= 6
    assert counts[1] == 0
    assert ours.count_params() > twin.count_params()
    assert twin.sample(2, twin.spec.condition(2, **first(spec))).shape[0] == 2


def first(spec):
    """The first class, or the least value, of every attribute."""
    return {a.name: a.low if a.is_real else 0 for a in spec.attributes}


# --- energies -------------------------------------------------------------------------


def test_the_sum_costs_by_hand():
    term = objectives.EnergySum(0.5, low=1.0, high=101.0, unit=10.0)
    fake = {
        "x": tf.constant([[0.5, 0.5], [1.0, 2.0]]),
        "condition": tf.constant([[0.0], [0.2]]),
    }
    cost = term.generator_loss(objectives.StepTensors({}, fake))
    np.testing.assert_allclose(cost, [0.5 * 9, 0.5 * 9])
    with pytest.raises(ValueError, match="`unit` must be > 0"):
        objectives.EnergySum(unit=0.0)


def test_the_term_brings_sums_to_the_energy_asked_for():
    """From four times as much, by a generator that a critic at rest looks at."""
    train, spec = kgm.data.load("calorimeter", batch_size=64, num_examples=640)
    rates = {"learning_rate": 0.0, "generator_learning_rate": 3e-3, "decay_steps": 0}
    sizes = {**SIZES, **SMALL["calo_gan"], "energy_weight": 1.0}
    model = kgm.zoo.build("calo_gan", spec, **sizes, **rates)
    for layer in model.generator.layers:
        if isinstance(layer, LocallyConnected) and not layer.use_bias:
            layer.kernel.assign(4 * layer.kernel)

    def error():
        condition = spec.condition(200, energy=50.0)
        total = 100 * np.sum(model.sample(200, condition, seed=0), axis=1)
        return np.abs(total - 50).mean()

    before = error()
    model.fit(train, epochs=8, verbose=0)
    assert error() < 0.6 * before


def test_cells_are_those_of_the_layer_before():
    """Where w is 0, the second layer is the first one's means, cells repeated."""
    given = {"latent": (2,), "condition": (1,)}
    sides, energies = [(2, 4), (4, 2)], (1.0, 10.0)
    made = calorimeter.generator(given, sides, energies, (2, 2, 2))
    shares = [one for one in made.layers if "activation" in one.name]
    gate = next(iter(shares)).input._keras_history.operation
    gate.kernel.assign(tf.zeros_like(gate.kernel))
    gate.bias.assign(tf.fill(gate.bias.shape, -50.0))
    z = np.random.default_rng(0).normal(size=(3, 2)).astype(np.float32)
    x = made({"latent": z, "condition": np.ones((3, 1), np.float32)})["x"].numpy()
    front, back = x[:, :8].reshape(3, 2, 4), x[:, 8:].reshape(3, 4, 2)
    means = front.reshape(3, 2, 2, 2).mean(axis=-1)
    np.testing.assert_allclose(back, np.repeat(means, 2, axis=1), rtol=1e-4)


def test_fake_showers_have_energies_of_their_own(showers):
    model = built("calo_gan", showers[1])
    real = model.unpack(next(iter(showers[0])))
    fake = model.fake_batch(real, tf.constant([1, 2]))
    asked = fake["condition"].numpy()
    assert np.all((asked >= 0) & (asked < 1))
    assert np.abs(asked - real["condition"]).min() > 0
    assert fake["x"].numpy().min() == 0  # rectified


@pytest.mark.parametrize("recipe", ["la_gan", "calo_gan"])
def test_another_number_of_layers_is_refused(recipe, digits, showers):
    spec = (digits if recipe == "la_gan" else showers)[1]
    for name, message in {
        "filters": r"`filters` must hold . numbers. Received: \(2,\)",
        "critic_filters": r"`critic_filters` must hold 4 numbers. Received: \(2,\)",
        "minibatch": r"`minibatch` must hold 2 numbers. Received: \(2,\)",
    }.items():
        with pytest.raises(ValueError, match=message):
            built(recipe, spec, **{name: (2,)})


def test_other_data_are_refused(digits):
    with pytest.raises(ValueError, match=r"`calo_gan` needs attributes .*energy"):
        kgm.zoo.build("calo_gan", digits[1], preset=False)
    attributes = kgm.data.side_by_side({"energy": (1.0, 2.0)})
    spec = kgm.data.DatasetSpec("others", (7,), attributes)
    with pytest.raises(ValueError, match="needs the data set 'calorimeter' or"):
        kgm.zoo.build("calo_gan", spec, preset=False)
