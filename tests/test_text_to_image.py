"""Words to pictures: scenes and their sentences, boxes, models that draw sentences."""

from __future__ import annotations

import cases
import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_genmodels as kgm
from keras_genmodels import evaluation
from keras_genmodels.data import scene_captions
from keras_genmodels.models import Critic
from keras_genmodels.models.views import Mismatched
from keras_genmodels.networks.boxes import FromBox, IntoBox
from keras_genmodels.objectives.joint_embedding import joint_embedding

SMALL = {"latent_dim": 3, "embedding_dim": 4, "filters": (3, 4), "units": 5}


@pytest.fixture(scope="module")
def scenes():
    """Scenes with sentences, 6 batches of 8, and their spec."""
    options = {"batch_size": 8, "num_examples": 48, "shuffle": False}
    return kgm.data.load("scenes", "test", **options)


@pytest.fixture
def batches(scenes):
    return scenes[0]


@pytest.fixture
def spec(scenes):
    return scenes[1]


@pytest.fixture(scope="module")
def many():
    """A thousand scenes of each split, by its name."""
    options = {"batch_size": 1000, "num_examples": 1000, "shuffle": False}
    loaded = {s: kgm.data.load("scenes", s, **options) for s in ("train", "test")}
    return {s: next(batches.as_numpy_iterator()) for s, (batches, _) in loaded.items()}


def built(name, spec, **arguments):
    options = {"preset": False, "seed": 1, **SMALL, **arguments}
    return kgm.zoo.build(name, spec, **options)


class TestTextToImage(cases.StateOfOthers, cases.GameCase):
    @pytest.fixture
    def build(self, spec):
        return lambda **options: built("text_to_image", spec, **options)


class TestGAWWN(cases.VariantCase):
    @pytest.fixture
    def build(self, spec):
        return lambda **options: built("gawwn", spec, **options)


# --- sentences ------------------------------------------------------------------------


def test_sentences_are_true_of_their_pictures_and_read_again(many, spec):
    for split, batch in many.items():
        shown, said = (
            spec.labels(batch["condition"]),
            kgm.data.stated(spec, batch["caption"]),
        )
        for name, classes in said.items():
            told = classes >= 0
            np.testing.assert_array_equal(classes[told], shown[name][told])
            alike = name in ("size", "other_size", "place")
            assert told.all() != alike, f"{split}: {name}"
        one = shown["count"] == 0
        # Four standard errors of the share that says a size.
        found = (said["size"][one] >= 0).mean()
        error = np.sqrt(0.21 / one.sum())
        assert abs(found - scene_captions.SAID) < 4 * error


def test_no_sentence_is_in_both_splits(many, spec):
    said = {s: set(kgm.data.sentences(spec, b["caption"])) for s, b in many.items()}
    assert not said["train"] & said["test"]
    assert min(map(len, said.values())) > 800


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        (
            "a tiny crimson circle",
            {"count": "one", "shape": "disc", "colour": "red", "size": "small"},
        ),
        (
            "a blue box in the lower left corner",
            {"shape": "square", "colour": "blue", "place": "bottom left"},
        ),
        ("a green disc in the centre", {"place": "middle"}),
        ("a green disc on the left", {"place": "left"}),
        (
            "a red disc under a large blue square",
            {
                **{"count": "two", "place": "above", "shape": "square"},
                **{"size": "large", "other_shape": "disc", "other_colour": "red"},
            },
        ),
        (
            "a red disc to the left of a blue square",
            {"place": "beside", "colour": "red", "other_colour": "blue"},
        ),
        (
            "a red disc right of a blue square",
            {"place": "beside", "colour": "blue", "other_colour": "red"},
        ),
    ],
)
def test_what_a_sentence_says(sentence, wanted):
    found = scene_captions.statements(sentence)
    assert {key: found[key] for key in wanted} == wanted
    assert ("size" in found) == any(
        size in sentence for size in ("tiny", "large blue square")
    )


