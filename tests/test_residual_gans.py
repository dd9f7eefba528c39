"""Games of residual networks: their blocks, their scores, and what a critic sees."""

from __future__ import annotations

import cases
import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_genmodels as kgm
from keras_genmodels.models.augmentation import Augmented
from keras_genmodels.networks import residual, unnormalised

SMALL = {
    "projection_gan": {"filters": (4, 3), "critic_steps": 2, "attention": 8},
    "r3_gan": {
        "filters": (3, 4),
        "augment": ("colour", "cutout", "translation"),
        "consistency": 0.5,
    },
    "sn_resnet_gan": {"filters": (4, 3), "critic_steps": 1},
}


@pytest.fixture(scope="module")
def digits():
    """Colour pictures of 16 by 16 pixels with three attributes, 8 batches of 8."""
    options = {"batch_size": 8, "num_examples": 64, "image_size": 16, "stills": True}
    return kgm.data.load("moving_shapes", shuffle=False, **options)


def built(recipe, spec, **arguments):
    """A small model, of whose weights none is 0 for good."""
    options = {"preset": False, "latent_dim": 3, "seed": 1, **SMALL[recipe]}
    model = kgm.zoo.build(recipe, spec, **{**options, **arguments})
    cases.without_zeros([*model.generator_variables, *model.critic_variables])
    return model


@pytest.mark.parametrize("recipe", ["projection_gan", "r3_gan"])
class TestResidualGames(cases.GameCase):
    @pytest.fixture
    def build(self, recipe, spec):
        return lambda **options: built(recipe, spec, **options)

    @pytest.fixture
    def still(self, recipe):
        """What is added to all scores cancels in pairs."""
        return {"score/bias"} if recipe == "r3_gan" else set()


class TestWithoutClasses(cases.StateOfOthers, cases.GameCase):
    @pytest.fixture
    def build(self, spec):
        return lambda **options: built("sn_resnet_gan", spec, **options)


@pytest.mark.parametrize("shape", [(28, 28, 1), (18, 16, 3), (64, 64, 3)])
@pytest.mark.parametrize("networks", [residual, unnormalised], ids=["normal", "plain"])
def test_pictures_of_any_size_are_made_and_judged(networks, shape):
    made = networks.generator({"latent": (2,)}, shape, (4, 3, 2))
    judge = networks.critic({"x": shape}, (2, 3, 4))
    x = made({"latent": tf.zeros((2, 2))})["x"]
    assert x.shape == (2, *shape)
    assert judge({"x": tf.sigmoid(x)})["score"].shape == (2, 1)
    with pytest.raises(ValueError, match="filters"):
        networks.generator({"latent": (2,)}, shape, ())


def test_the_score_is_linear_in_features_and_classes_are_projected_on_them():
    shapes = {"x": (16, 16, 1), "condition": (3,)}
    network = residual.critic(shapes, (4, 5), spectral=False)
    x = np.random.default_rng(0).random((3, 16, 16, 1), np.float32)
    told = np.eye(3, dtype=np.float32)
    found = network({"x": x, "condition": told})
    features = found["features"].numpy()
    assert features.shape == (3, 5)
    kernel, bias = network.get_layer("unconditional").get_weights()
    (maps,) = [w.numpy() for w in network.weights if w.shape == (3, 5)]
    expected = features @ kernel + bias + (features * maps).sum(1, keepdims=True)
    np.testing.assert_allclose(found["score"], expected, rtol=1e-4, atol=1e-5)
    # The sum over all places of what is left after the last relu.
    pool = keras.layers.GlobalAveragePooling2D
    (last,) = [layer for layer in network.layers if isinstance(layer, pool)]
    left = keras.Model(network.input, last.input)({"x": x, "condition": told}).numpy()
    assert left.min() >= 0
    np.testing.assert_allclose(features, left.sum((1, 2)), rtol=1e-4, atol=1e-5)


def test_a_condition_scales_and_shifts_channels():
    layer = residual.Modulation()
    x = np.random.default_rng(0).normal(size=(2, 3, 3, 4)).astype("f")
    told = np.float32([[1, 0], [0.5, 2]])
    np.testing.assert_array_equal(layer(x, told), x)  # at first
    kernel = np.random.default_rng(1).normal(size=(2, 8)).astype("f")
    layer.maps.set_weights([kernel, np.zeros(8, "f")])
    scale, shift = np.split((told @ kernel)[:, None, None], 2, axis=-1)
    np.testing.assert_allclose(layer(x, told), x * (1 + scale) + shift, rtol=1e-5)


def test_attention_is_the_softmax_of_products_of_all_places():
    layer = residual.SelfAttention()
    x = np.random.default_rng(0).normal(size=(2, 3, 2, 8)).astype("f")
    np.testing.assert_array_equal(layer(x), x)  # at first
    layer.gain.assign(0.5)
    q, _, k, _, v, _, out, _ = (w.numpy() for w in layer.attention.weights)
    rows = x.reshape(2, 6, 8)
    logits = np.einsum("bic,cd,bjd->bij", rows, q[:, 0], rows @ k[:, 0])
    shares = np.exp(logits / np.sqrt(q.shape[-1]))
    shares /= shares.sum(-1, keepdims=True)
    found = shares @ (rows @ v[:, 0]) @ out[0]
    expected = x + 0.5 * found.reshape(x.shape)
    np.testing.assert_allclose(layer(x), expected, rtol=1e-4, atol=1e-5)


