"""The demo's tab for pictures that may follow one."""

import base64
import io
import re

import numpy as np
import pytest
from browsing import changes, panel, pictures
from demo_http import questions
from PIL import Image
from test_demo import close, run
from test_demo import pictures as shown_in

STILLS = "#tab-next_frame .kgm-figures img"
FILM = "#tab-next_frame .kgm-film canvas"


@pytest.fixture(scope="module")
def address(small_demo):
    return small_demo


@pytest.fixture(scope="module")
def ask(address):
    return questions(address)


def test_futures_differ_and_stand_beside_the_truth(
    ask, demo_index, tmp_path, monkeypatch
):
    (film, stills, below), error = ask("next_frame", "visual_dynamics", "e3", 4, 5)
    assert error is None
    first, mean, truth = shown_in(stills)
    examples = demo_index.entries["visual_dynamics"].examples
    close(first, examples.tensors["first_frame"][3])
    close(truth, examples.x[3])
    names = run(below["code"], tmp_path, monkeypatch)
    futures = names["futures"]
    assert futures.shape == (4, 8, 8, 1)
    close(mean, futures.mean(axis=0))
    assert np.abs(futures - futures.mean(axis=0)).max() > 0.01
    data = base64.b64decode(film["sheet"].partition(",")[2])
    sheet = np.asarray(Image.open(io.BytesIO(data)), np.float32) / 255
    rows = [np.concatenate([first, one[..., 0]], axis=1) for one in futures]
    close(sheet, np.concatenate(rows))
    assert (film["frames"], len(film["clips"])) == (2, 4)
    link = "?tab=next_frame&model=visual_dynamics&frame=e3&count=4&seed=5"
    assert below["link"] == link
    assert (tmp_path / "visual_dynamics.png").is_file()


def test_another_seed_has_other_futures(ask):
    asked = [("next_frame", "visual_dynamics", "e3", 2, seed) for seed in (5, 5, 6)]
    one, same, other = (ask(*values)[0][0]["sheet"] for values in asked)
    assert one == same != other


WRONG = [
    (("visual_dynamics", "e99"), "must be in e0..e39"),
    (("visual_dynamics", "dAAAA"), "must be a PNG, JPEG"),
    (("visual_dynamics", "e0", 0), "count|Futures|minimum"),
    (("visual_dynamics", "e0", 2, -1), "seed|Seed|minimum|less"),
    (("pix2pix", "e0"), "not in the list of choices"),
]


@pytest.mark.parametrize(("values", "message"), WRONG)
def test_what_has_no_future_is_told(values, message, ask):
    found, error = ask("next_frame", *values)
    assert found is None
    assert re.search(message, error.replace("&#x27;", "'")), error


@pytest.mark.parametrize("tab", ["autoencode", "sample", "interpolate", "arithmetic"])
def test_other_tabs_do_not_ask_what_needs_a_first_frame(tab, ask):
    asked = ["visual_dynamics"] if tab == "sample" else "visual_dynamics"
    found, error = ask(tab, asked)
    assert found is None
    assert "not in the list of choices" in error


def test_a_picture_is_chosen_in_a_page(visit):
    page = visit("next_frame", "&model=visual_dynamics&frame=e1&count=3")
    before = pictures(page, STILLS)
    assert len(pictures(page, FILM)) == 3
    example = panel(page, "next_frame").get_by_role("button", name="Example 4")
    changes(page, "next_frame", example.first.click)
    assert "frame=e4" in page.url
    after = pictures(page, STILLS)
    assert np.abs(after[0] - before[0]).max() > 0.1