def test_sentences_become_numbers_and_come_back(spec):
    tokens = kgm.data.tokens(spec, ["A small, red disc.", "an azure box"])
    assert tokens.dtype == np.int32
    assert tokens.shape == (2, 16)
    assert not tokens[0, 4:].any()
    assert kgm.data.sentences(spec, tokens) == ["a small red disc", "an azure box"]


@pytest.mark.parametrize(
    ("sentences", "error", "message"),
    [
        (["a purple disc"], ValueError, "Unknown word 'purple' in 'a purple disc'"),
        (["a blu disc"], ValueError, "Did you mean 'blue'"),
        (["a red disc " * 6], ValueError, "at most 16 words. Received: 18"),
        ("a red disc", TypeError, "`sentences` must be a list of strings"),
    ],
)
def test_sentences_that_cannot_be_read_are_refused(spec, sentences, error, message):
    with pytest.raises(error, match=message):
        kgm.data.tokens(spec, sentences)


def test_data_without_sentences_are_refused():
    _, digits = kgm.data.load("digits", batch_size=8, num_examples=8)
    with pytest.raises(ValueError, match="'digits' must have tokens 'caption'"):
        kgm.data.tokens(digits, ["seven"])
    with pytest.raises(ValueError, match="Nothing says what the sentences of 'digits'"):
        kgm.data.stated(digits, np.zeros((1, 4), np.int32))
    with pytest.raises(ValueError, match=r"needs the tensors \['caption'\].*`scenes`"):
        kgm.zoo.build("text_to_image", digits)


def test_boxes_hold_their_shapes(many):
    for batch in many.values():
        one = batch["condition"][:, 0] == 1
        x, box = batch["x"][one], batch["box"][one]
        coloured = np.ptp(x, axis=-1) > 0.2
        rows, columns = coloured.any(axis=2), coloured.any(axis=1)
        found = [
            edge
            for low, high in zip(
                (rows.argmax(1), columns.argmax(1)),
                (32 - rows[:, ::-1].argmax(1), 32 - columns[:, ::-1].argmax(1)),
                strict=True,
            )
            for edge in (low, high)
        ]
        top, bottom, left, right = found
        drawn = np.stack([top, left, bottom, right], axis=1) / 32
        assert np.abs(drawn - box).max() <= 1 / 32


# --- boxes ----------------------------------------------------------------------------


def test_a_map_is_shrunk_into_its_box_and_cut_out_again():
    rows, columns = np.meshgrid(np.linspace(0, 1, 8), np.linspace(1, 2, 8))
    image = np.stack([rows + columns, rows * columns + 0.5], axis=-1)[None]
    image = image.astype(np.float32)
    box = np.array([[0.25, 0.5, 0.5, 1.0]], np.float32)
    placed = IntoBox((64, 64))(image, box).numpy()
    outside = placed.copy()
    outside[:, 16:32, 32:] = 0
    assert not outside.any()
    assert (placed[:, 18:30, 35:62] > 0).all()
    again = FromBox((8, 8))(placed, box).numpy()
    np.testing.assert_allclose(again[:, 1:-1, 1:-1], image[:, 1:-1, 1:-1], atol=0.05)


def test_a_box_of_everything_changes_nothing():
    image = np.random.RandomState(0).rand(2, 6, 6, 3).astype(np.float32)
    box = np.tile(np.float32([0, 0, 1, 1]), (2, 1))
    for layer in (IntoBox((6, 6)), FromBox((6, 6))):
        np.testing.assert_allclose(layer(image, box), image, atol=1e-6)


