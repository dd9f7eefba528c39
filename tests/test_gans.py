"""Every adversarial recipe through its contract, then what is special to GANs."""

from __future__ import annotations

import cases
import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_genmodels as kgm
from keras_genmodels.models import GAN, Critic
from keras_genmodels.networks import dense
from keras_genmodels.objectives import (
    BoundaryEquilibrium,
    FeatureMatching,
    GradientPenalty,
)
from keras_genmodels.objectives.terms.reconstruction import Reconstruction

_TINY = {"preset": False, "latent_dim": 3, "filters": (3, 4)}
# They are `dcgan` but for one argument.
VARIANTS = ("lsgan", "geometric_gan", "f_gan", "b_gan", "bs_gan", "anogan")
# Nothing in their files is not in that of one of the others.
LIKE_OTHERS = ("gan", "wgan", "r1_gan", "ebgan", "cgan", "acgan", "ali", "began, black")
SMALL = {  # what makes each recipe quick
    **dict.fromkeys(VARIANTS, _TINY),
    "gan": {"preset": False, "latent_dim": 3, "units": (16,)},
    "dcgan": _TINY,
    "wgan": {**_TINY, "critic_steps": 2},
    "wgan_gp": {**_TINY, "critic_steps": 2, "ema": 0.9},
    "sn_gan": {**_TINY, "generator_learning_rate": 1e-3},
    "r1_gan": {**_TINY, "generator_learning_rate": 1e-3},
    "ebgan": {**_TINY, "code_dim": 4},
    "began": {**_TINY, "rate": 0.1, "patience": 3},
    "cgan": _TINY,
    "acgan": _TINY,
    "infogan": {**_TINY, "latent_dim": 7, "categorical": (3,), "continuous": 1},
    "bigan": {**_TINY, "joint": (5,), "ema": 0.9},
    "ali": {**_TINY, "joint": (5,)},
    "cvae_gan": {**_TINY, "ema": 0.9},
    "factor_vae": {**_TINY, "units": (5,), "critic_units": (4,)},
}

VARIED = {**SMALL, "began, black": {**_TINY, "normalisation": "batch", "power": 2}}


@keras.saving.register_keras_serializable("tests")
class Corner:
    """The upper left corner of an image."""

    def __init__(self, size):
        self.size = size

    def __call__(self, tensors, seed):
        return {**tensors, "x": tensors["x"][:, : self.size, : self.size]}

    def get_config(self):
        return {"size": self.size}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


class AdversarialCase(cases.GameCase):
    @pytest.fixture
    def build(self, recipe, spec):
        name, *_ = recipe.split(",")
        return lambda **kw: kgm.zoo.build(name, spec, seed=1, **VARIED[recipe], **kw)

    @pytest.fixture
    def still(self, recipe):
        """What is added to every score cancels where the critic's loss is linear.

        That of the Wasserstein game is, and the hinge loss inside its margins.
        """
        return {"score/bias"} if recipe in ("wgan", "wgan_gp", "sn_gan") else set()


@pytest.mark.parametrize("recipe", sorted(VARIED.keys() - {*VARIANTS, *LIKE_OTHERS}))
class TestAdversarialRecipes(AdversarialCase):
    pass


@pytest.mark.parametrize("recipe", LIKE_OTHERS)
class TestRecipesWithTheStateOfOthers(cases.StateOfOthers, AdversarialCase):
    pass


@pytest.mark.parametrize("recipe", VARIANTS)
class TestVariantsOfDCGAN(cases.VariantCase):
    @pytest.fixture
    def build(self, spec, recipe):
        return lambda **kw: kgm.zoo.build(recipe, spec, seed=1, **SMALL[recipe], **kw)

    @pytest.fixture
    def still(self, recipe):
        """What is added to every score cancels in the hinge loss inside its margins."""
        return {"score/bias"} if recipe == "geometric_gan" else set()


# --- small games ----------------------------------------------------------------------


def a_generator(spec, **more):
    """A linear generator; `more` are further inputs."""
    size = int(np.prod(spec.x_shape))
    return dense.mlp({"latent": (3,), **more}, {"x": size}, (), name="generator")


def a_critic(spec, outputs=None, **more):
    """A perceptron as critic network; `more` are further inputs."""
    inputs = {"x": spec.x_shape, **more}
    return dense.mlp(inputs, {"score": 1, **(outputs or {})}, (5,), name="critic")


