"""Published archives, from small ones of the same layout that the tests make."""

import math
import shutil
import subprocess
import zipfile

import numpy as np
import pytest
from cases import everything
from PIL import Image

from keras_genmodels import data, pictures
from keras_genmodels.data.archives import rendered_chairs, sprite_sheets, weizmann
from keras_genmodels.data.rendering import turntable
from keras_genmodels.data.sources import lpc_sprites

WHOLE = {"batch_size": 8, "drop_remainder": False}


def load(name, split="train", **options):
    batches, spec = data.load(name, split, **WHOLE | options)
    return everything(batches), spec


# --- the strips of the Weizmann set on this machine -----------------------------------


def test_weizmann_actions_are_weizmanns(weizmann_dir):
    counts = {}
    for split in ("train", "test"):
        examples, spec = load("weizmann_actions", split, manual_dir=weizmann_dir)
        assert spec.x_shape == (10, 64, 64, 3)
        counts[split] = len(examples["x"])
        labels = spec.labels(examples["condition"])
        assert len(set(zip(*labels.values(), strict=True))) == 36
    # 5,290 frames: what fits beside each other in two thirds and a third of 72 films.
    assert counts == {"train": 320, "test": 144}


# --- Chair CAD ------------------------------------------------------------------------


def rendering(model, elevation, step, size=60):
    """A white picture whose middle tells the model, the elevation and the step."""
    picture = np.full((size, size, 3), 255, np.uint8)
    picture[10:50, 10:50] = (20 * model, 4 * elevation, 8 * step)
    return picture


@pytest.fixture(scope="module")
def chair_archive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("chair_cad")
    for model in range(5):
        renders = folder / "rendered_chairs" / f"model{model}" / "renders"
        renders.mkdir(parents=True)
        views = [(e, step) for e in (20, 30) for step in range(turntable.STEPS)]
        for number, (elevation, step) in enumerate(views, 1):
            angle = math.floor(step * 360 / turntable.STEPS)
            name = f"image_{number:03}_p{elevation:03}_t{angle:03}_r096.png"
            picture = rendering(model, elevation, step)
            Image.fromarray(picture).save(renders / name)
    (folder / "rendered_chairs" / "all_chair_names.mat").touch()
    return folder


def check_turns(examples, spec, models):
    """Every model turns both ways from eight steps, seen from one elevation a clip."""
    middle = np.rint(examples["x"][:, :, 4, 4] * 255).astype(int)  # (n, time, 3)
    model, elevation, step = (
        middle[..., 0] // 20,
        middle[..., 1] // 4,
        middle[..., 2] // 8,
    )
    assert set(np.unique(model)) == models
    assert set(np.unique(elevation)) == {20, 30}
    for row in (model, elevation):
        assert np.all(row == row[:, :1])
    labels = spec.labels(examples["condition"])
    start = np.array([*turntable.STARTS.values()])[labels["start"]]
    np.testing.assert_array_equal(step[:, 0], start)
    forwards = np.where(labels["direction"] == 1, 1, turntable.STEPS - 1)
    moved = np.diff(step, axis=1) % turntable.STEPS
    np.testing.assert_array_equal(moved, np.repeat(forwards[:, None], 15, axis=1))


def test_chair_cad_is_prepared_once_from_its_archive(chair_archive, tmp_path):
    options = {"data_dir": tmp_path / "tfds", "image_size": 8, "cache": tmp_path / "c"}
    found = {}
    for split in ("train", "test"):
        # The second split is read from what was prepared; the archive may be gone.
        archive = {"manual_dir": chair_archive} if split == "train" else {}
        examples, spec = load("chair_cad", split, **options, **archive)
        assert spec.x_shape == (16, 8, 8, 3)
        numbers = np.rint(examples["x"][:, 0, 4, 4, 0] * 255).astype(int) // 20
        found[split] = set(numbers.tolist())
        check_turns(examples, spec, found[split])
        assert len(examples["x"]) == 16 * len(found[split])
    assert not found["train"] & found["test"]
    assert found["train"] | found["test"] == set(range(5))


