"""The demo's tab for volumes: they turn, in slices, mixed and added."""

import re

import numpy as np
import pytest
from demo_http import questions
from test_demo import close, run
from test_demo import pictures as shown_in

from keras_genmodels import volumes
from keras_genmodels_demo.tabs import shapes

SIDE = 8  # voxels of the small model


@pytest.fixture(scope="module")
def ask(small_demo):
    return questions(small_demo)


@pytest.mark.parametrize(
    ("kind", "labels"),
    [
        ("samples", ["sample 1", "sample 2"]),
        ("between two", [f"step {i}" for i in range(1, 6)]),
        ("a - b + c", ["a", "b", "c", "a - b + c"]),
    ],
)
def test_shapes_turn_and_the_last_one_is_sliced(
    kind, labels, ask, demo_index, tmp_path, monkeypatch
):
    (film, slices, below), error = ask("shapes", "gan3d", kind, 2, 5)
    assert error is None
    assert [clip["label"] for clip in film["clips"]] == labels
    assert (film["frames"], film["height"]) == (24, 64)
    names = run(below["code"], tmp_path, monkeypatch)
    x, z = names["x"], names["z"]
    assert x.shape == (len(labels), SIDE, SIDE, SIDE, 1)
    np.testing.assert_allclose(names["turning"], volumes.turning(x, 24))
    drawn = demo_index.entries["gan3d"].call("prior", count=2, seed=(0, 5))["latent"]
    if kind == "samples":
        np.testing.assert_allclose(z, drawn, atol=1e-6)
    elif kind == "between two":
        np.testing.assert_allclose(z[[0, -1]], drawn, atol=1e-5)
    else:
        np.testing.assert_allclose(z[3], z[0] - z[1] + z[2], atol=1e-6)
    seen = shown_in(slices)
    assert len(seen) == 8
    # Black where it is full: right is right, and the front is below.
    close(seen[3], 1 - x[-1, :, 3, :, 0].T[..., None])


def test_slices_go_from_the_lowest_to_the_highest():
    volume = np.zeros((SIDE, SIDE, SIDE, 1), np.float32)
    volume[2, 1:, 5] = 1.0
    seen = shown_in(shapes._slices(volume, "slices"))
    dark = [np.argwhere(np.reshape(one, (SIDE, SIDE)) < 0.5).tolist() for one in seen]
    assert dark[0] == [[5, 2]]  # the front is below, right is right
    volume[:, 5:] = 0.0
    seen = shown_in(shapes._slices(volume, "slices"))
    assert [np.min(one) for one in seen] == [0, 0, 0, 0, 0, 1, 1, 1]


WRONG = [
    (("gan3d", "both"), "not in the list of choices|must be one of"),
    (("gan3d", "samples", 0), "count|Samples|minimum"),
    (("vae", "samples"), "not in the list of choices"),
]


@pytest.mark.parametrize(("values", "message"), WRONG)
def test_what_cannot_be_drawn_is_told(values, message, ask):
    found, error = ask("shapes", *values)
    assert found is None
    assert re.search(message, error.replace("&#x27;", "'")), error


@pytest.mark.parametrize("tab", ["sample", "interpolate", "arithmetic"])
def test_tabs_of_pictures_do_not_ask_for_volumes(tab, ask):
    found, error = ask(tab, ["gan3d"] if tab == "sample" else "gan3d")
    assert found is None
    assert "not in the list of choices" in error
