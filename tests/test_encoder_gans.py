"""Adversarial models with an encoder: their steps, their latents, their terms."""

from __future__ import annotations

import cases
import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.linear_model import LogisticRegression
from test_gans import a_critic, a_generator, peek_seed

import keras_genmodels as kgm
from keras_genmodels.distributions import BernoulliHead
from keras_genmodels.models import (
    ALI,
    GAN,
    VAEGAN,
    BiGAN,
    Critic,
    Permuted,
    Rebuilt,
)
from keras_genmodels.models.network_inputs import call_declared
from keras_genmodels.networks import convolutional, dense
from keras_genmodels.objectives import (
    ClassFeatureMatching,
    CrossEntropy,
    FeatureMatching,
    KLTerm,
    Reconstruction,
    Similarity,
    StepTensors,
)

_TINY = {"preset": False, "latent_dim": 3, "filters": (3, 4)}
LATENT = {"latent": (3,)}


@pytest.fixture(scope="module")
def batch(batches):
    return next(iter(batches))


def an_encoder(spec, output="latent", size=3, **more):
    inputs = {"x": spec.x_shape, **more}
    return dense.mlp(inputs, {output: size}, (), name="encoder")


def a_game(spec, kind=BiGAN, output="latent", size=3, **arguments):
    """A model of linear players, with plain gradient descent."""
    critic = Critic(a_critic(spec, **LATENT))
    arguments = {"critics": critic, **arguments}
    encoder = an_encoder(spec, output, size)
    model = kind(spec, a_generator(spec), encoder, **arguments)
    model.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1))
    return model


# --- BiGAN ----------------------------------------------------------------------------


def test_a_bigan_step_is_the_one_of_the_paper(spec, batch):
    """One step against gradients written out by hand, with cross entropies."""
    model = a_game(spec)
    network = model.critics[0].network
    z = model.prior().sample(16, seed=peek_seed(model))

    def probabilities():
        x = tf.sigmoid(model.generator({"latent": z})["x"])
        fake = {"x": tf.reshape(x, (-1, *spec.x_shape)), "latent": z}
        real = {"x": batch["x"], **model.encoder({"x": batch["x"]})}
        return (tf.sigmoid(network(pair)["score"]) for pair in (real, fake))

    def stepped(variables, cost):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(cost(*probabilities()))
        slopes = tape.gradient(loss, variables)
        return [w - 0.1 * slope for w, slope in zip(variables, slopes, strict=True)]

    critic = stepped(
        network.trainable_variables,
        lambda real, fake: -tf.math.log(real) - tf.math.log(1 - fake),
    )
    before = cases.values(network.variables)
    network.set_weights(critic)  # generator and encoder meet the critic that has moved
    makers = [*model.generator.trainable_variables, *model.encoder.trainable_variables]
    expected = stepped(
        makers, lambda real, fake: -tf.math.log(fake) - tf.math.log(1 - real)
    )
    network.set_weights(before)

    model.train_step(batch)
    for weight, value in zip(network.trainable_variables, critic, strict=True):
        np.testing.assert_allclose(weight, value, atol=1e-5)
    for weight, value in zip(makers, expected, strict=True):
        np.testing.assert_allclose(weight, value, atol=1e-5)


def test_the_encoder_is_paid_for_real_pairs_by_every_critic_that_sees_them(spec, batch):
    network = a_critic(spec, **LATENT)
    blind = Critic(a_critic(spec))
    one = a_game(spec, critics=[Critic(network), blind]).test_step(batch)
    both = [Critic(network), Critic(network, weight=0.5), blind]
    assert set(one) == {"loss", "critic_loss", "generator_loss", "encoder_loss"}
    model = a_game(spec, critics=both)
    twin = a_game(spec, critics=[Critic(network), blind])
    twin.encoder.set_weights(model.encoder.get_weights())
    twin.generator.set_weights(model.generator.get_weights())
    losses = [float(m.test_step(batch)["encoder_loss"]) for m in (model, twin)]
    assert losses[0] == pytest.approx(1.5 * losses[1], rel=1e-5)


