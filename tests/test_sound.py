"""Tunes as sound."""

from __future__ import annotations

import io
import wave

import numpy as np
import pytest

from keras_genmodels import music, sound

RATE = 8000


def played(*notes, rate=RATE):
    return sound.waveform(music.events(notes), rate)


def loudest(samples, rate=RATE):
    """The frequency of most power, in Hz, to the nearest 1 / length."""
    power = np.abs(np.fft.rfft(samples)) ** 2
    return power.argmax() * rate / len(samples)


@pytest.mark.parametrize(("pitch", "hertz"), [(57, 220), (69, 440), (72, 523.25)])
def test_a_note_swings_as_fast_as_its_pitch_says(pitch, hertz):
    samples = played((0.0, 1.0, pitch, 100))
    assert len(samples) == 2 * RATE  # a whole note, 120 quarters a minute
    assert loudest(samples) == pytest.approx(hertz, abs=1)


def test_a_note_is_heard_where_it_stands_and_fades():
    samples = played((0.0, 0.25, 60, 0), (0.5, 0.25, 69, 127))
    half = RATE // 4  # samples of an eighth
    assert len(samples) == 6 * half
    assert not samples[: 4 * half].any()
    first, second = np.abs(samples[4 * half :]).reshape(2, half).max(axis=1)
    assert 0 < second < 0.8 * first
    assert abs(samples[-1]) < 1e-3  # it does not click


def test_notes_that_begin_together_add_up_and_louder_ones_are_louder():
    low, high = (0.0, 0.5, 60, 40), (0.0, 0.5, 67, 80)
    both = played(low, high)
    np.testing.assert_allclose(both, played(low) + played(high), atol=1e-6)
    ratio = np.abs(played((0.0, 0.5, 60, 80))).max() / np.abs(played(low)).max()
    assert ratio == pytest.approx(2.0, rel=1e-4)


def test_many_notes_together_are_not_cut_off():
    samples = played(*((0.0, 0.5, pitch, 127) for pitch in range(40, 80)))
    assert np.abs(samples).max() == pytest.approx(1.0)
    assert (np.abs(samples) > 0.999).mean() < 1e-3


def test_what_swings_too_fast_for_the_rate_is_left_out():
    """The octave of 4,186 Hz at 8,000 samples a second would be heard as 3,814."""
    assert not played((0.0, 0.5, 108, 100)).any()
    whole, least = played((0.0, 0.5, 96, 100)), played((0.0, 0.5, 96, 100), rate=44_100)
    assert loudest(whole) == pytest.approx(2093, abs=2)
    assert loudest(least, 44_100) == pytest.approx(2093, abs=2)


def test_a_short_note_is_a_sixteenth_and_nothing_is_nothing():
    assert len(played((0.0, 0.0, 60, 90))) == RATE // 8
    assert sound.waveform(np.zeros((0, 4)), RATE).shape == (0,)


def test_a_file_holds_the_waveform(tmp_path):
    tune = music.events([(0.0, 0.25, 60, 100), (0.25, 0.25, 64, 100)])
    sound.write_wav(tmp_path / "tune.wav", tune, RATE)
    assert [path.name for path in tmp_path.iterdir()] == ["tune.wav"]
    content = (tmp_path / "tune.wav").read_bytes()
    assert content == sound.wav(tune, RATE)
    with wave.open(io.BytesIO(content)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        assert file.getframerate() == RATE
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    expected = sound.waveform(tune, RATE)
    np.testing.assert_allclose(samples / 32767, expected, atol=1.6e-5)


@pytest.mark.parametrize(
    ("tune", "rate", "message"),
    [
        (np.zeros((3, 2)), RATE, r"`tune` must be \(n, 4\).*\(3, 2\)"),
        (np.zeros((3, 4)), 0, r"`rate` must be .*>= 1.*0"),
    ],
)
def test_what_cannot_be_played_is_refused(tune, rate, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        sound.write_wav(tmp_path / "tune.wav", tune, rate)
    assert not list(tmp_path.iterdir())
