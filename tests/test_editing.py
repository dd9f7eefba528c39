"""Encoders that learn beside the game, and pictures that are drawn again."""

from __future__ import annotations

import cases
import numpy as np
import pytest
import tensorflow as tf

import keras_genmodels as kgm
from keras_genmodels.evaluation.metrics.editing import edited

SMALL = {"preset": False, "latent_dim": 3, "filters": (3, 4), "seed": 1}


@pytest.fixture(scope="module")
def shapes():
    """Frames of moving shapes, 6 batches of 8, and their spec."""
    options = {"batch_size": 8, "num_examples": 48, "shuffle": False, "image_size": 8}
    return kgm.data.load("moving_shapes", stills=True, **options)


@pytest.fixture
def batches(shapes):
    return shapes[0]


@pytest.fixture
def spec(shapes):
    return shapes[1]


def built(name, spec, **options):
    return kgm.zoo.build(name, spec, **{**SMALL, **options})


class TestICGAN(cases.StateOfOthers, cases.GameCase):
    @pytest.fixture
    def build(self, spec):
        return lambda **options: built("icgan", spec, **options)


class TestAEGAN(cases.VariantCase):
    @pytest.fixture
    def build(self, spec):
        return lambda **options: built("aegan", spec, **options)


class TestIAN(cases.GameCase):
    @pytest.fixture
    def build(self, spec):
        return lambda **options: built("ian", spec, **options)


@pytest.fixture(scope="module")
def known(shapes, tmp_path_factory):
    """A file of a network that reads the attributes, which has not been trained."""
    path = tmp_path_factory.mktemp("known") / "known.keras"
    small = {"filters": (3, 4, 5), "preset": False, "seed": 2}
    kgm.zoo.build("classifier", shapes[1], **small).save(path)
    return str(path)


class TestAgeCGAN(cases.VariantCase):
    @pytest.fixture
    def build(self, spec, known):
        return lambda **options: built("age_cgan", spec, start=known, **options)


def gradients(model, batch, of):
    """Gradients of a term's part of the generator's loss, for a network's weights."""
    real, weights = model.unpack(batch), getattr(model, of).trainable_weights
    with tf.GradientTape(persistent=True) as tape:
        fake = model.fake_batch(real, tf.constant([0, 1]), training=True)
        step = model.step_tensors(real, fake, training=True)
        costs = [tf.reduce_sum(t.generator_loss(step)) for t in model.added_terms]
    return [tape.gradient(cost, [w.value for w in weights]) for cost in costs]


@pytest.mark.parametrize("name", ["icgan", "aegan"])
def test_what_the_encoder_learns_does_not_move_the_generator(name, spec, batches):
    model, batch = built(name, spec), next(iter(batches))
    for found in gradients(model, batch, "generator"):
        assert all(g is None for g in found)
    for found in gradients(model, batch, "encoder"):
        assert any(g is not None and np.any(g != 0) for g in found)


def test_terms_have_the_values_of_their_formulas(spec, batches):
    batch = next(iter(batches))
    model = built("icgan", spec)
    real = model.unpack(batch)
    fake = model.fake_batch(real, tf.constant([0, 1]))
    step = model.step_tensors(real, fake, training=False)
    distance, reading = (t.generator_loss(step) for t in model.added_terms)
    x = model.generate(fake["latent"], real["condition"])
    wanted = tf.reduce_sum((fake["latent"] - model.encode(x)) ** 2, axis=1)
    np.testing.assert_allclose(distance, wanted, rtol=1e-4)
    logits = fake["classes"].numpy()
    nats = 0.0
    for a in spec.attributes:
        own = logits[:, a.start : a.stop]
        chosen = (own * real["condition"][:, a.start : a.stop]).numpy().sum(axis=1)
        nats += np.log(np.exp(own).sum(axis=1)) - chosen
    np.testing.assert_allclose(reading, nats, rtol=1e-4)
    model = built("aegan", spec)
    fake = model.fake_batch(real, tf.constant([0, 1]))
    step = model.step_tensors(real, fake, training=False)
    again = model.reconstruct(fake["x"])
    wanted = 100 * tf.reduce_mean(abs(fake["x"] - again), axis=(1, 2, 3))
    np.testing.assert_allclose(model.added_terms[0].generator_loss(step), wanted, 1e-4)