def test_reconstructions_are_decoded_codes(spec, batch):
    model = kgm.zoo.build("bigan", spec, **_TINY)
    z = model.encode(batch["x"])
    assert z.shape == (16, 3)
    np.testing.assert_array_equal(model.decode(z), model.reconstruct(batch["x"]))


def test_codes_come_from_the_averaged_encoder(spec, batches, batch):
    options = {**_TINY, "learning_rate": 0.05}
    model = kgm.zoo.build("bigan", spec, **options, ema=0.5)
    plain = kgm.zoo.build("bigan", spec, **options)
    np.testing.assert_array_equal(model.encode(batch["x"]), plain.encode(batch["x"]))
    history = []
    for _ in range(2):
        model.fit(batches.take(1), verbose=0)
        history.append(cases.values(model.encoder.trainable_variables))
    plain.encoder.set_weights(model.encoder.get_weights())  # the batch statistics
    assert np.any(model.encode(batch["x"]) != plain.encode(batch["x"]))
    for weight, *values in zip(
        plain.encoder.trainable_variables, *history, strict=True
    ):
        weight.assign(np.mean(values, axis=0))
    np.testing.assert_allclose(
        model.encode(batch["x"]), plain.encode(batch["x"]), atol=1e-4
    )


def test_conditional_networks_are_told(spec, batch):
    condition = {"condition": (10,)}
    model = BiGAN(
        spec,
        a_generator(spec, **condition),
        an_encoder(spec, **condition),
        Critic(a_critic(spec, **LATENT, **condition)),
    )
    model.compile("sgd", "sgd")
    model.train_step(batch)
    zero, one = (spec.condition(16, label=d) for d in (0, 1))
    assert np.any(model.encode(batch["x"], zero) != model.encode(batch["x"], one))
    assert model.reconstruct(batch["x"], zero).shape == (16, 16, 16, 1)


# --- ALI ------------------------------------------------------------------------------


@pytest.mark.parametrize("recipe", ["bigan", "ali"])
def test_no_weights_let_latents_run_away(spec, batch, recipe):
    """Over a batch they vary as the prior's do, however large the encoder's weights."""
    model = kgm.zoo.build(recipe, spec, **_TINY, joint=(5,))
    model.encoder.set_weights([1000 * w for w in model.encoder.get_weights()])
    found = call_declared(model.encoder, {"x": batch["x"]}, training=True)
    if recipe == "bigan":
        mean, variance = found["latent"], np.zeros((1, 3))
    else:
        posterior = model.posterior_head.distribution(found["posterior"])
        mean, variance = posterior.mean(), posterior.variance()
        assert np.all(variance < 1)
    spread = np.var(mean, axis=0) + np.mean(variance, axis=0)
    np.testing.assert_allclose(np.mean(mean, axis=0), 0, atol=0.5)
    assert np.all(np.abs(spread - 1) < 0.8)


def test_a_posterior_is_a_distribution_whose_draws_are_judged(spec, batch):
    model = a_game(spec, ALI, "posterior", 6)
    q = model.posterior(batch["x"])
    assert q.batch_shape == (16,)
    assert q.event_shape == (3,)
    np.testing.assert_array_equal(model.encode(batch["x"]), q.mean())
    real, seed = model.unpack(batch), cases.as_seed(4)
    fake = model.fake_batch(real, seed)
    noise = (fake["code"] - q.mean()) / q.stddev()
    assert np.all(np.abs(noise) < 6)
    assert np.any(np.abs(noise - fake["latent"]) > 0.1)  # not the prior's own noise
    np.testing.assert_array_equal(fake["code"], model.fake_batch(real, seed)["code"])
    step = model.step_tensors(real, fake, training=False)
    np.testing.assert_array_equal(step.real["latent"], fake["code"])


def test_any_head_is_a_posterior(spec, batch, tmp_path):
    model = a_game(spec, ALI, "posterior", 9, posterior="multivariate_normal")
    model.train_step(batch)
    model.save(tmp_path / "model.keras")
    twin = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(
        model.posterior(batch["x"]).covariance(),
        twin.posterior(batch["x"]).covariance(),
    )


# --- VAE-GAN --------------------------------------------------------------------------


def a_vae_gan(spec, critics=None, terms=("kl",)):
    critics = critics or [Critic(a_critic(spec))]
    return a_game(spec, VAEGAN, "posterior", 6, critics=critics, terms=terms)


