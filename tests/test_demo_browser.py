"""The demo of small models in a real browser: every control, by mouse and by keys."""

import base64
import io
import pathlib
import re

import browsing
import demo_models
import numpy as np
import pytest
from artefacts import SPEC
from browsing import TABS, WAIT, answered, changes, panel, pictures
from PIL import Image


@pytest.fixture(scope="module")
def address(small_demo):
    return small_demo


# --- one tab after another ------------------------------------------------------------


def test_sample_follows_its_controls_and_its_link_brings_it_back(visit, demo_index):
    page = visit("sample", "&models=vae&seed=3&count=5")
    cells = "#tab-sample .cells img"
    x = demo_index.entries["vae"].call("sample", count=5, seed=(0, 3))["x"]
    np.testing.assert_allclose(pictures(page, cells), x[..., 0], atol=0.5 / 255 + 1e-5)
    seed = panel(page, "sample").get_by_label("Seed")
    link = changes(page, "sample", lambda: seed.fill("8"))
    x = demo_index.entries["vae"].call("sample", count=5, seed=(0, 8))["x"]
    np.testing.assert_allclose(pictures(page, cells), x[..., 0], atol=0.5 / 255 + 1e-5)
    again = visit("sample", link.partition("tab=sample")[2])
    np.testing.assert_array_equal(pictures(again, cells), pictures(page, cells))
    changes(
        page,
        "sample",
        lambda: page.get_by_role("button", name="temperature 1.4").click(),
    )
    assert "temperature=1.4" in page.url


@pytest.mark.parametrize("tab", ["autoencode", "manifold", "sample"])
def test_a_link_asks_one_question_and_stays(tab, visit):
    asked = f"{'models' if tab == 'sample' else 'model'}=vae"
    places, heard = [], []

    def listen(page):
        page.on("framenavigated", lambda frame: places.append(frame.url))
        heard.append(browsing.listening(page))

    page = visit(tab, f"&{asked}", listen)
    page.get_by_role("tab", name=TABS["game"], exact=True).click()
    answered(page, "game")
    page.get_by_role("tab", name=TABS[tab], exact=True).click()
    answered(page, tab)
    assert all(asked in place or "tab=game" in place for place in places)
    assert browsing.questions(page, heard[0]) == [tab, "game"]


def test_whoever_chooses_twice_is_shown_the_second_choice(visit):
    """Also if the answer to the first comes last, and if the second is refused."""
    page = visit("sample", "&models=vae")
    ends = """failed => {
        for (const count of [1, 2]) kgm.note(`${failed}`, [count]);
        const want = JSON.stringify(["old", 2]);
        const again = [1, 2].map(() => kgm.again(`${failed}`, failed, want, "old", 2));
        kgm.note(`${failed}`, [2]);
        return [...again, kgm.again(`${failed}`, failed, want, "old", 2)];
    }"""
    for failed in (False, True):
        first, second, third = page.evaluate(ends, failed)
        assert first == third == "old" != second


def test_what_follows_another_control_is_asked_once(visit):
    page = visit("sample", "&models=vae")
    ends = """([failed, want]) => {
        kgm.note("a", [1]);
        return kgm.again("a", failed, want, "old", 2);
    }"""
    heard, silent = '["old",2]', '["old",1]'
    assert page.evaluate(ends, [False, heard]) == "old"  # it asks by itself
    assert page.evaluate(ends, [False, silent]) != "old"
    assert page.evaluate(ends, [True, heard]) != "old"


def test_sliders_move_by_keyboard(visit):
    page = visit("sample", "&models=vae")
    slider = panel(page, "sample").get_by_role("slider").first
    slider.focus()
    link = changes(page, "sample", lambda: page.keyboard.press("ArrowRight"))
    assert "count=41" in link
    assert len(pictures(page, "#tab-sample .cells img")) == 41


