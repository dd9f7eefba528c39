"""Critics with a class for what is generated, and decoders of what they see."""

from __future__ import annotations

import cases
import numpy as np
import pytest
import tensorflow as tf

import keras_genmodels as kgm
from keras_genmodels import objectives
from keras_genmodels.evaluation.measures.precision_recall import mode_coverage
from keras_genmodels.models import CodeSharingGAN, Critic
from keras_genmodels.networks import code_decoder, convolutional

SMALL = {"preset": False, "latent_dim": 3, "filters": (3, 4), "seed": 1}


def built(recipe, spec, **options):
    return kgm.zoo.build(recipe, spec, **{**SMALL, **options})


class TestAMGAN(cases.StateOfOthers, cases.GameCase):
    @pytest.fixture
    def build(self, spec):
        return lambda **options: built("am_gan", spec, **options)


class TestDynamicLabels(cases.VariantCase):
    @pytest.fixture
    def build(self, spec):
        return lambda **options: built("am_gan", spec, dynamic=True, **options)


class TestArtGAN(cases.GameCase):
    @pytest.fixture
    def build(self, spec):
        return lambda **options: built("art_gan", spec, **options)


# --- the game of K + 1 classes --------------------------------------------------------


def probabilities(logits):
    """Of K classes and of one more, of generated examples, whose logit is 0."""
    exponents = np.exp(np.pad(np.asarray(logits, np.float64), [(0, 0), (0, 1)]))
    return exponents / exponents.sum(1, keepdims=True)


@pytest.mark.parametrize("dynamic", [False, True])
def test_the_game_is_the_cross_entropy_of_one_class_more(dynamic, spec, batches):
    model = built("am_gan", spec, dynamic=dynamic)
    cases.without_zeros([*model.generator_variables, *model.critic_variables])
    real = model.unpack(next(iter(batches)))
    fake = model.fake_batch(real, cases.as_seed(1))
    step = model.step_tensors(real, fake, training=False)
    rows, labels = np.arange(16), np.argmax(real["condition"], axis=1)
    of_real, of_fake = (
        probabilities(model.critics[0]({"x": tensors["x"]})["classes"])
        for tensors in (real, fake)
    )
    wanted = of_fake[:, :-1].argmax(1) if dynamic else labels
    costs = model.critic_terms(step, lambda: cases.as_seed(2))["critic_loss"]
    expected = -np.log(of_real[rows, labels]) - np.log(of_fake[:, -1])
    np.testing.assert_allclose(costs, expected, rtol=1e-3)
    costs = model.generator_terms(step)["generator_loss"]
    np.testing.assert_allclose(costs, -np.log(of_fake[rows, wanted]), rtol=1e-3)


def a_step(condition, logits):
    fake = {"condition": tf.constant(condition)}
    return objectives.StepTensors(
        fake, fake, {"critic": lambda tensors: {"classes": logits}}
    )


def test_activation_maximisation_by_hand():
    logits = tf.constant([[np.log(2.0), 0.0], [0.0, np.log(6.0)]], tf.float32)
    asked = [[0.0, 1.0], [0.0, 0.0]]
    term = objectives.ActivationMaximisation(weight=2.0)
    found = term.generator_loss(a_step(asked, logits))  # 1 of 2 + 1 + 1; no class
    np.testing.assert_allclose(found, [2 * np.log(4), 0.0], rtol=1e-5)
    term = objectives.ActivationMaximisation(weight=2.0, dynamic=True)
    found = term.generator_loss(a_step(asked, logits))  # 2 of 4, and 6 of 8
    np.testing.assert_allclose(found, [2 * np.log(2), 2 * np.log(4 / 3)], rtol=1e-5)
    assert term.critic_loss(a_step(asked, logits)) == 0.0


