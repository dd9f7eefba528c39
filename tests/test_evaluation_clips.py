"""Measures of clips: closed forms, and models whose answers are known without them."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import special

from keras_genmodels import data, evaluation
from keras_genmodels.data.attributes import side_by_side
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.evaluation.classifiers import (
    FEATURES,
    ClipClassifier,
    attributes_training,
    calibration,
    load_classifier,
)
from keras_genmodels.evaluation.measures import (
    class_scores,
    diversity,
    frame_quality,
    video,
)
from keras_genmodels.evaluation.metrics import attribute_control

TIME, SIDE = 4, 16
SPEC = DatasetSpec(
    "squares",
    (TIME, SIDE, SIDE, 3),
    side_by_side({"action": ("right", "left"), "identity": ("a", "b", "c")}),
)
ALL = [(action, who) for action in range(2) for who in range(3)]


def clip(action, who, place=0, contrast=1.0):
    """A column of the identity's colour that wanders over the grey picture."""
    x = np.full((TIME, SIDE, SIDE, 3), 0.2, np.float32)
    for t in range(TIME):
        step = 2 * t if action == 0 else 2 * (TIME - 1 - t)
        x[t, :, step + place : step + place + 4, who] += 0.6 * contrast
    return x


def clips(labels, places=(0,), contrast=1.0):
    x = np.stack([clip(*label, p, contrast) for label in labels for p in places])
    rows = np.repeat(labels, len(places), axis=0)
    condition = SPEC.condition(len(rows), action=rows[:, 0], identity=rows[:, 1])
    return x, condition


def dataset(x, condition, size=6):
    parts = {"x": x, "condition": condition}
    return tf.data.Dataset.from_tensor_slices(parts).batch(size)


