"""Clips: how they are cut, where they begin, and which combinations they show."""

import itertools

import numpy as np
import pytest
from cases import everything
from films import strip, weizmann
from PIL import Image

import keras_genmodels as kgm
from keras_genmodels import data
from keras_genmodels.data.combinations import evenly
from keras_genmodels.data.sequences import Sequences

SPLITS = ("train", "test")


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    return weizmann(tmp_path_factory.mktemp("weizmann"))


def load(films, split="train", **options):
    options = {"batch_size": 8, "drop_remainder": False} | options
    return data.load("weizmann_actions", split, manual_dir=films, **options)


def beginnings(batch, spec):
    """Which frame of its film a clip begins with; its frames follow each other."""
    greys = np.rint(batch["x"][:, :, 4, 4, 0] * 255).astype(int)  # (n, time)
    assert np.all(np.diff(greys) == 1)
    return greys[:, 0] - 20 * spec.labels(batch["condition"])["identity"]


def test_training_clips_begin_anywhere_in_the_first_two_thirds(films):
    train, spec = load(films)
    assert spec.x_shape == (10, 8, 8, 3)
    epochs = [everything(train) for _ in range(12)]
    begin = [beginnings(epoch, spec) for epoch in epochs]
    assert len(begin[0]) == 72 * 3  # clips of 10 fit thrice into 34 frames
    assert np.any(begin[0] != begin[1])
    found = np.bincount(np.concatenate(begin), minlength=25)
    assert len(found) == 25  # 34 frames, of which the last clip takes ten
    # Error rate: 25 counts of mean 104, none more than 6 standard deviations off.
    assert np.all(abs(found - found.mean()) < 6 * np.sqrt(found.mean()))
    data.set_epoch(train, 3)
    np.testing.assert_array_equal(everything(train)["x"], epochs[3]["x"])


def test_test_clips_are_evenly_spaced_over_the_last_third(films):
    test, spec = load(films, "test", num_frames=5)
    first, second = (everything(test) for _ in range(2))
    np.testing.assert_array_equal(first["x"], second["x"])
    begin, counts = np.unique(beginnings(first, spec), return_counts=True)
    assert begin.tolist() == [34, 40, 46]
    assert counts.tolist() == [72, 72, 72]
    people = spec.labels(first["condition"])["identity"][:27]
    assert len(set(people)) > 6  # the first ones are not all of one


def test_every_film_is_of_its_person_and_action(films):
    train, spec = load(films, shuffle=False)
    labels = spec.labels(everything(train)["condition"])
    names = {a.name: a.classes for a in spec.attributes}
    order = ("one_hand_wave", "two_hand_wave", "jumping_jack", "bend")
    assert names == {"action": order, "identity": tuple("012345678")}
    counts = np.zeros((4, 9), int)
    np.add.at(counts, (labels["action"], labels["identity"]), 1)
    np.testing.assert_array_equal(counts, 6)


def test_clips_from_a_cache_equal_those_without(films, tmp_path):
    plain = everything(load(films, seed=2)[0])
    for _ in range(2):
        kept, spec = load(films, seed=2, cache=tmp_path)
        np.testing.assert_array_equal(everything(kept)["x"], plain["x"])
    _, spec = load(films, num_frames=4, cache=tmp_path)
    assert spec.x_shape == (4, 8, 8, 3)
    assert len(list(tmp_path.iterdir())) == 1  # the films, whatever is cut from them


def test_pixels_are_drawn_as_those_of_pictures(films):
    train, _ = load(films, binarise="dynamic", num_examples=8)
    drawn = everything(train)["x"]
    assert drawn.shape == (8, 10, 8, 8, 3)
    assert set(np.unique(drawn)) == {0.0, 1.0}
    test, _ = load(films, "test", dequantise=True)
    first, second = (everything(test)["x"] for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_a_batch_of_clips_is_checked(films):
    train, spec = load(films)
    batch = next(iter(train.as_numpy_iterator()))
    spec.check(batch)
    with pytest.raises(ValueError, match=r"\(batch, 10, 8, 8, 3\)\. Received: \(8, 9,"):
        spec.check(batch | {"x": batch["x"][:, :9]})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"num_frames": 35},
            r"`num_frames` must be <= 34, the frames of the shortest clip, "
            r"'0/00000002.jpg'; 72 of 72 are too short. Received: num_frames=35",
        ),
        ({"num_frames": 0}, "`num_frames` must be >= 1. Received: num_frames=0"),
        ({"batch_size": 217}, "`batch_size` must be <= 216"),
        ({"split": "validation"}, r"`split` must be one of \['train', 'test'\]"),
        ({"exclude": [{"act": "bend"}]}, "Unknown attribute 'act'.*mean 'action'"),
        ({"exclude": [{"action": "bow"}]}, "Unknown class 'bow' of attribute 'action'"),
        ({"holdout": 1.0}, r"`holdout` must be in \[0, 1\). Received: holdout=1.0"),
        ({"holdout": 0.2, "holdout_of": ["who"]}, "Unknown attribute 'who'"),
        ({"combinations": "unseen"}, r"\['kept', 'left_out', 'all'\].*'unseen'"),
        ({"combinations": "left_out"}, "'left_out' where .* leaves some out"),
    ],
)
def test_a_wrong_option_is_refused(films, options, message):
    options = {"drop_remainder": True} | options
    with pytest.raises(ValueError, match=message):
        load(films, **options)