def test_a_vae_gan_rebuilds_and_knows_its_divergence(spec, batch):
    model = a_vae_gan(spec)
    fake = model.fake_batch(model.unpack(batch), cases.as_seed(1))
    np.testing.assert_array_equal(fake["rebuilt"], model.decode(fake["code"]))
    q = model.posterior(batch["x"])
    mean, stddev = q.mean(), q.stddev()
    kl = 0.5 * tf.reduce_sum(mean**2 + stddev**2 - 1 - 2 * tf.math.log(stddev), axis=1)
    np.testing.assert_allclose(fake["kl"], kl, rtol=1e-4)
    logs = model.test_step(batch)
    assert float(logs["kl"]) == pytest.approx(np.mean(kl), rel=1e-4)
    assert "encoder_loss" not in logs  # no critic judges pairs


def test_a_view_shows_rebuilt_examples_as_fake_ones(spec, batch):
    network = a_critic(spec)
    plain = Critic(network, name="plain")
    model = a_vae_gan(spec, [plain, Critic(network, view=Rebuilt(), name="other")])
    real = model.unpack(batch)
    fake = model.fake_batch(real, cases.as_seed(1))
    step = model.step_tensors(real, fake, training=False)
    rebuilt = network({"x": fake["rebuilt"]})["score"]
    ours, others = (step.on_fake(name)["score"] for name in ("plain", "other"))
    np.testing.assert_allclose(others, rebuilt, atol=1e-6)
    assert np.any(ours != others)
    ours, others = (step.on_real(name)["score"] for name in ("plain", "other"))
    np.testing.assert_array_equal(ours, others)


def test_terms_of_rebuilding_by_hand():
    real = {"x": tf.constant([[1.0, 0.0], [0.5, 0.5]])}
    made = tf.constant([[0.0, 0.5], [0.5, 0.0]])
    fake = {"x": real["x"], "rebuilt": made, "kl": tf.constant([2.0, 3.0])}
    outputs_fns = dict.fromkeys(("a", "b"), lambda t: {"features": 2 * t["x"]})
    step = StepTensors(real, fake, outputs_fns, {"b": lambda t: Rebuilt()(t, None)})
    expected = {
        Reconstruction(4.0): [0.0, 0.0],
        Reconstruction(4.0, key="rebuilt"): [3.0, 1.0],
        Similarity(3.0): [0.0, 0.0],
        Similarity(3.0, critic="b"): [3.0 * (4 + 1) / 2, 3.0 * (0 + 1) / 2],
        KLTerm(0.5): [1.0, 1.5],
    }
    for term, values in expected.items():
        np.testing.assert_allclose(term.generator_loss(step), values, atol=1e-6)
        assert term.critic_loss(step) == 0.0
        twin = type(term).from_config(term.get_config())
        assert twin.get_config() == term.get_config()


def test_a_cvae_gan_makes_what_it_is_told(spec, batches, batch):
    model = kgm.zoo.build("cvae_gan", spec, **_TINY, learning_rate=5e-3)
    logs = model.fit(batches, epochs=3, verbose=0).history
    assert set(logs) == {
        "loss",
        "critic_loss",
        "generator_loss",
        "class",
        "feature_matching",
        "class_feature_matching",
        "reconstruction",
        "similarity",
        "kl",
    }
    assert logs["reconstruction"][-1] < logs["reconstruction"][0]
    zero, one = (spec.condition(16, label=d) for d in (0, 1))
    x = batch["x"]
    assert np.any(model.reconstruct(x, zero) != model.reconstruct(x, one))
    assert model.posterior(x, zero).batch_shape == (16,)


def test_a_cvae_gan_learns_from_features_alone(spec, batch):
    """Asymmetric training: no score and no named class moves the generator."""
    only_answers = {
        "kl_weight": 0.0,
        "reconstruction": 0.0,
        "similarity": 0.0,
        "matching": 0.0,
    }
    for asymmetric in (True, False):
        model = kgm.zoo.build(
            "cvae_gan", spec, **_TINY, **only_answers, asymmetric=asymmetric
        )
        logs = model.train_on_batch(batch, return_dict=True)
        assert (logs["generator_loss"] == 0.0) == asymmetric
        assert 0 < logs["class"] < logs["critic_loss"]
    generated, rebuilt = model.critics
    assert generated.network is rebuilt.network  # one critic judges both


