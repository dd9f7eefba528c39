"""The demo in front of a TensorFlow Serving, and what it asks of other machines."""

import pathlib
import re

import artefacts
import demo_models
import numpy as np
import pytest
from demo_http import questions
from serving_double import Double
from test_demo import close, pictures, run

httpx = pytest.importorskip("httpx", reason="the demo's extra is not installed")

LONELY = (str(pathlib.Path(__file__).parent / "clients" / "lonely_demo.py"),)
ASKED = {
    "autoencode": ("conditional_vae", "e1"),
    "manifold": ("conditional_vae", "0.5,-1", "b", "large"),
    "sample": (["vae", "conditional_vae"], 3, 5, 0.8),
    "interpolate": ("conditional_vae", 1, "s0.e1", "slerp", 3, "c", "small"),
    "arithmetic": ("vae", 0, "s0|e1|s2"),
    "complete": ("gated_pixel_cnn", "e1", "right", 50, 3, 2, "c", "small"),
    "translate": ("pix2pix", "e1", 3),
    "words": ("gawwn", "a red disc", "0.1,0.2,0.6,0.7", 3, 2),
    "edit": ("editor", "e1~ff0000._w", 20, 2, "c", "as it is"),
    "shapes": ("gan3d", "a - b + c", 2, 3),
    "tunes": ("tunes", 2, 3, "b", "each in turn"),
    "next_frame": ("visual_dynamics", "e1", 3, 2),
    "video": ("clips", 4, 2, "e0", "label: b", 2),
    "game": ("gan", 0.3),
}


@pytest.fixture(scope="module")
def served(demo_folder):
    """A double of the server, with the models of the folder."""
    others = ("clips", "editor", "gan3d", "gated_pixel_cnn", "gawwn", "pix2pix")
    others += ("tunes", "visual_dynamics")
    names = (*artefacts.RECIPES, *others)
    with Double(*(demo_folder / name for name in names)) as one:
        yield one


@pytest.fixture(scope="module")
def ask(demo_folder, served):
    with demo_models.running(demo_folder, "--server", served.rest) as url:
        yield questions(url)


@pytest.fixture(scope="module")
def ask_here(demo_folder):
    with demo_models.running(demo_folder, program=LONELY) as url:
        yield questions(url)


@pytest.mark.parametrize("tab", ASKED)
def test_a_server_answers_as_the_models_do(tab, ask, ask_here, served):
    served.requests.clear()
    *found, below = ask(tab, *ASKED[tab])[0]
    assert bool(served.requests) == (tab != "game")  # whose history lies in the folder
    *expected, other = ask_here(tab, *ASKED[tab])[0]
    assert found == expected
    assert below["link"] == other["link"]


@pytest.mark.parametrize("tab", ASKED)
def test_the_snippet_asks_the_server(tab, ask, served, tmp_path, monkeypatch):
    found, _ = ask(tab, *ASKED[tab])
    code = found[-1]["code"]
    assert (
        re.search(re.escape(f'Client("{served.rest}", card="'), code) or tab == "game"
    )
    names = run(code, tmp_path, monkeypatch)
    if tab == "sample":
        close(pictures(found[0])[5:], np.squeeze(names["x"]))


def test_a_model_that_is_not_served_is_told_and_the_rest_works(demo_folder):
    with (
        Double(demo_folder / "vae") as server,
        demo_models.running(demo_folder, "--server", server.grpc) as url,
    ):
        assert questions(url)("sample", ["vae"])[1] is None
        page = httpx.get(url + "config").text
    others = len(list(demo_folder.glob("*/card.json"))) - 1
    assert f"{others} cannot be used" in page
    assert "NOT_FOUND: Servable not found for request: Latest(gan)" in page


def test_a_server_that_is_busy_is_told_and_asked_again(ask, served):
    served.faults.extend(["busy"] * 4)
    _, error = ask("sample", ["vae"], 1)
    assert re.search("vae: http.* answered 503: the server is shutting down", error)
    assert ask("sample", ["vae"], 1)[1] is None


def test_the_server_reaches_for_no_other_machine(ask_here):
    """It would have ended; the page's own requests are held in the browser's tests."""
    for tab, values in ASKED.items():
        assert ask_here(tab, *values)[1] is None