@pytest.mark.parametrize("wrong", [{"action": "bend"}, ["bend"], [{}]])
def test_combinations_are_a_list_of_them(films, wrong):
    message = "`exclude` must be a (list of combinations|sequence of dicts)"
    with pytest.raises(TypeError, match=message):
        load(films, exclude=wrong)


def test_only_attributes_have_combinations(tmp_path):
    for name in "abcde":
        strip(tmp_path / f"{name}.jpg", 0)
    message = r"`holdout` needs a set with attributes\. Received: 'flickr_clips'"
    with pytest.raises(ValueError, match=message):
        data.load("flickr_clips", manual_dir=tmp_path, batch_size=1, holdout=0.1)


def test_stills_are_all_frames_once_with_the_attributes_of_their_films(films):
    stills, spec = load(films, stills=True, shuffle=False)
    assert (spec.name, spec.x_shape) == ("weizmann_actions_stills", (8, 8, 3))
    found = everything(stills)
    greys = np.rint(found["x"][:, 4, 4, 0] * 255).astype(int)
    labels = spec.labels(found["condition"])
    begin = greys - 20 * labels["identity"]  # the frame of the film that it is
    # 34 training frames in each of two films of nine people at four actions.
    assert np.bincount(begin).tolist() == [72] * 34
    assert np.bincount(labels["action"]).tolist() == [18 * 34] * 4
    few, _ = load(films, stills=True, num_examples=27, shuffle=False)
    assert len(set(spec.labels(everything(few)["condition"])["identity"])) > 6


def test_a_still_that_many_clips_show_comes_once():
    stills, spec = data.load("chairs", "test", stills=True, image_size=8)
    assert spec.x_shape == (8, 8, 3)
    clips, _ = data.load("chairs", "test", image_size=8)
    clips = everything(clips)["x"]
    found = {frame.tobytes() for frame in everything(stills)["x"]}
    assert found >= {frame.tobytes() for clip in clips for frame in clip}
    assert int(stills.cardinality()) * 128 < len(clips) * 16 / 4


def test_a_frame_follows_another_of_its_film(films):
    pairs, spec = load(films, frame_step=3, shuffle=False)
    assert (spec.name, spec.x_shape) == ("weizmann_actions_next", (8, 8, 3))
    assert spec.shapes["first_frame"] == (8, 8, 3)
    found = everything(pairs)
    after, before = (
        np.rint(found[key][:, 4, 4, 0] * 255).astype(int)
        for key in ("x", "first_frame")
    )
    np.testing.assert_array_equal(after - before, 3)
    labels = spec.labels(found["condition"])
    # Of the 34 frames of a film (two films of nine people at four actions).
    begin = before - 20 * labels["identity"]
    assert np.bincount(begin).tolist() == [72] * 31
    again = everything(load(films, frame_step=3, shuffle=False)[0])
    np.testing.assert_array_equal(found["x"], again["x"])
    few = everything(load(films, frame_step=3, num_examples=27, shuffle=False)[0])
    np.testing.assert_array_equal(few["first_frame"], found["first_frame"][:27])


def test_two_frames_that_many_clips_show_come_once():
    pairs, _ = data.load("chairs", "test", frame_step=1, image_size=8)
    found = everything(pairs)
    both = [
        one.tobytes() + other.tobytes()
        for one, other in zip(found["first_frame"], found["x"], strict=True)
    ]
    clips = everything(data.load("chairs", "test", image_size=8)[0])["x"]
    shown = {
        one.tobytes() + other.tobytes()
        for clip in clips
        for one, other in itertools.pairwise(clip)
    }
    assert shown <= {*both}
    assert len(both) < len(clips) * 16 / 2


