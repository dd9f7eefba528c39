"""The demo's tab for translators: drawings as text, uploads, lines drawn in a page."""

import base64
import functools
import io
import re
import urllib.parse

import numpy as np
import pytest
from browsing import changes, panel, pictures
from demo_http import questions
from PIL import Image, ImageDraw
from test_demo import close, run
from test_demo import pictures as shown_in

from keras_genmodels.data.derived import derive
from keras_genmodels_demo import sources

SIGNATURES = ("translate", "translate_back")
MADE = "#tab-translate .kgm-figures img"


@pytest.fixture(scope="module")
def address(small_demo):
    return small_demo


@pytest.fixture(scope="module")
def ask(address):
    return questions(address)


@pytest.fixture
def edges(demo_index):
    """A translator of edges, and what it translates."""
    entry = demo_index.entries["pix2pix"]
    return entry, sources.translation(entry)


def base64_of(picture):
    file = io.BytesIO()
    picture.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def photograph():
    """A light disc before something dark, in colour."""
    picture = Image.new("RGB", (64, 64), (20, 40, 90))
    ImageDraw.Draw(picture).ellipse((12, 12, 50, 50), (240, 210, 80))
    return picture


# --- sources as text ------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(32, 32, 1), (8, 12, 1)])
def test_a_drawing_comes_back_from_its_token(shape):
    x = np.float32(np.random.default_rng(0).uniform(size=shape) < 0.2)
    word = sources.packed(x)
    assert len(word) <= len(f"b{shape[1]}-") + -(-np.prod(shape) // 6)
    width, bits = re.fullmatch(r"b(\d+)-([\w-]*)", word).groups()
    np.testing.assert_array_equal(sources.unpacked(bits, int(width), shape), x)
    assert sources.packed(np.zeros(shape)) == f"b{shape[1]}-"
    assert sources.unpacked("", shape[1], shape).max() == 0.0


def test_a_drawing_fits_a_model_of_another_size():
    x = np.zeros((16, 16, 1), np.float32)
    x[4:12] = 1.0
    bits = sources.packed(x).partition("-")[2]
    larger = sources.unpacked(bits, 16, (32, 32, 1))
    np.testing.assert_array_equal(larger, x.repeat(2, axis=0).repeat(2, axis=1))


def test_a_source_is_an_example_a_drawing_or_an_empty_sheet(edges):
    entry, asked = edges
    source, truth = sources.read(entry, asked, "e3")
    np.testing.assert_array_equal(source, entry.examples.tensors["source"][3])
    np.testing.assert_array_equal(truth, entry.examples.x[3])
    drawn, unknown = sources.read(entry, asked, sources.packed(source))
    np.testing.assert_array_equal(drawn, source)
    assert unknown is None
    assert sources.read(entry, asked, "")[0].max() == 0.0


def test_each_direction_has_its_own_sources(demo_index):
    entry = demo_index.entries["there_and_back"]
    there, back = map(functools.partial(sources.translation, entry), SIGNATURES)
    source, truth = sources.read(entry, there, "e2")
    np.testing.assert_array_equal(source, entry.examples.x[2])
    np.testing.assert_array_equal(truth, entry.examples.tensors["truth"][2])
    source, truth = sources.read(entry, back, "e2")
    np.testing.assert_array_equal(source, entry.examples.tensors["y"][2])
    assert truth is None
    assert sources.translation(demo_index.entries["pix2pix"], "translate_back") is None
    assert sources.translation(demo_index.entries["vae"]) is None


@pytest.mark.parametrize("paper", [0, 255])
def test_a_scanned_drawing_becomes_light_lines_whatever_its_paper(paper, edges):
    sheet = Image.new("L", (80, 80), paper)
    sheet.paste(255 - paper, (30, 0, 40, 80))
    receive = sources.receiver(lambda name: edges[0])
    word = receive({"picture": base64_of(sheet), "model": "pix2pix"})["token"]
    source, _ = sources.read(*edges, word)
    expected = np.zeros((8, 8, 1))
    expected[:, 3] = 1.0
    np.testing.assert_array_equal(source, expected)


def test_a_photograph_becomes_the_edges_that_the_model_was_trained_on(edges):
    sent = {"picture": base64_of(photograph()), "model": "pix2pix", "derive": True}
    word = sources.receiver(lambda name: edges[0])(sent)["token"]
    source, truth = sources.read(*edges, word)
    assert truth[4, 4] > truth[0, 0] + 0.4
    expected = derive("edges", truth[None])["source"][0]
    np.testing.assert_array_equal(source, expected)
    assert 0.0 < source.mean() < 0.5


def test_a_model_that_does_not_say_how_takes_no_photographs(demo_index):
    entry = demo_index.entries["there_and_back"]
    sent = {"picture": base64_of(photograph()), "model": entry.name, "derive": True}
    receive = sources.receiver(lambda name: entry)
    assert "does not say how sources are computed" in receive(sent)["error"]
    assert "direction" in receive({**sent, "direction": "up"})["error"]
    word = receive({**sent, "derive": False})["token"]
    source, _ = sources.read(entry, sources.translation(entry), word)
    grey = np.asarray(photograph().convert("L")).mean() / 255
    assert source.mean() == pytest.approx(grey, abs=0.02)


WRONG = [
    (("pix2pix", "e99"), "must be in e0..e39. Received: 'e99'"),
    (("pix2pix", "../etc"), "must be e, b or d and what belongs to it"),
    (("pix2pix", "b8-" + "A" * 40), "must fit into 8 x 8 pixels .*Received: 30 bytes"),
    (("pix2pix", "b0-"), "must fit into 8 x 8 pixels"),
    (("pix2pix", "b9999-"), "must fit into 8 x 8 pixels"),
    (("pix2pix", "b8-A"), "must be sent in base64"),
    (("pix2pix", "dAAAA"), "must be a PNG, JPEG"),
    (("pix2pix", "e0.dAAAA"), "must be e, b or d"),
    (("pix2pix", 7), "A source must be text"),
    (("pix2pix", "e0", -1), "seed|Seed|minimum|less"),
    (("vae", "e0"), "not in the list of choices"),
]


@pytest.mark.parametrize(("values", "message"), WRONG)
def test_what_is_no_source_is_told(values, message, ask):
    found, error = ask("translate", *values)
    assert found is None
    assert re.search(message, error.replace("&#x27;", "'")), error


# --- answers --------------------------------------------------------------------------


def test_an_example_stands_between_its_source_and_the_truth(
    ask, edges, tmp_path, monkeypatch
):
    (shown, below), error = ask("translate", "pix2pix", "e3", 5)
    assert error is None
    source, made, truth = shown_in(shown)
    entry, _ = edges
    close(source, entry.examples.tensors["source"][3])
    close(truth, entry.examples.x[3])
    names = run(below["code"], tmp_path, monkeypatch)
    close(made, names["x"])
    assert f"L1 from the truth {names['error']:.3f}" in shown
    assert (tmp_path / "pix2pix.png").is_file()
    assert below["link"] == "?tab=translate&model=pix2pix&source=e3&seed=5"
    other = shown_in(ask("translate", "pix2pix", "e3", 6)[0][0])[1]
    assert np.abs(other - made).mean() > 0.01  # another draw of the noise


def test_two_models_make_something_of_one_drawing(ask, tmp_path, monkeypatch):
    x = np.zeros((8, 8, 1), np.float32)
    x[2:6, 2] = 1.0
    word = sources.packed(x)
    asked = ("translate", "pix2pix", word, 1, "there_and_back")
    (shown, below), error = ask(*asked)
    assert error is None
    source, *made = shown_in(shown)
    close(source, x)
    names = run(below["code"], tmp_path, monkeypatch)
    for picture, name in zip(made, ("x", "other_x"), strict=True):
        close(picture, names[name])
    assert re.findall(r"<b>(\w+)</b>", shown) == ["pix2pix", "there_and_back"]
    assert urllib.parse.parse_qs(below["link"][1:])["source"] == [word]


def test_a_model_goes_back_where_it_can(ask, tmp_path, monkeypatch):
    asked = ("translate", "there_and_back", "e1", 2, "nothing", "back")
    (shown, below), _ = ask(*asked)
    source, made = shown_in(shown)
    names = run(below["code"], tmp_path, monkeypatch)
    close(source, names["source"])
    close(made, names["x"])
    assert "direction=back" in below["link"]
    (shown, _), _ = ask("translate", "pix2pix", "e1", 2, "nothing", "back")
    assert len(shown_in(shown)) == 3


# --- a browser ------------------------------------------------------------------------


def drawn_by_mouse(page, box):
    """A line from the upper left to the lower right, and one down the right side."""
    for begin, end in (((0.1, 0.1), (0.9, 0.9)), ((0.95, 0.05), (0.95, 0.95))):
        page.mouse.move(*within(box, begin))
        page.mouse.down()
        page.mouse.move(*within(box, end), steps=20)
        page.mouse.up()


def drawn_by_finger(page, box):
    touch = page.context.new_cdp_session(page)
    for begin, end in (((0.1, 0.1), (0.9, 0.9)), ((0.95, 0.05), (0.95, 0.95))):
        for share in np.linspace(0, 1, 20):
            x, y = within(box, np.add(begin, share * np.subtract(end, begin)))
            kind = "touchMove" if share else "touchStart"
            sent = {"type": kind, "touchPoints": [{"x": x, "y": y}]}
            touch.send("Input.dispatchTouchEvent", sent)
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def within(box, place):
    return box["x"] + place[0] * box["width"], box["y"] + place[1] * box["height"]


PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
DEVICES = {"desktop": (drawn_by_mouse, {}), "phone": (drawn_by_finger, PHONE)}


@pytest.mark.parametrize("device", DEVICES)
def test_lines_are_drawn_and_a_link_brings_them_back(device, visit):
    draw, options = DEVICES[device]
    page = visit("translate", "&model=pix2pix&source=b8-", **options)
    empty = pictures(page, MADE)
    assert empty[0].max() == 0.0
    pad = panel(page, "translate").locator(".kgm-pad canvas")
    pad.scroll_into_view_if_needed()
    changes(page, "translate", lambda: draw(page, pad.bounding_box()))
    page.wait_for_function(  # both strokes
        "() => location.href.includes('b8-gUEhEQkFAwE')", polling=100
    )
    query = page.url.partition("tab=translate")[2]
    expected = np.maximum(np.eye(8), np.arange(8) == 7)
    np.testing.assert_array_equal((drawn := pictures(page, MADE))[0], expected)
    assert np.abs(drawn[1] - empty[1]).mean() > 0.02
    again = visit("translate", query, **options)
    for one, other in zip(pictures(again, MADE), drawn, strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(pictures(again, ".kgm-pad canvas.lines")[0], expected)


def test_a_photograph_is_uploaded_and_what_is_none_refused(visit, tmp_path):
    page = visit("translate", "&model=pix2pix")
    tab = panel(page, "translate")
    photograph().save(tmp_path / "photo.png")
    chooser = tab.get_by_label("Photo", exact=True)
    changes(page, "translate", lambda: chooser.set_input_files(tmp_path / "photo.png"))
    source, _, truth = pictures(page, MADE)
    assert set(np.unique(source)) == {0.0, 1.0}
    assert truth[4, 4] > truth[0, 0] + 0.4
    pad = ".kgm-pad canvas.lines"
    np.testing.assert_array_equal(pictures(page, pad)[0], source)
    (tmp_path / "zip.png").write_bytes(b"PK\x03\x04 no picture")
    before = page.url
    for name in ("Photo", "Upload a picture"):
        tab.get_by_label(name, exact=True).set_input_files(tmp_path / "zip.png")
        tab.get_by_role("alert").filter(has_text="a PNG, JPEG").first.wait_for()
    assert page.url == before


def test_the_eraser_erases(visit):
    lines = sources.packed(np.ones((8, 8, 1)))
    page = visit("translate", f"&model=pix2pix&source={lines}")
    tab = panel(page, "translate")
    tab.get_by_role("button", name="Eraser").click()
    box = tab.locator(".kgm-pad canvas").bounding_box()
    middle = within(box, (0.55, 0.55))
    changes(page, "translate", lambda: page.mouse.click(*middle))
    source = pictures(page, MADE)[0]
    assert source[3:6, 3:6].max() == 0.0
    assert source.sum() == 64 - 9


def test_a_direction_is_offered_where_there_are_two(visit):
    page = visit("translate", "&model=pix2pix")
    tab = panel(page, "translate")
    assert not tab.get_by_label("back", exact=True).is_visible()
    link = "&model=there_and_back&direction=back&source=e4&compare=pix2pix"
    page = visit("translate", link)
    tab = panel(page, "translate")
    assert tab.get_by_label("back", exact=True).is_checked()
    assert tab.get_by_label("Compare with").input_value() == "pix2pix"
    assert "direction=back" in page.url
    assert len(pictures(page, MADE)) == 3
