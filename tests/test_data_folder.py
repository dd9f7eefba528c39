"""A person's own pictures, and the cache on disk."""

import errno
import json
import os

import numpy as np
import pytest
from cases import everything
from PIL import Image

from keras_genmodels import data
from keras_genmodels.data.cache import cached
from keras_genmodels.data.request import Arrays, Request

WHOLE = {"batch_size": 2, "drop_remainder": False}


def paint(path, grey=None, size=(6, 4), mode="RGB"):
    """A picture of one grey, or of noise; PNG or what the name ends in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shape = (size[1], size[0], 3)
    noise = np.random.default_rng(len(str(path))).integers(
        0, 256, shape, dtype=np.uint8
    )
    image = noise if grey is None else np.full(shape, grey, np.uint8)
    Image.fromarray(image).convert(mode).save(path)


@pytest.fixture
def zoo(tmp_path):
    """Five cats that are dark and five dogs that are light."""
    for i in range(5):
        paint(tmp_path / "zoo" / "cat" / f"{i}.png", 10 + i)
        paint(tmp_path / "zoo" / "dog" / "more" / f"{i}.PNG", 200 + i)
    return tmp_path / "zoo"


def both(path, **options):
    """The examples of both splits, and the spec."""
    parts = []
    for split in ("train", "test"):
        batches, spec = data.load(f"folder:{path}", split, **WHOLE | options)
        parts.append(everything(batches))
    return parts, spec


def test_sub_folders_are_classes(zoo):
    (train, test), spec = both(zoo)
    assert spec.name == "folder:zoo"
    assert spec.x_shape == (4, 6, 3)
    assert [(a.name, a.classes) for a in spec.attributes] == [("label", ("cat", "dog"))]
    assert len(train["x"]) == 8
    assert len(test["x"]) == 2
    greys = []
    for part in (train, test):
        grey = np.round(part["x"][:, 0, 0, 0] * 255).astype(int)
        labels = spec.labels(part["condition"])["label"]
        np.testing.assert_array_equal(labels, grey >= 200)
        greys += grey.tolist()
    assert sorted(greys) == [*range(10, 15), *range(200, 205)]
    (again, _), _ = both(zoo, shuffle=False)
    (once_more, _), _ = both(zoo, shuffle=False, seed=9)
    np.testing.assert_array_equal(again["x"], once_more["x"])


def test_a_class_folder_may_be_a_link(zoo, tmp_path):
    (tmp_path / "elsewhere" / "owl").mkdir(parents=True)
    for i in range(5):
        paint(tmp_path / "elsewhere" / "owl" / f"{i}.png", 100 + i)
    (zoo / "owl").symlink_to(tmp_path / "elsewhere" / "owl")
    (zoo / "owl" / "again").symlink_to(zoo / "owl")  # loops end
    (zoo / "cat" / "all").symlink_to(zoo)
    (tmp_path / "link").symlink_to(zoo)
    (train, test), spec = both(tmp_path / "link", cache=tmp_path / "cache")
    assert spec.attributes[0].classes == ("cat", "dog", "owl")
    assert len(train["x"]) + len(test["x"]) == 15
    paint(tmp_path / "elsewhere" / "owl" / "5.png", 105)
    (train, test), _ = both(tmp_path / "link", cache=tmp_path / "cache")
    assert len(train["x"]) + len(test["x"]) == 16


def test_a_link_to_nothing_is_named(zoo, tmp_path):
    (zoo / "owl").symlink_to(tmp_path / "gone")
    with pytest.warns(UserWarning, match=r"Skipped 1 of 11 files .*: owl\."):
        both(zoo, cache=tmp_path / "cache")


def splits(root, *names):
    """Folders of splits, with a dark cat and a light dog for each of two numbers."""
    for place, name in enumerate(names):
        for i in range(2):
            paint(root / name / "cat" / f"{i}.png", 10 * place + i)
            paint(root / name / "dog" / f"{i}.png", 200 + 10 * place + i)
    return root


def greys(root, split, **options):
    batches, spec = data.load(f"folder:{root}", split, **WHOLE | options)
    batch = everything(batches)
    found = np.rint(batch["x"][:, 0, 0, 0] * 255).astype(int)
    labels = spec.labels(batch["condition"])["label"]
    np.testing.assert_array_equal(labels, found >= 200)
    assert [a.classes for a in spec.attributes] == [("cat", "dog")]
    return sorted(found)


def test_folders_that_are_splits_are_read_as_such(tmp_path):
    splits(tmp_path, "Train", "test", "val")
    assert greys(tmp_path, "train") == [0, 1, 200, 201]
    assert greys(tmp_path, "test") == [10, 11, 210, 211]
    assert greys(tmp_path, "validation") == [20, 21, 220, 221]
    few = [greys(tmp_path, "train", num_examples=2) for _ in range(2)]
    assert len(few[0]) == 2
    assert few[0] == few[1]
    with pytest.raises(ValueError, match=r"'test', 'validation'\]. Received: .*'dev'"):
        greys(tmp_path, "dev")
    paint(tmp_path / "loose.png")
    with pytest.warns(UserWarning, match=r"Skipped 1 of 13 files .*: loose\.png\."):
        greys(tmp_path, "test")


@pytest.mark.parametrize("names", [("train",), ("training", "valid")])
def test_without_a_folder_test_the_training_split_is_cut(tmp_path, names):
    splits(tmp_path, *names)
    parts = greys(tmp_path, "train"), greys(tmp_path, "test")
    assert [len(part) for part in parts] == [3, 1]
    assert sorted(parts[0] + parts[1]) == [0, 1, 200, 201]


@pytest.mark.parametrize("names", [("train", "test", "more"), ("train", "training")])
def test_splits_that_are_read_as_classes_are_named(tmp_path, names):
    splits(tmp_path, *names)
    message = r"sub-folders \['t.*\] of .* are read as classes and not as splits"
    with pytest.warns(UserWarning, match=message):
        _, spec = both(tmp_path)
    assert spec.attributes[0].classes == tuple(sorted(names))


def test_a_flat_folder_is_unlabelled(tmp_path):
    for i in range(5):
        paint(tmp_path / f"{i}.jpg", 40 * i, mode="L")
    (train, test), spec = both(tmp_path)
    assert spec.attributes == ()
    assert train["x"].shape == (4, 4, 6, 1)
    assert test["condition"].shape == (1, 0)


def table(folder, *rows):
    (folder / "attributes.csv").write_text("\n".join(["file,glasses,hat", *rows]))


def test_a_table_of_attributes_takes_the_place_of_the_classes(zoo, tmp_path):
    rows = [f"cat/{i}.png,{'yes' if i % 2 else 'no'},red" for i in range(5)]
    table(zoo, *rows, *(f"dog/more/{i}.PNG,no,blue" for i in range(5)))
    (train, test), spec = both(zoo, cache=tmp_path / "cache")
    known = {a.name: a.classes for a in spec.attributes}
    assert known == {"glasses": ("no", "yes"), "hat": ("blue", "red")}
    for part in (train, test):
        level = np.round(part["x"][:, 0, 0, 0] * 255).astype(int)
        labels = spec.labels(part["condition"])
        np.testing.assert_array_equal(labels["hat"], level < 100)
        np.testing.assert_array_equal(labels["glasses"], (level < 100) & (level % 2))
    domains = {"hat": ["red", "blue"]}
    batches, _ = data.load(f"folder:{zoo}", batch_size=1, domains=domains)
    batch = everything(batches)
    assert batch["x"].max() < 0.1
    assert batch["y"].min() > 0.7


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["cat/0.png,no,red"], "must name every picture. Missing: 9, such as 'cat/1.p"),
        (["cat/9.png,no,red"], "every picture once. Received: 'cat/9.png', .* no file"),
        (["cat/0.png,no"], r"attribute of a picture. .*'cat/0.png' without \['hat'\]"),
    ],
)
def test_a_table_that_does_not_fit_the_pictures_is_refused(zoo, rows, message):
    table(zoo, *rows)
    with pytest.raises(ValueError, match=message):
        both(zoo)


def test_wrong_files_are_named_and_skipped(zoo):
    (zoo / "cat" / "notes.txt").write_text("no picture")
    (zoo / "dog" / "empty.png").touch()
    (zoo / ".hidden").write_text("not looked at")
    Image.fromarray(np.zeros((4, 6), np.float32)).save(zoo / "cat" / "real.tif")
    paint(zoo / "loose.png")
    whole = (zoo / "cat" / "0.png").read_bytes()
    with pytest.warns(UserWarning, match="Skipped 4 of 14 files") as caught:
        both(zoo, num_examples=1)
    message = str(caught[0].message)
    for name in ("cat/notes.txt", "dog/empty.png", "cat/real.tif", "loose.png"):
        assert name in message
    assert "hidden" not in message
    (zoo / "cat" / "0.png").write_bytes(whole[:45])  # within its pixels
    with pytest.warns(UserWarning, match="Skipped") as caught:
        (train, test), _ = both(zoo)
    assert len(train["x"]) + len(test["x"]) == 9
    assert sum("cat/0.png" in str(warning.message) for warning in caught) == 1


def test_many_wrong_files_are_counted(zoo):
    for i in range(25):
        (zoo / "cat" / f"{i:02}.txt").touch()
    with pytest.warns(UserWarning, match="Skipped 25 of 35 .*19.txt, and 5 more"):
        data.load(f"folder:{zoo}", batch_size=1)


def test_sizes_and_options(zoo):
    paint(zoo / "cat" / "tall.png", size=(8, 16))
    with pytest.raises(ValueError, match="must have one shape: give `image_size`"):
        both(zoo)
    _, spec = both(zoo, image_size=4, greyscale=True)
    assert spec.x_shape == (4, 4, 1)


def test_a_turned_photograph_stands_upright(tmp_path):
    image = Image.fromarray(np.zeros((4, 6, 3), np.uint8))
    exif = image.getexif()
    exif[0x0112] = 6  # turn by 90 degrees to show
    for i in range(3):
        image.save(tmp_path / f"{i}.jpg", exif=exif)
    assert both(tmp_path)[1].x_shape == (6, 4, 3)


def clear(mode):
    """A picture that is opaque and light on the left, transparent on the right."""
    colour = {"RGBA": (200, 200, 200), "LA": (200,), "P": (200, 200, 200)}[mode]
    picture = Image.new("LA" if mode == "LA" else "RGBA", (4, 2), (*colour, 255))
    picture.paste((*(0, 255, 0)[: len(colour)], 0), (2, 0, 4, 2))
    return (
        picture.quantize(method=Image.Quantize.FASTOCTREE) if mode == "P" else picture
    )


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_hidden_colours_stay_hidden(tmp_path, mode):
    for i in range(3):
        clear(mode).save(tmp_path / f"{i}.png")
    channels = 1 if mode == "LA" else 3
    for background, level in ((None, 0.0), ("white", 1.0), ((51, 51, 51), 0.2)):
        parts, spec = both(tmp_path, background=background)
        assert spec.x_shape == (2, 4, channels)
        for part in parts:
            np.testing.assert_allclose(part["x"][:, :, :2], 200 / 255, rtol=1e-6)
            np.testing.assert_allclose(part["x"][:, :, 2:], level, rtol=1e-6)


@pytest.mark.parametrize("kind", ["png", "tif", "pgm"])
def test_pictures_of_16_bits_keep_their_scale(tmp_path, kind):
    levels = np.array([[0, 257 * 100, 32768, 65535]], np.uint16)
    for i in range(3):
        Image.fromarray(levels).save(tmp_path / f"{i}.{kind}")
    parts, spec = both(tmp_path)
    assert spec.x_shape == (1, 4, 1)
    for part in parts:
        found = np.rint(part["x"][:, 0, :, 0] * 255)
        np.testing.assert_array_equal(found, [[0, 100, 128, 255]] * len(found))


def test_a_grey_of_16_bits_may_stand_for_transparency(tmp_path):
    for i in range(2):
        picture = Image.fromarray(np.array([[300, 65535]], np.uint16))
        picture.save(tmp_path / f"{i}.png", transparency=300)
    (train, _), _ = both(tmp_path, background="#666", batch_size=1)
    np.testing.assert_allclose(train["x"].ravel(), [0.4, 1.0], rtol=1e-6)


@pytest.mark.parametrize("wrong", ["whitish", "#ff00ff80", (1, 2), (1, 2, 256), 5])
def test_a_background_that_is_no_colour_is_refused(zoo, wrong):
    with pytest.raises(ValueError, match="`background` must be a colour such as"):
        both(zoo, background=wrong)


def test_sets_without_transparent_pictures_take_no_background():
    with pytest.raises(ValueError, match="'digits' takes no `background`"):
        data.load("digits", background="white")


def test_the_cache_knows_the_background(tmp_path):
    for i in range(3):
        clear("RGBA").save(tmp_path / f"{i}.png")
    for background in (None, "white", None):
        (train, _), _ = both(tmp_path, background=background, cache=tmp_path / ".c")
        assert train["x"][0, 0, 3, 0] == (background == "white")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ([], "must hold at least two pictures. Received: 0, and 0 other files"),
        (["a.txt", "b.txt"], "at least two pictures. Received: 0, and 2 other files"),
        (["a.png"], "at least two pictures. Received: 1, and 0 other files"),
    ],
)
def test_a_folder_without_pictures_is_refused(tmp_path, files, message):
    for name in files:
        paint(tmp_path / name) if name.endswith("png") else (tmp_path / name).touch()
    with pytest.raises(ValueError, match=message):
        data.load(f"folder:{tmp_path}")


@pytest.mark.parametrize("path", ["", "no/such/folder"])
def test_a_path_that_is_no_folder_is_refused(path):
    with pytest.raises(ValueError, match=f"folder that exists.*'folder:{path}'"):
        data.load(f"folder:{path}")


def entries(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_cache_equals_no_cache_and_notices_changes(zoo, tmp_path):
    cache = tmp_path / "cache"
    (plain, _), spec = both(zoo)
    for _ in range(2):
        (found, _), again = both(zoo, cache=cache)
        np.testing.assert_array_equal(found["x"], plain["x"])
        np.testing.assert_array_equal(found["condition"], plain["condition"])
        assert again == spec
        assert len(entries(cache)) == 2
    both(zoo, cache=cache, binarise="static", seed=3)
    assert len(entries(cache)) == 2
    both(zoo, cache=cache, image_size=4)
    assert len(entries(cache)) == 4
    paint(zoo / "cat" / "6.png", 20)
    assert len(both(zoo, cache=cache)[0][0]["x"]) == 8
    assert len(entries(cache)) == 6


def test_what_is_cached_is_not_read_again(tmp_path):
    calls = []

    def source(request):
        calls.append(request)
        x = request.collect([np.full((2, 4, 4, 1), 7, np.uint8)], 3)
        return Arrays(x, np.zeros((2, 0), np.int32), data.DatasetSpec("s", (4, 4, 1)))

    for _ in range(2):
        arrays = cached(tmp_path, "s", Request(), source)
        assert isinstance(arrays.x, np.memmap)
        assert arrays.x.shape == (2, 4, 4, 1)
        assert np.all(arrays.x == 7)
    assert len(calls) == 1
    form = json.loads((tmp_path / entries(tmp_path)[0] / "spec.json").read_text())
    assert form["key"]["split"] == "train"


def test_a_cache_that_breaks_off_leaves_nothing(tmp_path):
    def source(request):
        request.allocate((3, 4, 4, 1), np.uint8)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cached(tmp_path / "cache", "s", Request(), source)
    assert entries(tmp_path / "cache") == []


def grey(request):
    """Three pictures of a set that is kept in a cache."""
    x = request.collect([np.full((3, 4, 4, 1), 7, np.uint8)], 3)
    return Arrays(x, np.zeros((3, 0), np.int32), data.DatasetSpec("s", (4, 4, 1)))


@pytest.mark.parametrize("name", ["x.npy", "labels.npy", "spec.json"])
@pytest.mark.parametrize("content", [b"", b"{}", "half", None])
def test_a_damaged_cache_is_made_again_and_it_is_said(tmp_path, name, content):
    cached(tmp_path, "s", Request(), grey)
    (entry,) = tmp_path.iterdir()
    file = entry / name
    whole = file.read_bytes()
    if content is None:
        file.unlink()
    else:
        file.write_bytes(whole[: len(whole) // 2] if content == "half" else content)
    with pytest.warns(RuntimeWarning, match=f"{entry.name} is damaged .*made again"):
        arrays = cached(tmp_path, "s", Request(), grey)
    assert np.all(arrays.x == 7)
    assert file.read_bytes() == whole
    assert entries(tmp_path) == [entry.name]
    cached(tmp_path, "s", Request(), grey)


def test_a_cache_on_a_full_disk_is_refused_and_leaves_nothing(tmp_path, monkeypatch):
    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.posix_fallocate", full)
    with pytest.raises(ValueError, match=r"with room .*No space left.*names another"):
        cached(tmp_path, "s", Request(), grey)
    assert entries(tmp_path) == []


def test_a_cache_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match=r"`cache` must be a folder .*file"):
        data.load("digits", cache=os.fspath(tmp_path / "file"))