def test_a_model_of_what_follows_is_built_for_pairs(films):
    pairs, spec = load(films, frame_step=1)
    small = {"latent_dim": 2, "kernels": 2, "filters": (3,), "image_filters": (3,)}
    model = kgm.zoo.build("visual_dynamics", spec, units=(4,), **small)
    model.fit(pairs.take(1), epochs=1, verbose=0)
    first = next(iter(pairs))["first_frame"][:2]
    assert model.predict_next(first, 3).shape == (2, 3, 8, 8, 3)


def test_frames_so_far_apart_are_refused(films):
    with pytest.raises(ValueError, match=r"less than the frames of the longest clip"):
        load(films, frame_step=500)
    with pytest.raises(ValueError, match=r"`frame_step` must be >= 1. Received: frame"):
        load(films, frame_step=0)
    with pytest.raises(ValueError, match=r"`frame_step` needs a set of clips.*'digits"):
        data.load("digits", frame_step=1)
    with pytest.raises(ValueError, match=r"must not both be given"):
        load(films, frame_step=1, stills=True)


def test_pictures_have_no_frames():
    with pytest.raises(ValueError, match=r"`stills` needs a set of clips.*'digits'"):
        data.load("digits", stills=True)
    with pytest.raises(ValueError, match=r"do not heed .* \['num_frames'\]"):
        data.load("moving_shapes", stills=True, num_frames=3)
    with pytest.raises(ValueError, match=r"do not heed .* \['num_frames'\]"):
        data.load("digits", num_frames=3)
    with pytest.raises(ValueError, match="'digits' takes no `manual_dir`"):
        data.load("digits", manual_dir="here")


def test_a_set_that_is_not_there_says_what_to_put_where(tmp_path):
    message = (
        rf"'weizmann_actions' is not on disk. Looked into: {tmp_path}\. Give "
        r"`manual_dir`, a folder of film strips"
    )
    with pytest.raises(ValueError, match=message):
        load(tmp_path)
    with pytest.raises(
        ValueError, match=rf"{tmp_path}/d/weizmann_actions, {tmp_path}/"
    ):
        data.load("weizmann_actions", data_dir=tmp_path / "d")


def test_a_damaged_strip_is_named(tmp_path):
    strip(tmp_path / "0" / "00000002.jpg", 0)
    (tmp_path / "1").mkdir()
    (tmp_path / "1" / "00000000.jpg").write_text("no picture")
    with pytest.raises(ValueError, match=r"1/00000000.jpg must be a film strip"):
        load(tmp_path)
    Image.new("RGB", (20, 8)).save(tmp_path / "1" / "00000000.jpg")
    with pytest.raises(ValueError, match=r"square frames. Received: .* 20 by 8 pixels"):
        load(tmp_path)


# --- combinations ---------------------------------------------------------------------


def pairs(batches, spec):
    labels = spec.labels(everything(batches)["condition"])
    return set(zip(*labels.values(), strict=True))


def test_a_quarter_of_the_combinations_is_left_out(films):
    def found(split, part, seed):
        options = {"holdout": 0.25, "combinations": part, "seed": seed}
        return pairs(*load(films, split, **options))

    kept, left = (
        {split: found(split, part, seed) for seed, split in enumerate(SPLITS)}
        for part in ("kept", "left_out")
    )
    assert kept["train"] == kept["test"]
    assert left["train"] == left["test"]
    assert len(left["train"]) == 9
    assert not kept["train"] & left["train"]
    assert len(kept["train"] | left["train"]) == 36
    assert {person for _, person in left["train"]} == set(range(9))
    assert np.ptp(np.bincount([action for action, _ in left["train"]])) <= 1
    everyone, spec = load(films, holdout=0.25, combinations="all")
    assert len(pairs(everyone, spec)) == 36


def test_named_combinations_are_left_out(films):
    out = [{"action": "bend", "identity": "3"}, {"identity": 5}]
    kept, spec = load(films, exclude=out)
    left, _ = load(films, exclude=out, combinations="left_out")
    assert pairs(left, spec) == {(3, 3), *((action, 5) for action in range(4))}
    assert len(pairs(kept, spec)) == 36 - 5
    with pytest.raises(ValueError, match=r"must be kept. Received: .* 72 of 72 out"):
        load(films, exclude=[{"action": i} for i in range(4)])


def test_pictures_can_be_left_out_too():
    options = {"exclude": [{"label": "7"}], "drop_remainder": False}
    kept, spec = data.load("digits", **options)
    left, _ = data.load("digits", combinations="left_out", **options)
    kept, left = everything(kept), everything(left)
    assert set(spec.labels(left["condition"])["label"]) == {7}
    assert set(spec.labels(kept["condition"])["label"]) == set(range(10)) - {7}
    assert len(kept["x"]) + len(left["x"]) == 1437


