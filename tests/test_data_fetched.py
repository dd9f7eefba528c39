"""Pictures that a person has fetched: Omniglot, Frey faces, PIE and UMIST."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import PIL.Image
import pytest
import scipy.io
from cases import everything
from conftest import tfds_folder

from keras_genmodels import data

PEOPLE = 20
FOLDERS = {"pie": "faces_gray", "umist": "faces_gray"}  # where not one of that name


def load(name, split, folder, **options):
    options = {"batch_size": 4, "drop_remainder": False, "shuffle": False, **options}
    found = data.load(name, split, manual_dir=folder, **options)
    return everything(found[0]), found[1]


# --- Omniglot -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def drawings():
    """Set -> alphabet -> drawings of one character, (people, 105, 105); Greek twice."""
    rng = np.random.default_rng(0)

    def drawn():
        return rng.integers(0, 2, (PEOPLE, 105, 105), dtype=np.uint8)

    greek = drawn()
    first = {"Balinese": drawn(), "Greek": greek}
    return {"small1": first, "small2": {"Greek": greek, "Tagalog": drawn()}}


def write_archives(folder, drawings):
    for part, alphabets in drawings.items():
        name = f"images_background_{part}"
        with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
            for alphabet, pictures in alphabets.items():
                for person, ink in enumerate(pictures, 1):
                    file = io.BytesIO()
                    PIL.Image.fromarray(255 * (1 - ink)).convert("1").save(file, "PNG")
                    path = f"{name}/{alphabet}/character07/0394_{person:02}.png"
                    archive.writestr(path, file.getvalue())


def write_bits(folder, drawings):
    arrays = {}
    for part, alphabets in drawings.items():
        count = PEOPLE * len(alphabets)
        ink = np.concatenate([*alphabets.values()]).reshape(count, -1)
        arrays[f"{part}_image"] = np.packbits(ink, axis=1)
        arrays[f"{part}_alphabet"] = np.repeat(range(len(alphabets)), PEOPLE)
        arrays[f"{part}_drawer"] = np.tile(np.arange(1, PEOPLE + 1), len(alphabets))
        arrays[f"{part}_alphabet_names"] = np.array([*alphabets])
    np.savez(folder / "omniglot_small.npz", **arrays)


@pytest.mark.parametrize("write", [write_archives, write_bits])
def test_drawings_are_read_once_and_people_are_in_one_split(write, drawings, tmp_path):
    write(tmp_path, drawings)
    seen = set()
    for split, people in {"train": range(16), "test": range(16, 20)}.items():
        batch, spec = load("omniglot_small", split, tmp_path)
        expected = {
            pictures[person].tobytes(): alphabet
            for alphabets in drawings.values()
            for alphabet, pictures in alphabets.items()
            for person in people
        }
        ink = batch["x"][..., 0].astype(np.uint8)
        labels = spec.labels(batch["condition"])["alphabet"]
        names = np.array(spec.attributes[0].classes)[labels]
        found = {x.tobytes(): name for x, name in zip(ink, names, strict=True)}
        assert found == expected
        assert len(ink) == 3 * len(people)
        assert not seen & {*found}
        seen |= {*found}


def test_an_archive_of_other_pictures_is_named(tmp_path, drawings):
    small = {"small1": {"Greek": np.zeros((2, 8, 8), np.uint8)}}
    write_archives(tmp_path, {**drawings, **small})
    with pytest.raises(ValueError, match=r"small1.zip must hold drawings of 105x105"):
        load("omniglot_small", "train", tmp_path)
    (tmp_path / "images_background_small2.zip").unlink()
    with pytest.raises(ValueError, match=r"not on disk.*images_background_small1.zip"):
        load("omniglot_small", "train", tmp_path)


# --- Frey faces -----------------------------------------------------------------------


@pytest.mark.parametrize("form", ["npz", "mat"])
def test_both_forms_of_the_faces_are_read(form, tmp_path):
    levels = np.random.default_rng(0).integers(0, 256, (1965, 28, 20), dtype=np.uint8)
    if form == "npz":
        np.savez(tmp_path / "frey_faces.npz", image=levels)
    else:
        columns = {"ff": levels.reshape(1965, -1).T}
        scipy.io.savemat(tmp_path / "frey_rawface.mat", columns)
    parts = [load("frey_faces", split, tmp_path)[0]["x"] for split in ("train", "test")]
    assert [len(x) for x in parts] == [1572, 393]
    found = {np.rint(255 * x).astype(np.uint8).tobytes() for x in np.concatenate(parts)}
    assert found == {x.tobytes() for x in levels}


def test_faces_of_another_size_are_named(tmp_path):
    np.savez(tmp_path / "frey_faces.npz", image=np.zeros((3, 28, 20), np.uint8))
    with pytest.raises(ValueError, match="must hold 1965 pictures of 28x20"):
        load("frey_faces", "train", tmp_path)


# --- faces from several sides ---------------------------------------------------------


def of_faces(folder, **arrays):
    """PIE in two rounds of its cameras, and UMIST with a person's pictures apart."""
    rng = np.random.default_rng(0)
    shapes = {"pie10_32": (20, 32, 32), "umist_28x23": (20, 28, 23)}
    people = {"pie10_32": [0, 1] * 10, "umist_28x23": [3, 8] * 10}
    for name, shape in shapes.items():
        image = rng.integers(0, 256, shape, dtype=np.uint8)
        image[:, 0, 0] = np.arange(len(image))
        own = {"image": image, "identity": np.array(people[name]), **arrays}
        if name == "pie10_32":
            own.setdefault("camera", np.repeat([5, 7, 9, 27, 29], 4))
        np.savez(folder / f"{name}.npz", **own)