def a_game(spec, *critics, **arguments):
    critics = critics or (Critic(a_critic(spec)),)
    model = GAN(spec, a_generator(spec), list(critics), **arguments)
    model.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1))
    return model


def test_a_step_is_the_one_of_the_papers(spec, batches):
    """One step against gradients written out by hand."""
    model, batch = a_game(spec), next(iter(batches))
    network, generator = model.critics[0].network, model.generator
    z = model.prior().sample(16, seed=peek_seed(model))
    real = {"x": batch["x"]}

    def scores():
        x = tf.sigmoid(generator({"latent": z})["x"])
        fake = {"x": tf.reshape(x, (-1, *spec.x_shape))}
        return network(real)["score"], network(fake)["score"]

    with tf.GradientTape() as tape:
        on_real, on_fake = scores()
        loss = -tf.reduce_mean(tf.math.log(tf.sigmoid(on_real)))
        loss -= tf.reduce_mean(tf.math.log(1 - tf.sigmoid(on_fake)))
    slopes = tape.gradient(loss, network.trainable_variables)
    pairs = zip(network.trainable_variables, slopes, strict=True)
    critic = [w - 0.1 * slope for w, slope in pairs]
    before = cases.values(network.variables)
    network.set_weights(critic)  # the generator meets the critic that has moved
    with tf.GradientTape() as tape:
        loss = -tf.reduce_mean(tf.math.log(tf.sigmoid(scores()[1])))
    slopes = tape.gradient(loss, generator.trainable_variables)
    pairs = zip(generator.trainable_variables, slopes, strict=True)
    expected = [w - 0.1 * slope for w, slope in pairs]
    network.set_weights(before)

    model.train_step(batch)
    for weight, value in zip(network.trainable_variables, critic, strict=True):
        np.testing.assert_allclose(weight, value, atol=1e-5)
    for weight, value in zip(generator.trainable_variables, expected, strict=True):
        np.testing.assert_allclose(weight, value, atol=1e-5)


def peek_seed(model):
    """The seed that the model will draw next."""
    state = model.seed_generator.state.numpy()
    seed = model.next_seed()
    model.seed_generator.state.assign(state)
    return seed


def test_the_tapes_watch_the_moving_player_only(spec, batches, monkeypatch):
    watched = []
    original = tf.GradientTape.gradient

    def gradient(self, target, sources, **kwargs):
        slopes = original(self, target, sources, **kwargs)
        watched.append({v.ref() for v in self.watched_variables()})
        return slopes

    monkeypatch.setattr(tf.GradientTape, "gradient", gradient)
    model = a_game(spec)
    model.train_step(next(iter(batches)))
    players = (model.critic_variables, model.generator_variables)
    assert watched == [{v.value.ref() for v in player} for player in players]


def test_critic_steps_see_new_fakes_and_share_the_last(spec, batches, monkeypatch):
    model = a_game(spec, critic_steps=3)
    passes = []
    original = GAN.fake_batch

    def counted(self, real, seed, training=False):
        passes.append(tuple(seed.numpy()))
        return original(self, real, seed, training)

    monkeypatch.setattr(GAN, "fake_batch", counted)
    model.train_step(next(iter(batches)))
    assert len(set(passes)) == 3
    assert int(model.critic_optimizer.iterations) == 3
    assert int(model.generator_optimizer.iterations) == 1


def test_several_critics_add_up(spec, batches):
    batch = next(iter(batches))
    network = a_critic(spec)
    one = a_game(spec, Critic(network)).test_step(batch)
    two = a_game(spec, Critic(network), Critic(network, weight=0.5)).test_step(batch)
    for name in ("critic_loss", "generator_loss"):
        assert float(two[name]) == pytest.approx(1.5 * float(one[name]), rel=0.1)


def test_critics_may_share_a_network(spec, batches, tmp_path):
    network = a_critic(spec)
    model = a_game(spec, Critic(network), Critic(network, "hinge"))
    assert len(model.critic_variables) == len(network.trainable_variables)
    model.fit(batches.take(1), verbose=0)
    model.save(tmp_path / "model.keras")
    twin = keras.saving.load_model(tmp_path / "model.keras")
    assert twin.critics[0].network is twin.critics[1].network
    twin.fit(batches.take(1), verbose=0)
    model.fit(batches.take(1), verbose=0)
    for ours, theirs in zip(model.weights, twin.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs, err_msg=ours.path)


