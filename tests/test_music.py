"""Tunes: events, piano rolls, MIDI files, chorales, and the recipe that writes them."""

from __future__ import annotations

import json

import cases
import numpy as np
import pytest
import tensorflow as tf
from cases import everything
from conftest import tfds_folder

import keras_genmodels as kgm
from keras_genmodels import cli, music, sound
from keras_genmodels.distributions import CoupledLogisticMixtureHead
from keras_genmodels.evaluation.figures import sample_pictures
from keras_genmodels.evaluation.measures import tune_shapes
from keras_genmodels.models import pixel_drawing

SMALL = {"preset": False, "noise": 2, "units": (6, 4), "critic_units": (5,)}
DENSITY = {"preset": False, "num_components": 2, "units": (6, 4)}
SPLITS = ("train", "test")
CHORD = [(0.0, 0.5, 60, 100), (0.0, 0.25, 72, 90), (0.25, 1.0, 64, 80)]


def load(name, split="train", **options):
    options = {"batch_size": 4, "drop_remainder": False, "shuffle": False, **options}
    found = kgm.data.load(name, split, **options)
    return everything(found[0]), found[1]


def tune(count=12, seed=0):
    """Notes on a grid of sixteenths that no other note of their pitch meets."""
    rng = np.random.default_rng(seed)
    begins = np.sort(rng.integers(0, 8, count)).cumsum() / 16
    return np.column_stack(
        [
            begins - begins[0],
            rng.integers(1, 4, count) / 16,
            50 + rng.permutation(count),
            rng.integers(1, 128, count),
        ]
    )


class OfTunes:
    """What holds for recipes of tunes."""

    @pytest.fixture
    def batches(self, tunes):
        """Of the test split, whose tunes begin at the same places in every epoch."""
        return kgm.data.load(tunes, "test", batch_size=4, num_frames=6)[0]

    @pytest.fixture
    def build(self, tunes):
        spec = kgm.data.load(tunes, batch_size=8, num_frames=6)[1]
        return lambda **options: kgm.zoo.build(
            self.recipe, spec, seed=1, **self.small, **options
        )


class TestCRNNGAN(OfTunes, cases.GameCase):
    recipe, small = "c_rnn_gan", SMALL


class TestMDNRNN(OfTunes, cases.OnePlayerCase):
    recipe, small = "mdn_rnn", DENSITY


@pytest.fixture(scope="module")
def tunes(tmp_path_factory):
    """The name of twenty tunes of either of two kinds, in files."""
    folder = tmp_path_factory.mktemp("tunes")
    for place in range(20):
        kind = folder / ("jig" if place < 10 else "reel")
        kind.mkdir(exist_ok=True)
        music.write_midi(kind / f"{place}.mid", music.events(tune(24, place)))
    return f"midi:{folder}"


# --- events ---------------------------------------------------------------------------


def test_events_are_notes_in_time_with_gaps():
    wanted = [
        [0.25, 72 / 127, 90 / 127, 0.0],  # together, the higher one first
        [0.5, 60 / 127, 100 / 127, 0.0],
        [1.0, 64 / 127, 80 / 127, 0.25],
    ]
    np.testing.assert_allclose(music.events(CHORD[::-1]), wanted, atol=1e-7)


def test_notes_are_read_back_from_events():
    given = tune()
    order = np.lexsort((-given[:, 2], given[:, 0]))
    np.testing.assert_allclose(
        music.notes(music.events(given)), given[order], atol=1e-6
    )


def test_what_lasts_longer_than_a_whole_note_counts_as_one():
    found = music.events([(0.0, 3.0, 60, 100), (2.5, 0.5, 62, 100)])
    np.testing.assert_allclose(found[:, [0, 3]], [[1.0, 0.0], [0.5, 1.0]])


@pytest.mark.parametrize(
    ("notes", "message"),
    [
        ([(0, 1, 128, 1)], r"pitches and loudness in \[0, 127\].*128"),
        ([(-1, 1, 60, 1)], r"times >= 0.*-1"),
        ([(0, 1, 60)], r"\(n, 4\). Received: shape \(1, 3\)"),
    ],
)
def test_notes_that_are_none_are_refused(notes, message):
    with pytest.raises(ValueError, match=message):
        music.events(notes)


def test_a_piano_roll_shows_what_sounds_when():
    roll = music.piano_roll(music.events(CHORD))[..., 0]
    wanted = np.zeros((88, 20))
    wanted[108 - 60, :8] = 100 / 127
    wanted[108 - 72, :4] = 90 / 127
    wanted[108 - 64, 4:20] = 80 / 127
    np.testing.assert_allclose(roll, wanted, atol=1e-6)
    assert music.piano_roll(music.events(CHORD), width=5).shape == (88, 5, 1)