def test_blocks_without_normalisation_begin_as_nothing():
    """So pictures do not depend on their number, and the scores neither."""
    z, x = tf.ones((2, 3)), tf.random.stateless_uniform((2, 16, 16, 1), (0, 1))
    found = []
    for blocks in (0, 2):
        made = unnormalised.generator({"latent": (3,)}, (16, 16, 1), (3, 4), blocks)
        judge = unnormalised.critic({"x": (16, 16, 1)}, (3, 4), blocks)
        for network in (made, judge):
            for weight in network.weights:
                inside = any(f"conv2d_{i}" in weight.path for i in range(100))
                shape = tuple(weight.shape)
                number = np.random.default_rng(sum(shape)).normal(size=shape)
                if np.any(weight.numpy()) and (shape[:2] != (1, 1) or not inside):
                    weight.assign(0.1 * number)
        found.append((made({"latent": z})["x"], judge({"x": x})["score"]))
        changed = [
            w for w in made.weights if not np.any(w.numpy()) and len(w.shape) > 1
        ]
        assert len(changed) == 2 * blocks  # the last kernel of every block


# --- what a critic sees ---------------------------------------------------------------


def test_a_shift_is_of_whole_pixels_and_brings_grey_in():
    x = np.random.default_rng(0).random((200, 16, 16, 3), np.float32)
    shown = Augmented(["translation"])({"x": tf.constant(x)}, (0, 1))["x"].numpy()
    wide = np.pad(x, [(0, 0), (2, 2), (2, 2), (0, 0)], constant_values=0.5)
    seen = set()
    for picture, around in zip(shown, wide, strict=True):
        fits = [
            (i, j)
            for i in range(5)
            for j in range(5)
            if np.array_equal(picture, around[i : i + 16, j : j + 16])
        ]
        assert len(fits) == 1
        seen |= {*fits}
    assert len(seen) == 25  # of 200 draws; one is missing with a chance of 1 in 140


def test_a_hole_is_a_square_of_half_the_sides():
    x = tf.zeros((300, 16, 16, 1))
    shown = Augmented(["cutout"])({"x": x}, (0, 1))["x"].numpy()[..., 0]
    assert set(np.unique(shown)) == {0.0, 0.5}
    hidden = shown > 0
    for axis in (1, 2):
        sides = hidden.any(3 - axis).sum(1)
        assert sides.max() == 8
        assert sides.min() >= 3
    np.testing.assert_array_equal(
        hidden, hidden.any(2, keepdims=True) & hidden.any(1, keepdims=True)
    )
    assert hidden[:, 0, 0].any()
    assert hidden[:, -1, -1].any()


def test_colours_are_moved_and_keep_their_places():
    x = np.random.default_rng(0).random((50, 8, 8, 3), np.float32)
    shown = Augmented(["colour"])({"x": tf.constant(x)}, (0, 1))["x"].numpy()
    for before, after in zip(x.mean(-1), shown.mean(-1), strict=True):
        slope, offset = np.polyfit(before.ravel(), after.ravel(), 1)
        np.testing.assert_allclose(after, slope * before + offset, atol=1e-5)
        assert 0.5 <= slope <= 1.5
        assert abs(after.mean() - before.mean()) <= 0.25
    assert np.ptp(shown.mean((1, 2, 3)) - x.mean((1, 2, 3))) > 0.4


def test_changes_let_the_gradient_through_and_are_alike_for_both_batches():
    view, seed = Augmented(), (4, 2)
    x = tf.random.stateless_uniform((6, 16, 16, 3), (0, 1))
    with tf.GradientTape() as tape:
        tape.watch(x)
        shown = view({"x": x, "condition": 1}, seed)
        total = tf.reduce_sum(shown["x"] ** 2)
    assert shown["condition"] == 1
    gradient = tape.gradient(total, x).numpy()
    assert np.all(np.abs(gradient).max((1, 2, 3)) > 0)
    again = view({"x": x}, seed)["x"]
    np.testing.assert_array_equal(shown["x"], again)
    assert np.any(view({"x": x}, (4, 3))["x"] != again)
    twin = Augmented.from_config(view.get_config())
    np.testing.assert_array_equal(twin({"x": x}, seed)["x"], again)


def test_an_unknown_change_is_named_with_the_nearest():
    with pytest.raises(ValueError, match=r"Unknown change 'color'.*colour"):
        Augmented(["color"])
    with pytest.raises(ValueError, match="must name some of"):
        Augmented([])
    spec = kgm.data.DatasetSpec("any", (16, 16, 3))
    with pytest.raises(ValueError, match="Unknown change 'cutuot'"):
        kgm.zoo.build("r3_gan", spec, preset=False, augment=["cutuot"])