class Wanderer:
    """Makes the clips it is asked for, at a place that the seed says.

    Args:
        contrast: of the column; 1 is that of the data.
        still: whether all clips of a condition are the same.
        wrong: share of clips that show another action.
    """

    spec = SPEC

    def __init__(self, contrast=1.0, still=False, wrong=0.0):
        self.contrast, self.still, self.wrong = contrast, still, wrong

    def sample(self, n=None, condition=None, num_frames=TIME, seed=0):
        rng = np.random.default_rng(np.ravel(seed))
        labels = SPEC.labels(condition)
        action = labels["action"] ^ (rng.random(len(condition)) < self.wrong)
        pairs = zip(action, labels["identity"], strict=True)
        places = [0 if self.still else rng.integers(5) for _ in labels["action"]]
        return np.stack(
            [
                clip(*pair, place, self.contrast)
                for pair, place in zip(pairs, places, strict=True)
            ]
        )

    def continue_from(self, first_frame, condition, num_frames=TIME, seed=0):
        """Goes on with the identity of the frame, whatever is asked of it."""
        own = self.infer_attributes(first_frame)["identity"].argmax(axis=1)
        asked = SPEC.labels(condition)["action"]
        found = np.stack([clip(a, i) for a, i in zip(asked, own, strict=True)])
        found[:, 0] = first_frame
        return found

    def infer_attributes(self, first_frame):
        bright = np.asarray(first_frame).max(axis=(1, 2)) > 0.5
        action = np.asarray(first_frame)[:, 0, : SIDE // 2].max(axis=(1, 2)) < 0.5
        return {"identity": np.float32(bright), "action": np.eye(2)[action.astype(int)]}


class Reader(ClipClassifier):
    """Reads the clips above without an error, and is sure of it."""

    def __init__(self):
        clip_input = keras.Input((None, SIDE, SIDE, 3))
        hidden = keras.layers.GlobalAveragePooling3D(name=FEATURES)(clip_input)
        network = keras.Model(clip_input, keras.layers.Dense(5)(hidden))
        card = {
            "name": "reader",
            "attributes": {a.name: a.classes for a in SPEC.attributes},
            "test_accuracy": 0.9,
            "test_accuracies": {"action": 0.95, "identity": 1.0},
            "temperatures": {"action": 1.0, "identity": 1.0},
        }
        super().__init__(network, card)

    def read(self, clips):
        x = np.asarray(clips)
        who = np.ptp(x, axis=(1, 2, 3)).argmax(axis=1)
        columns = x.max(axis=(2, 4)).argmax(axis=2)  # (n, time)
        action = (columns[:, -1] < columns[:, 1]).astype(int)
        return {"action": np.eye(2)[action], "identity": np.eye(3)[who]}


@pytest.fixture(scope="module")
def test_clips():
    return clips(ALL, places=(0, 2, 4))


# --- pure functions -------------------------------------------------------------------


def test_joint_probabilities_are_products():
    a, b = np.array([[0.25, 0.75]]), np.array([[0.1, 0.2, 0.7]])
    joint = class_scores.joint_probabilities([a, b])
    np.testing.assert_allclose(joint, [np.outer(a, b).ravel()])
    score = evaluation.video_inception_score(np.eye(6))
    assert score == pytest.approx(6.0)


def test_sharpness_of_a_checkerboard_by_hand():
    """Inner pixels have the Laplacian 4 * (+-1): its variance is near 16."""
    board = np.float32(np.indices((64, 64)).sum(axis=0) % 2)[None, ..., None]
    by_hand = np.pad(board[0, ..., 0], 1, "edge")
    inner = board[0, ..., 0]
    laplacian = (
        by_hand[:-2, 1:-1]
        + by_hand[2:, 1:-1]
        + by_hand[1:-1, :-2]
        + by_hand[1:-1, 2:]
        - 4 * inner
    )
    found = frame_quality.laplacian_variance(board)
    np.testing.assert_allclose(found, [laplacian.var()], rtol=1e-5)
    assert 14 < found[0] < 16
    grey = frame_quality.laplacian_variance(np.repeat(board, 3, axis=-1))
    np.testing.assert_allclose(grey, found, rtol=1e-4)
    soft = tf.nn.avg_pool2d(board, 2, 1, "SAME")
    assert frame_quality.laplacian_variance(soft.numpy())[0] < 0.1


@pytest.mark.parametrize("kind", ["psnr", "ssim"])
def test_many_frames_at_once_are_compared_as_each_alone(kind):
    noise = np.random.default_rng(0)
    x = noise.random((130, 2, 12, 14, 3)).astype("float32")  # more than go together
    other = np.clip(x + 0.1 * noise.normal(size=x.shape), 0, 1).astype("float32")
    found = frame_quality.similarity(kind, x, other)
    assert found.shape == (130, 2)
    for clip, time in ((0, 0), (0, 1), (127, 1), (128, 0), (129, 1)):
        alone = getattr(tf.image, kind)(x[clip, time], other[clip, time], 1.0)
        assert found[clip, time] == pytest.approx(float(alone), rel=1e-5)
    with pytest.raises(ValueError, match=r"must have the shape of `clips`"):
        frame_quality.similarity(kind, x, other[:1])


def test_nearest_error_and_distance_by_hand():
    frames = np.array([[0.0, 0.0], [1.0, 3.0]])
    seen = np.array([[0.0, 1.0], [1.0, 1.0]])
    found = video.nearest_error(frames, seen)
    np.testing.assert_allclose(found, [0.5, 2.0])
    three = np.array([[0.0], [1.0], [3.0]])
    assert diversity.root_mean_square_distance(three) == pytest.approx((1 + 3 + 2) / 3)


def test_frames_are_reduced_by_whole_numbers_only():
    x = np.arange(16.0).reshape(1, 4, 4, 1)
    small = video.downsampled(x, 2)
    np.testing.assert_allclose(small[0, ..., 0], [[2.5, 4.5], [10.5, 12.5]])
    assert video.downsampled(x, 3) is x


# --- metrics --------------------------------------------------------------------------


def test_video_score_of_perfect_and_of_wrong_clips(test_clips):
    options = {"num_samples": 36, "classifier": Reader()}
    names = ["video_inception_score"]
    perfect = evaluation.evaluate(Wanderer(), dataset(*test_clips), names, **options)
    assert perfect["video_inception_score"] == pytest.approx(6.0)
    assert perfect["video_inception_score/real_test"] == pytest.approx(6.0)
    assert perfect["video_inception_score/share_of_real_test"] == pytest.approx(1.0)
    assert perfect["video_inception_score/intra_entropy"] == 0.0
    assert perfect["video_inception_score/inter_entropy"] == pytest.approx(np.log(6))
    assert perfect["video_inception_score/classes"] == 6
    assert perfect["video_inception_score/classifier:reader/action"] == 0.95
    one = evaluation.evaluate(
        Wanderer(), dataset(*test_clips), names, attributes=["identity"], **options
    )
    assert one["video_inception_score"] == pytest.approx(3.0)
    with pytest.raises(ValueError, match=r"`attributes` must be among .*'wings'"):
        evaluation.evaluate(
            Wanderer(), dataset(*test_clips), names, attributes=["wings"], **options
        )


def test_few_drawn_clips_are_held_against_as_many_real_ones(test_clips):
    options = {"num_samples": 4, "classifier": Reader()}
    names = ["video_inception_score"]
    found = evaluation.evaluate(Wanderer(), dataset(*test_clips), names, **options)
    assert found["video_inception_score/examples"] == 4
    assert 1.0 < found["video_inception_score"] <= 4.0
    assert found["video_inception_score/share_of_real_test"] == pytest.approx(1.0)


def test_a_score_is_held_against_training_clips_where_there_are_some(test_clips):
    """Those of a single person have a sixth of the test clips' kinds, two of six."""
    x, condition = test_clips
    train = dataset(*(part[condition[:, 2] == 1] for part in (x, condition)))
    options = {"num_samples": 36, "classifier": Reader(), "train": train}
    names = ["video_inception_score"]
    found = evaluation.evaluate(Wanderer(), dataset(*test_clips), names, **options)
    assert found["video_inception_score/real_train"] == pytest.approx(2.0)
    assert found["video_inception_score/share_of_real_train"] == pytest.approx(3.0)
    assert found["video_inception_score/real_test"] == pytest.approx(6.0)
    with pytest.raises(ValueError, match="`train` must have clips of every kind"):
        evaluation.evaluate(Wanderer(), dataset(*test_clips), ["ghosting"], **options)


@pytest.mark.parametrize("wrong", [0.0, 0.5])
def test_control_of_every_attribute_by_one_classifier(wrong, test_clips):
    found = attribute_control.control_accuracy(
        Wanderer(wrong=wrong), num_samples=300, classifier=Reader()
    )
    # Five standard errors of 300 draws.
    assert found["control_accuracy/action"] == pytest.approx(1 - wrong, abs=0.15)
    assert found["control_accuracy/identity"] == 1.0
    assert found["control_accuracy/classifier:reader/action"] == 0.95
    assert found["control_accuracy/classifier:reader/identity"] == 1.0


def test_control_may_ask_for_what_the_data_show():
    left_out = dataset(*clips([(1, 2)]))
    asked = []

    class Told(Wanderer):
        def sample(self, n=None, condition=None, num_frames=TIME, seed=0):
            asked.append(np.asarray(condition))
            return super().sample(n, condition, num_frames, seed)

    options = {"num_samples": 10, "classifier": Reader(), "combinations": "dataset"}
    attribute_control.control_accuracy(Told(), left_out, **options)
    labels = SPEC.labels(np.concatenate(asked))
    assert set(labels["action"]) == {1}
    assert set(labels["identity"]) == {2}
    with pytest.raises(ValueError, match=r"`combinations` must be 'all' or 'dataset'"):
        attribute_control.control_accuracy(
            Told(), left_out, **{**options, "combinations": "x"}
        )


def test_sharpness_follows_contrast(test_clips):
    for contrast in (1.0, 0.5):
        found = evaluation.sharpness(Wanderer(contrast), dataset(*test_clips), 36)
        assert found["sharpness"] == pytest.approx(contrast**2, rel=0.05)
    assert found["sharpness/frames"] == 36 * TIME


@pytest.mark.parametrize(
    "metric",
    [
        *("sharpness", "ghosting", "jitter", "clip_diversity"),
        *("frechet_video_distance", "video_inception_score"),
    ],
)
def test_a_metric_of_clips_says_so_of_a_model_of_pictures(metric):
    class Painter:
        spec = DatasetSpec("pictures", (SIDE, SIDE, 3), SPEC.attributes)

        def sample(self, n=None, condition=None, seed=0):
            return tf.zeros((n or len(condition), SIDE, SIDE, 3))

    x = np.zeros((2, SIDE, SIDE, 3), np.float32)
    rows = tf.data.Dataset.from_tensors({"x": x, "condition": np.zeros((2, 5), "f")})
    with pytest.raises(ValueError, match=r"needs (a model of )?clips.* \(16, 16, 3\)"):
        evaluation.evaluate(Painter(), rows, [metric], train=rows)


def test_frames_out_of_order_are_jitter(test_clips):
    class Shaken(Wanderer):
        def sample(self, n=None, condition=None, num_frames=TIME, seed=0):
            steady = super().sample(n, condition, num_frames, seed)
            return steady[:, [0, 2, 1, 3]]

    options = {"dataset": dataset(*test_clips), "num_samples": 36}
    steady, shaken = (
        evaluation.clip_jitter(m(), **options) for m in (Wanderer, Shaken)
    )
    assert steady["jitter"] == pytest.approx(1.0, rel=0.1)
    assert shaken["jitter/drawn"] > 1.3 * steady["jitter/drawn"]
    assert shaken["jitter/real"] == steady["jitter/real"]
    noise = np.random.default_rng(0).normal(size=(200, 20, 50))
    np.testing.assert_allclose(video.jitter(noise).mean(), 3.0, rtol=0.01)
    np.testing.assert_array_equal(video.jitter(np.ones((2, 3, 4))), 0.0)


def test_two_frames_have_no_jitter():
    model = Wanderer()
    model.spec = DatasetSpec("pairs", (2, SIDE, SIDE, 3))
    with pytest.raises(ValueError, match=r"at least 3 frames.*'pairs'.*\(2, 16, 16, 3"):
        evaluation.clip_jitter(model, None)


def test_ghosts_are_far_from_every_frame(test_clips):
    train = dataset(*clips(ALL, places=(0, 1, 3, 4)))
    options = {"train": train, "passes": 1}

    class Ghost(Wanderer):
        def sample(self, n=None, condition=None, num_frames=TIME, seed=0):
            one, other = (
                Wanderer.sample(self, n, condition, seed=(seed[0], i)) for i in (1, 2)
            )
            return (one + other) / 2

    real = dataset(test_clips[0][1::3], test_clips[1][1::3])  # at place 2, never seen
    one = evaluation.ghosting(Wanderer(), real, num_samples=36, **options)
    ghost = evaluation.ghosting(Ghost(), real, num_samples=36, **options)
    assert one["ghosting"] <= 1.0
    assert ghost["ghosting/drawn"] > one["ghosting/drawn"]
    assert ghost["ghosting/real"] == one["ghosting/real"] > 0
    nobody = evaluation.ghosting(Wanderer(), real, num_samples=12, same=(), **options)
    assert nobody["ghosting/real"] <= one["ghosting/real"]
    with pytest.raises(ValueError, match=r"`train` must be the batches"):
        evaluation.ghosting(Wanderer(), real)


def test_diversity_sees_who_repeats_himself(test_clips):
    train = dataset(*clips(ALL, places=(1, 3)))
    real = dataset(*test_clips)
    varied, still = (
        evaluation.clip_diversity(Wanderer(still=s), real, train, 60, passes=1)
        for s in (False, True)
    )
    assert varied["clip_diversity"] > 0.5
    assert still["clip_diversity"] == pytest.approx(0.0, abs=1e-5)
    assert varied["clip_diversity/combinations"] == 6
    assert still["clip_diversity/nearest"] > 0
    copies = evaluation.clip_diversity(
        Wanderer(still=True), real, dataset(*clips(ALL)), 60, passes=1
    )
    assert copies["clip_diversity/nearest"] == pytest.approx(0.0, abs=1e-6)
    with pytest.raises(ValueError, match=r"two test clips that differ"):
        evaluation.clip_diversity(Wanderer(), dataset(*clips(ALL)), None, 60)


def test_frechet_video_distance_beside_that_of_real_clips(test_clips):
    train, real = dataset(*clips(ALL, places=(1, 3))), dataset(*test_clips)
    options = {"train": train, "classifier": Reader(), "num_samples": 18, "passes": 1}
    same = evaluation.frechet_video_distance(Wanderer(), real, **options)
    pale = evaluation.frechet_video_distance(Wanderer(contrast=0.5), real, **options)
    name = "frechet_video_distance"
    assert same[f"{name}/real"] == pale[f"{name}/real"]
    assert pale[name] > 10 * same[name]
    assert pale[f"{name}/ratio"] == pytest.approx(pale[name] / pale[f"{name}/real"])
    assert same[f"{name}/samples"] == 18


def test_no_more_training_clips_are_looked_at_than_memory_holds(
    test_clips, monkeypatch
):
    monkeypatch.setattr(evaluation.clip_sampling, "MAX_TRAINING_CLIPS", 5)
    x, condition = test_clips
    train = dataset(*clips(ALL, places=(1, 3)))
    options = {"train": train, "classifier": Reader(), "num_samples": 18, "passes": 9}
    found = evaluation.frechet_video_distance(
        Wanderer(), dataset(x, condition), **options
    )
    assert found["frechet_video_distance/examples"] == 5


def test_a_perfect_prediction_has_no_error():
    x, condition = clips(ALL)
    found = evaluation.prediction_error(Wanderer(), dataset(x, condition))
    assert found["prediction_error"] == 0.0
    assert found["prediction_error/ssim"] == pytest.approx(1.0)
    assert found["prediction_error/mse:0"] == 0.0
    moved = evaluation.prediction_error(Wanderer(), dataset(*clips(ALL, places=(2,))))
    by_hand = np.mean((clip(0, 0) - clip(0, 0, 2))[1:] ** 2)
    assert moved["prediction_error"] == pytest.approx(by_hand, rel=1e-5)
    assert moved["prediction_error/psnr:1"] == pytest.approx(
        -10 * np.log10(by_hand), rel=1e-4
    )


def test_continuations_do_what_is_asked_and_keep_the_rest():
    real = dataset(*clips(ALL))
    found = evaluation.continuation(Wanderer(), real, classifier=Reader())
    assert found["continuation"] == 1.0
    assert found["continuation/kept:identity"] == 1.0
    assert found["continuation/inferred:identity"] == 1.0
    assert found["continuation/psnr/worst"] > 60
    assert found["continuation/examples"] == 6
    with pytest.raises(ValueError, match=r"Unknown attribute 'colour'"):
        evaluation.continuation(Wanderer(), real, "colour", Reader())


# --- classifiers of clips -------------------------------------------------------------


@pytest.mark.parametrize("factor", [0.5, 3.0])
def test_a_temperature_takes_back_what_the_logits_were_multiplied_by(factor):
    """5,000 labels drawn from what the logits say: its deviation is near 0.02."""
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(5000, 4))
    labels = (logits + rng.gumbel(size=logits.shape)).argmax(axis=1)
    spec = DatasetSpec("logits", (4,), side_by_side({"label": "abcd"}))
    held_out = [{"x": factor * logits, "condition": np.eye(4)[labels]}]
    found = calibration.best_temperatures(lambda x, training: x, held_out, spec)
    assert found == {"label": pytest.approx(factor, rel=0.1)}