def test_an_edit_draws_the_found_latent_with_what_is_asked_for(spec, batches):
    model = built("icgan", spec)
    for weight in (*model.generator.trainable_weights, *model.encoder.weights):
        weight.assign(np.random.RandomState(0).normal(0.0, 0.3, weight.shape))
    for network in (model.generator, model.encoder):
        for weight in network.non_trainable_weights:
            weight.assign(tf.ones_like(weight))
    x = next(batches.as_numpy_iterator())["x"]
    blue = spec.condition(1, shape="disc", colour="blue", path="up")
    wanted = model.generate(model.encode(x), blue.repeat(8, axis=0))
    np.testing.assert_allclose(model.edit(x, blue), wanted, atol=1e-6)
    colour = next(a for a in spec.attributes if a.name == "colour")
    alone = np.zeros_like(blue)
    alone[:, colour.start : colour.stop] = blue[:, colour.start : colour.stop]
    logits = model._read(x)["classes"].numpy()
    rest = {
        a.name: logits[:, a.start : a.stop].argmax(axis=1)
        for a in spec.attributes
        if a.name != "colour"
    }
    kept = spec.condition(8, colour="blue", **rest)
    wanted = model.generate(model.encode(x), kept)
    np.testing.assert_allclose(model.edit(x, alone), wanted, atol=1e-6)


def test_an_export_edits_as_the_model_does(spec, batches, tmp_path):
    model = built("icgan", spec)
    kgm.export.save(model, tmp_path / "edits" / "1")
    artefact = kgm.export.load(tmp_path / "edits")
    x = next(batches.as_numpy_iterator())["x"]
    condition = spec.condition(8, shape="disc", colour="blue", path="up")
    np.testing.assert_allclose(
        artefact.edit(x, condition), model.edit(x, condition), atol=1e-5
    )
    np.testing.assert_allclose(artefact.represent(x), model.represent(x), atol=1e-5)
    assert (
        "edit"
        not in kgm.export.load(
            kgm.export.save(built("aegan", spec), tmp_path / "plain" / "1").parent
        ).signatures
    )


def test_a_model_that_reads_no_attributes_edits_none(spec, batches):
    model = built("aegan", spec)
    assert not hasattr(model, "edit")
    with pytest.raises(AttributeError, match="generator that declares 'condition'"):
        model.edit(next(iter(batches))["x"], None)


# --- the measure ----------------------------------------------------------------------

SPEC = kgm.data.DatasetSpec(
    "levels",
    (1, 2, 1),
    kgm.data.side_by_side({"left": "abcd", "right": ["low", "high"]}),
)
COUNT = 400


class Reader:
    """Reads an attribute off the level of its own pixel."""

    test_accuracy = 1.0

    def __init__(self, place, classes):
        self.name, self.place, self.classes = f"pixel {place}", place, classes

    def probabilities(self, x):
        level = np.rint(x[:, 0, self.place, 0] * (len(self.classes) - 1)).astype(int)
        return np.eye(len(self.classes))[level]


def levels(condition):
    left, right = SPEC.labels(condition).values()
    return np.stack([left / 3, right], axis=1)[:, None, :, None].astype(np.float32)


class Editor:
    """Draws what is asked for, or nothing new, or everything anew."""

    spec, batch_tensors = SPEC, ("x", "condition")

    def __init__(self, does):
        self.does = does

    def edit(self, x, condition, seed=0):
        if self.does == "nothing":
            return x
        return levels(condition) if self.does == "all" else 1 - levels(condition)


