"""Blending: the Gaussian-Poisson equation, Poisson cloning, the recipe, the metric."""

from __future__ import annotations

import cases
import numpy as np
import pytest
import tensorflow as tf
from scipy import ndimage

import keras_genmodels as kgm
from keras_genmodels import evaluation
from keras_genmodels.data import DatasetSpec
from keras_genmodels.evaluation.measures.poisson import poisson_clone
from keras_genmodels.models import BlendingGAN, views
from keras_genmodels.networks.blending import (
    GaussianPoissonBlending,
    blend,
    blender,
    gaussian_poisson,
)

SMALL = {"filters": (3, 4), "critic_filters": (3, 4)}


@pytest.fixture(scope="module")
def digits():
    """Composites of digits, 8 batches of 16, and their spec."""
    options = {"batch_size": 16, "num_examples": 128, "shuffle": False}
    batches, spec = kgm.data.load("digits", source="composite", **options)
    return batches.cache(), spec  # others would be drawn in each epoch


def built(spec, **arguments):
    return kgm.zoo.build("gp_gan", spec, **{"preset": False, **SMALL, **arguments})


def given(spec, n):
    """The source, and the other tensors that the model needs, of n noisy examples."""
    tensors = cases.some_condition(spec, n)
    return tensors["source"], {k: tensors[k] for k in ("mask", "foreground")}


class TestGPGAN(cases.StateOfOthers, cases.GameCase):
    @pytest.fixture
    def build(self, spec):
        return lambda **kw: built(spec, seed=1, **kw)

    @pytest.fixture
    def still(self):
        """A difference of scores does not depend on their bias."""
        return {"score/bias"}

    def draws(self, model):
        return False

    def test_latents_become_samples(self, build, spec):
        """Composites do; what the network makes is coarser than what comes of it."""
        model, (source, parts) = build(), given(spec, 3)
        x = model.translate(source, parts)
        low = model.low_resolution(source, parts).numpy()
        assert x.shape == low.shape == (3, *spec.x_shape)
        np.testing.assert_array_equal(low[:, ::2, ::2], low[:, 1::2, 1::2])
        assert not hasattr(model, "decode")


# --- the equation ---------------------------------------------------------------------


def as_matrix(function, shape):
    """A linear function of pictures as a matrix."""
    units = np.eye(np.prod(shape)).reshape(-1, *shape)
    return np.stack([np.ravel(function(unit)) for unit in units], axis=1)


def neighbours(picture):
    parts = np.diff(picture, axis=0), np.diff(picture, axis=1)
    return np.concatenate([part.ravel() for part in parts])


@pytest.mark.parametrize(("beta", "sigma"), [(1.0, 0.5), (0.1, 1.3), (7.0, 0.2)])
def test_the_equation_against_dense_least_squares(beta, sigma):
    """8x8 pixels, the blur by SciPy with mirrored borders, no transform."""
    random, shape = np.random.RandomState(0), (8, 8)
    v = random.normal(size=(1, 7, 8, 1)), random.normal(size=(1, 8, 7, 1))
    low = random.normal(size=(1, *shape, 1))
    slope = as_matrix(neighbours, shape)
    blur = as_matrix(lambda x: ndimage.gaussian_filter(x, sigma, radius=9), shape)
    target = np.concatenate([v[0].ravel(), v[1].ravel(), beta**0.5 * low.ravel()])
    rows = np.concatenate([slope, beta**0.5 * blur])
    expected = np.linalg.lstsq(rows, target, rcond=None)[0]
    found = gaussian_poisson([np.float32(t) for t in v], np.float32(low), beta, sigma)
    np.testing.assert_allclose(np.ravel(found), expected, rtol=1e-3, atol=1e-4)


def scene(n=2, size=16, channels=3):
    """Smooth pictures, masks in their middles, and the pictures in another light."""
    random = np.random.RandomState(1)
    x = ndimage.gaussian_filter(random.rand(n, size, size, channels), (0, 2, 2, 0))
    x = np.float32((x - x.min()) / np.ptp(x) * 0.6 + 0.2)
    mask = np.zeros((n, size, size, 1), "float32")
    mask[:, 5:11, 4:10] = 1.0
    return x, mask, x * np.float32([0.6, 0.7, 0.8])[:channels]


def test_a_blend_of_a_picture_into_itself_is_that_picture():
    x, mask, _ = scene()
    made = blend(x, x, mask, x)  # the blur costs a little, all the rest is exact
    assert np.abs(made - x).max() < 0.02
    np.testing.assert_allclose(blend(x, x, mask, x, sigma=0.01), x, atol=1e-5)


@pytest.mark.parametrize("size", [(16, 16), (11, 14)])
def test_right_colours_remove_another_light(size):
    x, mask, light = (t[:, : size[0], : size[1]] for t in scene())
    small = tuple((side + 1) // 2 for side in size)
    source = mask * light + (1 - mask) * x
    low = tf.image.resize(x, small, "area")
    made = blend(light, source, mask, low).numpy()
    error, before = (np.square(t - x).mean() for t in (made, source))
    assert error < 0.1 * before
    outside = np.broadcast_to(mask == 0, x.shape)
    np.testing.assert_array_equal(made[outside], x[outside])


def test_what_the_mask_hides_of_the_background_is_not_asked_for():
    x, mask, light = scene()
    backgrounds = (x, mask * light + (1 - mask) * x)
    np.testing.assert_allclose(
        *(blend(light, other, mask, x) for other in backgrounds), atol=1e-5
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"beta": 0}, "`beta` must be > 0"),
        ({"sigma": 0}, "`sigma` must be > 0"),
        ({"low": np.zeros((2, 7, 8, 3), "float32")}, r"`low` must .*\(7, 8\) for .*16"),
    ],
)
def test_what_cannot_be_blended_is_refused(arguments, message):
    x, mask, light = scene()
    with pytest.raises(ValueError, match=message):
        blend(
            **{
                "foreground": light,
                "background": x,
                "mask": mask,
                "low": x,
                **arguments,
            }
        )


