"""Edits by search in the latents, on a generator whose answers are known."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_genmodels as kgm
from keras_genmodels.models import paint, project
from keras_genmodels.models.latent_search import best_latents

SHAPE = (2, 2, 1)


class Levels:
    """Makes the upper half of a picture of one latent and the lower of another."""

    spec = kgm.data.DatasetSpec("levels", SHAPE)

    def decode(self, z, condition=None):
        level = tf.sigmoid(z)
        rows = tf.reshape(level, (-1, 2, 1, 1))
        return tf.tile(rows, (1, 1, 2, 1))

    def encode(self, x, condition=None):
        level = tf.reduce_mean(tf.convert_to_tensor(x), axis=(2, 3))
        level = tf.clip_by_value(level, 0.01, 0.99)
        return tf.math.log(level / (1 - level))


def picture(upper, lower):
    return np.float32([[[[upper]] * 2, [[lower]] * 2]])


UPPER = np.float32([[[[1.0]] * 2, [[0.0]] * 2]])  # a mask of the upper row


def test_the_best_latents_on_the_way_are_kept_row_by_row():
    """A cost that falls, then rises: a large step passes the lowest place."""

    def cost(z):
        return tf.reduce_sum(tf.abs(z - tf.constant([[1.0], [-2.0]])), axis=1)

    z = best_latents(cost, tf.zeros((2, 1)), 100, 0.3)
    np.testing.assert_allclose(z, [[1.0], [-2.0]], atol=0.1)
    np.testing.assert_array_equal(best_latents(cost, z, 0, 0.3), z)


def test_strokes_are_followed_where_they_are_and_nowhere_else():
    x = picture(0.3, 0.6)
    found = paint(Levels(), x, picture(0.9, 0.0), UPPER, steps=200, closeness=0.0)
    np.testing.assert_allclose(found.before, x, atol=1e-3)
    np.testing.assert_allclose(found.made, picture(0.9, 0.6), atol=0.02)
    np.testing.assert_allclose(found.x, picture(0.9, 0.6), atol=0.02)


def test_the_edit_is_carried_over_to_the_picture_itself():
    """Of a picture that no latent makes: its own grain stays where no stroke is."""
    grain = np.float32([[[[0.1], [-0.1]], [[0.05], [-0.05]]]])
    x = picture(0.3, 0.6) + grain
    found = paint(Levels(), x, picture(0.8, 0.0), UPPER, steps=200, closeness=0.0)
    wanted = picture(0.8, 0.6) + grain * (1 - UPPER)
    np.testing.assert_allclose(found.x, wanted, atol=0.02)


def test_a_heavy_closeness_keeps_the_latent():
    x = picture(0.3, 0.6)
    near, far = (
        paint(Levels(), x, picture(0.9, 0.0), UPPER, closeness=weight).latent
        for weight in (10.0, 0.0)
    )
    start = Levels().encode(x)
    assert np.abs(near - start).max() < 0.2 < np.abs(far - start).max()


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"mask": 0.5 * UPPER}, ValueError, "`mask` must hold 0 and 1 alone"),
        ({"mask": UPPER[:, :1]}, ValueError, r"`mask` must have shape \(batch, 2, 2"),
        ({"colours": picture(2.0, 0.0)}, ValueError, r"`colours`.*\[0, 1"),
        ({"steps": -1}, ValueError, "`steps` must be >= 0"),
        ({"closeness": -1.0}, ValueError, "`closeness` must be >= 0"),
        ({"x": np.zeros((1, 2, 2, 1), int)}, TypeError, "`x`"),
    ],
)
def test_strokes_that_cannot_be_are_refused(given, error, message):
    usual = {"x": picture(0.3, 0.6), "colours": picture(0.9, 0.0), "mask": UPPER}
    with pytest.raises(error, match=message):
        paint(Levels(), **{**usual, **given})


def test_a_projection_is_alike_to_the_network_alone():
    """It sees the upper row: the lower one stays where the inversion has left it."""
    seen = keras.Input(SHAPE)
    upper = keras.Model(seen, seen[:, :1])
    x = picture(0.3, 0.6)
    grain = np.float32([[[[0.2]] * 2, [[0.3]] * 2]])

    class Wrong(Levels):
        def encode(self, x, condition=None):
            return super().encode(x - grain)

    z = project(Wrong(), x, upper, steps=300)
    np.testing.assert_allclose(Wrong().decode(z), picture(0.3, 0.3), atol=0.02)


def test_a_network_of_two_pictures_does_not_project():
    pair = {name: keras.Input(SHAPE, name=name) for name in "ab"}
    network = keras.Model(pair, keras.layers.Add()(list(pair.values())))
    with pytest.raises(ValueError, match="must have one of `inputs`"):
        project(Levels(), picture(0.3, 0.6), network)


def test_a_gan_is_painted_on():
    spec = kgm.data.DatasetSpec("small", (8, 8, 3))
    model = kgm.zoo.build("dcgan", spec, preset=False, latent_dim=3, filters=(3, 4))
    x = model.sample(2, seed=0)
    mask = np.zeros((2, 8, 8, 1), np.float32)
    mask[:, :4, :4] = 1.0
    options = {"steps": 3, "restarts": 1}
    found = paint(model, x, tf.ones_like(x), mask, seed=1, **options)
    assert found.x.shape == x.shape
    assert found.latent.shape == (2, 3)
    again = paint(model, x, tf.ones_like(x), mask, seed=1, **options)
    np.testing.assert_array_equal(found.latent, again.latent)


def test_an_export_is_painted_on_from_where_its_encoder_begins(tmp_path):
    spec = kgm.data.DatasetSpec("small", (8, 8, 3))
    small = {"filters": (3,), "units": (5,), "latent_dim": 3, "preset": False}
    model = kgm.zoo.build("conv_vae", spec, **small, seed=1)
    rng = np.random.RandomState(0)
    for weight in model.decoder.trainable_weights:
        weight.assign(rng.normal(0.0, 0.5, weight.shape))  # or all is grey
    kgm.export.save(model, tmp_path / "painted" / "1")
    artefact = kgm.export.load(tmp_path / "painted")
    x, colours = (model.decode(np.float32(rng.normal(size=(2, 3)))) for _ in range(2))
    mask = np.zeros((2, 8, 8, 1), np.float32)
    mask[:, :6] = 1.0
    wanted = paint(model, x, colours, mask, steps=7, start="encoder").x
    made = artefact.paint(x, colours, mask, steps=7)
    np.testing.assert_allclose(made, wanted, atol=1e-4)
    assert np.abs(made - x).max() > 0.01


@pytest.mark.parametrize(("recipe", "channels"), [("conv_vae", 1), ("dcgan", 3)])
def test_what_is_grey_or_finds_no_latent_is_not_painted_on(recipe, channels, tmp_path):
    spec = kgm.data.DatasetSpec("small", (8, 8, channels))
    small = {"filters": (3,), "latent_dim": 3, "preset": False}
    model = kgm.zoo.build(recipe, spec, **small)
    names = {one.name for one in kgm.export.signature_builders.offered(model)}
    assert "sample" in names
    assert "paint" not in names


# --- other constraints ----------------------------------------------------------------

GREY = np.tile(np.linspace(0.0, 0.9, 4, dtype=np.float32), (1, 4, 1))[..., None]


def test_a_sketch_costs_where_there_is_no_edge():
    """A slope of 0.3 a pixel to the right, and none in the last column."""
    lines = np.zeros((1, 4, 4, 1), np.float32)
    lines[0, 1, :3] = 1
    for strength, wanted in {0.3: 0.0, 0.6: 0.5, 1.0: 0.7}.items():
        cost = kgm.models.Sketch(lines, strength)(GREY, GREY)
        np.testing.assert_allclose(cost, [wanted], atol=1e-5)
    lines[0, 1, :3], lines[0, 2, 3] = 0, 1
    np.testing.assert_allclose(kgm.models.Sketch(lines)(GREY, GREY), [1.0], atol=1e-5)


def test_a_part_that_moved_costs_nothing_where_it_is_to_be():
    before = np.zeros((2, 6, 6, 1), np.float32)
    before[:, 1:4, 1:4] = np.arange(9).reshape(3, 3, 1) / 8
    moved = np.roll(before, (1, 2), axis=(1, 2))
    drag = kgm.models.Drag((2, 2), (3, 4), (6, 6), radius=1)
    np.testing.assert_allclose(drag(moved, before), [0.0, 0.0], atol=1e-6)
    assert np.all(drag(before, before) > 0.1)
    free = np.zeros((6, 6), np.float32)
    free[1:4, 1:4] = free[2:5, 3:6] = 1
    np.testing.assert_array_equal(drag.mask[0, ..., 0], free)


def test_what_no_constraint_is_about_stays():
    """The upper row is to be dark at its right end, which makes all of it dark."""
    x = picture(0.8, 0.4)
    lines = np.zeros((1, 2, 2, 1), np.float32)
    lines[0, 0] = 1
    found = kgm.models.follow(
        Levels(), x, [kgm.models.Sketch(lines, 0.6)], steps=200, closeness=0.0
    )
    made = found.made.numpy()
    slope = np.abs(made[0, 0, :, 0] - made[0, 1, :, 0])
    assert np.all(slope > 0.55)  # the rows differ by 0.4 in x
    np.testing.assert_allclose(made[0, 1], x[0, 1], atol=0.1)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: kgm.models.Sketch(0.5 * UPPER), "`lines` must hold 0 and 1 alone"),
        (lambda: kgm.models.Sketch(UPPER, 0.0), r"`strength` must be in \(0, 1\]"),
        (lambda: kgm.models.Drag((0, 4), (0, 0), (4, 4)), "`here` must be rows and"),
        (lambda: kgm.models.Drag((0, 0), (-1, 0), (4, 4)), r"`there`.*\[\[-1, 0\]\]"),
        (lambda: kgm.models.Drag((0, 0), (1, 0), (4, 4), -1), "`radius` must be >= 0"),
        (
            lambda: kgm.models.follow(Levels(), picture(0.3, 0.6), []),
            "`constraints` must",
        ),
    ],
)
def test_constraints_that_cannot_be_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
