"""Translators of pictures: their networks, contract, measures and artefacts."""

from __future__ import annotations

import cases
import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_genmodels as kgm
from keras_genmodels import evaluation
from keras_genmodels.data import DatasetSpec, Tensor, side_by_side
from keras_genmodels.models import GAN, Critic
from keras_genmodels.networks import translation

_TINY = {"preset": False, "filters": (3, 4, 5), "critic_filters": (3, 4, 4, 4)}
SMALL = {"pix2pix": _TINY}  # what makes each recipe quick


@pytest.fixture(scope="module")
def digits():
    """Digits and their edges, 8 batches of 16, and their spec."""
    return kgm.data.load(
        "digits", batch_size=16, num_examples=128, shuffle=False, source="edges"
    )


def built(name, spec, **arguments):
    return kgm.zoo.build(name, spec, seed=1, **SMALL[name], **arguments)


@pytest.mark.parametrize("recipe", sorted(SMALL))
class TestTranslators(cases.GameCase):
    @pytest.fixture
    def build(self, recipe, spec):
        return lambda **kw: built(recipe, spec, **kw)

    def test_latents_become_samples(self, build):
        """Sources do: a translator has no latents, and no method that needs any."""
        model = build()
        source = cases.some_condition(model.spec, 3)["source"]
        x = model.translate(source, seed=5)
        assert x.shape == (3, *model.spec.x_shape)
        same = model.sample(condition={"source": source}, seed=5)
        np.testing.assert_array_equal(x, same)
        assert not np.array_equal(x, model.translate(source, seed=6))
        assert not hasattr(model, "decode")
        assert not hasattr(model, "prior")


def test_only_a_translator_translates():
    model = kgm.zoo.build("gan", DatasetSpec("d", (4, 4, 1)), units=(4,))
    with pytest.raises(AttributeError, match="generator that declares 'source'"):
        model.translate(np.zeros((1, 4, 4, 1), "float32"))


@pytest.mark.parametrize(
    ("source", "kind", "message"),
    [
        (np.zeros((2, 16, 16, 3), "float32"), ValueError, r"`source` must have the sh"),
        (np.full((2, 16, 16, 1), 255.0, "float32"), ValueError, r"`source` .*255"),
        (np.zeros((2, 16, 16, 1), "uint8"), TypeError, "`source` must hold floats"),
    ],
)
def test_sources_are_checked(spec, source, kind, message):
    with pytest.raises(kind, match=message):
        built("pix2pix", spec).translate(source)


def test_data_without_a_source_are_refused():
    spec = DatasetSpec("bare", (16, 16, 1))
    with pytest.raises(
        ValueError, match=r"'pix2pix` needs|needs the tensors \['source"
    ):
        kgm.zoo.build("pix2pix", spec)


# --- networks -------------------------------------------------------------------------


@pytest.mark.parametrize("field", sorted(translation.FIELDS))
def test_a_score_sees_a_patch_of_its_field_and_no_more(field):
    """The gradient of one score is not 0 in a square of exactly that size."""
    side = 2 * field + 20
    critic = translation.patches({"x": (side, side, 1)}, field, normalisation=None)
    for weight in critic.trainable_weights:  # no path is cancelled by another
        if weight.path.endswith("kernel"):
            weight.assign(np.abs(np.random.RandomState(0).randn(*weight.shape)) + 0.1)
    x = tf.random.stateless_uniform((1, side, side, 1), (0, 1), minval=0.6)
    with tf.GradientTape() as tape:
        tape.watch(x)
        score = critic({"x": x})["score"]
        assert score.shape[-1] == 1
        middle = score[0, score.shape[1] // 2, score.shape[2] // 2, 0]
    seen = tape.gradient(middle, x).numpy()[0, :, :, 0] != 0
    for axis in (0, 1):
        found = np.flatnonzero(seen.any(axis=axis))
        assert np.ptp(found) + 1 == len(found) == field


@pytest.mark.parametrize("build", ["unet", "bottleneck", "residual"])
@pytest.mark.parametrize("size", [(16, 16), (13, 18)])
def test_translators_take_pictures_of_any_size(build, size):
    inputs = {"source": (*size, 3), "mask": (*size, 1), "condition": (4,)}
    network = getattr(translation, build)(inputs, {"x": (*size, 2)}, filters=(3, 4, 5))
    assert set(network.input) == set(inputs)
    assert network.output["x"].shape == (None, *size, 2)
    for weight in network.trainable_weights:  # the initial ones are small
        weight.assign(np.random.RandomState(0).normal(0.0, 0.3, weight.shape))
    given = {key: tf.ones((2, *shape)) / 3 for key, shape in inputs.items()}
    changed = {**given, "condition": tf.zeros((2, 4))}
    outputs = [network(tensors)["x"].numpy() for tensors in (given, changed)]
    assert not np.allclose(*outputs, atol=1e-7)


def test_skips_carry_what_the_narrow_middle_of_a_bottleneck_loses():
    """A pixel of the source moves the same pixel of the output far more than others."""
    shapes = {"source": (32, 32, 1)}, {"x": (32, 32, 1)}
    moved = {}
    for name in ("unet", "bottleneck"):
        keras.utils.set_random_seed(0)
        network = getattr(translation, name)(*shapes, (4, 4, 4, 4, 4))
        x = tf.random.stateless_uniform((1, 32, 32, 1), (0, 1))
        with tf.GradientTape() as tape:
            tape.watch(x)
            pixel = network({"source": x})["x"][0, 16, 16, 0]
        slope = np.abs(tape.gradient(pixel, x).numpy()[0, :, :, 0])
        moved[name] = slope[13:20, 13:20].sum() / slope.sum()
    assert moved["unet"] > 0.9
    assert moved["bottleneck"] < 0.5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: translation.patches({"x": (8, 8, 1)}, 20),
            r"one of \[7, 16, 34, 70\]. Received: field=20",
        ),
        (
            lambda: translation.patches({"x": (8, 8, 1)}, 34, (4, 4)),
            r"3 numbers for field=34. Received: \[4, 4\]",
        ),
        (
            lambda: translation.unet(
                {"source": (8, 8, 1), "mask": (4, 4, 1)}, {"x": (8, 8, 1)}, (2, 2)
            ),
            "one height and width. Received: .*'mask': .4, 4",
        ),
        (
            lambda: translation.unet({"source": (8, 8, 1)}, {"x": (8, 8, 1)}, ()),
            "`filters` must",
        ),
    ],
)
def test_networks_that_cannot_be_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# --- pix2pix --------------------------------------------------------------------------