# --- MIDI files -----------------------------------------------------------------------


def test_a_file_holds_the_tune(tmp_path):
    given = music.events(tune())
    music.write_midi(tmp_path / "tune.mid", given)
    np.testing.assert_allclose(music.read_midi(tmp_path / "tune.mid"), given, atol=1e-6)
    assert [file.name for file in tmp_path.iterdir()] == ["tune.mid"]


def test_what_others_write_is_read_too(tmp_path):
    """Two tracks, notes ended by silence or struck again, drums, another resolution."""
    mido = pytest.importorskip("mido", reason="the extra `music`")
    file = mido.MidiFile(ticks_per_beat=96)  # 384 ticks are a whole note
    first = [
        ("note_on", 0, 60, 100, 0),
        ("note_on", 0, 60, 90, 96),  # struck again
        ("note_on", 0, 60, 0, 96),  # an end
    ]
    second = [("note_on", 9, 40, 100, 0), ("note_on", 1, 67, 80, 192)]
    second += [("note_off", 1, 67, 0, 192)]
    for track in (first, second):
        messages = [
            mido.Message(kind, channel=channel, note=note, velocity=loud, time=time)
            for kind, channel, note, loud, time in track
        ]
        file.tracks.append(mido.MidiTrack(messages))
    file.save(tmp_path / "other.mid")
    found = music.notes(music.read_midi(tmp_path / "other.mid"))
    wanted = [(0, 0.25, 60, 100), (0.25, 0.25, 60, 90), (0.5, 0.5, 67, 80)]
    np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_a_folder_of_files_is_a_data_set_whose_classes_are_folders(tunes):
    batch, spec = load(tunes, num_frames=6)
    assert (spec.kind, spec.x_shape) == ("sequence", (6, 4))
    assert spec.attributes[0].classes == ("jig", "reel")
    assert len(batch["x"]) == 16 * (24 // 6)
    labels = spec.labels(batch["condition"])["label"]
    whole = {p: music.events(tune(24, p)) for p in range(20)}
    for x, label in zip(batch["x"], labels, strict=True):
        kinds = [
            int(place >= 10)
            for place, own in whole.items()
            for begin in range(24 - 5)
            if np.allclose(own[begin : begin + 6], x, atol=1e-6)
        ]
        assert kinds == [label]


def test_files_that_are_no_tunes_are_skipped_and_told(tmp_path):
    for place in range(4):
        music.write_midi(tmp_path / f"{place}.mid", music.events(tune(8, place)))
    (tmp_path / "broken.mid").write_bytes(b"MThd nothing")
    with pytest.warns(UserWarning, match=r"1 of 5 files.*broken\.mid"):
        both = [len(load(f"midi:{tmp_path}", s, num_frames=4)[0]["x"]) for s in SPLITS]
    assert sum(both) == 2 * 4  # two pieces of each of four tunes


def test_a_tune_that_is_too_short_is_named(tunes):
    with pytest.raises(ValueError, match=r"`num_frames` must be <= 24.*\.mid"):
        kgm.data.load(tunes)


def test_no_tunes_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"must hold at least two tunes\. Received: 0"):
        kgm.data.load(f"midi:{tmp_path}")


# --- chorales -------------------------------------------------------------------------