def test_class_feature_matching_by_hand():
    """Features of two classes; a row has no label, and a class no row."""
    condition = tf.constant([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    condition = tf.concat([condition, condition], axis=0)
    real = tf.constant([[1.0, 0], [2, 0], [9, 9], [3, 0], [4, 0], [9, 9]])
    fake = tf.constant([[0.0, 0], [0, 1], [5, 5], [2, 0], [0, 3], [7, 7]])
    step = StepTensors(
        {"x": real, "condition": condition},
        {"x": fake, "condition": condition},
        {"a": lambda tensors: {"class_features": tensors["x"]}},
        {},
    )
    # means of the first class (2, 0) and (1, 0), of the second (3, 0) and (0, 2)
    found = ClassFeatureMatching(0.5).generator_loss(step)
    np.testing.assert_allclose(found, [0.5 * (1 + 9 + 4)] * 6, atol=1e-6)


# --- what a critic describes ----------------------------------------------------------


def test_a_critic_describes_by_its_last_hidden_layer(spec, batch):
    network = convolutional.encoder({"x": spec.x_shape}, {"score": 1}, (3, 4))
    features = Critic(network).feature_fn()({"x": batch["x"], "latent": None})
    assert features.shape == (16, 4 * 4 * 4)
    kernel, bias = network.get_layer("score").get_weights()
    score = network({"x": batch["x"]})["score"]
    np.testing.assert_allclose(features @ kernel + bias, score, atol=1e-5)


def test_a_critic_describes_by_its_features_where_it_has_them(spec, batch):
    inputs, score = {"x": spec.x_shape}, {"score": 1}
    for build in (convolutional.encoder, dense.mlp):
        plain, told = (build(inputs, score, (4,), features=f) for f in (False, True))
        plain.set_weights(told.get_weights())
        ours, theirs = (
            Critic(network).feature_fn()({"x": batch["x"]}) for network in (plain, told)
        )
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    energy = kgm.zoo.build("began", spec, **_TINY).critics[0]
    code = energy({"x": batch["x"]})["features"]
    np.testing.assert_allclose(energy.feature_fn()({"x": batch["x"]}), code, atol=1e-6)


def test_latents_join_a_convolutional_network_after_the_convolutions(spec):
    network = convolutional.encoder({"x": spec.x_shape, **LATENT}, {"score": 1}, (3, 4))
    assert network.get_layer("score").kernel.shape == (4 * 4 * 4 + 3, 1)


# --- bad input ------------------------------------------------------------------------


def test_an_encoder_puts_out_what_the_model_is_made_of(spec):
    message = r"'encoder' must have an output named 'latent'. Received: \['code'\]"
    with pytest.raises(ValueError, match=message):
        a_game(spec, output="code")
    message = r"'latent' of the network 'encoder' must have the shape \(None, 3\)"
    with pytest.raises(ValueError, match=message):
        a_game(spec, size=4)
    message = r"'posterior' .* must have the shape \(None, 6\). Received: \(None, 3\)"
    with pytest.raises(ValueError, match=message):
        a_game(spec, ALI, "posterior", 3)


def test_an_encoder_declares_what_a_batch_has(spec):
    critic = Critic(a_critic(spec, **LATENT))
    encoder = an_encoder(spec, mood=(2,))
    with pytest.raises(ValueError, match=r"'encoder' may declare .* \['mood', 'x'\]"):
        BiGAN(spec, a_generator(spec), encoder, critic)


def test_something_moves_the_encoder(spec):
    message = r"A critic must declare 'latent', or a term .* Received: .*\[\['x'\]\]"
    with pytest.raises(ValueError, match=message):
        a_game(spec, critics=Critic(a_critic(spec)))


def test_an_encoder_needs_latents(spec):
    size = int(np.prod(spec.x_shape))
    translator = dense.mlp({"condition": (10,)}, {"x": size}, ())
    critic = Critic(a_critic(spec, **LATENT))
    message = r"needs a generator that declares 'latent'. Received: \['condition'\]"
    with pytest.raises(ValueError, match=message):
        BiGAN(spec, translator, an_encoder(spec), critic)


@pytest.mark.parametrize("term", [KLTerm(), Reconstruction(key="rebuilt")])
def test_terms_of_rebuilding_need_a_model_that_rebuilds(spec, batch, term):
    critic = Critic(a_critic(spec))
    model = GAN(spec, a_generator(spec), critic, terms=[term])
    with pytest.raises(ValueError, match=f"The term '{term.name}' reads '.*VAEGAN"):
        model.test_step(batch)


def test_matching_features_reads_an_output_that_is_there(spec, batch):
    model = a_vae_gan(spec, terms=[FeatureMatching(), "kl"])
    with pytest.raises(ValueError, match=r"'features' of the first critic"):
        model.test_step(batch)


# --- codes whose dimensions are independent -------------------------------------------


def test_permuted_codes_have_the_same_numbers_in_every_dimension():
    code = tf.constant(np.random.default_rng(0).normal(size=(50, 3)), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(code)
        seen = Permuted()({"code": code, "x": code}, cases.as_seed(1))
        total = tf.reduce_sum(seen["latent"] ** 2)
    assert tape.gradient(total, code) is None
    latent = seen["latent"].numpy()
    np.testing.assert_array_equal(np.sort(latent, axis=0), np.sort(code, axis=0))
    places = [
        [np.flatnonzero(code[:, d] == v)[0] for v in latent[:, d]] for d in (0, 1)
    ]
    assert np.mean(np.equal(*places)) < 0.2
    np.testing.assert_array_equal(Permuted()(seen, cases.as_seed(1))["latent"], latent)
    real = {"x": code, "latent": code}
    assert Permuted()(real, cases.as_seed(1)) is real


def test_a_critic_of_permuted_codes_estimates_the_total_correlation():
    """Of a normal of correlation 0.8 it is -log(1 - 0.64) / 2."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(100_000, 2)) @ np.linalg.cholesky([[1, 0.8], [0.8, 1]]).T
    code = tf.constant(x, tf.float32)
    apart = Permuted()({"code": code}, cases.as_seed(2))["latent"].numpy()

    def features(z):  # of which the log-ratio of two normals is a linear function
        return np.stack([z[:, 0] ** 2, z[:, 1] ** 2, z[:, 0] * z[:, 1]], axis=1)

    judge = LogisticRegression(C=1e6)
    judge.fit(np.concatenate([features(x), features(apart)]), np.repeat([1, 0], len(x)))
    estimate = judge.decision_function(features(x)).mean()
    assert estimate == pytest.approx(-np.log(1 - 0.64) / 2, rel=0.05)


def test_the_cross_entropy_is_the_nats_of_coins():
    x = np.random.default_rng(0).uniform(size=(3, 2, 2, 1)).astype("float32")
    logits = np.random.default_rng(1).normal(size=x.shape).astype("float32")
    step = StepTensors({"x": x}, {"rebuilt": tf.sigmoid(logits)})
    expected = -BernoulliHead((2, 2, 1)).distribution(logits).log_prob(x)
    found = CrossEntropy(2.0).generator_loss(step)
    np.testing.assert_allclose(found, 2 * expected, rtol=1e-5)
    sure = StepTensors({"x": tf.ones((1, 2))}, {"rebuilt": tf.constant([[0.0, 1.0]])})
    assert 13 < float(CrossEntropy().generator_loss(sure)[0]) < 14.5  # and not infinite


def test_the_encoder_of_a_factor_vae_pays_for_what_the_critic_can_tell(spec, batch):
    model = kgm.zoo.build("factor_vae", spec, **_TINY, units=(5,), gamma=7.0, seed=1)
    real = model.unpack(batch)
    fake = model.fake_batch(real, cases.as_seed(1))
    step = model.step_tensors(real, fake, training=False)
    (critic,) = model.critics
    scores = critic.network({"latent": fake["code"]})["score"][:, 0]
    terms = model.generator_terms(step)
    np.testing.assert_allclose(terms["encoder_loss"], 7 * scores, rtol=1e-5, atol=1e-6)
