"""The Laplacian pyramid of GANs and the coupled GAN."""

from __future__ import annotations

import cases
import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_genmodels as kgm
from keras_genmodels.data import Tensor
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.models import Critic, LaplacianGAN, views
from keras_genmodels.networks import dense, pyramid

SMALL = {
    "lapgan": {
        "levels": 3,
        "latent_dim": 3,
        "units": (8,),
        "filters": (3,),
        "critic_filters": (4,),
    },
    "cogan": {"latent_dim": 3, "filters": (3, 4)},
    "cogan with R1": {"latent_dim": 3, "filters": (3, 4), "penalty": 0.1},
}


def built(recipe, spec, **options):
    options = {"preset": False, **SMALL[recipe], **options}
    return kgm.zoo.build(recipe.split()[0], spec, seed=1, **options)


class TestCompositeRecipes(cases.GameCase):
    @pytest.fixture(params=["cogan with R1", "lapgan"])
    def build(self, request, spec):
        return lambda **options: built(request.param, spec, **options)


class TestWithoutPenalty(cases.VariantCase):
    @pytest.fixture
    def build(self, spec):
        return lambda **options: built("cogan", spec, **options)


@pytest.mark.parametrize("recipe", sorted(SMALL))
def test_signatures_equal_the_methods(recipe, spec, tmp_path):
    model, methods = built(recipe, spec), {}
    methods = cases.sampling_methods(model)
    if recipe.startswith("cogan"):
        pairs = model.sample_pairs(3, seed=(0, 5))
        given = methods["sample"][0]
        methods["sample_pairs"] = (given, {"x": pairs[:, 0], "other": pairs[:, 1]})
    cases.check_signatures(model, tmp_path / "model" / "1", methods)


# --- the pyramid ----------------------------------------------------------------------


