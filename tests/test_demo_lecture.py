"""The demo of the shipped models in a real browser: what is asked for is what is seen.

DEMO_SCREENSHOTS names a folder in which pictures of every tab are kept.
"""

import base64
import io
import json
import os
import pathlib

import browsing
import demo_models
import numpy as np
import pytest
from browsing import TABS, changes, panel, pictures
from demo_http import questions
from PIL import Image, ImageSequence
from test_demo import run

from keras_genmodels.evaluation import load_classifier

httpx = pytest.importorskip("httpx", reason="the demo's extra is not installed")
SAVED_MODELS = pathlib.Path(__file__).parents[1] / "saved_models"


@pytest.fixture(scope="module")
def address():
    pytest.importorskip("gradio", reason="the demo's extra is not installed")
    with demo_models.running(SAVED_MODELS, "--rate", "1000") as url:
        yield url


CARDS = [json.loads(p.read_text()) for p in SAVED_MODELS.glob("*/card.json")]
OFFERED = {form["name"] for card in CARDS for form in card["signatures"]}
# Tabs of which there is a released model.
SHOWN = [tab for tab in TABS if tab != "translate" or "translate" in OFFERED]


def choose(page, tab, label, choice):
    """Take a choice from a list."""

    def take():
        panel(page, tab).get_by_label(label, exact=True).click()
        page.get_by_role("option", name=choice, exact=True).click()

    changes(page, tab, take)


def test_a_digit_asked_for_is_the_one_that_is_drawn(visit):
    page = visit("sample", "&models=conditional_vae_mnist&count=20&mnist_label=7")
    judge = load_classifier("mnist")
    for digit in "74":
        if digit != "7":
            choose(page, "sample", "Label", digit)
        drawn = np.stack(pictures(page, "#tab-sample .cells img"))[..., None]
        assert drawn.shape == (20, 28, 28, 1)
        read = judge.probabilities(drawn).argmax(axis=1)
        # 99.6 % of all samples are read as asked; the seed is always the same.
        assert np.mean(read == judge.classes.index(digit)) >= 0.9


def clip(page):
    """The clip of the video tab, (1, time, height, width, 3) in [0, 1]."""
    link = panel(page, "video").get_by_role("link", name="WEBP")
    data = base64.b64decode(link.get_attribute("href").partition(",")[2])
    with Image.open(io.BytesIO(data)) as film:
        frames = [np.asarray(f.convert("RGB")) for f in ImageSequence.Iterator(film)]
    return np.stack(frames)[None].astype(np.float32) / 255


def test_an_action_and_a_person_asked_for_are_what_the_clip_shows(visit):
    asked = "&weizmann_actions_action=bend&weizmann_actions_identity=3"
    page = visit("video", f"&model=video_vae_weizmann&frames=10{asked}")
    judge = load_classifier("weizmann_actions")
    people = judge.attributes[1].classes

    def read():
        said = judge.read(clip(page))
        found = [said[a.name].argmax() for a in judge.attributes]
        return [a.classes[i] for a, i in zip(judge.attributes, found, strict=True)]

    assert read() == ["bend", people[3]]
    choose(page, "video", "Action", "two_hand_wave")
    assert read() == ["two_hand_wave", people[3]]
    choose(page, "video", "Identity", people[6])
    assert read() == ["two_hand_wave", people[6]]


def test_what_another_model_does_not_have_is_taken_back(visit):
    page = visit("video", "&model=video_vae_weizmann&frames=4&vary=action")
    films, tab = "#tab-video .kgm-film canvas", panel(page, "video")
    assert len(pictures(page, films)) == 4
    choose(page, "video", "Model", "video_vae_chairs")
    page.wait_for_function("() => !location.search.includes('vary')", polling=100)
    assert len(pictures(page, films)) == 1
    heard = browsing.listening(page)
    choose(page, "video", "Model", "video_vae_weizmann")
    changes(page, "video", tab.get_by_role("button", name="every legs").click)
    assert "model=video_vae_chairs" in page.url
    assert "vary=legs" in page.url
    assert tab.get_by_label("Vary", exact=True).input_value() == "legs"
    assert len(pictures(page, films)) == 4
    assert browsing.questions(page, heard) == ["video", "video"]


def test_every_model_is_on_a_tab(address):
    parts = httpx.get(address + "config").json()["components"]
    lists = [part["props"] for part in parts if part["type"] == "dropdown"]
    models = [p["choices"] for p in lists if p["label"] in ("Model", "Models", "Run")]
    assert len(models) == len(SHOWN)
    shown = {name for choices in models for _, name in choices}
    assert shown == {path.parent.name for path in SAVED_MODELS.glob("*/card.json")}


ASKED = [*((tab,) for tab in SHOWN), ("video", "mocogan_weizmann", 16, 1)]


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: "-".join(map(str, asked)))
def test_the_snippet_under_a_result_runs(asked, address, tmp_path, monkeypatch):
    found, error = questions(address)(*asked)
    assert error is None
    (tmp_path / "saved_models").symlink_to(SAVED_MODELS)
    names = run(found[-1]["code"], tmp_path, monkeypatch)
    if "mocogan_weizmann" in asked:
        assert names["clips"][0].shape == (10, 64, 64, 3)


@pytest.mark.parametrize(
    "look",
    [
        "light",
        *(pytest.param(look, marks=pytest.mark.slow) for look in ("dark", "narrow")),
    ],
)
def test_every_tab_has_an_answer_before_anything_is_asked(look, visit, tmp_path):
    folder = pathlib.Path(os.environ.get("DEMO_SCREENSHOTS", tmp_path))
    width = 390 if look == "narrow" else 1280
    first, *others = SHOWN
    page = visit(first, color_scheme="dark" if look == "dark" else "light")
    for tab in (first, *others):
        if tab != first:
            page.get_by_role("tab", name=TABS[tab], exact=True).click()
            browsing.answered(page, tab)
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function("width => innerWidth === width", arg=width, polling=100)
        path = folder / f"{tab}-{look}.png"
        page.screenshot(path=path, full_page=True)
        assert path.stat().st_size > 5000
        page.set_viewport_size({"width": 1280, "height": 900})
