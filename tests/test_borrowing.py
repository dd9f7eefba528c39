"""Classifiers, networks that are borrowed of them, and the recipes on those."""

from __future__ import annotations

import functools
import json

import cases
import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_genmodels as kgm
from keras_genmodels import evaluation, training
from keras_genmodels.data import DatasetSpec, Tensor, side_by_side
from keras_genmodels.models import AttributeClassifier, Critic, DomainTransfer
from keras_genmodels.models.views import Named
from keras_genmodels.networks import classifier, symmetric
from keras_genmodels.networks.feature_decoder import feature_decoder
from keras_genmodels.networks.still import Still
from keras_genmodels.objectives import Perceptual, Smoothness, StepTensors, Which
from keras_genmodels.zoo.borrowing import borrow, content_hash

SMALL = {
    "classifier": {"filters": (3, 4)},
    "dtn": {"filters": (4, 3), "critic_filters": (3, 4)},
    "id_cgan": {"filters": (3, 4), "critic_filters": (3, 4)},
}
DATA = {
    "classifier": {},
    "dtn": {"y": "coloured"},
    "id_cgan": {"source": "rain"},
}
SEES = {"dtn": {"source": "coloured"}, "id_cgan": {}}  # what is borrowed was fitted to


@functools.cache
def loaded(split="train", **options):
    """Digits, 8 batches of 16, and their spec."""
    options = {"batch_size": 16, "num_examples": 128, "shuffle": False, **options}
    return kgm.data.load("digits", split, **options)


def a_classifier(data, **options):
    spec, sees = loaded(**data)[1], "source" if data else "x"
    options = {"preset": False, **SMALL["classifier"], "sees": sees, **options}
    return kgm.zoo.build("classifier", spec, seed=1, **options)


@pytest.fixture(scope="module")
def starts(tmp_path_factory):
    """A file of a classifier for each recipe that borrows."""
    folder, paths = tmp_path_factory.mktemp("starts"), {}
    for recipe, data in SEES.items():
        paths[recipe] = str(folder / f"{recipe}.keras")
        a_classifier(data).save(paths[recipe])
    return paths


def built(recipe, starts, **arguments):
    options = {"preset": False, **SMALL[recipe], "start": starts[recipe], **arguments}
    spec = loaded("test", **DATA[recipe])[1]
    return kgm.zoo.build(recipe, spec, seed=1, **options)


# --- the classifier -------------------------------------------------------------------


class TestClassifier(cases.OnePlayerCase):
    @pytest.fixture
    def build(self):
        return lambda **options: a_classifier({}, **options)

    @pytest.fixture
    def batches(self):
        return loaded()[0]

    def test_same_seed_same_model_and_samples(self, build):
        """It makes no samples; what it reads is that of its twin."""
        x = next(iter(loaded()[0]))["x"]
        model, twin = build(), build()
        p = model.classify(x)
        assert p.shape == (16, 10)
        np.testing.assert_allclose(np.sum(p, axis=1), 1.0, rtol=1e-5)
        np.testing.assert_array_equal(p, twin.classify(x))
        assert not hasattr(model, "sample")


def test_a_classifier_learns_and_is_measured():
    batches, _ = loaded()
    model = a_classifier({}, learning_rate=5e-3, filters=(16, 32, 32))
    logs = model.fit(batches, epochs=12, verbose=0).history
    assert logs["accuracy"][-1] > 0.8 > logs["accuracy"][0]
    told = evaluation.evaluate(model, batches)
    x, labels = next(iter(batches))["x"], next(iter(batches))["condition"]
    right = np.argmax(model.classify(x), 1) == np.argmax(labels, 1)
    alone = evaluation.evaluate(model, batches.take(1))["classification_accuracy"]
    np.testing.assert_allclose(alone, right.mean())
    assert told["classification_accuracy/examples"] == 128
    assert {name for name in told if "/" not in name} == {"classification_accuracy"}


TWO = DatasetSpec(
    "two",
    (8, 8, 3),
    side_by_side({"colour": ["red", "blue"], "size": ["s", "m", "l"]}),
    [Tensor("source", (8, 8, 1))],
)


