"""The demo's tab for tunes: what is seen, heard and kept is what the model wrote."""

import base64
import io
import re
import wave

import numpy as np
import pytest
from browsing import panel
from demo_http import questions
from test_demo import run

from keras_genmodels import music, sound

pytest.importorskip("mido", reason="the extra music is not installed")


@pytest.fixture(scope="module")
def ask(small_demo):
    return questions(small_demo)


@pytest.fixture(scope="module")
def address(small_demo):
    return small_demo


def content(uri, kind):
    head, _, data = uri.partition(";base64,")
    assert head == f"data:{kind}"
    return base64.b64decode(data)


def test_a_tune_is_heard_and_kept_as_the_model_wrote_it(
    ask, demo_index, tmp_path, monkeypatch
):
    (shown, below), error = ask("tunes", "tunes", 2, 5, "b", "each in turn")
    assert error is None
    labels = ["tune 1, b, small", "tune 2, b, large"]
    assert [tune["label"] for tune in shown["tunes"]] == labels
    entry = demo_index.entries["tunes"]
    condition = entry.spec.condition(2, label="b", size=["small", "large"])
    x = entry.call("sample", condition=condition, seed=(0, 5))["x"]
    for tune, seen in zip(x, shown["tunes"], strict=True):
        (tmp_path / "one.mid").write_bytes(content(seen["midi"], "audio/midi"))
        read = music.notes(music.read_midi(tmp_path / "one.mid"))
        written = music.notes(tune)
        np.testing.assert_array_equal(
            sorted(read[:, 2]), sorted(written[written[:, 3] > 0, 2])
        )
        with wave.open(io.BytesIO(content(seen["sound"], "audio/wav"))) as file:
            rate, count = file.getframerate(), file.getnframes()
        assert count == len(sound.waveform(tune, rate))
        # A roll is counted in whole sixteenths.
        assert seen["seconds"] == pytest.approx(count / rate, abs=0.13)
    names = run(below["code"], tmp_path, monkeypatch)
    np.testing.assert_allclose(names["x"], x, atol=1e-6)
    kept = {path.name for path in tmp_path.iterdir()}
    assert {"tunes.wav", "tunes.mid"} <= kept


def test_a_line_goes_through_what_is_heard(visit):
    """The page plays it: the time goes on, the line with it; one tune at a time."""
    page = visit("tunes", "&count=2&seed=3")
    players, marks = (
        panel(page, "tunes").locator(f".kgm-tunes {name}")
        for name in ("audio", ".mark")
    )
    players.first.evaluate("(one) => { one.muted = true; return one.play(); }")
    page.wait_for_function(
        "(one) => one.currentTime > 0", arg=players.first.element_handle()
    )
    assert float(marks.first.evaluate("(one) => parseFloat(one.style.left)")) > 0
    players.nth(1).evaluate("(one) => { one.muted = true; return one.play(); }")
    assert players.first.evaluate("(one) => one.paused")
    roll = panel(page, "tunes").locator(".kgm-tunes .roll").nth(1)
    players.nth(1).evaluate("(one) => one.pause()")
    roll.click(position={"x": roll.bounding_box()["width"] / 2, "y": 20})
    share = players.nth(1).evaluate("(one) => one.currentTime / one.duration")
    assert share == pytest.approx(0.5, abs=0.1)


WRONG = [
    (("tunes", 0), "count|Tunes|minimum"),
    (("vae", 1), "not in the list of choices"),
    (("tunes", 1, 0, "d", "small"), "not in the list of choices|must be one of"),
]


@pytest.mark.parametrize(("values", "message"), WRONG)
def test_what_cannot_be_written_is_told(values, message, ask):
    found, error = ask("tunes", *values)
    assert found is None
    assert re.search(message, error.replace("&#x27;", "'")), error


@pytest.mark.parametrize("tab", ["sample", "interpolate"])
def test_tabs_of_pictures_do_not_ask_for_tunes(tab, ask):
    found, error = ask(tab, ["tunes"] if tab == "sample" else "tunes")
    assert found is None
    assert "not in the list of choices" in error