def test_the_object_is_drawn_in_its_box_alone(spec):
    """Of two boxes the pictures differ in neither's outside, but for the last layers.

    Those reach 2 pixels farther.
    """
    model = built("gawwn", spec)
    (tokens,) = kgm.data.tokens(spec, ["a red disc"])[None]
    boxes = np.float32([[0.1, 0.1, 0.4, 0.4], [0.5, 0.5, 0.8, 0.8]])
    for weight in model.generator.trainable_weights:
        weight.assign(np.random.RandomState(0).normal(0.0, 0.3, weight.shape))
    first, second = (
        model.sample(1, {"caption": tokens, "box": box[None]}, seed=0).numpy()[0]
        for box in boxes
    )
    changed = np.abs(first - second).max(axis=-1) > 1e-6
    allowed = np.zeros((32, 32), bool)
    for top, left, bottom, right in np.rint(32 * boxes).astype(int):
        allowed[top - 3 : bottom + 3, left - 3 : right + 3] = True
    assert changed.any()
    assert not (changed & ~allowed).any()


# --- the game -------------------------------------------------------------------------


def test_codes_of_pairs_find_each_other_both_ways():
    a, b = np.float32([[2, 0], [0, 2]]), np.float32([[1, 0], [1, 1]])
    scores = a @ b.T / np.sqrt(2)
    exp = np.exp(scores)
    wanted = -0.5 * (
        np.log(np.diag(exp) / exp.sum(1)) + np.log(np.diag(exp) / exp.sum(0))
    )
    np.testing.assert_allclose(joint_embedding(a, b), wanted, rtol=1e-5)


def test_negatives_of_the_real_batch_are_the_critics_alone():
    """A linear critic of x and c: real pairs match, the next row's do not."""
    x, condition = keras.Input((1,), name="x"), keras.Input((1,), name="condition")
    score = keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")
    network = keras.Model(
        {"x": x, "condition": condition},
        {"score": score(keras.layers.Concatenate()([x, condition]))},
    )
    critic = Critic(network, "wasserstein", negatives=[Mismatched("condition")])
    real = {"x": np.float32([[1], [2]]), "condition": np.float32([[10], [20]])}
    fake = {"x": np.float32([[0], [0]]), "condition": real["condition"]}
    step = kgm.objectives.StepTensors(
        *({k: tf.constant(v) for k, v in part.items()} for part in (real, fake)),
        {critic.name: critic.outputs_fn(True)},
    )
    critic.show_negatives(step, tf.constant([0, 0]))
    terms = critic.critic_terms(step, lambda: tf.constant([0, 0]))
    right, wrong, made = (
        np.float32([11, 22]),
        np.float32([21, 12]),
        np.float32([10, 20]),
    )
    wanted = (made + wrong) / 2 - right
    np.testing.assert_allclose(terms["critic_loss"], wanted)
    np.testing.assert_allclose(critic.generator_loss(step), -made)


def test_players_do_not_move_the_encoder_of_sentences(spec, batches):
    model = built("text_to_image", spec)
    model.sentence_encoder.trainable = True
    real = model.unpack(next(iter(batches)))
    with tf.GradientTape() as tape:
        fake = model.fake_batch(real, tf.constant([0, 1]), training=True)
        step = model.step_tensors(real, fake, training=True)
        loss = tf.reduce_mean(model.generator_terms(step)["generator_loss"])
    weights = model.sentence_encoder.trainable_weights
    assert all(g is None for g in tape.gradient(loss, weights))


def test_what_lies_between_two_sentences_is_the_mean_of_their_codes(spec, batches):
    model = built("text_to_image", spec)
    real = model.unpack(next(iter(batches)))
    fake = model.fake_batch(real, tf.constant([0, 1]))
    code = real["embedding"].numpy()
    mean = (code + np.roll(code, 1, axis=0)) / 2
    np.testing.assert_allclose(fake["embedding_between"], mean, rtol=1e-6)
    assert fake["x_between"].shape == real["x"].shape
    plain = built("text_to_image", spec, interpolation=0.0)
    fake = plain.fake_batch(plain.unpack(next(iter(batches))), tf.constant([0, 1]))
    assert "x_between" not in fake
    assert "between_loss" not in plain.term_names


