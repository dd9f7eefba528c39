"""The demo's page in a real browser: its tabs, names, sizes, places and colours."""

import re

import pytest
from browsing import TABS, answered, panel


@pytest.fixture(scope="module")
def address(small_demo):
    return small_demo


# --- every tab ------------------------------------------------------------------------


UNNAMED = """() => [...document.querySelectorAll(
    'main :is(button, input, select, textarea, canvas, img, a)')]
    .filter(one => one.offsetParent && !one.closest('[aria-hidden="true"]'))
    .filter(one => !(one.getAttribute('aria-label') || one.getAttribute('alt') !== null
        || one.labels?.length || one.textContent.trim() || one.title
        || one.getAttribute('aria-labelledby') || one.type === 'file'))
    .map(one => one.outerHTML.slice(0, 120))"""
FITS = "width => innerWidth === width && document.documentElement.scrollWidth <= width"


def test_every_tab_answers_has_names_for_its_controls_and_fits_a_phone(visit):
    first, *others = TABS
    page = visit(first)
    for tab in (*others, first):
        page.get_by_role("tab", name=TABS[tab], exact=True).click()
        answered(page, tab)
        assert f"tab={tab}" in page.url
        assert panel(page, tab).locator("img, canvas, svg").first.is_visible(), tab
        assert page.evaluate(UNNAMED) == [], tab
        page.set_viewport_size({"width": 390, "height": 844})
        page.wait_for_function(FITS, arg=390, polling=100)
        page.set_viewport_size({"width": 1280, "height": 720})


def test_light_turns_dark_and_back(visit):
    page = visit("game", color_scheme="light")
    colour = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(colour)
    page.get_by_role("button", name="Light or dark").click()
    page.wait_for_timeout(500)
    dark = page.evaluate(colour)
    assert sum(map(int, re.findall(r"\d+", dark)[:3])) < 120
    page.get_by_role("button", name="Light or dark").click()
    page.wait_for_function(f"{colour} == '{light}'")


# --- where the result is, and how large -----------------------------------------------

PLACES = """() => {
    const tab = document.getElementById("tab-video");
    const box = one => tab.querySelector(one).getBoundingClientRect();
    const plain = ({left, right, top, bottom}) => ({left, right, top, bottom});
    return [plain(box(".kgm-controls")), plain(box(".stage canvas"))];
}"""


@pytest.mark.parametrize("width", [700, 1024, 1600])
def test_a_clip_stands_beside_its_controls_however_far_one_scrolls(width, visit):
    page = visit("video", viewport={"width": width, "height": 800})
    for _ in range(2):
        controls, clip = page.evaluate(PLACES)
        assert clip["left"] >= controls["right"]
        assert clip["top"] >= 0
        assert clip["bottom"] <= 800
        panel(page, "video").get_by_role("button", name="Generate").hover()


def test_on_a_phone_a_clip_is_within_the_first_screen(visit):
    page = visit("video", viewport={"width": 390, "height": 844})
    controls, clip = page.evaluate(PLACES)
    assert clip["bottom"] < controls["top"]
    assert clip["bottom"] <= 600
    play = panel(page, "video").get_by_role("button", name="Play or pause")
    assert play.bounding_box()["y"] < 800


@pytest.mark.parametrize(("width", "factor"), [(390, 48), (1280, 64)])
def test_small_frames_are_enlarged_by_a_whole_factor_and_smoothly(width, factor, visit):
    page = visit("video", viewport={"width": width, "height": 844})
    canvas = panel(page, "video").locator(".stage canvas")
    box = canvas.bounding_box()
    assert (box["width"], box["height"]) == (4 * factor, 4 * factor)
    assert canvas.evaluate("one => getComputedStyle(one).imageRendering") == "auto"
    told = panel(page, "video").locator(".size").inner_text()
    assert told == f"4 \N{MULTIPLICATION SIGN} 4 pixels, enlarged {factor} times"


@pytest.mark.parametrize("tab", ["autoencode", "interpolate", "game"])
def test_every_curve_has_numbers_and_names_at_both_axes(tab, visit):
    page = visit(tab)
    plots = panel(page, tab).locator(".kgm-plot")
    plots.first.wait_for()
    assert panel(page, tab).locator("svg polyline, svg rect").count()
    assert plots.count() == panel(page, tab).locator(".kgm-plot svg").count()
    for plot in plots.all():
        for part in (".x-ticks span", ".y-ticks span"):
            numbers = [
                float(text.replace("\N{MINUS SIGN}", "-"))
                for text in plot.locator(part).all_inner_texts()
            ]
            assert len(numbers) >= 2
            assert numbers == sorted(numbers)
        assert plot.locator(".x-label").inner_text()
        assert plot.locator(".y-label").inner_text()