def test_snippet_and_link_are_copied(visit):
    page = visit("game")
    below = panel(page, "game").locator(".kgm-below")
    below.locator("summary").click()
    below.get_by_role("button", name="Copy", exact=True).click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == below.locator("code").text_content()
    compile(copied, "snippet", "exec")
    below.get_by_role("button", name="Copy link").click()
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_a_picture_is_drawn_by_mouse_and_by_keys(visit):
    page = visit("autoencode", "&model=vae")
    tab = panel(page, "autoencode")
    shown = "#tab-autoencode .kgm-trio img"
    changes(page, "autoencode", lambda: tab.get_by_role("button", name="Clear").click())
    assert pictures(page, shown)[0].max() == 0.0
    pad = tab.locator("canvas")
    box = pad.bounding_box()

    def draw():
        page.mouse.move(box["x"] + 20, box["y"] + 20)
        page.mouse.down()
        page.mouse.move(box["x"] + 20, box["y"] + box["height"] - 20, steps=5)
        page.mouse.up()

    changes(page, "autoencode", draw)
    drawn = pictures(page, shown)[0]
    assert drawn[:, 0].min() > 0.2
    assert drawn[:, 2:].max() == 0.0
    pad.focus()
    changes(page, "autoencode", lambda: page.keyboard.press(" "))
    changes(page, "autoencode", lambda: page.keyboard.press("ArrowRight"))
    assert pictures(page, shown)[0][:, 2:].max() > 0.1
    changes(
        page, "autoencode", lambda: tab.get_by_role("button", name="Invert").click()
    )
    assert pictures(page, shown)[0][0, 3] > 0.95


def test_a_picture_is_uploaded_and_another_refused(visit, tmp_path):
    page = visit("autoencode", "&model=vae")
    tab = panel(page, "autoencode")
    half = Image.new("L", (40, 40), 0)
    half.paste(255, (20, 0, 40, 40))
    half.save(tmp_path / "half.png")
    chooser = tab.locator("input[type=file]")
    changes(page, "autoencode", lambda: chooser.set_input_files(tmp_path / "half.png"))
    found = pictures(page, "#tab-autoencode .kgm-trio img")[0]
    assert found[:, 0].max() < 0.1
    assert found[:, 3].min() > 0.9
    (tmp_path / "zip.png").write_bytes(b"PK\x03\x04 no picture")
    chooser.set_input_files(tmp_path / "zip.png")
    said = tab.get_by_role("alert").filter(has_text="must be a PNG, JPEG")
    said.wait_for()
    (tmp_path / "large.png").write_bytes(bytes(5 * 2**20))
    chooser.set_input_files(tmp_path / "large.png")
    tab.get_by_role("alert").filter(has_text="at most 4 MB").wait_for()


def test_the_likelihood_tightens_until_it_is_measured(visit):
    page = visit("autoencode", "&model=vae")
    tab = panel(page, "autoencode")
    tab.get_by_role("button", name=re.compile("Measure log p")).click()
    tab.get_by_text("importance weighted by 500 samples").wait_for()
    assert re.search(r"log p\(x\) ≥ -?[\d.]+ nats", tab.inner_text())


def test_the_plane_is_pointed_at_and_decoded(visit, demo_index):
    page = visit("manifold", "&model=vae")
    tab = panel(page, "manifold")
    plane = tab.locator(".plane canvas")
    box = plane.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2 + 40, box["y"] + box["height"] / 2)
    told = tab.locator(".kgm-map output").inner_text()
    assert float(re.findall(r"-?[\d.]+", told)[0]) > 0.05
    link = changes(
        page,
        "manifold",
        lambda: plane.click(position={"x": 30, "y": box["height"] - 30}),
    )
    x, y = map(float, re.search(r"point=(-?[\d.]+)%2C(-?[\d.]+)", link).groups())
    assert x < -1
    assert y < -1
    expected = demo_index.entries["vae"].call("decode", latent=[[x, y]])["x"][0, ..., 0]
    found = pictures(page, "#tab-manifold .kgm-point img")[0]
    np.testing.assert_allclose(found, expected, atol=0.5 / 255 + 1e-4)
    plane.focus()
    page.keyboard.press("ArrowUp")
    assert changes(page, "manifold", lambda: page.keyboard.press("Enter")) != link
    tab.get_by_role("button", name="Class a").click()
    assert (
        tab.get_by_role("button", name="Class a").get_attribute("aria-pressed")
        == "false"
    )


def test_a_way_is_chosen_and_walked(visit):
    page = visit("interpolate", "&model=vae")
    tab = panel(page, "interpolate")
    tab.get_by_role("button", name="Sample 5", exact=True).wait_for()
    clear = tab.locator(".kgm-picker").get_by_role("button", name="Clear")
    clear.click()
    page.get_by_text("Choose two pictures or more").first.wait_for()
    tab.get_by_role("button", name="Sample 5", exact=True).focus()
    page.keyboard.press("Enter")
    changes(
        page,
        "interpolate",
        lambda: tab.get_by_role("button", name=re.compile("Example 0")).click(),
    )
    assert "points=s5.e0" in page.url
    tab.get_by_role("button", name="Play or pause").click()  # it stands
    place = tab.get_by_label("Frame", exact=True)
    place.fill("0")
    first = pictures(page, "#tab-interpolate .kgm-film canvas")[0]
    tab.get_by_role("button", name="One frame back").click()
    last = pictures(page, "#tab-interpolate .kgm-film canvas")[0]
    strips = pictures(page, "#tab-interpolate .kgm-strips img")
    np.testing.assert_allclose(first, strips[0], atol=1e-6)
    np.testing.assert_allclose(last, strips[8], atol=1e-6)
    changes(page, "interpolate", lambda: tab.get_by_label("lerp", exact=True).check())
    assert len(pictures(page, "#tab-interpolate .kgm-film canvas")) == 1