def two(count=4):
    """Pictures of two attributes; the last has no size."""
    noise = np.random.RandomState(0).rand
    condition = TWO.condition(count, colour=[0, 1] * 2, size=[0, 1, 2, 0])
    condition[-1, 2:] = 0.0
    pictures = {"x": noise(count, 8, 8, 3), "source": noise(count, 8, 8, 1)}
    pictures = {key: np.float32(value) for key, value in pictures.items()}
    return {**pictures, "condition": np.float32(condition)}


def test_every_attribute_has_its_loss_and_its_accuracy():
    batch = two()
    model = kgm.zoo.build("classifier", TWO, sees="source", filters=(4,), dropout=0.0)
    logs = model.evaluate(batch, verbose=0, return_dict=True, batch_size=4)
    p = model.classify(batch["source"]).numpy()
    np.testing.assert_allclose([p[:, :2].sum(1), p[:, 2:].sum(1)], 1.0, rtol=1e-5)
    one_hot = batch["condition"]
    nats = -np.log((p[:, :2] * one_hot[:, :2]).sum(1)).mean()
    nats -= np.log((p[:, 2:] * one_hot[:, 2:]).sum(1)[:3]).mean()  # of those with one
    np.testing.assert_allclose(logs["loss"], nats, rtol=1e-4)
    right = p[:, :2].argmax(1) == one_hot[:, :2].argmax(1)
    np.testing.assert_allclose(logs["accuracy/colour"], right.mean())
    sizes = p[:3, 2:].argmax(1) == one_hot[:3, 2:].argmax(1)
    np.testing.assert_allclose(logs["accuracy/size"], sizes.mean(), rtol=1e-6)
    told = evaluation.evaluate(model, [batch], ["classification_accuracy"])
    name = "classification_accuracy"
    assert told[f"{name}/colour"] == right.mean()
    np.testing.assert_allclose(told[f"{name}/size"], sizes.mean())
    np.testing.assert_allclose(told[name], (right.mean() + sizes.mean()) / 2)


def test_a_classifier_that_sees_sources_is_served_by_their_name(tmp_path):
    model = kgm.zoo.build("classifier", TWO, sees="source", filters=(4,))
    client = kgm.export.load(kgm.export.save(model, tmp_path / "reader" / "1"))
    assert list(client.signatures) == ["classify"]
    assert set(client.signatures["classify"]["inputs"]) == {"source"}
    source = two()["source"]
    expected = model.classify(source)
    np.testing.assert_allclose(client.classify(source), expected, atol=1e-5)
    with pytest.raises(ValueError, match=r"`half` must be False .*AttributeClassifier"):
        kgm.export.save(model, tmp_path / "rounded" / "1", half=True)


def plain_network(shapes, **outputs):
    tensors = {key: keras.Input(shape, name=key) for key, shape in shapes.items()}
    hidden = [keras.layers.Flatten()(tensor) for tensor in tensors.values()]
    hidden = hidden[0] if len(hidden) == 1 else keras.layers.Concatenate()(hidden)
    made = {key: keras.layers.Dense(n)(hidden) for key, n in outputs.items()}
    return keras.Model(tensors, made)


@pytest.mark.parametrize(
    ("spec", "shapes", "outputs", "message"),
    [
        (
            DatasetSpec("bare", (4, 4, 1)),
            {"x": (4, 4, 1)},
            {"classes": 1},
            r"needs a dataset with attributes.*'bare' with \[\]",
        ),
        (
            DatasetSpec("aged", (4, 4, 1), side_by_side({"age": (0.0, 80.0)})),
            {"x": (4, 4, 1)},
            {"classes": 1},
            r"all of which have classes. Received: 'aged' with \['age'\]",
        ),
        (TWO, {"x": (8, 8, 3)}, {"classes": 4}, r"'classes' .*\(None, 5\)"),
        (
            TWO,
            {"x": (8, 8, 3), "source": (8, 8, 1)},
            {"classes": 5},
            r"must see one picture. Received: .*\['source', 'x'\]",
        ),
        (TWO, {"condition": (5,)}, {"classes": 5}, r"may declare .*\['x', 'source'\]"),
    ],
)
def test_classifiers_that_cannot_be_are_refused(spec, shapes, outputs, message):
    with pytest.raises(ValueError, match=message):
        AttributeClassifier(spec, plain_network(shapes, **outputs))