def test_probabilities_are_those_of_the_divided_logits():
    judge = load_classifier("weizmann_actions")
    x = np.random.default_rng(0).random((3, 4, 64, 64, 3), np.float32)
    logits = judge.outputs(x)[1]
    for attribute in judge.attributes:
        own = logits[:, attribute.start : attribute.stop]
        expected = special.softmax(own / judge.temperatures[attribute.name], axis=1)
        np.testing.assert_allclose(judge.read(x)[attribute.name], expected, rtol=1e-5)


def test_real_clips_are_as_probable_as_the_temperatures_promise(weizmann_dir):
    """What no training saw: the cross-entropy of the test clips falls."""
    test, spec = data.load("weizmann_actions", "test", manual_dir=weizmann_dir)
    judge = load_classifier("weizmann_actions")
    read = [(judge.outputs(b["x"])[1], b["condition"]) for b in test]
    logits, conditions = (np.concatenate(parts) for parts in zip(*read, strict=True))
    for a in spec.attributes:
        said, truth = (part[:, a.start : a.stop] for part in (logits, conditions))
        plain, calibrated = (
            -np.mean(np.sum(truth * special.log_softmax(said / t, axis=1), axis=1))
            for t in (1.0, judge.temperatures[a.name])
        )
        assert calibrated < plain