def test_a_critic_sees_what_its_view_shows(spec, batches, tmp_path):
    network = dense.mlp({"x": (8, 8, 1)}, {"score": 1}, (), name="critic")
    model = GAN(
        kgm.data.DatasetSpec("wide", (16, 16, 1)),
        a_generator(spec),
        Critic(network, penalties=["gradient_penalty"], view=Corner(8)),
    )
    model.compile("sgd", "sgd")
    model.fit(batches.map(lambda b: {"x": b["x"]}), verbose=0)
    model.save(tmp_path / "model.keras")
    twin = keras.saving.load_model(tmp_path / "model.keras")
    assert twin.critics[0].view.size == 8


def test_terms_and_penalties_are_metrics(spec, batches):
    x = keras.Input(spec.x_shape, name="x")
    features = keras.layers.Dense(4, "relu")(keras.layers.Flatten()(x))
    outputs = {"score": keras.layers.Dense(1)(features), "features": features}
    network = keras.Model({"x": x}, outputs)
    critic = Critic(network, "hinge", ["r1", GradientPenalty()])
    model = a_game(spec, critic, terms=[FeatureMatching(0.1)])
    logs = model.fit(batches, verbose=0).history
    assert sorted(logs) == [
        "critic_loss",
        "feature_matching",
        "generator_loss",
        "gradient_penalty",
        "loss",
        "r1",
    ]


class Watched(keras.optimizers.SGD):
    """Keeps the gradients that it is given."""

    def apply(self, gradients, variables=None):
        self.given = gradients
        return super().apply(gradients, variables)


def origins(tensor):
    """The names of all operations that end before a tensor is there."""
    names, waiting = set(), [tensor.op]
    while waiting:
        op = waiting.pop()
        if op.name not in names:
            names.add(op.name)
            waiting += [*(x.op for x in op.inputs), *op.control_inputs]
    return names


def test_no_weight_moves_before_all_that_a_step_reads_of_them(spec, batches):
    """A penalty reads weights late, and the graph optimiser may forget the order."""
    model = kgm.zoo.build("r1_gan", spec, **SMALL["r1_gan"])
    model.compile(generator_optimizer="sgd", critic_optimizer=Watched())
    tf.function(model.train_step, autograph=False).get_concrete_function(
        next(iter(batches))
    )
    first, *others = [
        {name for name in origins(gradient) if "ReadVariableOp" in name}
        for gradient in model.critic_optimizer.given
    ]
    assert len(first) > len(model.critic_variables)
    assert all(read == first for read in others)


def test_the_state_of_an_objective_moves_and_is_saved(spec, batches, tmp_path):
    model = kgm.zoo.build("began", spec, **SMALL["began"])
    logs = model.fit(batches, verbose=0).history
    assert {"convergence", "k"} <= set(logs)
    k = float(model.critics[0].objective.k)
    assert 0 < k < 1
    model.save(tmp_path / "model.keras")
    twin = keras.saving.load_model(tmp_path / "model.keras")
    assert float(twin.critics[0].objective.k) == k


def test_began_halves_both_rates_when_its_measure_stalls(spec, batches, tmp_path):
    rates = {"learning_rate": 1e-4, "generator_learning_rate": 4e-4}
    model = kgm.zoo.build("began", spec, **_TINY, **rates, patience=4)
    model.critics[0].objective.best.assign(0.0)  # which no stretch is below
    model.fit(batches, verbose=0)  # two stretches
    model.save(tmp_path / "began.keras")
    for one in (model, keras.saving.load_model(tmp_path / "began.keras")):
        both = one.generator_optimizer, one.critic_optimizer
        found = [float(optimizer.learning_rate) for optimizer in both]
        np.testing.assert_allclose(found, [1e-4, 0.25e-4], rtol=1e-5)
    told = kgm.zoo.describe("began", "digits")["arguments"]
    assert told["decay_steps"] == 0
    with pytest.raises(ValueError, match="`decay_steps` must be 0 where the objective"):
        kgm.zoo.build("began", spec, **_TINY, decay_steps=10)
    kgm.zoo.build("began", spec, **_TINY, decay_steps=10, patience=0)