def test_a_sentence_is_drawn_and_its_words_count(spec):
    model = built("text_to_image", spec)
    for weight in model.trainable_weights:
        weight.assign(np.random.RandomState(0).normal(0.0, 0.3, weight.shape))
    x = model.from_text("a small red disc", 3, seed=2).numpy()
    assert x.shape == (3, 32, 32, 3)
    tokens = kgm.data.tokens(spec, ["a small red disc"] * 3)
    np.testing.assert_array_equal(x, model.sample(3, {"caption": tokens}, seed=2))
    other = model.from_text("a small blue disc", 3, seed=2).numpy()
    assert np.abs(x - other).max() > 1e-3
    with pytest.raises(ValueError, match="Unknown word 'cube'"):
        model.from_text("a small red cube")


def test_an_export_draws_sentences_as_the_model_does(spec, tmp_path):
    model = built("gawwn", spec)
    kgm.export.save(model, tmp_path / "scenes" / "1")
    artefact = kgm.export.load(tmp_path / "scenes")
    box = np.float32([[0.1, 0.2, 0.5, 0.6]])
    given = {"count": 2, "condition": {"box": box}, "seed": 3}
    x = artefact.from_text("a red disc", **given)
    np.testing.assert_allclose(x, model.from_text("a red disc", **given), atol=1e-5)
    assert artefact.card["spec"]["tensors"][0]["words"][1:] == list(
        spec.tensors[0].words[1:]
    )
    tokens = kgm.data.tokens(spec, ["a red disc"])
    sampled = artefact.sample(2, {"caption": tokens, "box": box}, seed=3)
    np.testing.assert_allclose(x, sampled, atol=1e-6)
    with pytest.raises(ValueError, match=r"one row. Received: 'box' .*\(2, 4\)"):
        artefact.from_text("a red disc", condition={"box": box.repeat(2, axis=0)})
    with pytest.raises(ValueError, match="Unknown word 'dics'"):
        artefact.from_text("a red dics", condition={"box": box})


def test_encoders_of_two_sizes_are_refused(spec):
    model = built("text_to_image", spec)
    config = model.get_config()
    other = built("text_to_image", spec, embedding_dim=6).get_config()
    with pytest.raises(ValueError, match=r"'embedding'.*must have the shape"):
        type(model).from_config({**config, "picture_encoder": other["picture_encoder"]})


# --- the measure ----------------------------------------------------------------------


class Drawing:
    """Draws the right pictures of sentences, or those of the next rows."""

    batch_tensors = ("x", "caption")

    def __init__(self, spec, batch, shift):
        self.spec, self.batch, self.shift = spec, batch, shift

    def sample(self, n=None, condition=None, seed=0):
        np.testing.assert_array_equal(condition["caption"], self.batch["caption"])
        return np.roll(self.batch["x"], self.shift, axis=0)


def test_the_metric_counts_what_sentences_say(spec, many):
    batch = {key: value[:400] for key, value in many["test"].items()}
    dataset = tf.data.Dataset.from_tensors(batch)
    right, wrong = (
        evaluation.evaluate(Drawing(spec, batch, n), dataset, ["caption_accuracy"])
        for n in (0, 1)
    )
    assert right["caption_accuracy"] > 0.95
    assert right["caption_accuracy/whole"] == right["caption_accuracy/whole/real"]
    assert right["caption_accuracy/examples"] == 400
    # Three shapes and four colours, as often each: four standard errors.
    for name, chance in (("shape", 1 / 3), ("colour", 1 / 4)):
        error = np.sqrt(chance * (1 - chance) / 400)
        assert abs(wrong[f"caption_accuracy/{name}"] - chance) < 4 * error
    assert wrong["caption_accuracy/whole"] < 0.1


def test_pictures_stand_below_their_sentences(spec, batches):
    model = built("text_to_image", spec)
    draw = kgm.registry.lookup("sentences", "figure")
    picture = draw(model, next(batches.as_numpy_iterator()))
    assert picture.ndim == 3
    assert 0.0 <= picture.min() <= picture.max() <= 1.0
    other = kgm.zoo.build("dcgan", spec, preset=False, filters=(3,))
    with pytest.raises(ValueError, match="Sentences are drawn by models with"):
        draw(other, next(batches.as_numpy_iterator()))