def test_a_classifier_sees_x_or_a_source():
    with pytest.raises(ValueError, match=r"`sees` must be 'x' or 'source'. .*'y'"):
        kgm.zoo.build("classifier", TWO, sees="y")
    with pytest.raises(
        ValueError, match=r"`classifier` needs the tensors \['source'\]"
    ):
        kgm.zoo.build("classifier", loaded()[1], sees="source")


# --- what is borrowed -----------------------------------------------------------------


def test_what_is_borrowed_is_the_network_up_to_its_features(starts):
    network = borrow(starts["id_cgan"])
    assert list(network.input) == ["x"]
    assert network.trainable_weights == []
    model = keras.saving.load_model(starts["id_cgan"])
    x = next(iter(loaded()[0]))["x"]
    expected = model.network({"x": x})["features"]
    np.testing.assert_array_equal(network({"x": x})["features"], expected)
    stage = borrow(starts["id_cgan"], "stage_1")
    assert stage({"x": x})["stage_1"].shape == (16, 16, 16, 3)
    whole = borrow(starts["id_cgan"], "network")
    assert set(whole.output) == {"classes", "features"}


def test_encoders_and_plain_models_are_borrowed_too(tmp_path):
    vae = kgm.zoo.build("vae", loaded()[1], preset=False, latent_dim=2, units=(4,))
    vae.save(tmp_path / "vae.keras")
    x = next(iter(loaded()[0]))["x"]
    encoder = borrow(tmp_path / "vae.keras", "encoder")
    for key, value in vae.encoder({"x": x}).items():
        np.testing.assert_array_equal(encoder({"x": x})[key], value)
    hidden = keras.layers.Dense(3, name="features")
    plain = keras.Sequential([keras.Input((16, 16, 1)), keras.layers.Flatten(), hidden])
    plain.save(tmp_path / "plain.keras")
    features = borrow(tmp_path / "plain.keras")({"x": x})["features"]
    np.testing.assert_array_equal(features, plain(x))


def test_a_start_that_is_no_start_is_named(tmp_path, starts):
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("not a model")
    (tmp_path / "broken.keras").write_text("not a model")
    cases_ = [
        (None, r"Received: start=None. `keras-genmodels train classifier DATASET`"),
        (tmp_path / "nowhere", r"nowhere', which is not there"),
        (tmp_path / "empty", r"empty', which has no checkpoint"),
        (tmp_path / "notes.txt", r"notes.txt', which is another file"),
        (tmp_path / "broken.keras", r"can be loaded. Received: .*broken.keras"),
    ]
    for start, message in cases_:
        with pytest.raises(ValueError, match=r"`start` must .*" + message):
            borrow(start)
    with pytest.raises(ValueError, match=r"output or layer 'encoder'.*'stage_1'"):
        borrow(starts["dtn"], "encoder")


def test_a_still_network_stays_as_it_is():
    """In training neither weights nor averages move, and nothing is dropped."""
    shapes = {"x": (8, 8, 1)}
    network = classifier.convolutional(shapes, 3, (4, 4), dropout=0.5)
    x = tf.random.stateless_uniform((6, 8, 8, 1), (0, 1))
    wanted = network({"x": x})["classes"]
    tensors = {"x": keras.Input((8, 8, 1), name="x")}
    outer = keras.layers.Dense(2)(Still(network)(tensors)["classes"])
    model = keras.Model(tensors, outer)
    before = cases.values(network.weights)
    assert len(model.trainable_weights) == 2
    with tf.GradientTape() as tape:
        tape.watch(x)
        found = Still(network)({"x": x}, training=True)["classes"]
    np.testing.assert_array_equal(found, wanted)
    assert np.any(tape.gradient(found, x) != 0)
    model({"x": x}, training=True)
    cases.check_stood_still(network.weights, before)
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(model)))
    twin = keras.saving.deserialize_keras_object(config)
    assert len(twin.trainable_weights) == 2


# --- terms ----------------------------------------------------------------------------