def test_real_levels_are_means_of_four_pixels(spec, batches):
    model, batch = built("lapgan", spec), next(iter(batches))
    real = model.unpack(batch)
    x = batch["x"].numpy()
    for name in ("level_1", "level_2"):
        x = x.reshape(16, x.shape[1] // 2, 2, x.shape[2] // 2, 2, 1).mean(axis=(2, 4))
        np.testing.assert_allclose(real[name], x, atol=1e-6)
    assert x.shape == (16, 4, 4, 1)


def silent(model):
    """The same model, whose generators add nothing to a doubled image."""
    for level in model.levels[:-1]:
        for weight in level.trainable_variables[-2:]:
            weight.assign(tf.zeros_like(weight))
    return model


def test_each_level_is_trained_on_the_real_level_above(spec, batches):
    """Without a difference image, what is generated is the real one doubled."""
    model = silent(built("lapgan", spec))
    real = model.unpack(next(iter(batches)))
    fake = model.fake_batch(real, cases.as_seed(1))
    for name, above in (("x", "level_1"), ("level_1", "level_2")):
        size = real[name].shape[1:3]
        doubled = tf.image.resize(real[above], size)
        np.testing.assert_allclose(fake[name], doubled, atol=1e-5)
    assert fake["level_2"].shape == (16, 4, 4, 1)
    assert np.all((fake["level_2"] > 0) & (fake["level_2"] < 1))


def test_samples_go_through_all_levels(spec):
    model = built("lapgan", spec)
    z = model.prior().sample(3, seed=cases.as_seed(2))
    parts = tf.split(z, [256, 64, 3], axis=-1)
    image = model.levels[2]({"latent": parts[2]})["x"]
    for k in (1, 0):
        image = model.levels[k]({"latent": parts[k], "coarse": image})["x"]
        image = tf.clip_by_value(image, 0.0, 1.0)
    np.testing.assert_allclose(model.generate(z), image, atol=1e-5)


def test_levels_do_not_share_weights_and_learn_apart(spec, batches):
    """What the critic of one level says moves the generator of that level alone."""
    model = built("lapgan", spec)
    real = model.unpack(next(iter(batches)))
    own = [level.trainable_variables for level in model.levels]
    for k in range(3):
        with tf.GradientTape(persistent=True) as tape:
            fake = model.fake_batch(real, cases.as_seed(1), training=True)
            loss = model.step_tensors(real, fake, True).on_fake(f"level_{k}")["score"]
        for i, variables in enumerate(own):
            slopes = tape.gradient(loss, [v.value for v in variables])
            assert {slope is not None for slope in slopes} == {i == k}
    assert len({id(v) for found in own for v in found}) == sum(map(len, own))


@pytest.mark.parametrize(
    ("x_shape", "levels", "expected"),
    [
        ((28, 28, 1), 3, [(28, 28, 1), (14, 14, 1), (7, 7, 1)]),
        ((25, 30, 3), 2, [(25, 30, 3), (13, 15, 3)]),
    ],
)
def test_a_pyramid_of_any_size(x_shape, levels, expected):
    assert pyramid.shapes(x_shape, levels) == expected
    model = kgm.zoo.build(
        "lapgan", DatasetSpec("any", x_shape), **SMALL["lapgan"] | {"levels": levels}
    )
    assert model.sample(2).shape == (2, *x_shape)
    real = model.unpack({"x": tf.zeros((2, *x_shape))})
    fake = model.fake_batch(real, cases.as_seed(0))
    shapes = [fake[f"level_{k}" if k else "x"].shape[1:] for k in range(levels)]
    assert shapes == expected


@pytest.mark.parametrize("levels", [1, 4])
def test_levels_that_cannot_be(spec, levels):
    message = rf"`levels` must be >= 2.* Received: levels={levels}"
    with pytest.raises(ValueError, match=message):
        kgm.zoo.build("lapgan", spec, levels=levels)


def test_every_critic_has_a_level(spec):
    generator = dense.mlp({"latent": (3,)}, {"x": 256}, ())
    critics = [
        Critic(dense.mlp({"x": spec.x_shape}, {"score": 1}, ())),
        Critic(
            dense.mlp({"x": (8, 8, 1)}, {"score": 1}, ()), view=views.Named("level_1")
        ),
    ]
    message = r"a layer for each of 2 critics: \['level_0', 'level_1'\]"
    with pytest.raises(ValueError, match=message):
        LaplacianGAN(spec, generator, critics)


# --- pairs ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("domain", "name"),
    [(None, "contours"), ("negative", "negative"), ("edges", "contours")],
)
def test_without_y_real_pairs_are_pictures_and_their_translations(
    domain, name, spec, batches
):
    """The contours were called edges once."""
    model, batch = built("cogan", spec, domain=domain), next(iter(batches))
    pair = model.unpack(batch)["pair"]
    np.testing.assert_array_equal(pair[:, 0], batch["x"])
    function = kgm.registry.lookup(name, "derivation")
    np.testing.assert_array_equal(pair[:, 1], function(batch["x"], None))
    config = model.get_config()
    assert config["domain"] == name
    again = type(model).from_config({**config, "domain": domain or "edges"})
    np.testing.assert_array_equal(again.unpack(batch)["pair"], pair)


def test_with_y_the_images_of_a_real_pair_have_nothing_to_do_with_each_other(tmp_path):
    options = {"batch_size": 16, "num_examples": 64, "y": "edges"}
    batches, spec = kgm.data.load("digits", **options)
    model = built("cogan", spec)
    batch = next(iter(batches))
    pair = model.unpack(batch)["pair"]
    np.testing.assert_array_equal(pair[:, 0], batch["x"])
    np.testing.assert_array_equal(pair[:, 1], batch["y"])
    with pytest.raises(ValueError, match=r"Missing: \['y'\]"):
        model.unpack({"x": batch["x"], "condition": batch["condition"]})
    model.fit(batches, epochs=1, verbose=0)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again.sample_pairs(2), model.sample_pairs(2))


def test_pairs_begin_with_the_samples(spec):
    model = built("cogan", spec, ema=0.9)
    pairs = model.sample_pairs(4, seed=3)
    assert pairs.shape == (4, 2, 16, 16, 1)
    np.testing.assert_allclose(pairs[:, 0], model.sample(4, seed=3), atol=1e-6)
    assert np.any(pairs[:, 0] != pairs[:, 1])
    assert 0.0 <= np.min(pairs) <= np.max(pairs) <= 1.0