@pytest.mark.slow
def test_the_command_makes_a_classifier_of_clips(tmp_path, monkeypatch, capsys):
    from keras_genmodels.evaluation.classifiers import __main__ as command

    monkeypatch.setattr(attributes_training, "WIDTHS", (4, 4))
    words = ["moving_shapes", "--epochs", "1", "--out", str(tmp_path)]
    monkeypatch.setattr("sys.argv", ["classifiers", *words])
    command.main()
    card = json.loads((tmp_path / "moving_shapes.json").read_text())
    assert set(card["test_accuracies"]) == {"shape", "colour", "path"}
    assert card["test_accuracy"] <= min(card["test_accuracies"].values())
    assert card["test_examples"] == 72 * 4
    assert set(card["temperatures"]) == set(card["test_accuracies"])
    assert card["command"].endswith("classifiers moving_shapes --epochs 1 --seed 0")
    assert "test accuracy" in capsys.readouterr().out
    path = tmp_path / "moving_shapes.keras"
    judge = ClipClassifier(keras.saving.load_model(path, compile=False), card)
    x = np.random.default_rng(0).random((3, 5, 20, 20, 1), np.float32)  # other sizes
    read = judge.read(x)
    assert {name: p.shape for name, p in read.items()} == {
        "shape": (3, 3),
        "colour": (3, 4),
        "path": (3, 6),
    }
    np.testing.assert_array_equal(judge.judges()["path"].probabilities(x), read["path"])
    assert judge.features(x).shape == (3, judge.feature_size)
    with pytest.raises(ValueError, match=r"\(n, time, height, width, channels\)"):
        judge.features(x[0])


def test_clips_are_spoilt_alike_in_all_frames_and_repeat_under_their_seed():
    x = np.full((8, 3, 16, 16, 3), 0.5, np.float32)
    x[:, :, 8, 8] = 1.0
    key = tf.constant([0, 3])
    one, two = (attributes_training.augmented(x, key).numpy() for _ in range(2))
    np.testing.assert_array_equal(one, two)
    assert one.min() >= 0.0
    assert one.max() <= 1.0
    places = one.sum(axis=-1).reshape(8, 3, -1).argmax(axis=-1)
    assert len(np.unique(places[:, 0])) > 3
    sharp = one.std(axis=1).max(axis=(1, 2, 3)) == 0  # no grain: frames are the same
    assert 0 < sharp.sum() < 8
