"""Models of a folder as the demo finds them: sound, broken, remembered."""

import io
import json
import shutil

import numpy as np
import pytest

from keras_genmodels.export import showcase
from keras_genmodels_demo import picture_tokens
from keras_genmodels_demo.models_index import Entry, ModelsIndex, Unavailable

CARD = {
    **{"name": "stub", "recipe": "vae", "arguments": {}, "dataset": "tiny"},
    **{"seed": 0, "metrics": {}, "versions": {}, "command": None},
    "spec": {
        "x_shape": [4, 4, 1],
        "condition_size": 3,
        "attributes": [
            {"name": "label", "classes": list("abc"), "start": 0, "stop": 3}
        ],
    },
    "signatures": [
        {
            "name": "sample",
            "inputs": {
                "count": {"dtype": "int32", "shape": []},
                "seed": {"dtype": "int32", "shape": [2]},
            },
            "outputs": {"x": {"dtype": "float32", "shape": [None, 4, 4, 1]}},
        }
    ],
}


@pytest.fixture
def folder(tmp_path):
    for name in ("stub", "other"):
        (tmp_path / name / "2").mkdir(parents=True)
        (tmp_path / name / "10").mkdir()
        (tmp_path / name / "card.json").write_text(json.dumps(CARD))
    (tmp_path / "other" / "card.json").write_text("{")
    (tmp_path / "notes").mkdir()
    return tmp_path


def test_an_index_takes_what_is_sound_and_says_what_is_not(folder):
    index = ModelsIndex(folder, lambda entry: None)
    assert list(index.entries) == ["stub"]
    assert index.entries["stub"].path.name == "10"
    assert "must be JSON" in index.refused["other"]


def archive(**arrays):
    """The bytes of an archive of arrays."""
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


PAIRS = archive(x=np.zeros((2, 4, 4, 1), np.uint8), condition=np.zeros((2, 3)))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("examples.npz", b""),
        ("examples.npz", b"no archive"),
        ("examples.npz", PAIRS[: len(PAIRS) // 2]),
        ("examples.npz", PAIRS.replace(b"x.npy", b"y.npy")),
        ("examples.npz", archive(x=np.zeros(3), condition=np.zeros((3, 3)))),
        ("examples.npz", archive(x=np.zeros((2, 4, 4, 1)), condition=np.zeros((1, 3)))),
        ("examples.npz", archive(x=np.zeros((2, 5, 4, 1)), condition=np.zeros((2, 3)))),
        ("examples.npz", archive(x=np.zeros((2, 4, 4, 1)), condition=np.zeros((2, 9)))),
        ("history/metrics.csv", b""),
        ("history/metrics.csv", b"\0\n\xff"),
        ("history/metrics.csv", b"epoch,loss\n1,low\n"),
        ("card.json", b"null"),
        ("card.json", b"\xff"),
        ("card.json", json.dumps({**CARD, "signatures": [3]}).encode()),
        ("card.json", json.dumps({**CARD, "spec": {"x_shape": 3}}).encode()),
    ],
)
def test_one_damaged_model_is_listed_and_the_others_work(folder, name, content):
    shutil.copytree(folder / "stub", folder / "damaged")
    (folder / "damaged" / "history").mkdir()
    (folder / "damaged" / name).write_bytes(content)
    index = ModelsIndex(folder, lambda entry: None)
    assert list(index.entries) == ["stub"]
    assert name in index.refused["damaged"]


def test_a_model_that_does_not_load_leaves_the_index_with_its_reason(folder):
    def opener(entry: Entry):
        raise RuntimeError("weights are gone\nand a long trace")

    index, told = ModelsIndex(folder, opener), []
    with pytest.raises(Unavailable, match=r"^stub: weights are gone$"):
        index.entries["stub"].call("sample", count=1, seed=(0, 0))
    index.open(told.append)
    assert not index.entries
    assert list(index.lost) == ["stub"]
    assert index.refused["stub"] == "weights are gone"
    assert any("stub cannot be used: weights are gone" in line for line in told)


def test_a_missing_folder_is_told(tmp_path):
    with pytest.raises(
        ValueError, match=r"must be a folder of exported models.*nowhere"
    ):
        ModelsIndex(tmp_path / "nowhere", lambda entry: None)


def test_a_model_remembers_what_it_made_and_not_too_much(folder):
    entry, made = ModelsIndex(folder, lambda entry: None).entries["stub"], []
    for key in [*range(100), 99, 0]:
        assert entry.remember(key, lambda key=key: made.append(key) or key) == key
    assert made == [*range(100), 0]


def test_examples_beside_a_model_are_on_offer(folder):
    showcase.write_examples(folder / "stub", np.ones((30, 4, 4, 1)), np.eye(30, 3))
    entry = ModelsIndex(folder, lambda entry: None).entries["stub"]
    offered = picture_tokens.offered(entry)
    assert [item["token"] for item in offered[:2]] == ["e0", "e1"]
    assert offered[2]["label"] == "Example 2: c"
    assert offered[3]["label"] == "Example 3"
    assert len(offered) == picture_tokens.SAMPLES
    with pytest.raises(ValueError, match=r"must be in e0\.\.e29. Received: 'e30'"):
        picture_tokens.example(entry, "e30")