def test_a_subset_of_the_chairs(chair_archive, tmp_path):
    folder = tmp_path / "some"
    shutil.copytree(chair_archive, folder)
    options = {"data_dir": tmp_path / "tfds", "manual_dir": folder, "cache": tmp_path}
    with pytest.raises(ValueError, match=r"subset\.txt must name models .* 0 names"):
        load("chair_cad_subset", **options)
    (folder / "subset.txt").write_text("model1\nmodel9\n")
    with pytest.raises(ValueError, match=r"2 names, of which \['model9'\] are not"):
        load("chair_cad_subset", **options)
    (folder / "subset.txt").write_text("model1\nmodel4\n")
    examples, spec = load("chair_cad_subset", image_size=8, **options)
    assert len(examples["x"]) == 16
    assert spec.name == "chair_cad_subset"


def test_a_chair_without_all_its_views_is_refused(chair_archive, tmp_path):
    renders = chair_archive / "rendered_chairs" / "model0" / "renders"
    (tmp_path / "model" / "renders").mkdir(parents=True)
    for file in sorted(renders.iterdir())[1:]:
        shutil.copy(file, tmp_path / "model" / "renders")
    with pytest.raises(ValueError, match=r"31 renderings .*Received: \[30, 31\]"):
        rendered_chairs.views(tmp_path / "model")
    (tmp_path / "model" / "renders" / "image_001_p020_t000_r096.png").touch()
    with pytest.raises(ValueError, match=r"image_001_p020_t000_r096.png must be a pic"):
        rendered_chairs.views(tmp_path / "model")


def test_chairs_that_are_not_there(tmp_path):
    with pytest.raises(ValueError, match=r"'chair_cad' is not on disk.*_chairs"):
        load("chair_cad", data_dir=tmp_path)


# --- the films of the Weizmann Institute ----------------------------------------------


