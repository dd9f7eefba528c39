"""Layouts that are painted: the data, vectors as planes, `al_cgan`."""

from __future__ import annotations

import cases
import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_genmodels as kgm
from keras_genmodels.data.label_maps import palette
from keras_genmodels.data.sources.landscapes import KNOWN, PARTS
from keras_genmodels.networks import translation

SMALL = {"latent_dim": 2, "filters": (3, 4), "blocks": 1}
SMALL |= {"critic_filters": (3, 4, 4, 4)}


def loaded(split="test", **options):
    options = {"batch_size": 8, "num_examples": 48, "shuffle": False, **options}
    return kgm.data.load("landscapes", split, **options)


@pytest.fixture(scope="module")
def landscapes():
    """Landscapes as pictures of their layouts, 6 batches of 8, and their spec."""
    return loaded(source="layout", image_size=24)


@pytest.fixture
def batches(landscapes):
    return landscapes[0]


@pytest.fixture
def spec(landscapes):
    return landscapes[1]


class TestALCGAN(cases.VariantCase):
    @pytest.fixture
    def build(self, spec):
        given = {"preset": False, "seed": 1, **SMALL}
        return lambda **options: kgm.zoo.build("al_cgan", spec, **given, **options)


def test_layouts_show_a_colour_a_part_at_every_size():
    colours = {tuple(row) for row in palette()[: len(PARTS)]}
    for options in ({}, {"image_size": 20}, {"crop": 32}):
        batches, spec = loaded(**options)
        batch = next(batches.as_numpy_iterator())
        assert batch["layout"].shape == batch["x"].shape == (8, *spec.x_shape)
        levels = np.rint(255 * batch["layout"]).astype(int)
        assert {tuple(row) for row in levels.reshape(-1, 3)} <= colours


def test_pictures_follow_their_layouts_and_attributes():
    """Fields are green by day, white under snow, dark by night."""
    batches, spec = loaded(num_examples=400, batch_size=400)
    batch = next(batches.as_numpy_iterator())
    labels, field = spec.labels(batch["condition"]), palette()[PARTS.index("field")]
    is_field = (np.rint(255 * batch["layout"]) == field).all(axis=-1)
    colour = np.stack(
        [x[where].mean(axis=0) for x, where in zip(batch["x"], is_field, strict=True)]
    )
    time, weather = (np.array(classes)[labels[name]] for name, classes in KNOWN.items())
    plain = colour[(time == "day") & (weather == "clear")]
    assert (plain.argmax(axis=1) == 1).all()
    snow = colour[(time == "day") & (weather == "snow")]
    assert snow.min() > 0.7 > plain.max(initial=0.0, where=plain < 0.7)
    night = colour[time == "night"].mean()
    assert night < 0.6 * colour[time == "day"].mean()


def test_every_number_of_a_vector_is_seen_everywhere():
    """Of planes alone, each place away from the border answers alike."""
    shapes = {"source": (12, 12, 1), "condition": (3,)}
    network = translation.patches(
        {"x": (12, 12, 1), **shapes}, 7, (4,), planes=["condition"]
    )
    condition = tf.Variable([[0.2, 0.5, 0.1]])
    flat = {name: tf.zeros((1, 12, 12, 1)) for name in ("x", "source")}
    with tf.GradientTape() as tape:
        score = network({**flat, "condition": condition})["score"]
        inner = score[0, 4:8, 4:8, 0]
    assert (tape.gradient(inner, condition).numpy() != 0).all()
    np.testing.assert_allclose(inner, tf.fill((4, 4), inner[0, 0]), rtol=1e-4)


def test_attributes_change_the_picture_and_noise_varies_it(spec, batches):
    model = kgm.zoo.build("al_cgan", spec, preset=False, **SMALL)
    for weight in model.generator.trainable_weights:
        weight.assign(np.random.RandomState(0).normal(0.0, 0.3, weight.shape))
    source = next(batches.as_numpy_iterator())["source"][:1]
    day, night = (
        spec.condition(1, time=time, weather="clear") for time in ("day", "night")
    )
    x = model.translate(source, day, seed=1).numpy()
    np.testing.assert_array_equal(x, model.translate(source, day, seed=1))
    assert np.abs(x - model.translate(source, night, seed=1)).max() > 1e-3
    assert np.abs(x - model.translate(source, day, seed=2)).max() > 1e-3


def test_layouts_without_attributes_are_painted_too():
    spec = kgm.data.DatasetSpec(
        "street", (24, 24, 3), tensors=[kgm.data.Tensor("source", (24, 24, 3))]
    )
    model = kgm.zoo.build("al_cgan", spec, preset=False, **SMALL)
    assert sorted(model.generator.input) == ["latent", "source"]
    assert len(model.critics[0].negatives) == 1
    assert model.translate(np.zeros((2, 24, 24, 3), np.float32)).shape == (2, 24, 24, 3)
    assert isinstance(model, keras.Model)