def test_clipped_weights_stay_in_bounds(spec, batches):
    model = kgm.zoo.build("wgan", spec, **_TINY, clip=0.005)
    model.fit(batches, verbose=0)
    largest = max(np.abs(v).max() for v in model.critic_variables)
    assert largest == pytest.approx(0.005)


def test_samples_come_from_the_averaged_generator(spec, batches):
    model = kgm.zoo.build("gan", spec, **SMALL["gan"], ema=0.5, learning_rate=0.1)
    plain = kgm.zoo.build("gan", spec, **SMALL["gan"], learning_rate=0.1)
    before = model.sample(4, seed=2)
    np.testing.assert_array_equal(before, plain.sample(4, seed=2))
    history = [cases.values(model.generator_variables)]
    for _ in range(2):
        model.fit(batches.take(1), verbose=0)
        history.append(cases.values(model.generator_variables))
    averages = [(a + b) / 2 for a, b in zip(*history[1:], strict=True)]
    drawn = model.sample(4, seed=2)
    for value, weight in zip(history[-1], model.generator_variables, strict=True):
        np.testing.assert_array_equal(value, weight)  # fit leaves the weights alone
    plain.generator.set_weights(averages)
    np.testing.assert_allclose(drawn, plain.sample(4, seed=2), atol=1e-5)


def test_infogan_codes_are_read_better_with_training(spec, batches):
    model = kgm.zoo.build(
        "infogan", spec, **SMALL["infogan"], learning_rate=5e-3, seed=0
    )
    cost = model.fit(batches, epochs=6, verbose=0).history["code"]
    assert cost[-1] < cost[0]


def test_points_of_the_plane_are_played_for_by_perceptrons():
    data, spec = kgm.data.load("gaussian_ring", batch_size=64, num_examples=256)
    model = kgm.zoo.build("wgan_gp", spec, latent_dim=2, units=(8, 8))
    model.fit(data, verbose=0)
    assert model.sample(5).shape == (5, 2)


# --- bad input ------------------------------------------------------------------------


def test_conditional_recipes_need_attributes():
    plain = kgm.data.DatasetSpec("plain", (4, 4, 1))
    for name in ("cgan", "acgan", "cvae_gan"):
        with pytest.raises(ValueError, match=f"`{name}` needs a dataset with attrib"):
            kgm.zoo.build(name, plain)


@pytest.mark.parametrize(
    ("outputs", "objective", "message"),
    [
        ({"logit": 1}, "hinge", r"must have an output named 'score'.*\['logit'\]"),
        ({"score": 2}, "hinge", r"'score' of the critic .* must hold 1 number.*2\)"),
        ({"score": 1}, "categorical", r"must hold at least 2 numbers .*, 1\)"),
    ],
)
def test_a_critic_must_put_out_a_score(spec, outputs, objective, message):
    network = dense.mlp({"x": spec.x_shape}, outputs, ())
    with pytest.raises(ValueError, match=message):
        Critic(network, objective)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "softmax"])
def test_a_score_is_not_squashed(spec, activation):
    x = keras.Input(spec.x_shape, name="x")
    flat = keras.layers.Flatten()(x)
    score = keras.layers.Dense(1, activation=activation)(flat)
    network = keras.Model({"x": x}, {"score": score}, name="squashed")
    with pytest.raises(ValueError, match=r"'score' of 'squashed' must be linear"):
        Critic(network)


def test_networks_declare_what_a_batch_has(spec):
    critic = Critic(a_critic(spec))
    with pytest.raises(
        ValueError, match=r"may declare the inputs \['condition', 'late"
    ):
        GAN(spec, a_generator(spec, mood=(2,)), critic)
    with pytest.raises(ValueError, match=r"may declare the inputs .*'mood', 'x'"):
        GAN(spec, a_generator(spec), Critic(a_critic(spec, mood=(2,))))
    message = r"`?'condition' of the network 'generator' must have the shape \(10,\)"
    with pytest.raises(ValueError, match=message):
        GAN(spec, a_generator(spec, condition=(3,)), critic)
    with pytest.raises(ValueError, match=r"'x' .*as many numbers as \(16, 16, 1\)"):
        GAN(spec, dense.mlp({"latent": (3,)}, {"x": 255}, ()), critic)


@pytest.mark.parametrize("steps", [0, -1, 1.5])
def test_critic_steps_are_positive(spec, steps):
    message = r"`critic_steps` must be an integer >= 1. Received: critic_steps="
    with pytest.raises(ValueError, match=message):
        a_game(spec, critic_steps=steps)