def squares(channels):
    """A network whose layer "squared" squares pixels, and whose output sums them."""
    image = keras.Input((2, 2, channels), name="x")
    squared = keras.layers.Multiply(name="squared")([image, image])
    return keras.Model(image, keras.layers.Flatten()(squared))


def test_perceptual_against_its_formula():
    real = {"x": tf.fill((2, 2, 2, 1), 0.5), "source": tf.fill((2, 2, 2, 3), 0.8)}
    fake = {"x": tf.fill((2, 2, 2, 1), 0.25)}
    step = StepTensors(real, fake)
    term = Perceptual(squares(1), weight=3.0)
    np.testing.assert_allclose(
        term.generator_loss(step), [3 * (0.25 - 0.0625) ** 2] * 2, rtol=1e-5
    )
    # A network of colours sees grey three times; one of grey the mean of colours.
    for channels in (1, 3):
        term = Perceptual(squares(channels), target="source", layer="squared")
        expected = [(0.64 - 0.0625) ** 2] * 2
        np.testing.assert_allclose(term.generator_loss(step), expected, rtol=1e-5)
        assert term.batch_tensors == ("source",)
    assert term.critic_loss(step) == 0.0
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(term)))
    twin = keras.saving.deserialize_keras_object(config)
    np.testing.assert_allclose(twin.generator_loss(step), expected, rtol=1e-5)
    assert (twin.weight, twin.key, twin.target) == (1.0, "x", "source")


def test_perceptual_has_a_slope_in_what_is_made_and_none_in_the_target():
    target, made = (tf.Variable(tf.fill((1, 2, 2, 1), v)) for v in (0.2, 0.6))
    with tf.GradientTape() as tape:
        step = StepTensors({"x": target + 0.0}, {"x": made + 0.0})
        cost = Perceptual(squares(1)).generator_loss(step)
    slopes = tape.gradient(cost, [target, made])
    assert slopes[0] is None
    np.testing.assert_allclose(
        slopes[1], 0.32 * 2 * 1.2 / 4 * np.ones((1, 2, 2, 1)), rtol=1e-5
    )


def test_perceptual_says_what_it_cannot_see():
    term, large = Perceptual(squares(1)), tf.zeros((1, 4, 4, 1))
    with pytest.raises(ValueError, match=r"sees pictures .*\(2, 2, 1\). Rec.*4, 4, 1"):
        term.generator_loss(StepTensors({"x": large}, {"x": large}))
    network = plain_network({"x": (2, 2, 1)}, a=1, b=2)
    with pytest.raises(ValueError, match=r"must have one of `outputs`; .* with 2"):
        Perceptual(network)
    term, two_colours = Perceptual(squares(3)), {"x": tf.zeros((1, 2, 2, 2))}
    with pytest.raises(ValueError, match=r"channels cannot become ones of 3"):
        term.generator_loss(StepTensors(two_colours, two_colours))


def test_smoothness_against_its_formula():
    x = np.float32(np.random.RandomState(0).rand(2, 5, 6, 3))
    step = StepTensors({"x": x}, {"x": tf.constant(x)})
    right = np.diff(x, axis=2)[:, :-1]
    down = np.diff(x, axis=1)[:, :, :-1]
    for power in (1, 2):
        expected = 2.0 * ((right**2 + down**2) ** (power / 2)).mean(axis=(1, 2, 3))
        term = Smoothness(2.0, power=power)
        np.testing.assert_allclose(term.generator_loss(step), expected, rtol=1e-5)
        assert Smoothness.from_config(term.get_config()).power == power
    flat = tf.Variable(tf.fill((1, 4, 4, 1), 0.5))
    with tf.GradientTape() as tape:
        cost = Smoothness().generator_loss(StepTensors({}, {"x": flat + 0.0}))
    assert np.all(np.isfinite(tape.gradient(cost, flat)))
    with pytest.raises(ValueError, match=r"`power` must be >= 1. Received: power=0"):
        Smoothness(power=0)


# --- negatives ------------------------------------------------------------------------


def scored(*kinds):
    """Scores of `Which` of three examples of each kind, and the probabilities."""
    scores = np.float32(np.random.RandomState(1).randn(len(kinds), 3, 4, 5, 3))
    p = np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)
    return [tf.constant(s) for s in scores], p


