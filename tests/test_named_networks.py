"""Networks as people write them: what a model makes of them, and what it refuses."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow_probability as tfp

import keras_genmodels as kgm
from keras_genmodels.models import ALI, GAN, VAE, Autoencoder, BiGAN, Critic

X = np.random.default_rng(0).random((8, 4, 4, 1), dtype="float32")
SHAPE, LATENT = X.shape[1:], (3,)


@pytest.fixture(scope="module")
def small():
    attributes = kgm.data.side_by_side({"label": "ab"})
    return kgm.data.DatasetSpec("small", SHAPE, attributes)


def sequential(shape, size, *last):
    """Layers one after another; without a shape they are not built yet."""
    first = [] if shape is None else [keras.Input(shape)]
    layers = [keras.layers.Flatten(), keras.layers.Dense(size), *last]
    return keras.Sequential([*first, *layers])


def functional(shape, size, **names):
    """One positional input and one output."""
    x = keras.Input(shape, **names)
    return keras.Model(x, keras.layers.Dense(size)(keras.layers.Flatten()(x)))


@keras.saving.register_keras_serializable("tests")
class Own(keras.Model):
    """A network that is a class of its own."""

    def __init__(self, size, **kwargs):
        super().__init__(**kwargs)
        self.size = size
        self.flat = keras.layers.Flatten()
        self.dense = keras.layers.Dense(size)

    def build(self, shape):
        self.dense.build((None, int(np.prod(shape[1:]))))
        self.built = True

    def call(self, x):
        return self.dense(self.flat(x))

    def get_config(self):
        return {**super().get_config(), "size": self.size}


def own(shape, size):
    return Own(size)


def wrapped(shape, size):
    return keras.Sequential([keras.Input(shape), Own(size)])


def with_condition(shape, size):
    """A list of two inputs, which have the names of tensors."""
    inputs = [keras.Input((2,), name="condition"), keras.Input(shape, name="x")]
    flat = keras.layers.Flatten()(inputs[1])
    hidden = keras.layers.Concatenate()([inputs[0], flat])
    return keras.Model(inputs, keras.layers.Dense(size)(hidden))


def check_trains(model, tmp_path):
    """It trains, and samples the same from its file."""
    model.compile(run_eagerly=True)
    kinds = np.arange(8) % 2
    before = model.get_weights()
    model.fit(X, kinds, verbose=0)
    moved = zip(before, model.get_weights(), strict=True)
    assert sum(np.any(old != new) for old, new in moved) >= 4
    model.save(tmp_path / "model.keras")
    twin = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(twin.sample(2, seed=1), model.sample(2, seed=1))


ENCODERS = {
    "sequential": sequential,
    "not built": lambda shape, size: sequential(None, size),
    "functional": functional,
    "functional, of a name": lambda *a: functional(*a, name="pictures"),
    "own": own,
    "with a condition": with_condition,
}


@pytest.mark.parametrize("kind", sorted(ENCODERS))
def test_an_encoder_that_can_be_meant_in_one_way(small, kind, tmp_path):
    encoder = ENCODERS[kind](SHAPE, 6)
    model = VAE(small, encoder, sequential(LATENT, 16))
    assert set(model.encoder.output) == {"posterior"}
    assert ("condition" in model.batch_tensors) == (kind == "with a condition")
    check_trains(model, tmp_path)


@pytest.mark.parametrize("make", [sequential, functional, wrapped])
def test_players_that_can_be_meant_in_one_way(small, make, tmp_path):
    generator, critic = make(LATENT, 16), Critic(make(SHAPE, 1))
    check_trains(GAN(small, generator, critic), tmp_path)


@pytest.mark.parametrize("kind", [Autoencoder, BiGAN, ALI])
def test_every_model_with_an_encoder(small, kind, tmp_path):
    encoder = sequential(SHAPE, 6 if kind is ALI else 3)
    if kind is Autoencoder:
        check_trains(kind(small, encoder, sequential(LATENT, 16)), tmp_path)
        return
    inputs = [keras.Input(SHAPE, name="x"), keras.Input(LATENT, name="latent")]
    flat = keras.layers.Flatten()(inputs[0])
    hidden = keras.layers.Concatenate()([flat, inputs[1]])
    pairs = Critic(keras.Model(inputs, keras.layers.Dense(1)(hidden)))
    check_trains(kind(small, sequential(LATENT, 16), encoder, pairs), tmp_path)


def renamed(shape, size, **names):
    """A model of named tensors whose output has another name."""
    model = functional(shape, size, **names)
    return keras.Model({model.inputs[0].name: model.input}, {"z": model.output})


def two_outputs(shape, size):
    x = keras.Input(shape)
    flat = keras.layers.Flatten()(x)
    return keras.Model(x, [keras.layers.Dense(size)(flat) for _ in range(2)])


def two_unnamed(shape, size):
    inputs = [keras.Input(shape, name="a"), keras.Input(shape, name="b")]
    flat = [keras.layers.Flatten()(x) for x in inputs]
    return keras.Model(inputs, keras.layers.Dense(size)(flat[0] + flat[1]))


def sigmoid():
    return keras.layers.Activation("sigmoid")


@pytest.mark.parametrize(
    ("encoder", "message"),
    [
        (lambda: renamed(SHAPE, 6, name="x"), r"named 'posterior', of 6 numb.*\['z'\]"),
        (lambda: sequential(SHAPE, 5), r"must hold 6 numbers an example.*\(None, 5\)"),
        (lambda: sequential((9,), 6), r"must have the shape \(4, 4, 1\).*\(9,\)"),
        (lambda: two_outputs(SHAPE, 6), r"outputs of the encoder .* must be a dict"),
        (lambda: two_unnamed(SHAPE, 6), r"names among \['x', 'cond.*\['a', 'b'\]"),
        (lambda: np.tanh, r"The encoder must be a Keras model. Received: .*ufunc"),
    ],
)
def test_an_encoder_that_could_not_be_meant(small, encoder, message):
    with pytest.raises((TypeError, ValueError), match=message):
        VAE(small, encoder(), sequential(LATENT, 16))


@pytest.mark.parametrize(
    ("decoder", "message"),
    [
        (lambda: own(LATENT, 16), r"must know the shape of its input 'latent'.*Seque"),
        (lambda: sequential(LATENT, 15), r"must hold 16 numbers an example"),
        (
            lambda: sequential(LATENT, 16, sigmoid()),
            r"'likelihood' of .* must be linear",
        ),
        (lambda: functional((3, 1), 16), r"'latent', of the shape \(latent_dim,\)"),
    ],
)
def test_a_decoder_that_could_not_be_meant(small, decoder, message):
    with pytest.raises(ValueError, match=message):
        VAE(small, sequential(SHAPE, 6), decoder())


def test_a_head_that_squashes_nothing_leaves_it_to_the_decoder(small, tmp_path):
    head = kgm.distributions.FixedNormalHead(SHAPE, activation="linear")
    decoder = sequential(LATENT, 16, sigmoid())
    model = VAE(small, sequential(SHAPE, 6), decoder, likelihood=head)
    check_trains(model, tmp_path)


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ("generator", r"'x' of .* must be linear"),
        ("critic", r"'score' of .* must be linear"),
    ],
)
def test_players_that_squash_their_outputs(small, part, message):
    networks = {"generator": (LATENT, 16), "critic": (SHAPE, 1)}
    made = {
        name: sequential(*sizes, *([sigmoid()] if name == part else []))
        for name, sizes in networks.items()
    }
    with pytest.raises(ValueError, match=message):
        GAN(small, made["generator"], Critic(made["critic"]))


NORMAL = tfp.distributions.MultivariateNormalDiag([0.0] * 3)


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({"prior": NORMAL}, r"A prior must be .*`distribution`.*CONTRIBUTING.*Multiva"),
        ({"prior": kgm.distributions.UniformPrior}, r"A prior must be .*an instance"),
        ({"prior": kgm.distributions.UniformPrior(4)}, r"one of 3 latents.*of 4"),
        ({"objective": lambda y, z: 0.0}, r"An? objective must be .*`num_samples`"),
        ({"objective": keras.losses.Huber()}, r"objective must be .*Huber.*'elbo'"),
        ({"likelihood": keras.losses.Huber()}, r"A head must be .*'bernoulli'"),
    ],
)
def test_parts_that_are_none_say_how_to_make_one(small, part, message):
    with pytest.raises((TypeError, ValueError), match=message):
        VAE(small, sequential(SHAPE, 6), sequential(LATENT, 16), **part)


def test_a_critic_of_layers_in_a_row_needs_an_output_of_features():
    critic = Critic(sequential(SHAPE, 1))
    with pytest.raises(ValueError, match=r"must have an output 'features'"):
        critic.feature_fn()


def test_a_loss_of_keras_is_no_objective_of_a_critic():
    with pytest.raises(TypeError, match=r"adversarial must be .*`critic_loss` and"):
        Critic(sequential(SHAPE, 1), keras.losses.BinaryCrossentropy())