@pytest.mark.parametrize(
    ("does", "changed", "kept"), [("all", 1, 1), ("nothing", 0, 1), ("wrong", None, 0)]
)
def test_the_metric_counts_what_changes_and_what_stays(does, changed, kept):
    rng = np.random.RandomState(0)
    labels = {"left": rng.randint(4, size=COUNT), "right": rng.randint(2, size=COUNT)}
    condition = SPEC.condition(COUNT, **{k: v.tolist() for k, v in labels.items()})
    batch = {"x": levels(condition), "condition": condition}
    found = kgm.evaluation.evaluate(
        Editor(does),
        tf.data.Dataset.from_tensor_slices(batch).batch(100),
        ["editing"],
        classifier={
            a.name: Reader(i, a.classes) for i, a in enumerate(SPEC.attributes)
        },
    )
    if changed is not None:
        assert found["editing/changed"] == changed
    assert found["editing/kept"] == kept
    assert found["editing/kept/real"] == 1
    assert found["editing/examples"] == COUNT
    wrong = np.abs(1 - 2 * batch["x"]).mean()
    error = {"all": 0, "nothing": 0, "wrong": wrong}[does]
    np.testing.assert_allclose(found["editing/rebuilding_error"], error, atol=1e-6)


def test_a_conditional_autoencoder_edits_by_another_condition(spec, batches):
    model = kgm.zoo.build(
        "conditional_vae", spec, latent_dim=2, units=(4,), preset=False
    )
    x = next(batches.as_numpy_iterator())
    asked = spec.condition(8, shape="disc", colour="blue", path="up")
    wanted = model.decode(model.encode(x["x"], x["condition"]), asked)
    found = edited(model, x["x"], x["condition"], asked)
    np.testing.assert_array_equal(found, wanted)
    with pytest.raises(ValueError, match="`model` must have `edit`, or `encode`"):
        edited(built("aegan", spec), x["x"], x["condition"], asked)


class Levels:
    """Its codes are the two pixels, and it sees no attributes."""

    spec, batch_tensors = SPEC, ("x",)

    def encode(self, x, condition=None):
        return np.reshape(x, (len(x), 2))

    def decode(self, z, condition=None):
        return np.clip(z, 0, 1)[:, None, :, None].astype(np.float32)


def test_codes_are_moved_from_class_to_class_where_no_attributes_are_seen():
    """Every class is there in equal shares, so that other attributes add nothing."""
    pairs = [(left, right) for left in range(4) for right in range(2)] * 10
    left, right = map(list, zip(*pairs, strict=True))
    condition = SPEC.condition(80, left=left, right=right)
    batch = {"x": levels(condition), "condition": condition}
    data = tf.data.Dataset.from_tensor_slices(batch).batch(30)
    judges = {a.name: Reader(i, a.classes) for i, a in enumerate(SPEC.attributes)}
    given = {"classifier": judges, "metrics": ["editing"]}
    found = kgm.evaluation.evaluate(Levels(), data, train=data, **given)
    assert found["editing/changed"] == found["editing/kept"] == 1
    with pytest.raises(ValueError, match=r"`model` must have `edit`.*`train`"):
        kgm.evaluation.evaluate(Levels(), data, **given)


# --- an encoder that looks through the critic's eyes ----------------------------------


def test_the_encoder_of_an_introspective_network_moves_no_critic(spec, batches):
    """What is rebuilt teaches generator and head; the critic learns from the game."""
    model, batch = built("ian", spec), next(iter(batches))
    critic = model.critics[0].network
    before = [np.array(v) for v in critic.variables]
    seed = tf.constant([0, 1])
    real, tape = model.unpack(batch), tf.GradientTape()
    with tape:
        fake = model.fake_batch(real, seed, training=True)
    model.generator_step(real, fake, tape)
    for old, new in zip(before, critic.variables, strict=True):
        np.testing.assert_array_equal(old, new)
    ours = {id(v) for v in model.generator_variables}
    assert {id(v) for v in model.encoder.trainable_variables} <= ours
    assert not ours & {id(v) for v in critic.trainable_variables}