def test_which_by_hand():
    scores, p = scored("real", "fake", "negative")
    nats = -np.log(p).mean(axis=(2, 3))  # (kinds, batch, classes)
    expected = nats[0, :, 0] + nats[1, :, 1] + nats[2, :, 2]
    np.testing.assert_allclose(Which().critic_loss(*scores), expected, rtol=1e-4)
    np.testing.assert_allclose(
        Which().generator_loss(scores[1]), nats[1, :, 0], rtol=1e-4
    )
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(Which())))
    assert isinstance(keras.saving.deserialize_keras_object(config), Which)


@pytest.mark.parametrize("objective", ["which", "least_squares"])
def test_negatives_are_called_fake_and_the_generator_answers_for_them(objective):
    classes = 3 if objective == "which" else 1
    network = plain_network({"x": (2, 2, 1)}, score=classes)
    critic = Critic(network, objective, negatives=[Named("x_same")], weight=2.0)
    names = ("real", "fake", "same")
    x = {
        k: tf.random.stateless_uniform((3, 2, 2, 1), (0, i))
        for i, k in enumerate(names)
    }
    fake = {"x": x["fake"], "x_same": x["same"]}
    step = StepTensors({"x": x["real"]}, fake, {critic.name: critic.outputs_fn(False)})
    critic.show_negatives(step, cases.as_seed(0))
    s = {key: network({"x": value})["score"] for key, value in x.items()}
    game = critic.objective
    if objective == "which":
        expected = game.critic_loss(s["real"], s["fake"], s["same"])
        paid = game.generator_loss(s["fake"]) + game.generator_loss(s["same"])
    else:
        both = (s["fake"], s["same"])
        expected = sum(game.critic_loss(s["real"], score) for score in both) / 2
        paid = sum(game.generator_loss(score) for score in both) / 2
    found = critic.critic_terms(step, None)["critic_loss"]
    np.testing.assert_allclose(found, 2 * expected, rtol=1e-5)
    np.testing.assert_allclose(critic.generator_loss(step), 2 * paid, rtol=1e-5)
    twin = Critic.from_config(critic.get_config())
    assert [view.name for view in twin.negatives] == ["x_same"]


def test_which_needs_a_class_for_every_kind():
    network = plain_network({"x": (2, 2, 1)}, score=2)
    with pytest.raises(ValueError, match=r"at least 3 numbers on its last axis"):
        Critic(network, "which", negatives=[Named("x_same")])


# --- the recipes ----------------------------------------------------------------------


class Borrowers:
    """What holds for recipes with a borrowed network."""

    @pytest.fixture
    def batches(self, recipe):
        """Of the test split, whose rain and colours are the same in every epoch."""
        return loaded("test", **DATA[recipe])[0]

    @pytest.fixture
    def build(self, recipe, starts):
        return lambda **options: built(recipe, starts, **options)

    def draws(self, model):
        return False

    def test_latents_become_samples(self, build):
        """Pictures do; a translator has no latents."""
        model = build()
        assert isinstance(model, DomainTransfer) == ("y" in model.spec.shapes)
        key = "y" if "y" in model.spec.shapes else "source"
        given = cases.some_condition(model.spec, 3)[key]
        made = model.translate(given, seed=5)
        assert made.shape == (3, *model.spec.x_shape)
        np.testing.assert_array_equal(made, model.sample(condition={key: given}))
        assert not hasattr(model, "decode")

    def test_a_borrowed_network_stands_still_and_is_saved(
        self, build, batches, starts, recipe, tmp_path
    ):
        model = build()
        own = borrow(starts[recipe], "stage_2" if recipe == "id_cgan" else "features")
        (term,) = [t for t in model.added_terms if isinstance(t, Perceptual)]
        model.fit(batches.take(3), verbose=0)
        held = [term.network.get_weights()]
        if recipe == "dtn":
            still = [v for v in model.generator.layers if isinstance(v, Still)]
            held += [layer.get_weights() for layer in still]
            assert len(held) == 2
        for weights in held:
            for ours, theirs in zip(weights, own.get_weights(), strict=True):
                np.testing.assert_array_equal(ours, theirs)
        moved = {id(v) for v in [*model.generator_variables, *model.critic_variables]}
        assert moved == {id(v) for v in model.trainable_variables}