@pytest.mark.parametrize("dynamic", [False, True])
def test_one_class_is_raised_and_all_others_lowered(dynamic):
    """The class most likely, or the one asked for, whichever the critic's answer is."""
    logits = tf.constant([[0.5, 0.1, -0.2], [3.0, 1.0, 2.0], [-9.0, 0.0, 9.0]])
    asked = np.eye(3, dtype="float32")[[1, 1, 0]]
    raised = np.eye(3)[[0, 0, 2]] if dynamic else asked
    with tf.GradientTape() as tape:
        tape.watch(logits)
        term = objectives.ActivationMaximisation(dynamic=dynamic)
        cost = term.generator_loss(a_step(asked, logits))
    expected = probabilities(logits)[:, :-1] - raised
    np.testing.assert_allclose(tape.gradient(cost, logits), expected, atol=1e-6)


def test_points_are_of_the_class_that_was_asked_for():
    """With 8 classes chance is right of one point in eight."""
    train, spec = kgm.data.load("gaussian_ring", batch_size=128, seed=0)
    options = {"latent_dim": 2, "units": (64, 64), "learning_rate": 2e-3}
    model = kgm.zoo.build("am_gan", spec, preset=False, **options)
    model.fit(train, epochs=8, verbose=0)
    modes = np.repeat(np.arange(8), 50)
    points = np.asarray(model.sample(400, np.eye(8, dtype="f")[modes]))
    angles = np.arange(8) * np.pi / 4
    centres = 0.5 + 0.35 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    nearest = ((points[:, None] - centres) ** 2).sum(-1).argmin(1)
    assert np.mean(nearest == modes) > 0.9
    assert mode_coverage(points, centres, 0.06)["covered"] == 8


def test_a_dynamic_label_needs_no_condition(spec):
    model = built("am_gan", spec, dynamic=True)
    assert set(model.generator.input) == {"latent"}
    assert model.sample(2).shape == (2, *spec.x_shape)


# --- a decoder of the critic's features -----------------------------------------------


@pytest.fixture
def model(spec):
    model = built("art_gan", spec)
    cases.without_zeros([*model.generator_variables, *model.critic_variables])
    return model


def test_what_the_critic_sees_is_decoded(model, batches):
    x = next(iter(batches))["x"]
    features = model.critics[0].network({"x": x})["features"]
    decoder = model.generator.get_layer("decoder")
    expected = tf.sigmoid(decoder({"features": features})["x"])
    np.testing.assert_allclose(model.reconstruct(x), expected, atol=1e-5)
    real = model.unpack({"x": x, "condition": tf.zeros((16, 10))})
    fake = model.fake_batch(real, cases.as_seed(1))
    np.testing.assert_allclose(fake["rebuilt"], expected, atol=1e-5)
    step = model.step_tensors(real, fake, training=False)
    (term,) = [t for t in model.added_terms if t.name == "reconstruction"]
    cost = 10 * np.mean((x - expected) ** 2, axis=(1, 2, 3))
    np.testing.assert_allclose(term.generator_loss(step), cost, rtol=1e-3)


def test_samples_and_reconstructions_share_the_decoder(model, batches):
    """Its last layer changes both; that of the code changes samples alone."""
    x = next(iter(batches))["x"]
    asked = tf.eye(10)[:4]
    first = model.generator.trainable_weights[0]
    for weight, moved in (
        (first, False),
        (model.generator.trainable_weights[-1], True),
    ):
        before = model.sample(4, asked).numpy(), model.reconstruct(x).numpy()
        weight.assign(weight + 1.0)
        assert np.any(model.sample(4, asked) != before[0])
        assert np.any(model.reconstruct(x) != before[1]) == moved


def test_a_reconstruction_teaches_the_decoder_alone(model, batches):
    real = model.unpack(next(iter(batches)))
    weights = [*model.generator_variables, *model.critic_variables]
    with tf.GradientTape() as tape:
        fake = model.fake_batch(real, cases.as_seed(1), training=True)
        cost = tf.reduce_mean((fake["rebuilt"] - real["x"]) ** 2)
    slopes = tape.gradient(cost, [w.value for w in weights])
    taught = {
        id(w)
        for w, slope in zip(weights, slopes, strict=True)
        if slope is not None and np.any(slope)
    }
    decoder = model.generator.get_layer("decoder")
    assert taught == {id(w) for w in decoder.trainable_weights}