def test_an_objective_with_a_state_has_one_critic(spec):
    game = BoundaryEquilibrium()
    critics = [Critic(a_critic(spec), game) for _ in range(2)]
    with pytest.raises(ValueError, match=r"must not share an objective that has a st"):
        a_game(spec, *critics)


def test_two_players_have_two_optimisers(spec):
    model = GAN(spec, a_generator(spec), Critic(a_critic(spec)))
    one = keras.optimizers.Adam()
    with pytest.raises(ValueError, match=r"must be two optimisers. Received: .* both"):
        model.compile(one, one)


@pytest.mark.parametrize("recipe", ["lsgan", "bigan", "sn_gan", "wgan_gp"])
def test_every_setting_of_the_training_is_an_argument(spec, recipe):
    arguments = kgm.zoo.describe(recipe)["arguments"]
    assert {"filters", "ema", "decay_steps"} < set(arguments)
    assert not {"spec", "seed"} & set(arguments)
    with pytest.raises(ValueError, match=r"Unknown argument 'fliters'.*'filters'"):
        kgm.zoo.build(recipe, spec, fliters=(3, 4))


def test_both_rates_fall_to_a_fiftieth_by_the_last_step(spec, batches):
    """The critic makes more steps than the generator: its decay is as much longer."""
    small = {**SMALL["wgan_gp"], "decay_steps": 3, "learning_rate": 1e-3}
    model = kgm.zoo.build("wgan_gp", spec, **small)
    players = (model.generator_optimizer, model.critic_optimizer)
    assert [float(p.learning_rate) for p in players] == pytest.approx([1e-3, 1e-3])
    model.fit(batches.take(1).repeat(3), verbose=0)
    assert [int(player.iterations) for player in players] == [3, 6]
    assert [float(p.learning_rate) for p in players] == pytest.approx([2e-5, 2e-5])


@pytest.mark.parametrize("recipe", ["dcgan", "infogan"])
def test_the_generator_may_learn_faster_than_the_critic(spec, recipe):
    rates = {"learning_rate": 1e-4, "generator_learning_rate": 5e-4}
    model = kgm.zoo.build(recipe, spec, **SMALL[recipe], **rates)
    assert float(model.generator_optimizer.learning_rate) == pytest.approx(5e-4)
    assert float(model.critic_optimizer.learning_rate) == pytest.approx(1e-4)


def test_ema_is_a_momentum(spec):
    with pytest.raises(ValueError, match=r"`ema` must be in \[0, 1\). Received: ema=1"):
        kgm.zoo.build("gan", spec, ema=1)


# --- more than one device -------------------------------------------------------------


def test_two_devices_end_at_the_weights_of_one():
    """These networks have no batch normalisation, which sees one replica's batch."""
    recipes = {
        "wgan_gp": {"latent_dim": 4, "units": (8, 8), "critic_steps": 2, "ema": 0.9},
        "cgan": {"latent_dim": 4, "units": (8,)},
    }
    options = {"batch_size": 32, "num_examples": 128}
    cases.check_two_devices("gaussian_ring", options, 1, recipes)


def test_a_critic_of_weight_0_is_not_asked():
    x = keras.Input((2,), name="x")
    network = keras.Model({"x": x}, {"score": keras.layers.Dense(1)(x)})
    spec = kgm.data.DatasetSpec("points", (2,))
    latent = keras.Input((3,), name="latent")
    generator = keras.Model({"latent": latent}, {"x": keras.layers.Dense(2)(latent)})

    def outputs(*arguments):
        raise AssertionError("the critic was asked")

    critic = Critic(network, weight=0.0)
    critic.call = outputs
    model = GAN(spec, generator, critic, terms=[Reconstruction(1.0)])
    model.compile(run_eagerly=True)
    before = cases.values(model.weights)
    logs = model.train_step({"x": tf.fill((4, 2), 0.25)})
    assert float(logs["critic_loss"]) == 0
    assert float(logs["generator_loss"]) > 0
    moved = [np.any(v != old) for v, old in zip(model.weights, before, strict=True)]
    assert any(moved)
    cases.check_stood_still(network.weights, cases.values(network.weights))
    assert not Critic(network, "boundary_equilibrium", weight=0.0).is_idle
    assert not Critic(network, penalties=["gradient_penalty"], weight=0.0).is_idle
