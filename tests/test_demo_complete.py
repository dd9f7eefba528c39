"""The demo's tab for the hidden parts of pictures: what is drawn, and its odds."""

import re

import numpy as np
import pytest
from artefacts import SPEC
from browsing import changes, panel, pictures
from demo_http import questions
from test_demo import close, run
from test_demo import pictures as shown_in

from keras_genmodels_demo.media import ACCENT
from keras_genmodels_demo.tabs import complete

MADE = "#tab-complete .kgm-figures img"
PARTS = {
    "lower": np.s_[2:],
    "right": np.s_[:, 2:],
    "upper": np.s_[:2],
}


@pytest.fixture(scope="module")
def address(small_demo):
    return small_demo


@pytest.fixture(scope="module")
def ask(address):
    return questions(address)


def nats(text):
    return [float(number) for number in re.findall(r"<b>(-?[\d.]+) nats</b>", text)]


@pytest.mark.parametrize("part", complete.PARTS)
def test_the_hidden_part_is_drawn_and_the_known_one_kept(
    part, ask, demo_index, tmp_path, monkeypatch
):
    (shown, below), error = ask("complete", "pixel_cnn", "e3", part, 50, 4, 9)
    assert error is None
    veiled, *made, whole = shown_in(shown)
    entry = demo_index.entries["pixel_cnn"]
    x = entry.examples.x[3]
    close(whole, x)
    hidden = np.zeros((4, 4), bool)
    hidden[PARTS[part]] = True
    close(veiled[~hidden], x[~hidden].repeat(3, axis=-1))
    close(veiled[hidden], np.tile(np.float32(ACCENT) / 255, (8, 1)))
    assert len(made) == 4
    for one in made:
        close(one[~hidden], x[..., 0][~hidden])
        assert np.isin(one, (0.0, 1.0)).all()
    assert len({one.tobytes() for one in made}) > 1
    names = run(below["code"], tmp_path, monkeypatch)
    close(made, names["made"])
    assert nats(shown) == [
        round(float(n), 1) for n in (*names["nats"][1:], names["nats"][0])
    ]
    log_prob = entry.call("log_prob", x=names["made"])["log_prob"]
    np.testing.assert_allclose(names["nats"][1:], log_prob, rtol=1e-5)
    best = shown.split("the likeliest")[0]
    assert nats(best)[-1] == max(nats(shown)[:-1])
    assert (tmp_path / "pixel_cnn.png").is_file()


def test_a_class_is_asked_for(ask, demo_index, tmp_path, monkeypatch):
    values = ("gated_pixel_cnn", "e1", "lower", 100, 3, 2, "c", "large")
    (shown, below), error = ask("complete", *values)
    assert error is None
    names = run(below["code"], tmp_path, monkeypatch)
    condition = SPEC.condition(1, label="c", size="large")
    np.testing.assert_array_equal(names["condition"], condition)
    close(shown_in(shown)[1:4], names["made"])
    entry = demo_index.entries["gated_pixel_cnn"]
    given = {"x": names["made"], "condition": condition}
    log_prob = entry.call("log_prob", **given)["log_prob"]
    np.testing.assert_allclose(nats(shown)[:3], log_prob, atol=0.06)
    assert "tiny_label=c" in below["link"]
    assert "share=100" in below["link"]


def test_nothing_known_has_no_say(ask):
    """All of it hidden, two pictures are completed alike."""
    asked = [("complete", "pixel_cnn", f"e{i}", "lower", 100, 3, 5) for i in (2, 4)]
    one, other = (shown_in(ask(*values)[0][0])[1:-1] for values in asked)
    np.testing.assert_array_equal(one, other)


WRONG = [
    (("pixel_cnn", "e99"), "must be in e0..e39"),
    (("pixel_cnn", "e0", "middle"), "not in the list of choices|page offers"),
    (("pixel_cnn", "e0", "lower", 0), "percent|share|minimum"),
    (("pixel_cnn", "e0", "lower", 50, 99), "count|Completions|maximum"),
    (("pixel_cnn", "e0", "lower", 50, 2, -1), "seed|Seed|minimum|less"),
    (("vae", "e0"), "not in the list of choices"),
]


@pytest.mark.parametrize(("values", "message"), WRONG)
def test_what_cannot_be_completed_is_told(values, message, ask):
    found, error = ask("complete", *values)
    assert found is None
    assert re.search(message, error.replace("&#x27;", "'")), error


def test_a_part_is_chosen_in_a_page_and_a_link_brings_it_back(visit):
    page = visit("complete", "&model=pixel_cnn&picture=e2&seed=3")
    lower = pictures(page, MADE)
    tab = panel(page, "complete")
    upper = tab.get_by_label("upper", exact=True)
    changes(page, "complete", lambda: upper.set_checked(True))
    shown = pictures(page, MADE)
    assert len(shown) == len(lower) == 8
    np.testing.assert_array_equal(shown[-1], lower[-1])
    for one in shown[1:-1]:
        np.testing.assert_array_equal(one[2:], shown[-1][2:])
    query = page.url.partition("tab=complete")[2]
    again = visit("complete", query)
    for one, other in zip(pictures(again, MADE), shown, strict=True):
        np.testing.assert_array_equal(one, other)