def test_batch_statistics_are_those_of_generated_codes(spec, batches):
    """They are what samples are made with; real codes have others."""
    models = built("art_gan", spec), built("art_gan", spec)
    real = models[0].unpack(next(iter(batches)))
    models[0].fake_batch(real, cases.as_seed(1), training=True)
    models[1].fake_batch({**real, "x": 0 * real["x"]}, cases.as_seed(1), training=True)
    for ours, theirs in zip(*[m.generator.variables for m in models], strict=True):
        np.testing.assert_array_equal(ours, theirs, err_msg=ours.path)


def test_the_decoder_learns_to_rebuild(spec, batches):
    model = built("art_gan", spec, filters=(16, 16), reconstruction=100.0)
    logs = model.fit(batches, epochs=12, verbose=0).history
    assert logs["reconstruction"][-1] < 0.7 * logs["reconstruction"][0]
    without = built("art_gan", spec, reconstruction=0.0)
    assert "reconstruction" not in without.metrics_names
    assert [t.name for t in without.added_terms] == [
        "supervised",
        "activation_maximisation",
    ]


@pytest.mark.parametrize("recipe", ["am_gan", "art_gan"])
def test_signatures_equal_the_methods(recipe, spec, batches, tmp_path):
    model = built(recipe, spec)
    x = next(iter(batches))["x"][:3]
    asked, seed = tf.eye(10)[:3], cases.as_seed(5)
    given = {"condition": asked, "seed": seed}
    methods = {"sample": (given, model.sample(3, asked, seed=(0, 5)))}
    if recipe == "art_gan":
        methods["reconstruct"] = ({"x": x}, model.reconstruct(x))
    path = kgm.export.save(model, tmp_path / "model" / "1")
    saved = tf.saved_model.load(str(path)).signatures
    for name, (given, expected) in methods.items():
        found = saved[name](**{k: tf.constant(v) for k, v in given.items()})["x"]
        np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("shape", [(28, 28, 1), (18, 16, 3), (5, 7, 2)])
def test_codes_have_the_size_of_the_features(shape):
    seen = convolutional.encoder({"x": shape}, {"score": 1}, (2, 3), features=True)
    made = code_decoder.generator({"latent": (2,)}, shape, (3, 2))
    decoder = made.get_layer("decoder")
    features = seen({"x": tf.zeros((2, *shape))})["features"]
    assert decoder({"features": features})["x"].shape == (2, *shape)
    assert made({"latent": tf.zeros((2, 2))})["x"].shape == (2, *shape)


def test_a_generator_without_a_decoder_of_features_is_refused(model, spec):
    other = built("acgan", spec)
    parts = {"generator": other.generator, "critics": model.critics}
    with pytest.raises(ValueError, match=r"must have a layer 'decoder'.*Received"):
        CodeSharingGAN(spec, **parts)
    parts = {"generator": model.generator, "critics": other.critics}
    with pytest.raises(ValueError, match=r"first critic an output 'features'.*shapes"):
        CodeSharingGAN(spec, **parts)
    wide = convolutional.encoder(
        {"x": spec.x_shape}, {"score": 1}, (3, 5), features=True
    )
    with pytest.raises(ValueError, match=r"of the same shape.*\(64,\), \(80,\)"):
        CodeSharingGAN(spec, model.generator, Critic(wide))


def test_one_attribute_is_needed():
    data = {"stills": True, "batch_size": 8, "num_examples": 8}
    spec = kgm.data.load("moving_shapes", **data)[1]
    for recipe in ("am_gan", "art_gan"):
        with pytest.raises(ValueError, match=f"`{recipe}` needs .* one attribute"):
            built(recipe, spec)
