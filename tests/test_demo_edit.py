"""The demo's tab for edits: by attributes, and by strokes of colour."""

import base64
import re

import numpy as np
import pytest
from browsing import changes, panel
from demo_http import questions
from test_demo import close, run
from test_demo import pictures as shown_in

from keras_genmodels.export import showcase
from keras_genmodels_demo import strokes

CANVAS = "#tab-edit .kgm-brush canvas"
SHAPE = (8, 8, 3)


@pytest.fixture(scope="module")
def address(small_demo):
    return small_demo


@pytest.fixture(scope="module")
def ask(address):
    return questions(address)


@pytest.fixture(scope="module")
def examples(demo_folder):
    return showcase.read_examples(demo_folder / "editor")


def stroke(colour, *pixels):
    bits = np.zeros(SHAPE[:2], np.uint8)
    bits[tuple(np.transpose(pixels))] = 1
    data = np.packbits(bits).tobytes().rstrip(b"\0")
    return f"~{colour}." + base64.urlsafe_b64encode(data).decode().rstrip("=")


def edited(ask, *asked):
    (shown, below), error = ask("edit", *asked)
    assert error is None
    return shown_in(shown), below


# --- strokes as text ------------------------------------------------------------------


def test_later_strokes_are_over_earlier_ones():
    text = "e3" + stroke("ff0000", (0, 0), (2, 3)) + stroke("0000ff", (2, 3), (7, 7))
    token, painted = strokes.read(text, SHAPE)
    assert token == "e3"
    wanted = np.zeros(SHAPE, np.float32)
    wanted[0, 0], wanted[2, 3], wanted[7, 7] = (1, 0, 0), (0, 0, 1), (0, 0, 1)
    np.testing.assert_array_equal(painted.colours, wanted)
    np.testing.assert_array_equal(painted.mask[..., 0], wanted.max(axis=-1))
    x = np.full(SHAPE, 0.5, np.float32)
    np.testing.assert_array_equal(painted.over(x)[2, 3], (0, 0, 1))
    np.testing.assert_array_equal(painted.over(x)[4, 4], (0.5, 0.5, 0.5))
    assert strokes.read("e3", SHAPE) == ("e3", None)


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (None, TypeError, "A picture must be text"),
        ("e3~red.AA", ValueError, "colour of six digits.*Received: 'red.AA'"),
        ("e3~ff0000", ValueError, "colour of six digits"),
        ("e3~ff0000.A", ValueError, "base64"),
        ("e3~ff0000." + "A" * 40, ValueError, "must fit into 8 x 8 pixels"),
        ("e3" + 21 * "~ff0000.AA", ValueError, "at most 20 strokes. Received: 21"),
    ],
)
def test_strokes_that_cannot_be_are_refused(text, error, message):
    with pytest.raises(error, match=message):
        strokes.read(text, SHAPE)


# --- what is answered -----------------------------------------------------------------


def test_a_class_is_changed_and_the_others_are_the_examples_own(
    ask, examples, tmp_path, monkeypatch
):
    found, below = edited(ask, "editor", "e1", 20, 5, "c", "as it is")
    assert len(found) == 2
    close(found[0], examples.x[1])
    names = run(below["code"], tmp_path, monkeypatch)
    close(found[1], names["x"][0])
    wanted = examples.condition[1].copy()
    wanted[:3] = 0, 0, 1
    np.testing.assert_array_equal(names["condition"][0], wanted)
    assert "coloured_label=c" in below["link"]


def test_what_is_to_stay_of_an_upload_is_no_class(ask, examples, tmp_path, monkeypatch):
    from keras_genmodels_demo import uploads

    token = "d" + uploads.encode(examples.x[2])
    found, below = edited(ask, "editor", token, 20, 5, "b", "as it is")
    names = run(below["code"], tmp_path, monkeypatch)
    np.testing.assert_array_equal(names["condition"], [[0, 1, 0, 0, 0]])
    close(found[-1], names["x"][0])


def test_strokes_are_followed_then_the_attributes(ask, examples, tmp_path, monkeypatch):
    text = "e1" + stroke("ff0000", (0, 0), (2, 3)) + stroke("00ff00", (5, 5))
    found, below = edited(ask, "editor", text, 20, 5, "c", "large")
    assert len(found) == 4  # the picture, the strokes, followed, edited
    x = examples.x[1].copy()
    close(found[0], x)
    x[0, 0], x[2, 3], x[5, 5] = (1, 0, 0), (1, 0, 0), (0, 1, 0)
    close(found[1], x)
    share = 1 - 1 / 20
    close(found[2], examples.x[1] + share * (x - examples.x[1]))
    names = run(below["code"], tmp_path, monkeypatch)
    close(found[3], names["x"][0])


def test_a_model_without_edits_is_painted_on(ask, examples, tmp_path, monkeypatch):
    found, below = edited(ask, "painter", "e1" + stroke("0000ff", (1, 1)), 50, 5)
    assert len(found) == 3
    names = run(below["code"], tmp_path, monkeypatch)
    close(found[2], names["x"][0])
    assert "edit" not in below["code"].replace("editor", "")
    alone, _ = edited(ask, "painter", "e1", 50, 5)
    assert len(alone) == 1


WRONG = [
    (("editor", "e99"), "must be in e0..e"),
    (("editor", "e1~zz"), "A stroke must be a colour"),
    (("editor", "e1", 5), "steps|Steps|minimum"),
    (("editor", "e1", 20, 0, "z"), "not in the list of choices"),
    (("vae", "e1"), "not in the list of choices"),
]


@pytest.mark.parametrize(("values", "message"), WRONG)
def test_what_cannot_be_edited_is_told(values, message, ask):
    found, error = ask("edit", *values)
    assert found is None
    assert re.search(message, error.replace("&#x27;", "'")), error


# --- in a browser ---------------------------------------------------------------------


@pytest.mark.parametrize("width", [1280, 390])
def test_a_stroke_is_painted_undone_and_stays_in_the_link(width, visit):
    page = visit(
        "edit", "&model=painter&picture=e1", viewport={"width": width, "height": 900}
    )
    page.locator(CANVAS).scroll_into_view_if_needed()
    box = page.locator(CANVAS).bounding_box()
    side = box["width"]

    def paint():
        page.mouse.move(box["x"] + 0.2 * side, box["y"] + 0.3 * side)
        page.mouse.down()
        page.mouse.move(box["x"] + 0.7 * side, box["y"] + 0.3 * side, steps=8)
        page.mouse.up()

    link = changes(page, "edit", paint)
    painted = _painted(link)
    rows, columns = np.nonzero(painted.mask[..., 0])
    assert {1, 2, 3} >= {*rows.tolist()} >= {2}  # three pixels wide, about row 2.4
    assert {*range(2, 6)} <= {*columns.tolist()} <= {*range(7)}
    np.testing.assert_array_equal(painted.colours[2, 3], (1, 0, 0))
    again = visit("edit", link.partition("tab=edit")[2])
    assert again.locator("#tab-edit .kgm-figures img").count() == 3
    changes(page, "edit", lambda: _press(page, "Undo"))
    assert "~" not in page.url
    assert page.locator("#tab-edit .kgm-figures img").count() == 1
    assert panel(page, "edit").get_by_role("button", name="Undo").is_disabled()


def _press(page, name):
    panel(page, "edit").get_by_role("button", name=name, exact=True).click()


def _painted(link):
    return strokes.read(re.search(r"picture=([^&]*)", link)[1], SHAPE)[1]
