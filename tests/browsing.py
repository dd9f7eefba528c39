"""The demo in a real browser: what its tests share.

It needs Playwright's package and a Chromium on the path, or where the environment
variable CHROMIUM says.
"""

from __future__ import annotations

import base64
import contextlib
import io
import os
import shutil

import numpy as np
import pytest
from PIL import Image

TABS = {
    "autoencode": "Autoencode",
    "manifold": "Manifold",
    "sample": "Sample",
    "interpolate": "Interpolate",
    "arithmetic": "Vector arithmetic",
    "complete": "Complete",
    "translate": "Translate",
    "words": "Words",
    "edit": "Edit",
    "shapes": "Shapes",
    "tunes": "Tunes",
    "next_frame": "Next frame",
    "video": "Video",
    "game": "GAN training",
}
OPTIONS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    # What is drawn by no graphics processor costs half of a visit if it imitates one.
    "--disable-gpu",
    "--disable-gpu-compositing",
    "--disable-software-rasterizer",
]
WAIT = 120_000  # milliseconds, on a machine that does much else
ANSWERED = """tab => {
    const seen = document.querySelector('[role="tab"][aria-selected="true"]');
    const panel = document.getElementById(`tab-${tab}`);
    const below = panel && panel.querySelector(".kgm-below");
    const link = below && below.dataset.link;
    return seen && seen.id.startsWith(`tab-${tab}`) && link
        && new URL(link, location.href).href === location.href
        && below.querySelector("code").textContent && !panel.querySelector(".pending");
}"""

STANDING = """tab => {
    const panel = document.getElementById(`tab-${tab}`);
    const below = panel.querySelector(".kgm-below");
    const controls = [...panel.querySelectorAll("input, select")];
    return {
        address: location.href,
        link: below && below.dataset.link,
        pending: panel.querySelectorAll(".pending").length,
        controls: controls.map(one => [one.getAttribute("aria-label"), one.value]),
        messages: [...document.querySelectorAll('[role="alert"]')]
            .map(one => one.textContent),
    };
}"""


def executable():
    names = [
        os.environ.get("CHROMIUM"),
        "chromium",
        "chromium-browser",
        "google-chrome",
    ]
    found = next(
        (path for name in names if name and (path := shutil.which(name))), None
    )
    if found is None:
        pytest.skip("there is no Chromium: apt-get install chromium, or set CHROMIUM")
    return found


@contextlib.contextmanager
def opened():
    """A running Chromium, or a skip with the reason why there is none."""
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="Playwright is not installed"
    )
    path = executable()
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=OPTIONS)
        yield browser
        browser.close()


@contextlib.contextmanager
def visiting(browser, address):
    """Open the demo; at the end there was no error and no request to elsewhere."""
    troubles, contexts = [], []

    def heard(message):
        if message.type == "error" and not getattr(message, "expected", False):
            troubles.append(f"console: {message.text}")

    def asked(request):
        if not request.url.startswith((address, "data:", "blob:")):
            troubles.append(f"request: {request.url}")

    def call(tab, query="", heard_by=None, **options):
        context = browser.new_context(
            permissions=["clipboard-read", "clipboard-write"], **options
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT)
        page.on("console", heard)
        page.on("pageerror", lambda error: troubles.append(f"page: {error}"))
        page.on("request", asked)
        if heard_by:
            heard_by(page)
        page.goto(f"{address}?tab={tab}{query}")
        answered(page, tab)
        return page

    yield call
    for context in contexts:
        context.close()
    assert troubles == []


def answered(page, tab):
    page.wait_for_function(ANSWERED, arg=tab, polling=100)


def listening(page):
    """What is asked for from now on: a list that grows, for `questions`."""
    heard = []
    page.on("request", lambda request: heard.append(request.post_data_json))
    return heard


def questions(page, heard):
    """The tabs that were asked, one for every question."""
    names = {
        d["id"]: d["api_name"] for d in page.evaluate("gradio_config.dependencies")
    }
    indices = [body["fn_index"] for body in heard if body and "fn_index" in body]
    return [names[index] for index in indices if names[index] in TABS]


def panel(page, tab):
    return page.locator(f"#tab-{tab}")


def pictures(page, selector, mode="L"):
    """The pictures at a selector, (height, width) in [0, 1]; channels with "RGB"."""
    sources = page.eval_on_selector_all(
        selector, "all => all.map(one => one.src || one.toDataURL('image/png'))"
    )
    return [decoded(source, mode) for source in sources]


def decoded(source, mode="L"):
    data = base64.b64decode(source.partition(",")[2])
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert(mode), np.float32) / 255


def changes(page, tab, act, what="what was done"):
    """Do something, and wait for the link of another answer; the new link."""
    from playwright import sync_api

    before = page.url
    act()
    try:  # by the clock: a page that paints nothing has no frames to wait for
        page.wait_for_function(
            "before => location.href !== before", arg=before, polling=100
        )
    except sync_api.TimeoutError:
        seen = page.evaluate(STANDING, tab)
        raise AssertionError(f"{what} had no answer at {before}: {seen}") from None
    answered(page, tab)
    return page.url