def test_an_image_is_judged_without_its_companion(spec):
    model = built("cogan", spec)
    pair = tf.random.stateless_uniform((3, 2, 16, 16, 1), (0, 1))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(pair)
        score = model.critics[0]({"x": pair})["score"]
        scores = tf.unstack(score, axis=1)
    assert score.shape == (3, 2, 1)
    for i in range(2):
        slope = tape.gradient(scores[i], pair)
        assert np.any(slope[:, i] != 0)
        assert np.all(slope[:, 1 - i] == 0)


def test_the_penalty_is_the_mean_of_what_each_domain_would_have(spec):
    critic = built("cogan with R1", spec).critics[0]
    real = {"x": tf.random.stateless_uniform((3, 2, 16, 16, 1), (0, 1))}
    with tf.GradientTape() as tape:
        tape.watch(real["x"])
        score = critic(real)["score"]  # of each image alone
    slopes = tape.gradient(score, real["x"])
    of_domains = 0.1 / 2 * np.sum(np.square(slopes), axis=(2, 3, 4))  # (batch, 2)
    cost = critic.penalties[0](lambda x: critic(x)["score"], real, real, tf.zeros)
    np.testing.assert_allclose(cost, of_domains.mean(axis=1), rtol=1e-4)


def test_generators_share_all_but_the_last_layer_and_critics_all_but_the_first(spec):
    model = built("cogan", spec)
    pair = tf.random.stateless_uniform((3, 2, 16, 16, 1), (0, 1))
    z = model.prior().sample(3, seed=cases.as_seed(1))
    with tf.GradientTape(persistent=True) as tape:
        images = model.generator({"latent": z})
        made = [tf.reduce_sum(images[name] ** 2) for name in ("x", "other")]
        score = model.critics[0]({"x": pair})["score"]
        judged = [score[:, i] for i in range(2)]
    zeros = {"unconnected_gradients": "zero"}
    for losses, variables, own in (
        (made, model.generator_variables, 2),
        (judged, model.critic_variables, 2),
    ):
        values = [v.value for v in variables]
        reached = [
            [bool(np.any(slope != 0)) for slope in tape.gradient(loss, values, **zeros)]
            for loss in losses
        ]
        alone = [
            sum(a and not b for a, b in zip(x, y, strict=True))
            for x, y in (reached, reached[::-1])
        ]
        assert alone == [own, own]
        assert sum(a and b for a, b in zip(*reached, strict=True)) == len(values) - 4


def test_pairs_can_be_looked_at(spec):
    picture = kgm.evaluation.figures.pairs(built("cogan", spec), columns=3, rows=2)
    assert picture.shape == (4 * 17 + 1, 3 * 17 + 1, 1)


@pytest.mark.parametrize(
    ("tensors", "domain", "message"),
    [
        ([], "edge", r"one of \['contours', 'negative'\].*Received: domain='edge'"),
        ([], "grey", r"`y='edges'` or `domains` of `data.load`.*domain='grey'"),
        ([(16, 16, 1)], "negative", "must be None where the data have 'y'"),
        ([(16, 16, 3)], None, r"the shape of `x`.*\(16, 16, 3\) and \(16, 16, 1\)"),
    ],
)
def test_a_second_domain_that_cannot_be_is_refused(tensors, domain, message):
    tensors = [Tensor("y", shape) for shape in tensors]
    spec = DatasetSpec("any", (16, 16, 1), tensors=tensors)
    with pytest.raises(ValueError, match=message):
        built("cogan", spec, domain=domain)


@pytest.mark.parametrize("recipe", sorted(SMALL))
def test_points_are_no_images(recipe):
    points = DatasetSpec("points", (2,))
    with pytest.raises(
        ValueError, match=rf"`{recipe.split()[0]}` needs images, .*'points' .*\(2,\)"
    ):
        built(recipe, points)