def test_without_the_critic_only_the_distance_is_learnt(spec, batches):
    one, other = (built("pix2pix", spec, adversarial=0.0) for _ in range(2))
    for critic in other.critics:
        for weight in critic.trainable_weights:
            weight.assign(tf.zeros_like(weight))
    for model in (one, other):
        model.fit(batches.take(3), verbose=0)
    for ours, theirs in zip(
        one.generator.weights, other.generator.weights, strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_pix2pix_learns_to_fill_outlines(spec, batches):
    """Edges become digits: a quarter of the error of the source as it is."""
    model = kgm.zoo.build(
        "pix2pix",
        spec,
        preset=False,
        filters=(8, 16, 16),
        critic_filters=(8, 8, 8, 8),
        learning_rate=2e-3,
    )
    before = evaluation.evaluate(model, batches, ["translation_error", "psnr"])
    model.fit(batches, epochs=12, verbose=0)
    after = evaluation.evaluate(model, batches, ["translation_error", "psnr"])
    assert after["translation_error"] < 0.5 * before["translation_error"]
    left = after["translation_error/of_source"]
    assert after["translation_error"] < 0.5 * left
    assert after["psnr"] > before["psnr"] + 3
    assert after["translation_error/examples"] == 128


# --- measures -------------------------------------------------------------------------

PLAIN = DatasetSpec(
    "plain",
    (16, 16, 1),
    side_by_side({"tone": ["dark", "light"]}),
    [Tensor("source", (16, 16, 1))],
)


def brighter(spec=PLAIN):
    """A translator that adds 0.1 to every pixel."""
    source = keras.Input((16, 16, 1), name="source")
    made = keras.layers.Rescaling(1.0, 0.1)(source)
    generator = keras.Model({"source": source}, {"x": made})
    x = keras.Input((16, 16, 1), name="x")
    score = keras.layers.Dense(1)(keras.layers.Flatten()(x))
    critic = Critic(keras.Model({"x": x}, {"score": score}))
    return GAN(spec, generator, critic, output="clip")


def plain(levels):
    """Grey pictures of these levels, whose right answers are lighter by 0.2."""
    source = np.tile(np.float32(levels)[:, None, None, None], (1, 16, 16, 1))
    condition = PLAIN.condition(tone=[int(level > 0.5) for level in levels])
    tensors = {"x": source + 0.2, "source": source, "condition": condition}
    return {key: np.float32(value) for key, value in tensors.items()}


def test_the_error_of_a_translation_against_its_formula():
    tensors = plain([0.1, 0.3, 0.6])
    batches = tf.data.Dataset.from_tensor_slices(tensors).batch(2)
    found = evaluation.evaluate(brighter(), batches, ["translation_error", "psnr"])
    np.testing.assert_allclose(found["translation_error"], 0.1, atol=1e-6)
    np.testing.assert_allclose(found["translation_error/of_source"], 0.2, atol=1e-6)
    np.testing.assert_allclose(found["psnr"], 20.0, atol=1e-3)
    of_source = found["psnr/of_source"]
    np.testing.assert_allclose(of_source, -20 * np.log10(0.2), atol=1e-3)
    assert found["translation_error/examples"] == found["psnr/examples"] == 3


def test_the_ratio_is_averaged_over_pictures_and_bounded_without_an_error():
    tensors = plain([0.1, 0.3])
    tensors["x"] = tensors["source"] + np.float32([0.1, 0.2])[:, None, None, None]
    batches = tf.data.Dataset.from_tensor_slices(tensors).batch(2)
    found = evaluation.evaluate(brighter(), batches, ["psnr"])
    # Made: the first is right, the second off by 0.1; of the sources: 0.1 and 0.2.
    np.testing.assert_allclose(found["psnr"], (100 + 20) / 2, atol=1e-3)
    both = np.mean([20.0, -20 * np.log10(0.2)])
    np.testing.assert_allclose(found["psnr/of_source"], both, atol=1e-3)


def test_structural_similarity_against_its_formula():
    """Of even pictures all variances are 0: what is left is the term of the means."""
    batches = tf.data.Dataset.from_tensor_slices(plain([0.1, 0.3])).batch(2)
    found = evaluation.evaluate(brighter(), batches, ["ssim"])
    made, truth = np.float64([0.2, 0.4]), np.float64([0.3, 0.5])
    of_means = (2 * made * truth + 1e-4) / (made**2 + truth**2 + 1e-4)
    np.testing.assert_allclose(found["ssim"], of_means.mean(), atol=1e-4)
    source = made - 0.1
    of_means = (2 * source * truth + 1e-4) / (source**2 + truth**2 + 1e-4)
    np.testing.assert_allclose(found["ssim/of_source"], of_means.mean(), atol=1e-4)


def test_structural_similarity_needs_a_window():
    small = DatasetSpec("small", (8, 8, 1), (), [Tensor("source", (8, 8, 1))])
    source = np.full((2, 8, 8, 1), 0.5, "float32")
    tensors = {"x": source, "source": source, "condition": source[:, 0, 0, :0]}
    batches = tf.data.Dataset.from_tensor_slices(tensors)
    model = kgm.zoo.build("pix2pix", small, preset=False, filters=(2, 2))
    with pytest.raises(ValueError, match=r"at least 11 pixels .*Received: 'small'"):
        evaluation.evaluate(model, batches.batch(2), ["ssim"])
    assert "ssim" not in evaluation.evaluate(model, batches.batch(2))


class Tone:
    """A judge that reads how light a picture is, and is sure where it is extreme."""

    attribute, classes, name, test_accuracy = "tone", ("dark", "light"), "tone", 1.0

    def probabilities(self, x):
        light = np.asarray(x).mean(axis=(1, 2, 3))
        return np.stack([1 - light, light], axis=1)


def test_attributes_that_are_kept_and_plain_to_be_seen():
    tensors = plain([0.05, 0.3, 0.45, 0.85])
    tensors["x"] = tensors["source"]
    batches = tf.data.Dataset.from_tensor_slices(tensors).batch(3)
    found = evaluation.evaluate(
        brighter(), batches, ["attributes_kept"], classifier={"tone": Tone()}
    )
    # Made: 0.15, 0.4, 0.55, 0.95: the third has changed sides, the last is plain.
    assert found["attributes_kept"] == found["attributes_kept/tone"] == 0.75
    assert found["attributes_kept/tone/certain"] == 0.25
    assert found["attributes_kept/tone/real"] == 1.0
    assert found["attributes_kept/tone/certain/real"] == 0.25
    assert "attributes_kept/tone/within_a_step" not in found  # two classes are no turn


class Turn:
    """A judge that reads in tenths how light a picture is, and calls them degrees."""

    attribute, name, test_accuracy = "turn", "turn", 1.0
    classes = tuple(str(36 * step) for step in range(10))

    def probabilities(self, x):
        return np.eye(10)[np.rint(10 * np.asarray(x).mean(axis=(1, 2, 3))).astype(int)]


def test_of_a_turn_the_next_step_is_nearly_right():
    tensors = plain([0.3, 0.8, 0.8, 0.1])
    tensors["x"] = plain([0.4, 0.8, 0.0, 0.3])["source"]  # made: 0.4, 0.9, 0.9, 0.2
    tensors["condition"] = np.eye(10, dtype="float32")[[4, 8, 0, 3]]
    attributes = side_by_side({"turn": Turn.classes})
    spec = DatasetSpec("turned", (16, 16, 1), attributes, PLAIN.tensors)
    batches = tf.data.Dataset.from_tensor_slices(tensors).batch(4)
    found = evaluation.evaluate(
        brighter(spec), batches, ["attributes_kept"], classifier={"turn": Turn()}
    )
    assert found["attributes_kept/turn"] == 0.25
    assert found["attributes_kept/turn/within_a_step"] == 1.0
    assert found["attributes_kept/turn/within_a_step/real"] == 1.0


# --- serving --------------------------------------------------------------------------


def test_a_saved_translator_translates(spec, tmp_path):
    model = built("pix2pix", spec)
    path = kgm.export.save(model, tmp_path / "drawing" / "1")
    client = kgm.export.load(path)
    assert sorted(client.signatures) == ["sample", "translate"]
    source = cases.some_condition(spec, 3)["source"]
    x = client.translate(source, seed=4)
    np.testing.assert_allclose(x, model.translate(source, seed=4), atol=1e-5)
