"""The demo's tab for sentences that are drawn."""

import re

import numpy as np
import pytest
from browsing import changes, panel
from demo_http import questions
from test_demo import close, run
from test_demo import pictures as shown_in

BOX = "#tab-words .kgm-box"
STEP_DOWN = np.array([1, 0, 1, 0]) / 32


@pytest.fixture(scope="module")
def address(small_demo):
    return small_demo


@pytest.fixture(scope="module")
def ask(address):
    return questions(address)


def test_a_sentence_is_drawn_as_often_as_asked(ask, tmp_path, monkeypatch):
    asked = ("text_to_image", "a red square", "0.3,0.3,0.7,0.7", 3, 5)
    (shown, below), error = ask("words", *asked)
    assert error is None
    x = run(below["code"], tmp_path, monkeypatch)["x"]
    assert x.shape == (3, 8, 8, 3)
    for drawn, one in zip(shown_in(shown), x, strict=True):
        close(drawn, one)
    assert np.abs(x[0] - x[1]).max() > 0.01
    assert "box" not in below["code"]
    (other, _), _ = ask("words", "text_to_image", "a blue disc", *asked[2:])
    assert other != shown


def test_the_box_says_where(ask, tmp_path, monkeypatch):
    boxes = "0.1,0.1,0.6,0.6", "0.4,0.4,0.9,0.9"
    found = [ask("words", "gawwn", "a red square", box, 2, 5)[0] for box in boxes]
    assert found[0][0] != found[1][0]
    x = run(found[1][1]["code"], tmp_path, monkeypatch)["x"]
    close(shown_in(found[1][0])[0], x[0])
    assert found[1][1]["link"].endswith("box=0.4%2C0.4%2C0.9%2C0.9&count=2&seed=5")


WRONG = [
    (("gawwn", "a green square"), "Unknown word 'green'"),
    (("gawwn", "a red square a red square"), "at most 4 words"),
    (("gawwn", "  "), "`sentence` must have words"),
    (("gawwn", "a disc", "0.1,0.2,0.3"), "`box` must be top, left, bottom, right"),
    (("gawwn", "a disc", "0.1,0.2,nan,0.5"), "`box` must be top, left"),
    (("gawwn", "a disc", "0.5,0.2,0.3,0.5"), "`box` must be at least 0.05 high"),
    (("gawwn", "a disc", "0,0,1,1", 0), "count|Pictures|minimum"),
    (("visual_dynamics", "a disc"), "not in the list of choices"),
]


@pytest.mark.parametrize(("values", "message"), WRONG)
def test_what_cannot_be_drawn_is_told(values, message, ask):
    found, error = ask("words", *values)
    assert found is None
    assert re.search(message, error.replace("&#x27;", "'")), error


@pytest.mark.parametrize("tab", ["sample", "interpolate", "arithmetic"])
def test_other_tabs_do_not_ask_what_needs_a_sentence(tab, ask):
    found, error = ask(tab, ["gawwn"] if tab == "sample" else "gawwn")
    assert found is None
    assert "not in the list of choices" in error


def test_a_box_is_dragged_and_moved_by_keys(visit):
    page = visit("words", "&model=gawwn")
    inner, area = page.locator(f"{BOX} .inner"), page.locator(f"{BOX} .area")
    start, size = inner.bounding_box(), area.bounding_box()["width"]
    middle = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2

    def drag():
        page.mouse.move(*middle)
        page.mouse.down()
        page.mouse.move(middle[0] + 0.1 * size, middle[1] - 0.2 * size, steps=4)
        page.mouse.up()

    changes(page, "words", drag)
    edges = _edges(page)
    np.testing.assert_allclose(edges, [0.1, 0.4, 0.5, 0.8], atol=0.02)

    def press(key):
        inner.focus()
        page.keyboard.press(key)

    changes(page, "words", lambda: press("ArrowDown"))
    np.testing.assert_allclose(_edges(page), edges + STEP_DOWN, atol=2e-3)
    changes(page, "words", lambda: press("Shift+ArrowLeft"))
    wanted = edges + STEP_DOWN - [0, 0, 0, 1 / 32]
    np.testing.assert_allclose(_edges(page), wanted, atol=2e-3)


def test_a_model_without_places_hides_the_box(visit):
    page = visit("words", "&model=text_to_image")
    assert not page.locator(BOX).is_visible()

    def other():
        panel(page, "words").get_by_label("Model", exact=True).click()
        page.get_by_role("option", name="gawwn", exact=True).click()

    changes(page, "words", other)
    page.locator(BOX).wait_for(state="visible")


def _edges(page):
    """The box that the address of the page has."""
    found = re.search(r"box=([^&]*)", page.url.replace("%2C", ","))[1]
    return np.array([float(edge) for edge in found.split(",")])