def test_what_is_left_out_of_training_is_there_to_be_tested():
    whole, _ = data.load("digits", "test")
    same, _ = data.load("digits", "test", exclude=[{"label": "7"}])
    np.testing.assert_array_equal(everything(same)["x"], everything(whole)["x"])


@pytest.mark.parametrize("share", [0.1, 0.2, 0.25, 0.5])
@pytest.mark.parametrize("sizes", [(4, 9), (6, 6, 6, 6), (2, 3, 4), (5,)])
def test_what_is_left_out_is_spread_over_all_classes(sizes, share):
    attributes = data.side_by_side(
        {f"a{axis}": [str(i) for i in range(n)] for axis, n in enumerate(sizes)}
    )
    chosen = evenly(share, attributes)
    assert chosen.sum() == round(share * np.prod(sizes))
    for axis in range(len(sizes)) if len(sizes) > 1 else ():
        others = tuple(a for a in range(len(sizes)) if a != axis)
        assert not chosen.all(axis=others).any()  # every class is still seen
        counts = chosen.sum(axis=others)
        assert np.ptp(counts) <= max(2, 0.5 * counts.mean())


def test_too_many_combinations_are_refused():
    many = data.side_by_side({f"a{i}": "no" for i in range(30)})
    with pytest.raises(ValueError, match="name some attributes in `holdout_of`"):
        evenly(0.5, many)


# --- sequences ------------------------------------------------------------------------


def test_a_long_film_gives_clips_from_its_beginning_to_its_end():
    sequences = Sequences.successive([7, 3, 12], usual=3, anywhere=True)
    rows, clips = sequences.cut(3, at_random=False)
    assert rows.tolist() == [0, 0, 1, 2, 2, 2, 2]
    assert clips.frames[:, 0].tolist() == [0, 4, 7, 10, 13, 16, 19]
    assert clips.frames[-1].tolist() == [19, 20, 21]
    rows, clips = sequences.cut(3, at_random=True)
    assert clips.lengths.tolist() == [7, 7, 3, 12, 12, 12, 12]


def test_a_clip_that_begins_at_the_start_is_cut_there():
    frames = np.array([[4, 3, 2, 1, 0]], np.int32)
    sequences = Sequences(frames, np.array([5]), usual=2)
    rows, clips = sequences.cut(sequences.clip_length(None), at_random=True)
    assert (rows.tolist(), clips.frames.tolist()) == ([0], [[4, 3]])


# --- moving shapes --------------------------------------------------------------------


def test_shapes_move_as_their_captions_say():
    batches, spec = data.load("moving_shapes", "test", shuffle=False)
    assert spec.x_shape == (16, 32, 32, 3)
    test = everything(batches)
    said = data.captions(spec, test["condition"])
    assert len(said) == len(set(said)) * 4 == 288
    light = test["x"].max(axis=-1)  # (n, time, height, width)
    total = light.sum(axis=(2, 3))
    places = np.arange(32)
    across = (light.sum(axis=2) * places).sum(axis=-1) / total  # (n, time)
    down = (light.sum(axis=3) * places).sum(axis=-1) / total
    for caption, x, y in zip(said, across, down, strict=True):
        moved = np.array([x[-1] - x[0], y[-1] - y[0]])
        expected = {
            "moves to the right": (18, 0),
            "moves to the left": (-18, 0),
            "moves up": (0, -18),
            "moves down": (0, 18),
            "goes round in a circle": (0, 0),
            "zigzags to the right": (18, 0),
        }
        verb = caption.split(" ", 3)[3]
        wanted = expected[verb]
        np.testing.assert_allclose(moved[0], wanted[0], atol=3.0, err_msg=caption)
        if "zigzag" not in verb:
            np.testing.assert_allclose(moved[1], wanted[1], atol=3.0, err_msg=caption)


def test_a_path_takes_the_whole_clip_however_long_it_is():
    for frames in (1, 2, 40):
        batches, spec = data.load(
            "moving_shapes", num_frames=frames, batch_size=4, num_examples=4
        )
        assert spec.x_shape == (frames, 32, 32, 3)
        assert everything(batches)["x"].shape == (4, frames, 32, 32, 3)


def test_a_set_without_sentences_names_its_classes():
    spec = data.DatasetSpec("pots", (4,), data.side_by_side({"kind": ["cup", "jug"]}))
    assert data.captions(spec, spec.condition(kind=["jug", "cup"])) == [
        "kind jug",
        "kind cup",
    ]
    assert data.captions(data.DatasetSpec("bare", (4,)), np.zeros((2, 0))) == ["", ""]