def chorales(lengths, silent):
    """Four voices that rest, hold and repeat pitches."""
    rng = np.random.default_rng(len(lengths))
    found = []
    for length in lengths:
        voices = rng.integers(50, 80, (length // 2, 4)).repeat(2, axis=0)
        voices[:4, 3] = silent
        found.append(voices)
    return found


def write_chorales(folder, form):
    """Chorales in one of the published forms; those of the test split are returned."""
    silent = -1 if form == "json" else 0
    parts = {"train": [32, 40], "valid": [24], "test": [32, 28]}
    given = {part: chorales(lengths, silent) for part, lengths in parts.items()}
    if form == "json":
        lists = {part: [c.tolist() for c in own] for part, own in given.items()}
        (folder / "Jsb16thSeparated.json").write_text(json.dumps(lists))
    else:
        arrays = {part: np.concatenate(own) for part, own in given.items()}
        lengths = {f"{part}_lengths": own for part, own in parts.items()}
        np.savez(folder / "jsb_chorales.npz", **arrays, **lengths)
    return given["test"]


@pytest.mark.parametrize("form", ["json", "npz"])
def test_the_notes_of_chorales_are_those_of_their_voices(tmp_path, form):
    given = write_chorales(tmp_path, form)
    batch, spec = load("jsb_chorales", "test", manual_dir=tmp_path, num_frames=40)
    assert (spec.kind, spec.x_shape) == ("sequence", (40, 4))
    assert (batch["x"][..., 2] == np.float32(100 / 127)).all()
    heard = {tuple(np.rint(x[:, 1] * 127).astype(int)) for x in batch["x"]}
    for voices in given:  # the first forty notes of some chorale, or the last
        order = [
            (step, -pitch)
            for voice in voices.T
            for step, (before, pitch) in enumerate(
                zip([-9, *voice], voice, strict=False)
            )
            if pitch > 0 and pitch != before
        ]
        pitches = [-pitch for _, pitch in sorted(order)]
        assert {tuple(pitches[:40]), tuple(pitches[-40:])} & heard


def test_chorales_of_other_voices_are_refused(tmp_path):
    wrong = {part: [[[60, 50, 40]] * 20] for part in ("train", "valid", "test")}
    (tmp_path / "Jsb16thSeparated.json").write_text(json.dumps(wrong))
    with pytest.raises(ValueError, match=r"4 pitches a sixteenth. Received: \(20, 3\)"):
        kgm.data.load("jsb_chorales", manual_dir=tmp_path)


def test_the_real_chorales_are_polyphonic_and_in_a_scale():
    folder = tfds_folder().parent / "music"
    if not folder.is_dir():
        pytest.skip(f"The chorales are not in {folder}")
    batch, _ = load("jsb_chorales", "test", manual_dir=folder, batch_size=64)
    found = tune_shapes.shapes([music.notes(x) for x in batch["x"]])
    assert found["scale_consistency"].mean() > 0.9
    assert 0.4 < found["polyphony"].mean() < 0.75  # four voices: at most three of four
    assert 20 < found["tone_span"].mean() < 45


# --- measures -------------------------------------------------------------------------


def test_shapes_of_tunes_by_hand():
    scale = [60, 62, 64, 65, 67, 69, 71, 72]  # C major
    steps = [(place / 4, 0.25, pitch, 100) for place, pitch in enumerate(scale)]
    found = tune_shapes.shapes([steps])
    wanted = {"scale_consistency": 1, "repetitions": 0, "polyphony": 0, "tone_span": 12}
    assert {key: value[0] for key, value in found.items()} == wanted
    trill = [(place / 4, 0.25, 60 + place % 2, 100) for place in range(9)]
    again = tune_shapes.shapes([trill])
    assert again["repetitions"][0] == pytest.approx(6 / 8)  # two pairs are new
    assert again["tone_span"][0] == 1
    chords = [(place // 2, 0.25, 60 + 6 * (place % 2), 100) for place in range(8)]
    assert tune_shapes.shapes([chords])["polyphony"][0] == 4 / 7
    chromatic = [(place / 4, 0.25, 60 + place, 100) for place in range(12)]
    consistent = tune_shapes.shapes([chromatic])["scale_consistency"]
    assert consistent[0] == pytest.approx(7 / 12)


# --- the recipe -----------------------------------------------------------------------


def test_samples_are_drawn_as_piano_rolls_and_heard_in_a_file(tunes, tmp_path):
    run = tmp_path / "run"
    words = ["train", "c_rnn_gan", tunes, "--data", "num_frames=6", "--out", str(run)]
    words += ["--epochs", "1", "--batch-size", "4", "--set", "units=[4]", "noise=2"]
    assert cli.main([*words, "critic_units=[4]"]) == 0
    asked = ["sample", str(run), "--count", "3"]
    assert cli.main([*asked, "--out", str(tmp_path / "three.mid")]) == 0
    assert cli.main([*asked, "--out", str(tmp_path / "three.png")]) == 0
    model = kgm.training.restore(kgm.training.Run.open(run))
    batch = next(iter(kgm.data.load(tunes, "test", num_frames=6)[0]))
    condition, _ = sample_pictures.conditions(model, batch, 3)
    drawn = np.asarray(model.sample(3, condition=condition, seed=0))
    heard = music.notes(music.read_midi(tmp_path / "three.mid"))
    assert len(heard) <= 18  # a note that is struck again before its end is cut
    assert {*heard[:, 2]} == {*np.rint(127 * drawn[..., 1]).ravel()}
    assert (tmp_path / "three.png").stat().st_size > 100
    assert cli.main([*asked, "--out", str(tmp_path / "three.wav")]) == 0
    expected = sound.wav(music.joined(drawn))
    assert (tmp_path / "three.wav").read_bytes() == expected


def test_each_step_hears_the_one_before():
    """Noise of a step moves that step and those after it, and none before."""
    spec = kgm.data.DatasetSpec("tunes", (5, 4))
    model = kgm.zoo.build("c_rnn_gan", spec, **SMALL)
    latent = np.random.default_rng(0).normal(size=(1, 10)).astype(np.float32)
    other = latent.copy()
    other[0, 4:6] += 1.0  # of the third step
    first, second = (model.generator({"latent": z})["x"][0] for z in (latent, other))
    moved = np.abs(first - second).max(axis=1) > 0
    assert moved.tolist() == [False, False, True, True, True]
    told = model.generator.get_layer("x").cell
    seen = told.cells[0].kernel.shape
    assert seen == (2 + 4, 4 * 6)  # the noise, and the last event


def test_the_critic_judges_every_step_by_all_of_them():
    spec = kgm.data.DatasetSpec("tunes", (5, 4))
    model = kgm.zoo.build("c_rnn_gan", spec, **SMALL)
    x = np.full((1, 5, 4), 0.5, np.float32)
    other = x.copy()
    other[0, 2] = 1.0
    first, second = (model.critics[0]({"x": t})["score"][0, :, 0] for t in (x, other))
    assert first.shape == (5,)
    assert (np.abs(first - second) > 0).all()


@pytest.mark.parametrize("recipe", ["c_rnn_gan", "mdn_rnn"])
def test_pictures_are_refused(digits, recipe):
    with pytest.raises(
        ValueError, match=rf"`{recipe}` needs sequences, \(time, size\)"
    ):
        kgm.zoo.build(recipe, digits[1])


@pytest.fixture(scope="module")
def density():
    """A model of five events of two kinds, and three such tunes."""
    kinds = kgm.data.side_by_side({"kind": ["jig", "reel"]})
    spec = kgm.data.DatasetSpec("tunes", (5, 4), kinds)
    model = kgm.zoo.build("mdn_rnn", spec, conditional=True, seed=2, **DENSITY)
    x = np.random.default_rng(0).random((3, 5, 4)).astype("float32")
    wanted = tf.constant(spec.condition(kind=["jig", "reel", "reel"]))
    return model, tf.constant(x), wanted


def test_a_step_depends_on_all_before_it_and_on_no_other(density):
    model, x, condition = density
    with tf.GradientTape() as tape:
        tape.watch(x)
        made = model.network({"x": x, "condition": condition})["likelihood"]
    slopes = np.abs(tape.batch_jacobian(made, x)).max(axis=(0, 2, 4))
    np.testing.assert_array_equal(slopes > 0, np.tri(5, k=-1, dtype=bool))


def test_the_likelihood_is_that_of_the_steps_one_after_another(density):
    model, x, condition = density
    params = model.network({"x": x, "condition": condition})["likelihood"]
    step = CoupledLogisticMixtureHead((4,), num_components=2)
    each = [step.distribution(params[:, t]).log_prob(x[:, t]) for t in range(5)]
    given = {"condition": condition}
    np.testing.assert_allclose(model.log_prob(x, given), np.sum(each, 0), rtol=1e-5)
    assert np.any(model.log_prob(x, {"condition": 1 - condition}) != np.sum(each, 0))


def test_what_is_drawn_step_by_step_is_drawn_of_the_whole_network(density):
    model, _, condition = density
    drawn = model.sample(3, condition=condition, seed=(0, 7))
    assert drawn.shape == (3, 5, 4)
    params = model.network({"x": drawn, "condition": condition})["likelihood"]
    whole = pixel_drawing.drawn(
        pixel_drawing.of_a_pixel(model.likelihood_head), (5, 4), tf.constant([0, 7])
    )
    for t in range(5):
        np.testing.assert_allclose(whole(params[:, t], t, 0), drawn[:, t], atol=1e-5)
    levels = np.asarray(drawn) * 255
    np.testing.assert_allclose(levels, np.rint(levels), atol=1e-3)
    assert not hasattr(model, "complete")  # as pictures do


class Sampler:
    """Draws the real tunes again, some of them in a higher key, in random order."""

    def __init__(self, spec, tunes, higher=0.0):
        self.spec, self.tunes, self.higher = spec, tunes, higher

    def sample(self, n, condition=None, seed=0):
        rng = np.random.default_rng(0)
        drawn = self.tunes[rng.integers(0, len(self.tunes), n)].copy()
        drawn[:, ::2, 1] += self.higher
        return drawn


def test_tunes_are_measured_by_their_shapes(tunes):
    """Of other draws all distances are near 1; every other note higher spoils them."""
    test, spec = kgm.data.load(tunes, num_frames=6, drop_remainder=False)
    x = everything(test)["x"]
    found, wrong = (
        kgm.evaluation.evaluate(Sampler(spec, x, higher), test, ["shape_distance"])
        for higher in (0.0, 11 / 127)
    )
    names = {"scale_consistency", "repetitions", "polyphony", "tone_span"}
    assert {f"shape_distance/{name}" for name in names} < {*found}
    assert "shape_distance/hits_error" not in found
    assert found["shape_distance/tone_span"] < 3
    assert wrong["shape_distance/tone_span"] > 2 * found["shape_distance/tone_span"]
    assert wrong["shape_distance/polyphony"] == found["shape_distance/polyphony"]
