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

from keras_genmodels.data import load
from keras_genmodels.evaluation import load_classifier
from keras_genmodels_demo import sources

httpx = pytest.importorskip("httpx", reason="the demo's extra is not installed")
SAVED_MODELS = pathlib.Path(__file__).parents[1] / "saved_models"


@pytest.fixture(scope="module")
def address():
    pytest.importorskip("gradio", reason="the demo's extra is not installed")
    with demo_models.running(SAVED_MODELS, "--rate", "1000") as url:
        yield url


CARDS = [json.loads(p.read_text()) for p in SAVED_MODELS.glob("*/card.json")]
OFFERED = {form["name"] for card in CARDS for form in card["signatures"]}
OFFERED |= {card["spec"].get("kind") for card in CARDS}
# Tab -> what a released model must offer, or the kind of its data, so that it is shown.
NEEDED = {
    "complete": "complete",
    "translate": "translate",
    "words": "from_text",
    "edit": "paint",
    "shapes": "volume",
    "tunes": "sequence",
    "next_frame": "predict_next",
}
SHOWN = [tab for tab in TABS if NEEDED.get(tab, "sample") in OFFERED]


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


def edges_of_a_chair():
    """Edges of the first test chair, (32, 32, 1), and its classes by attribute."""
    options = {"image_size": 32, "source": "edges", "num_examples": 1}
    batches, spec = load("chair_views", "test", **options)
    batch = next(batches.as_numpy_iterator())
    classes = spec.labels(batch["condition"])
    return batch["source"][0], {name: known[0] for name, known in classes.items()}


def strokes(lines):
    """Every run of lit pixels along a row: (row, first column, last column)."""
    for row, lit in enumerate(lines[..., 0] > 0):
        ends = np.flatnonzero(np.diff([0, *lit.astype(int), 0]))
        yield from ((row, begin, end - 1) for begin, end in ends.reshape(-1, 2))


def draw_by_mouse(page, box, lines):
    """Draw with a button pressed, row by row."""
    side = box["width"] / len(lines)
    for row, begin, end in strokes(lines):
        height = box["y"] + (row + 0.5) * side
        page.mouse.move(box["x"] + (begin + 0.5) * side, height)
        page.mouse.down()
        page.mouse.move(box["x"] + (end + 0.5) * side, height, steps=4)
        page.mouse.up()


def draw_by_finger(page, box, lines):
    """Draw with a finger that touches the screen, row by row."""
    touch, side = page.context.new_cdp_session(page), box["width"] / len(lines)
    for row, begin, end in strokes(lines):
        for place, kind in ((begin, "touchStart"), (end, "touchMove")):
            x = box["x"] + (place + 0.5) * side
            points = [{"x": x, "y": box["y"] + (row + 0.5) * side}]
            sent = {"type": kind, "touchPoints": points}
            touch.send("Input.dispatchTouchEvent", sent)
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
DEVICES = {"desktop": (draw_by_mouse, {}), "phone": (draw_by_finger, PHONE)}


@pytest.mark.parametrize("device", DEVICES)
def test_edges_that_are_drawn_become_the_chair_that_they_are_of(device, visit):
    draw, options = DEVICES[device]
    lines, known = edges_of_a_chair()
    page = visit("translate", "&model=pix2pix_chair_views&source=b32-", **options)
    pad = panel(page, "translate").locator(".kgm-pad canvas.lines")
    pad.scroll_into_view_if_needed()
    draw(page, pad.bounding_box(), lines)
    token = sources.packed(lines)
    page.wait_for_function(
        "token => location.href.includes(token)", arg=token, polling=100
    )
    source, chair = pictures(page, "#tab-translate .kgm-figures img", "RGB")[:2]
    np.testing.assert_array_equal(source, np.repeat(lines, 3, axis=-1))
    judge = load_classifier("chair_views")
    said = judge.read(chair[None])
    for name in ("legs", "armrests", "seat"):  # each is read right of 95 % and more
        assert said[name].argmax() == known[name], name
    steps = abs(said["azimuth"].argmax() - known["azimuth"])
    assert min(steps, said["azimuth"].shape[-1] - steps) <= 1
    assert said["colour"].max() >= 0.9  # which the edges do not say


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