class TestDTN(Borrowers, cases.GameCase):
    @pytest.fixture
    def recipe(self):
        return "dtn"


class TestIDCGAN(Borrowers, cases.VariantCase):
    @pytest.fixture
    def recipe(self):
        return "id_cgan"


def test_what_a_generator_decodes_is_what_the_classifier_sees(starts):
    batch = next(iter(loaded(**DATA["dtn"])[0]))
    model = built("dtn", starts)
    fake = model.fake_batch(model.unpack(batch), cases.as_seed(0))
    assert fake["x"].shape == fake["x_same"].shape == batch["x"].shape
    np.testing.assert_allclose(fake["x"], model.translate(batch["y"]), atol=1e-5)
    grey = tf.repeat(batch["x"], 3, axis=-1)
    np.testing.assert_allclose(fake["x_same"], model.translate(grey), atol=1e-5)


@pytest.mark.parametrize(
    ("recipe", "falling"),
    [
        ("dtn", ("identity",)),
        ("id_cgan", ("perceptual", "reconstruction")),
    ],
)
def test_a_borrower_learns_what_its_terms_ask_for(recipe, falling, starts):
    batches, _ = loaded(**DATA[recipe])
    small = {"filters": (8, 8), "learning_rate": 1e-2}
    logs = built(recipe, starts, **small).fit(batches, epochs=4, verbose=0).history
    for name in falling:
        assert logs[name][-1] < 0.8 * logs[name][0], name


def test_translations_of_a_transfer_are_held_against_x(starts):
    model, (test, _) = built("dtn", starts), loaded("test", y="coloured")
    told = evaluation.evaluate(model, test, ["translation_error", "attributes_kept"])
    batch = next(iter(test))
    error = np.abs(model.translate(batch["truth"]) - batch["x"]).mean()
    alone = evaluation.evaluate(model, test.take(1), ["translation_error"])
    np.testing.assert_allclose(alone["translation_error"], error, rtol=1e-5)
    assert told["attributes_kept/label/real"] > 0.9  # the judge reads x as labelled
    assert "translation_error/of_source" not in told  # which has other channels


def test_without_a_perceptual_term_nothing_is_borrowed():
    spec = loaded(**DATA["id_cgan"])[1]
    model = kgm.zoo.build("id_cgan", spec, perceptual=0.0, **SMALL["id_cgan"])
    assert "start_sha256" not in model.recipe
    for recipe, data in DATA.items():
        if recipe != "classifier":
            with pytest.raises(ValueError, match=r"`start` must be .*start=None"):
                kgm.zoo.build(recipe, loaded(**data)[1], **SMALL[recipe])


def test_domain_transfer_needs_a_second_domain(starts):
    spec = loaded(**DATA["id_cgan"])[1]
    generator = symmetric.symmetric({"source": (16, 16, 1)}, {"x": (16, 16, 1)}, (3,))
    critic = Critic(plain_network({"x": (16, 16, 1)}, score=1))
    with pytest.raises(ValueError, match=r"must declare 'y'. Received: \['source'\]"):
        DomainTransfer(spec, generator, critic)
    spec = DatasetSpec("small y", (16, 16, 1), (), [Tensor("y", (8, 8, 1))])
    generator = plain_network({"y": (8, 8, 1)}, x=256)
    with pytest.raises(ValueError, match=r"one size. Received: .16, 16, 1. and .8, 8"):
        DomainTransfer(spec, generator, critic)
    with pytest.raises(ValueError, match=r"one picture of the shape \(8, 8, 3\). Rec"):
        feature_decoder(borrow(starts["dtn"]), {"y": (8, 8, 3)}, {"x": (8, 8, 1)})