def test_terms_are_chosen_for_each_group(visit):
    page = visit("arithmetic", "&model=gan")
    tab = panel(page, "arithmetic")
    tab.get_by_role("button", name="Sample 7", exact=True).wait_for()
    tab.get_by_label("Choose for b").check()
    changes(
        page,
        "arithmetic",
        lambda: tab.get_by_role("button", name="Sample 7", exact=True).click(),
    )
    assert "s4.s5.s7" in page.url
    assert len(pictures(page, "#tab-arithmetic .kgm-equation > figure > img")) == 4


def test_a_clip_is_played_changed_and_kept(visit):
    page = visit("video", "&frames=6")
    tab = panel(page, "video")
    changes(
        page, "video", lambda: tab.get_by_role("button", name="every label").click()
    )
    clips = pictures(page, "#tab-video .kgm-film canvas")
    assert len(clips) == len(SPEC.attributes[0].classes)
    changes(
        page, "video", lambda: tab.get_by_role("button", name="from a picture").click()
    )
    tab.get_by_text("read from the first frame").first.wait_for()
    with page.expect_download() as waiting:
        tab.get_by_role("link", name="GIF").click()
    with Image.open(waiting.value.path()) as film:
        assert (film.format, film.n_frames) == ("GIF", 6)
    source = tab.get_by_role("link", name="WEBP").get_attribute("href")
    data = base64.b64decode(source.partition(",")[2])
    assert Image.open(io.BytesIO(data)).n_frames == 6


def test_the_game_is_replayed(visit):
    page = visit("game", "&model=gan")
    tab = panel(page, "game")
    tab.get_by_role("button", name="Play or pause").click()
    tab.get_by_label("Frame", exact=True).fill("2")
    assert tab.locator(".kgm-film output").inner_text() == "epoch 20"
    assert pictures(page, "#tab-game .kgm-film canvas")[0].mean() == pytest.approx(
        200 / 255, abs=0.02
    )
    changes(page, "game", lambda: tab.get_by_role("button", name="fooled").click())
    assert "gradient norm 0.95" in tab.inner_text()


@pytest.fixture(scope="module")
def slow_address(demo_folder):
    slow = (str(pathlib.Path(__file__).parent / "clients" / "slow_demo.py"),)
    with demo_models.running(demo_folder, program=slow) as url:
        yield url


@pytest.mark.slow
def test_what_is_asked_while_a_refusal_is_on_its_way_is_answered(browser, slow_address):
    page = browser.new_page()
    page.set_default_timeout(WAIT)
    page.goto(f"{slow_address}?tab=interpolate&model=vae")
    answered(page, "interpolate")
    tab = panel(page, "interpolate")
    tab.locator(".kgm-picker").get_by_role("button", name="Clear").click()
    page.get_by_text("Choose two pictures or more").first.wait_for()
    tab.get_by_role("button", name="Sample 5", exact=True).click()
    page.wait_for_timeout(300)  # one picture: that will be refused, a second later
    tab.get_by_role("button", name="Sample 6", exact=True).click()
    page.wait_for_function("location.href.includes('points=s5.s6')")
    answered(page, "interpolate")
    assert len(pictures(page, "#tab-interpolate .kgm-strips img")) == 2 * 9
    page.close()


@pytest.mark.slow
def test_a_long_question_is_stopped(browser, slow_address):
    page = browser.new_page()
    page.set_default_timeout(WAIT)
    page.goto(f"{slow_address}?tab=autoencode&model=vae")
    answered(page, "autoencode")
    tab = panel(page, "autoencode")
    tab.get_by_role("button", name=re.compile("Measure log p")).click()
    tab.get_by_text("importance weighted by 50 samples").wait_for()
    tab.get_by_role("button", name="Stop").click()
    page.wait_for_timeout(15_000)  # ten seconds would do for all of it
    assert not tab.get_by_text("importance weighted by 500 samples").is_visible()
    page.close()