def test_poisson_cloning_against_dense_least_squares():
    """The sum of squares over all pairs of which one is inside, and nothing else."""
    x, mask, light = (np.float64(t[:1, :, :, :1]) for t in scene())
    inside = mask[0, :, :, 0] > 0
    slope = as_matrix(neighbours, inside.shape)
    touching = np.abs(slope) @ inside.ravel() > 0
    known = slope @ np.where(inside, 0.0, x[0, :, :, 0]).ravel()
    target = slope @ light.ravel() - known
    columns = inside.ravel()
    found = np.linalg.lstsq(slope[touching][:, columns], target[touching], rcond=None)[
        0
    ]
    made = poisson_clone(light, mask * light + (1 - mask) * x, mask)[0, :, :, 0]
    np.testing.assert_allclose(made[inside], found, atol=1e-8)
    np.testing.assert_array_equal(made[~inside], x[0, :, :, 0][~inside])


def test_poisson_cloning_removes_what_is_constant_and_needs_an_edge():
    x, mask, _ = scene()
    source = x + 0.1 * mask
    np.testing.assert_allclose(poisson_clone(x + 0.1, source, mask), x, atol=1e-6)
    with pytest.raises(ValueError, match="`mask` must leave a pixel"):
        poisson_clone(x, x, np.ones_like(mask))


def test_the_layer_is_the_function_within_the_range():
    x, mask, light = scene()
    low = tf.image.resize(x + 0.5, (8, 8), "area")
    layer = GaussianPoissonBlending(2.0, 0.7)
    expected = np.clip(blend(light, x, mask, low, 2.0, 0.7), 0.0, 1.0)
    np.testing.assert_allclose(layer(low, light, x, mask), expected, atol=1e-6)
    assert GaussianPoissonBlending.from_config(layer.get_config()).sigma == 0.7


# --- the recipe -----------------------------------------------------------------------


def test_the_critic_and_the_error_see_the_small_picture(spec, batches):
    model = built(spec)
    real = model.unpack(next(iter(batches)))
    fake = model.fake_batch(real, cases.as_seed(1))
    view = model.critics[0].view
    np.testing.assert_allclose(
        view(fake, None)["x"], fake["low"][:, ::2, ::2], atol=1e-6
    )
    x = real["x"].numpy()
    pooled = (x[:, ::2, ::2] + x[:, 1::2, ::2] + x[:, ::2, 1::2] + x[:, 1::2, 1::2]) / 4
    np.testing.assert_allclose(view(real, None)["x"], pooled, atol=1e-6)
    terms = model.generator_terms(model.step_tensors(real, fake, training=False))
    error = np.square(x - fake["low"]).mean(axis=(1, 2, 3))
    np.testing.assert_allclose(terms["reconstruction"], 999 * error, rtol=1e-4)


def test_the_critics_weights_are_clipped(spec, batches):
    model = built(spec, clip=0.003, learning_rate=0.1)
    model.fit(batches.take(2), verbose=0)
    for weight in model.critics[0].trainable_weights:
        assert np.abs(weight).max() <= 0.003 + 1e-9


@pytest.mark.parametrize("factor", [3, 4])
def test_sides_are_multiples_of_a_factor_of_two(factor):
    shape = (18, 18, 1)
    inputs = {"source": shape, "mask": shape, "foreground": shape}
    with pytest.raises(ValueError, match=r"1, 2, 4, ... times"):
        blender(inputs, {"x": shape}, factor, (2,))
    with pytest.raises(ValueError, match=r"`factor` must be in .1, 18."):
        blender(inputs, {"x": shape}, 32, (2,))


def test_a_generator_without_a_small_picture_is_refused(spec):
    model = built(spec)
    network = model.generator
    bare = type(network)(network.input, {"x": network.output["x"]}, name="generator")
    with pytest.raises(ValueError, match="must have an output named 'low'"):
        BlendingGAN(spec, bare, model.critics)


@pytest.mark.parametrize("factor", [0, 1.5])
def test_a_view_of_no_whole_cells_is_refused(factor):
    with pytest.raises((TypeError, ValueError), match="`factor` must be"):
        views.Reduced(factor)


def test_blends_learn_to_have_the_right_light(spec, batches):
    """The network alone is coarse; the equation gives its picture the details back."""
    model = built(spec, filters=(16, 32), learning_rate=3e-3)
    before = evaluation.evaluate(model, batches, ["blending"])
    model.fit(batches, epochs=25, verbose=0)
    after = evaluation.evaluate(model, batches, ["blending", "psnr"])
    assert after["blending"] == pytest.approx(after["psnr"], abs=1e-3)
    assert after["blending/of_source"] == before["blending/of_source"]
    assert after["blending"] > before["blending"] + 2
    assert after["blending"] > after["blending/of_network"] + 2
    assert after["blending/examples"] == 128


def test_data_without_a_foreground_have_no_such_measure(spec):
    bare = DatasetSpec("bare", spec.x_shape, spec.attributes)
    model = built(spec)
    model.spec = bare
    with pytest.raises(ValueError, match="needs the tensors"):
        evaluation.evaluate(model, tf.data.Dataset.range(0), ["blending"])


def test_a_saved_model_blends(spec, tmp_path):
    model, (source, parts) = built(spec), given(spec, 3)
    client = kgm.export.load(kgm.export.save(model, tmp_path / "blend" / "1"))
    found = client.translate(source, parts)
    np.testing.assert_allclose(found, model.translate(source, parts), atol=1e-4)