def read_faces(name, folder):
    """Number of a picture in the file -> its labels, from both splits."""
    found = {}
    for split, count in {"train": 16, "test": 4}.items():
        batch, spec = load(name, split, folder)
        assert len(batch["x"]) == count
        labels = spec.labels(batch["condition"])
        numbers = np.rint(255 * batch["x"][:, 0, 0, 0]).astype(int)
        for i, number in enumerate(numbers):
            names = {a.name: a.classes[labels[a.name][i]] for a in spec.attributes}
            found[number] = names
    assert sorted(found) == [*range(20)]
    return found


def test_faces_of_pie_know_who_and_from_where(tmp_path):
    of_faces(tmp_path)
    found = read_faces("pie", tmp_path)
    sides = ["one side", "below", "above", "front", "other side"]
    for number, names in found.items():
        wanted = {"identity": str(number % 2), "camera": sides[number // 4]}
        assert names == wanted


def test_faces_of_umist_turn_by_fifths_of_a_persons_pictures(tmp_path):
    of_faces(tmp_path)
    found = read_faces("umist", tmp_path)
    turns = ["profile", "near profile", "half", "near front", "front"]
    for number, names in found.items():
        wanted = {"identity": "38"[number % 2], "turn": turns[number // 2 // 2]}
        assert names == wanted


@pytest.mark.parametrize(
    ("name", "arrays", "message"),
    [
        ("pie", {"camera": np.repeat(6, 20)}, r"pictures of the cameras \[5,.*\[6\]"),
        ("umist", {"identity": np.zeros(3)}, "as many identities"),
    ],
)
def test_other_arrays_of_faces_are_refused(name, arrays, message, tmp_path):
    of_faces(tmp_path, **arrays)
    with pytest.raises(ValueError, match=message):
        load(name, "train", tmp_path)


# --- the real ones --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "counts", "shape", "mean"),
    [
        ("omniglot_small", (3872, 968), (105, 105, 1), 0.05),
        ("frey_faces", (1572, 393), (28, 20, 1), 0.6),
        ("pie", (1360, 340), (32, 32, 1), 0.3),
        ("umist", (460, 115), (28, 23, 1), 0.35),
    ],
)
def test_the_real_ones_are_as_they_are_known_to_be(name, counts, shape, mean):
    folder = tfds_folder().parent / FOLDERS.get(name, name)
    if not folder.is_dir():
        pytest.skip(f"{name} is not in {folder}")
    for split, count in zip(("train", "test"), counts, strict=True):
        batch, spec = load(name, split, folder, batch_size=500)
        assert (len(batch["x"]), spec.x_shape) == (count, shape)
        assert float(batch["x"].mean()) == pytest.approx(mean, abs=0.05)