def test_what_is_rebuilt_is_held_to_the_critics_features_of_what_is_real(spec, batches):
    model = built("ian", spec, reconstruction=0.0, kl_weight=0.0)
    real = model.unpack(next(iter(batches)))
    fake = model.fake_batch(real, tf.constant([0, 1]))
    step = model.step_tensors(real, fake, training=False)
    see = model.critics[0].network
    difference = (
        see({"x": real["x"]})["features"] - see({"x": fake["rebuilt"]})["features"]
    )
    wanted = tf.reduce_mean(tf.reshape(difference, (8, -1)) ** 2, axis=1)
    terms = {term.name: term for term in model.added_terms}
    np.testing.assert_allclose(
        terms["similarity"].generator_loss(step), wanted, rtol=1e-3, atol=1e-8
    )


def test_an_introspective_encoder_must_read_the_critics_features(spec):
    model = built("ian", spec)
    other = built("bigan", spec)
    parts = {
        "generator": model.generator,
        "critics": model.critics,
        "posterior": "normal",
    }
    eye = tf.keras.Input(spec.x_shape, name="x")
    flat = tf.keras.layers.Flatten()(eye)
    blind = tf.keras.Model({"x": eye}, {"posterior": tf.keras.layers.Dense(6)(flat)})
    with pytest.raises(ValueError, match="must declare 'features' alone"):
        kgm.models.IntrospectiveGAN(spec, encoder=blind, terms=["kl"], **parts)
    parts["critics"] = other.critics
    with pytest.raises(ValueError, match="which the first critic puts out"):
        kgm.models.IntrospectiveGAN(spec, encoder=model.encoder, terms=["kl"], **parts)


# --- a person who is searched for -----------------------------------------------------


def test_an_edit_begins_where_a_network_sees_the_same(spec, batches, known):
    """Without a search it is that of `icgan`; with one, the network sees x again."""
    plain = built("icgan", spec)
    options = {"start": known, "search_steps": 40}
    model, still = (
        built("age_cgan", spec, **{**options, **more})
        for more in ({}, {"search_steps": 0})
    )
    for one in (plain, model, still):
        for weight in (*one.generator.trainable_weights, *one.encoder.weights):
            weight.assign(np.random.RandomState(0).normal(0.0, 0.3, weight.shape))
    x = next(batches.as_numpy_iterator())["x"]
    asked = spec.condition(8, shape="disc", colour="blue", path="up")
    begun = plain.edit(x, asked)
    np.testing.assert_allclose(still.edit(x, asked), begun, atol=1e-6)
    assert np.abs(model.edit(x, asked) - begun).max() > 1e-3
    logits = model.encoder({"x": x})["classes"].numpy()
    seen = spec.condition(
        8, **{a.name: logits[:, a.start : a.stop].argmax(1) for a in spec.attributes}
    )
    see, z = model.identity.features, model.encode(x)
    found = model.project(x)
    # What stays of the attributes stays of the whole edit.
    edited = model.edit(x, np.zeros_like(asked))
    np.testing.assert_allclose(model.decode(found, seen), edited, atol=1e-6)
    costs = [
        tf.reduce_mean((see(x) - see(model.decode(code, seen))) ** 2, axis=1).numpy()
        for code in (z, found)
    ]
    assert np.all(costs[1] <= costs[0])
    assert costs[1].mean() < 0.98 * costs[0].mean()


def test_an_export_searches_as_the_model_does(spec, batches, known, tmp_path):
    model = built("age_cgan", spec, start=known, search_steps=5)
    kgm.export.save(model, tmp_path / "ages" / "1")
    artefact = kgm.export.load(tmp_path / "ages")
    x = next(batches.as_numpy_iterator())["x"]
    asked = spec.condition(8, shape="disc", colour="blue", path="up")
    np.testing.assert_allclose(artefact.edit(x, asked), model.edit(x, asked), atol=1e-4)
    np.testing.assert_allclose(artefact.project(x), model.project(x), atol=1e-4)
