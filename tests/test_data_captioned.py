"""A person's own pictures with sentences, in every form that is read."""

from __future__ import annotations

import json

import numpy as np
import pytest
from cases import everything

from keras_genmodels import data, pictures, zoo

COUNT = 10
SAID = {i: [f"A number {i % 3}.", f"this is, picture {i}"] for i in range(COUNT)}


def level(number):
    return np.full((4, 4, 3), number / 20, np.float32)


@pytest.fixture
def folder(tmp_path):
    """Ten grey pictures, the level of each saying its number."""
    for i in range(COUNT):
        pictures.save_png(tmp_path / f"{i}.png", level(i))
    return tmp_path


def beside(folder):
    for i, said in SAID.items():
        (folder / f"{i}.txt").write_text("\n".join([*said, ""]))


def table(folder):
    lines = [f'{i}.png,"{s}"' for i, said in SAID.items() for s in said]
    (folder / "captions.csv").write_text("\n".join(["file,caption", *lines]))


def coco(folder):
    images = [{"id": 100 + i, "file_name": f"{i}.png"} for i in SAID]
    notes = [
        {"image_id": 100 + i, "caption": s} for i, said in SAID.items() for s in said
    ]
    told = {"images": images, "annotations": notes}
    (folder / "captions_train.json").write_text(json.dumps(told))


def karpathy(folder):
    images = [
        {"filename": f"{i}.png", "sentences": [{"raw": s} for s in said]}
        for i, said in SAID.items()
    ]
    (folder / "dataset_flickr8k.json").write_text(json.dumps({"images": images}))


def flickr(folder):
    lines = [f"{i}.png#{k}\t{s}" for i, s2 in SAID.items() for k, s in enumerate(s2)]
    (folder / "Flickr8k.token.txt").write_text("\n".join(lines))


def load(folder, split="train", **options):
    options = {"batch_size": 4, "drop_remainder": False, "shuffle": False, **options}
    found = data.load(f"captioned:{folder}", split, **options)
    return everything(found[0]), found[1]


FORMS = [beside, table, coco, karpathy, flickr]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_every_sentence_stands_beside_its_picture(form, folder):
    form(folder)
    seen = {}
    for split, count in {"train": 16, "test": 4}.items():
        batch, spec = load(folder, split)
        numbers = np.rint(20 * batch["x"][:, 0, 0, 0]).astype(int).tolist()
        assert len(numbers) == count
        assert not {*numbers} & {*seen}  # a picture is in one split
        for number, said in zip(
            numbers, data.sentences(spec, batch["caption"]), strict=True
        ):
            seen.setdefault(number, []).append(said)
    plain = {
        i: [s.lower().replace(".", "").replace(",", "") for s in said]
        for i, said in SAID.items()
    }
    assert {i: sorted(said) for i, said in seen.items()} == {
        i: sorted(said) for i, said in plain.items()
    }


def test_words_are_those_of_all_splits_and_letters_may_be_large(folder):
    beside(folder)
    _, spec = load(folder)
    (caption,) = spec.tensors
    assert caption.words[0] == ""
    assert {"a", "number", "this", "is", "picture", *map(str, range(COUNT))} == {
        *caption.words[1:]
    }
    assert caption.shape == (4,)
    asked = data.tokens(spec, ["This is picture 3."])
    assert data.sentences(spec, asked) == ["this is picture 3"]
    with pytest.raises(ValueError, match=r"Unknown word 'pictures'.*'picture'"):
        data.tokens(spec, ["this is pictures"])


def test_pictures_without_a_sentence_are_passed_over_and_folders_are_classes(folder):
    beside(folder)
    for i in range(COUNT):
        kind = folder / ("even" if i % 2 == 0 else "odd")
        kind.mkdir(exist_ok=True)
        (folder / f"{i}.png").rename(kind / f"{i}.png")
        (folder / f"{i}.txt").rename(kind / f"{i}.txt")
    (folder / "odd" / "9.txt").unlink()
    found = set()
    for split in ("train", "test"):
        batch, spec = load(folder, split)
        numbers = np.rint(20 * batch["x"][:, 0, 0, 0]).astype(int)
        labels = spec.labels(batch["condition"])["label"]
        np.testing.assert_array_equal(labels, numbers % 2)
        found |= {*numbers.tolist()}
    assert found == {*range(9)}


def test_a_recipe_draws_their_sentences(folder):
    table(folder)
    train, spec = data.load(f"captioned:{folder}", batch_size=4, image_size=8)
    small = {"filters": (3, 4), "latent_dim": 2, "preset": False}
    model = zoo.build("text_to_image", spec, **small)
    model.fit(train, epochs=1, verbose=0)
    assert model.from_text("this is picture 3", count=2).shape == (2, 8, 8, 3)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("captions.csv", "file,words\n", r"columns 'file' and 'caption'.*'words'"),
        ("captions.json", '{"images": [{}]}', "as COCO's JSON does"),
        ("all.json", "[1]", "as COCO's JSON does"),
        ("F.token.txt", "1.png#0 no tab", "a name, a tab and a sentence"),
        ("none.csv", "", "at least two pictures with sentences. Received: 0, of 10"),
    ],
)
def test_files_that_hold_no_sentences_are_refused(name, text, message, folder):
    (folder / name).write_text(text)
    with pytest.raises(ValueError, match=message):
        load(folder)