def test_films_of_the_weizmann_institute(tmp_path):
    ffmpeg = pytest.importorskip("imageio_ffmpeg", reason="films need FFmpeg")
    wanted = {}
    names = ("bend/daria_bend", "wave1/eli_wave1", "walk/lena_walk1", "walk/lena_walk2")
    for number, name in enumerate(names):
        levels = (40 * number + np.arange(18))[:, None, None, None]
        frames = np.broadcast_to(levels, (18, 12, 16, 3)).astype(np.uint8)
        file = tmp_path / "films" / f"{name}.avi"
        file.parent.mkdir(parents=True, exist_ok=True)
        words = [ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "rawvideo"]
        words += ["-s", "16x12", "-pix_fmt", "rgb24", "-i", "-", "-c:v", "ffv1"]
        words += ["-pix_fmt", "bgr0", str(file)]
        subprocess.run(words, input=frames.tobytes(), check=True)
        person, action = name.split("/")[1].rstrip("12").split("_")
        action = {"wave": "one_hand_wave"}.get(action, action)
        wanted[40 * number] = (action, person)
    options = {"data_dir": tmp_path / "tfds", "num_frames": 6}
    for split, first in (("train", 0), ("test", 12)):
        archive = {"manual_dir": tmp_path / "films"} if split == "train" else {}
        examples, spec = load("weizmann_actions", split, **options, **archive)
        assert spec.x_shape == (6, 64, 64, 3)
        actions, people = (a.classes for a in spec.attributes)
        assert len(actions) == 10
        assert people == weizmann.PEOPLE
        levels = np.rint(examples["x"][:, :, 0, 0, 0] * 255).astype(int)
        assert np.all(np.diff(levels) == 1)
        assert set(levels[:, 0] // 40 * 40) == set(wanted)
        assert np.all((levels % 40 // 12 == 1) == (first == 12))
        labels = spec.labels(examples["condition"])
        for level, action, person in zip(levels[:, 0], *labels.values(), strict=True):
            assert wanted[level // 40 * 40] == (actions[action], people[person])


# --- sprites --------------------------------------------------------------------------


def sheet(path, colour, rows, seed=0):
    """A sheet whose cells hold a bar of one colour; cell i tells its number."""
    cells = np.zeros((21, 13, 64, 64, 4), np.uint8)
    cells[:, :, rows, :] = (*colour, 255)
    if path.parent.name == "body":
        number = np.arange(21 * 13).reshape(21, 13)
        cells[:, :, :4, :4, 3] = 255
        cells[:, :, :4, :4, 0] = np.minimum(number, 255)[..., None, None]
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(cells.swapaxes(1, 2).reshape(21 * 64, 13 * 64, 4)).save(path)


@pytest.fixture(scope="module")
def sheets(tmp_path_factory):
    """Layers as bars from top to bottom; the level of a bar tells the sheet."""
    folder = tmp_path_factory.mktemp("sheets") / "lpc_sprites"
    for place, (layer, classes) in enumerate(sprite_sheets.LAYERS.items()):
        for number in range(len(classes)):
            rows = slice(10 + 10 * place, 20 + 10 * place)
            sheet(folder / layer / f"{number}.png", (40 * number,) * 3, rows)
    sheet(folder / "shoes" / "1.png", (7, 8, 9), slice(58, 64))
    return folder


def test_every_sprite_occurs_in_one_split(sheets, tmp_path):
    seen, figures = [], []
    for split in ("train", "test"):
        options = {"num_frames": 1, "crop": 1, "cache": tmp_path}
        examples, spec = load("lpc_sprites", split, manual_dir=sheets, **options)
        labels = spec.labels(examples["condition"])
        assert list(labels) == [*sprite_sheets.LAYERS, "action", "direction"]
        rows = list(zip(*labels.values(), strict=True))
        seen += rows
        figures.append({row[:4] for row in rows})
        for values in labels.values():
            assert np.ptp(np.bincount(values)) < 0.15 * len(rows)
    assert len(seen) == len(set(seen)) == 11_664
    assert [len(part) for part in figures] == [1000, 296]
    assert not figures[0] & figures[1]


def test_sprites_are_layered_and_arranged_as_published(sheets, tmp_path):
    options = {"manual_dir": sheets, "num_examples": 90, "cache": tmp_path}
    examples, spec = load("lpc_sprites", "test", shuffle=False, **options)
    x = np.rint(examples["x"] * 255).astype(int)
    assert x.shape == (90, 8, 64, 64, 3)
    labels = spec.labels(examples["condition"])
    for place, layer in enumerate(sprite_sheets.LAYERS):
        bar = x[:, :, 15 + 10 * place, 32, 0]
        np.testing.assert_array_equal(
            bar, np.repeat(40 * labels[layer], 8).reshape(90, 8)
        )
    assert np.all(x[:, :, 60, 32] == (7, 8, 9))
    assert np.all(x[:, :, 55, 32] == 0)
    table = {
        ("spellcast", "left"): [13, 14, 15, 16, 17, 18, 17, 19],
        ("walk", "front"): [138, 131, 132, 133, 134, 135, 136, 137],
        ("slash", "right"): [195, 196, 197, 198, 199, 200, 199, 195],
    }
    for (action, direction), cells in table.items():
        ours = labels["action"] == list(lpc_sprites.ACTIONS).index(action)
        ours &= labels["direction"] == lpc_sprites.DIRECTIONS.index(direction)
        assert ours.sum() == 10
        np.testing.assert_array_equal(x[ours][:, :, 0, 0, 0], [cells] * 10)


@pytest.mark.parametrize("stills", [pytest.param(False, marks=pytest.mark.slow), True])
def test_the_truth_of_a_figure_is_the_same_one_in_other_clothes(stills, sheets):
    """All layers but one, and the cell, are those of the picture."""
    domains = {"topwear": ["cyan", "leather"]}
    options = {"manual_dir": sheets, "num_examples": 720, "stills": stills}
    examples, spec = load("lpc_sprites", "test", domains=domains, **options)
    assert spec.tensor("truth").shape == spec.x_shape
    for one, other, before, after in (("x", "truth", 1, 4), ("y", "y_truth", 4, 1)):
        pair = [np.rint(examples[key] * 255).astype(int) for key in (one, other)]
        np.testing.assert_array_equal(pair[0][..., 35, 32, 0], 40 * before)
        np.testing.assert_array_equal(pair[1][..., 35, 32, 0], 40 * after)
        for picture in pair:
            picture[..., 30:40, :, :] = 0
        np.testing.assert_array_equal(*pair)
        assert len({p.tobytes() for p in pair[0]}) > 20
    _, spec = load("lpc_sprites", "test", domains={"action": [0, 1]}, **options)
    names = [t.name for t in spec.tensors]
    assert names == ["y", "truth_condition"]  # no pose tells the other action's


def test_missing_sheets_are_downloaded_once(sheets, tmp_path, monkeypatch):
    archive = tmp_path / "Sprites.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for file in sheets.rglob("*.png"):
            packed.write(file, f"Sprites-abc/{file.relative_to(sheets)}")
    monkeypatch.setattr(sprite_sheets, "ARCHIVE", archive.as_uri())
    options = {"data_dir": tmp_path / "tfds", "num_examples": 9, "cache": tmp_path}
    first, _ = load("lpc_sprites", **options)
    assert (tmp_path / "tfds" / "lpc_sprites" / "hair" / "5.png").is_file()
    archive.unlink()
    again, _ = load("lpc_sprites", **options)
    np.testing.assert_array_equal(first["x"], again["x"])
    assert sorted(p.name for p in (tmp_path / "tfds").iterdir()) == ["lpc_sprites"]


def test_sheets_that_are_nowhere_say_what_to_put_where(tmp_path, monkeypatch):
    message = r"'lpc_sprites' is not on disk.*shoes/1\.png.*there\.zip could not be had"
    with pytest.raises(ValueError, match=message):
        load("lpc_sprites", data_dir=tmp_path)
    with pytest.raises(ValueError, match=r"'lpc_sprites' is not on disk.*1\.png\.$"):
        load("lpc_sprites", manual_dir=tmp_path)
    with zipfile.ZipFile(tmp_path / "lacking.zip", "w") as packed:
        packed.writestr("Sprites-abc/body/0.png", b"")
    monkeypatch.setattr(sprite_sheets, "ARCHIVE", (tmp_path / "lacking.zip").as_uri())
    with pytest.raises(ValueError, match="the archive lacks some of the sheets"):
        load("lpc_sprites", data_dir=tmp_path / "tfds")
    assert list((tmp_path / "tfds").iterdir()) == []


# --- clips of Flickr ------------------------------------------------------------------


@pytest.fixture
def scenes(tmp_path):
    """Ten clips of 34 frames, one below the other; clip n begins at level 20 n."""
    for number in range(10):
        levels = 20 * number + np.arange(34)
        strip = np.broadcast_to(
            np.repeat(levels, 8)[:, None, None] / 255, (34 * 8, 8, 3)
        )
        file = tmp_path / "golf" / f"{number % 3}" / f"{number}.png"
        pictures.save_png(file, strip)
        Image.open(file).save(file.with_suffix(".jpg"), quality=100)
        file.unlink()
    return tmp_path


def test_strips_are_clips(scenes):
    test, spec = load("flickr_clips", "test", manual_dir=scenes)
    assert spec.x_shape == (32, 8, 8, 3)
    assert spec.attributes == ()
    assert test["condition"].shape == (2, 0)
    levels = np.rint(test["x"][:, :, 4, 4, 0] * 255)
    assert np.all(np.diff(levels) == 1)
    train, _ = load("flickr_clips", manual_dir=scenes, num_frames=16)
    assert len(train["x"]) == 8 * 2


def test_strips_that_cannot_be_used_are_named_and_skipped(scenes):
    (scenes / "golf" / "broken.jpg").write_text("no picture")
    Image.new("RGB", (8, 31 * 8)).save(scenes / "golf" / "short.jpg")
    with pytest.warns(UserWarning, match="enough frames that can be used") as caught:
        parts = [
            load("flickr_clips", split, manual_dir=scenes)[0]
            for split in ("train", "test")
        ]
    text = " ".join(str(warning.message) for warning in caught)
    assert "golf/broken.jpg" in text
    assert "golf/short.jpg" in text
    assert sum(len(part["x"]) for part in parts) == 10


def test_scenes_that_are_not_there(tmp_path):
    with pytest.raises(ValueError, match=r"'flickr_clips' is not on disk.*tinyvideo"):
        load("flickr_clips", manual_dir=tmp_path)
    Image.new("RGB", (8, 32 * 8)).save(tmp_path / "one.jpg")
    with pytest.raises(ValueError, match=r"at least two clips\. Received: 1"):
        load("flickr_clips", manual_dir=tmp_path)