# --- networks -------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(16, 16), (13, 18)])
def test_symmetric_networks_and_pyramids_take_pictures_of_any_size(size):
    inputs = {"source": (*size, 3)}
    network = symmetric.symmetric(inputs, {"x": (*size, 2)}, (4, 3, 2))
    assert network.output["x"].shape == (None, *size, 2)
    critic = symmetric.pyramid_patches({"x": (*size, 1), **inputs}, (4, 6))
    rows, columns = ((side + 3) // 4 for side in size)
    assert critic.output["score"].shape == (None, rows, columns, 1)


def test_a_score_of_a_pyramid_sees_beyond_the_patch_of_its_place():
    shape, seen = {"x": (32, 32, 1)}, {}
    x = tf.random.stateless_uniform((1, 32, 32, 1), (0, 1), minval=0.6)
    for scales in ((1,), (1, 4)):
        critic = symmetric.pyramid_patches(shape, (4, 6), scales, normalisation=None)
        for weight in critic.trainable_weights:
            if weight.path.endswith("kernel"):
                values = np.abs(np.random.RandomState(0).randn(*weight.shape)) + 0.1
                weight.assign(values)
        with tf.GradientTape() as tape:
            tape.watch(x)
            score = critic({"x": x})["score"][0, 0, 0, 0]
        slope = tape.gradient(score, x).numpy()[0, :, :, 0]
        seen[scales] = np.flatnonzero(slope.any(axis=0)).max()
    assert seen[1, 4] > seen[(1,)] + 4


# --- runs -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run of `dtn` that borrowed from a run, which is gone."""
    folder = tmp_path_factory.mktemp("runs")
    options = {"epochs": 1, "batch_size": 16, "verbose": 0, "validation": 0.0}
    data = {"num_examples": 64}
    first = training.train(
        "classifier",
        "digits",
        out=folder / "reader",
        arguments={**SMALL["classifier"], "sees": "source"},
        data={**data, "source": "coloured"},
        **options,
    )
    digest = content_hash(first.path)
    second = training.train(
        "dtn",
        "digits",
        out=folder / "dtn",
        arguments={**SMALL["dtn"], "start": str(first.path)},
        data={**data, **DATA["dtn"]},
        **options,
    )
    first.path.rename(folder / "moved")
    return second, digest


def test_a_run_goes_on_when_what_it_borrowed_from_is_gone(run, tmp_path):
    run, digest = run
    assert run.config["start_sha256"] == digest
    again = training.resume(run.path, epochs=2, verbose=0)
    assert again.report["epochs"] == 2
    assert training.draw(again, tmp_path / "picture.png").is_file()
    assert training.measure(again, ["attributes_kept"])["attributes_kept"] >= 0
    path = training.publish(again, tmp_path / "carried")
    client = kgm.export.load(path)
    assert sorted(client.signatures) == ["sample", "translate"]
    y = cases.some_condition(client.spec, 3)["y"]
    expected = training.results.restore(again).translate(y, seed=4)
    np.testing.assert_allclose(client.translate(y, seed=4), expected, atol=1e-5)


def test_a_run_without_a_checkpoint_needs_what_it_borrows_from(run, tmp_path, starts):
    run, digest = run
    folder = tmp_path / "begun"
    config = {**run.config, "epochs": 1}
    config["command"] = training.configuration.command_line(config)
    begun = training.Run.create(folder, config)
    with pytest.raises(ValueError, match=r"`start` must be .*reader', which is not"):
        training.resume(begun.path, verbose=0)
    other = {**config["arguments"], "start": starts["dtn"]}
    config = {**config, "arguments": other}
    config["command"] = training.configuration.command_line(config)
    begun.write_config(config)
    with pytest.raises(
        ValueError, match=rf"begun with, .*SHA-256 is \w+, not {digest}"
    ):
        training.resume(begun.path, verbose=0)


def test_a_run_of_a_classifier_makes_no_pictures(tmp_path):
    run = training.train(
        "classifier",
        "digits",
        out=tmp_path / "reader",
        epochs=1,
        batch_size=16,
        arguments=SMALL["classifier"],
        data={"num_examples": 64},
        verbose=0,
    )
    assert "classification_accuracy" in run.report["metrics"]
    assert not run.samples.exists()
    with pytest.raises(ValueError, match="`model` must make samples to be drawn"):
        training.draw(run)
    path = training.publish(run, tmp_path / "reader_of_digits")
    assert list(kgm.export.load(path).signatures) == ["classify"]
