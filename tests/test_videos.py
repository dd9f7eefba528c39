"""A person's own clips: every kind of file, their attributes, and what is refused."""

import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
from cases import everything
from PIL import Image

from keras_genmodels import data, pictures
from keras_genmodels.data.files import video_files

LENGTH = 6


def clip(grey, length=LENGTH, size=(8, 10)):
    """Frames whose level rises by one; (length, height, width, 3) in [0, 1]."""
    levels = grey + np.arange(length)[:, None, None, None]
    return np.broadcast_to(levels / 255.0, (length, *size, 3))


def film(path, frames, codec="ffv1 -pix_fmt bgr0", fps=10):
    """A film of frames (length, height, width, 3 or 4) in [0, 1], as FFmpeg writes it.

    Without further words it has no loss.
    """
    ffmpeg = pytest.importorskip("imageio_ffmpeg", reason="films need FFmpeg")
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.rint(np.asarray(frames) * 255).astype(np.uint8)
    size = f"{pixels.shape[2]}x{pixels.shape[1]}"
    words = [ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "rawvideo", "-s", size]
    words += ["-pix_fmt", "rgb24" if pixels.shape[-1] == 3 else "rgba"]
    words += ["-r", str(fps), "-i", "-", "-c:v", *codec.split(), str(path)]
    subprocess.run(words, input=pixels.tobytes(), check=True)


def stills(folder, grey, suffix=".png", **options):
    """A folder of frames; the tenth follows the ninth."""
    for number, frame in enumerate(clip(grey, **options)):
        pictures.save_png(folder / f"frame{number + 7}{suffix}", frame)


@pytest.fixture
def zoo(tmp_path):
    """Five kinds of runners, five of jumpers, each its own grey."""
    root = tmp_path / "zoo"
    for number, label in enumerate(["jump", "run"] * 5):
        name, grey = f"{number}", 20 * number + 5
        (root / label).mkdir(parents=True, exist_ok=True)
        if number in (2, 7):
            stills(root / label / name, grey)
        else:
            suffix = ".webp" if number % 3 else ".gif"
            pictures.save_clip(clip(grey), root / label / f"{name}{suffix}")
    return root


def both(path, **options):
    """The examples of both splits, and the spec."""
    parts = []
    options = {"batch_size": 2, "drop_remainder": False, "num_frames": LENGTH} | options
    for split in ("train", "test"):
        batches, spec = data.load(f"videos:{path}", split, **options)
        parts.append(everything(batches))
    return parts, spec


def test_every_kind_of_clip_is_read(zoo):
    parts, spec = both(zoo)
    assert (spec.name, spec.x_shape) == ("videos:zoo", (6, 8, 10, 3))
    assert [(a.name, a.classes) for a in spec.attributes] == [
        ("label", ("jump", "run"))
    ]
    assert [len(part["x"]) for part in parts] == [8, 2]
    levels = np.rint(np.concatenate([part["x"] for part in parts]) * 255)
    first = levels[:, 0, 0, 0, 0]
    assert sorted(first) == [20 * number + 5 for number in range(10)]
    rising = first[:, None] + np.arange(LENGTH)
    np.testing.assert_array_equal(
        levels, np.broadcast_to(rising[..., None, None, None], levels.shape)
    )
    labels = np.concatenate([spec.labels(p["condition"])["label"] for p in parts])
    np.testing.assert_array_equal(labels, (first - 5) // 20 % 2)


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".apng", ""])
def test_transparent_frames_lie_on_the_background(tmp_path, suffix):
    frames = [Image.new("RGBA", (4, 4), (0, 200 + i, 0, 0)) for i in range(2)]
    for frame in frames:
        frame.paste((250, 0, 0, 255), (0, 0, 2, 4))
    for number in range(2):
        path = tmp_path / f"{number}{suffix}"
        if not suffix:
            path.mkdir()
            for i, frame in enumerate(frames):
                frame.save(path / f"{i}.png")
        else:
            kind = "PNG" if suffix == ".apng" else None
            more = {"lossless": True, "exact": True} if suffix == ".webp" else {}
            options = {"save_all": True, "append_images": frames[1:], "duration": 100}
            frames[0].save(path, kind, **options, **more)
    for background, level in ((None, 0.0), ("white", 1.0)):
        (train, _), _ = both(
            tmp_path, num_frames=1, batch_size=1, background=background
        )
        np.testing.assert_array_equal(train["x"][..., 2:, :], level)
        np.testing.assert_allclose(train["x"][..., :2, 0], 250 / 255, rtol=1e-6)


@pytest.mark.parametrize("suffix", [".avi", ".mkv"])
def test_films_are_read_by_ffmpeg(tmp_path, suffix):
    for number in range(4):
        film(tmp_path / f"{number}{suffix}", clip(40 * number))
    (train, test), spec = both(tmp_path, image_size=(8, 10))
    assert spec.attributes == ()
    levels = np.rint(np.concatenate([train["x"], test["x"]]) * 255)
    assert sorted(levels[:, 0, 0, 0, 0]) == [0, 40, 80, 120]
    assert np.all(np.diff(levels, axis=1) == 1)


DEEP = {
    "h264.mp4": "libx264 -pix_fmt yuv420p10le -qp 0",
    "h264.mkv": "libx264 -pix_fmt yuv444p10le -qp 0",
    "hevc.mp4": "libx265 -pix_fmt yuv420p10le -x265-params lossless=1:log-level=none",
    "vp9.webm": "libvpx-vp9 -pix_fmt yuv420p10le -lossless 1",
    "prores.mov": "prores_ks -pix_fmt yuv422p10le",
    "grey.mkv": "ffv1 -pix_fmt gray16le",
    "png.mov": "png -pix_fmt rgb48be",
}


def test_films_of_more_than_8_bits_keep_their_scale(tmp_path):
    levels = np.linspace(0, 1, 6)
    frames = np.broadcast_to(levels[:, None, None, None], (6, 64, 64, 3))
    for name, codec in DEEP.items():
        film(tmp_path / name, frames, codec)
    parts, _ = both(tmp_path)
    found = np.concatenate([part["x"] for part in parts]).mean(axis=(2, 3, 4))
    assert found.shape == (len(DEEP), 6)
    np.testing.assert_allclose(found, [levels] * len(DEEP), atol=2.5 / 255)


TRANSPARENT = {
    "prores.mov": "prores_ks -pix_fmt yuva444p10le",
    "ffv1.mkv": "ffv1 -pix_fmt yuva420p10le",
    "qtrle.mov": "qtrle -pix_fmt argb",
    "vp9.webm": "libvpx-vp9 -pix_fmt yuva420p -lossless 1",
    "vp8.webm": "libvpx -pix_fmt yuva420p -auto-alt-ref 0 -crf 4 -b:v 1M",
}


def test_transparent_films_lie_on_the_background(tmp_path):
    frames = np.zeros((4, 64, 64, 4))
    frames[:, :, 32:] = (0.0, 1.0, 0.0, 0.0)
    frames[:, :, :32] = (0.8, 0.8, 0.8, 1.0)
    for name, codec in TRANSPARENT.items():
        film(tmp_path / name, frames, codec)
    for background, level in ((None, 0.0), ("white", 1.0)):
        parts, _ = both(tmp_path, background=background, num_frames=4, image_size=8)
        x = np.concatenate([part["x"] for part in parts])
        assert x.shape == (len(TRANSPARENT), 4, 8, 8, 3)
        np.testing.assert_allclose(x[..., :3, :], 0.8, atol=6 / 255)
        np.testing.assert_allclose(x[..., 5:, :], level, atol=6 / 255)


@pytest.mark.parametrize(
    "options",
    [
        {"image_size": (10, 30)},
        {"crop": (21, 33)},
        {"crop": (30, 31), "image_size": 12, "greyscale": True},
    ],
)
def test_films_are_scaled_as_pictures_are(tmp_path, options):
    coarse = np.random.default_rng(0).random((3, 8, 9, 3))
    frames = np.stack([np.kron(f, np.ones((5, 5, 1))) for f in coarse])  # 40x45
    for number in range(2):
        film(tmp_path / "films" / f"{number}.mkv", frames)
        for i, frame in enumerate(frames):
            pictures.save_png(tmp_path / "pictures" / f"{number}" / f"{i}.png", frame)
    options = {"batch_size": 1, "num_frames": 3} | options
    one, other = (
        everything(data.load(f"videos:{tmp_path / name}", **options)[0])["x"]
        for name in ("films", "pictures")
    )
    assert one.shape == other.shape
    difference = np.abs(one - other)  # edges are weighed differently
    assert difference.mean() < 1.5 / 255
    assert difference.max() < 16 / 255


def test_a_crop_that_is_larger_than_a_film_is_refused(tmp_path):
    for number in range(2):
        film(tmp_path / f"{number}.mkv", clip(0))
    message = r"`crop` must fit .* Received: crop=\(9, 9\) for pictures of \(8, 10\)"
    with pytest.raises(ValueError, match=message):
        both(tmp_path, crop=9)


def test_films_are_never_in_memory_in_full_size(tmp_path):
    large = "mpeg4 -vf scale=1280:720,loop=59:1 -r 10"
    for number in range(2):
        film(tmp_path / f"{number}.mp4", clip(0, length=1), large)
    tracemalloc.start()
    try:
        _, spec = both(tmp_path, image_size=16, num_frames=60, batch_size=1)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert spec.x_shape == (60, 16, 16, 3)
    assert peak < 25e6  # bytes, of which a frame of the film has 2.8e6


def test_films_without_ffmpeg_say_what_to_install(tmp_path, monkeypatch):
    for number in range(3):
        (tmp_path / f"{number}.mp4").touch()
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    message = r"keras_genmodels\[video\]`. Received: '0.mp4' and 2 others"
    with pytest.raises(ValueError, match=message):
        both(tmp_path)


@pytest.mark.parametrize("suffix", ["gif", "webp"])
@pytest.mark.parametrize("moving", [0, 4])
def test_equal_frames_come_back_as_many(tmp_path, suffix, moving):
    frames = np.full((20, 8, 8, 3), 0.4)
    frames[20 - moving :] = clip(0, length=moving, size=(8, 8))
    for number in range(2):
        pictures.save_clip(frames, tmp_path / f"{number}.{suffix}")
    (train, _), _ = both(tmp_path, num_frames=20, batch_size=1)
    np.testing.assert_allclose(train["x"][0], frames, atol=1e-6)


def timed(path, fps, seconds=2):
    """A clip whose level is the time, 40 a second."""
    levels = 40 * np.arange(fps * seconds) / fps
    frames = np.broadcast_to(
        levels[:, None, None, None] / 255, (len(levels), 16, 16, 3)
    )
    if path.suffix in pictures.MOVING:
        pictures.save_clip(frames, path, fps)
    else:
        film(path, frames, "libx264 -pix_fmt yuv444p -qp 0", fps)


RATES = {
    "a.mp4": 10,
    "b.mp4": 24,
    "c.mkv": 30,
    "d.mkv": 60,
    "e.webp": 10,
    "f.gif": 50,
    "g.webp": 40,
}


def test_time_is_the_same_in_clips_of_all_rates(tmp_path):
    for name, fps in RATES.items():
        timed(tmp_path / name, fps)
    for fps in (10, 30):
        seconds = 40 * np.arange(2 * fps) / fps
        for part in both(tmp_path, num_frames=2 * fps, fps=fps)[0]:
            found = part["x"].mean(axis=(2, 3, 4)) * 255
            # Half a step of either rate, and what a film loses.
            np.testing.assert_allclose(
                found, [seconds] * len(found), atol=20 / fps + 4.5
            )
    message = r"to 10 frames a second, the commonest\. `fps` .*: 2 of 10, 1 of 24, 1 of"
    with pytest.warns(UserWarning, match=message):
        assert both(tmp_path, num_frames=20)[1].x_shape[0] == 20
    message = "<= 20, the frames of the shortest clip"
    with (
        pytest.warns(UserWarning, match="the commonest"),
        pytest.raises(ValueError, match=message),
    ):
        both(tmp_path, num_frames=21)


def test_films_of_one_rate_stay_as_they_are(tmp_path):
    for number in range(2):
        film(tmp_path / f"{number}.mkv", clip(0, length=50), fps="24000/1001")
        stills(tmp_path / f"s{number}", 0, length=50)
    for fps in (None, 23.976, 23.98):
        for part in both(tmp_path, num_frames=50, fps=fps)[0]:
            levels = np.rint(part["x"][:, :, 0, 0, 0] * 255)
            np.testing.assert_array_equal(levels, [np.arange(50)] * len(levels))


@pytest.mark.parametrize("wrong", [0, -1.0, float("nan")])
def test_a_frame_rate_that_is_none_is_refused(flat, wrong):
    with pytest.raises(ValueError, match=r"`fps` must be > 0\. Received: fps="):
        both(flat, fps=wrong)


def test_pictures_take_no_frame_rate():
    with pytest.raises(ValueError, match=r"'digits' takes no `fps`\. .* fps=5"):
        data.load("digits", fps=5)


def test_training_clips_begin_anywhere(tmp_path):
    for number in range(3):
        pictures.save_clip(clip(80 * number, length=20), tmp_path / f"{number}.webp")
    train, _ = data.load(
        f"videos:{tmp_path}", batch_size=2, num_frames=6, drop_remainder=False
    )
    levels = [np.rint(everything(train)["x"] * 255) for _ in range(20)]
    assert len(levels[0]) == 2 * 3  # of two films, six of twenty fit thrice
    begins = np.concatenate([epoch[:, 0, 0, 0, 0] % 80 for epoch in levels])
    assert set(begins) >= set(range(15)) - {0, 14}


def test_a_file_that_cannot_be_read_is_named_and_skipped(zoo):
    (zoo / "notes.txt").write_text("not looked at")
    (zoo / "run" / "empty.gif").touch()
    whole = (zoo / "run" / "1.webp").read_bytes()
    (zoo / "run" / "cut.webp").write_bytes(whole[: len(whole) // 2])
    pictures.save_clip(clip(9), zoo / "loose.webp")
    (zoo / ".hidden.gif").touch()
    with pytest.warns(UserWarning, match=r"Skipped [34] of 14 files in") as caught:
        (train, test), _ = both(zoo)
    text = " ".join(str(warning.message) for warning in caught)
    for name in ("notes.txt", "run/empty.gif", "run/cut.webp", "loose.webp"):
        assert name in text
    assert "hidden" not in text
    assert len(train["x"]) + len(test["x"]) == 10


def test_a_film_that_cannot_be_read_is_named_and_skipped(tmp_path):
    for number in range(5):
        film(tmp_path / f"{number}.avi", clip(40 * number))
    (tmp_path / "5.avi").write_bytes(b"no film")
    with pytest.warns(UserWarning, match=r"Skipped 1 of 6 files .*: 5\.avi\.$"):
        (train, test), _ = both(tmp_path)
    assert len(train["x"]) + len(test["x"]) == 5


@pytest.mark.parametrize("table", [False, True])
def test_folders_of_clips_may_be_splits(tmp_path, table):
    rows = ["file,label"]
    for number in range(6):
        split, label = ("train", "test")[number // 4], ("cat", "dog")[number % 2]
        path = tmp_path / "all" / split / label / f"{number}.webp"
        path.parent.mkdir(parents=True, exist_ok=True)
        pictures.save_clip(clip(40 * number), path)
        rows.append(f"{split}/{label}/{number}.webp,{label}")
    (tmp_path / "linked").mkdir()
    for split in ("train", "test"):
        (tmp_path / "linked" / split).symlink_to(tmp_path / "all" / split)
    if table:
        (tmp_path / "linked" / "attributes.csv").write_text("\n".join(rows))
    parts, spec = both(tmp_path / "linked")
    assert spec.attributes[0].classes == ("cat", "dog")
    for part, numbers in zip(parts, ([0, 1, 2, 3], [4, 5]), strict=True):
        found = np.rint(part["x"][:, 0, 0, 0, 0] * 255).astype(int) // 40
        assert sorted(found) == numbers
        labels = spec.labels(part["condition"])["label"]
        np.testing.assert_array_equal(labels, found % 2)


def test_the_cache_notices_a_new_clip(zoo, tmp_path):
    cache = tmp_path / "cache"
    (plain, _), _ = both(zoo, seed=1)
    for _ in range(2):
        (kept, _), _ = both(zoo, seed=1, cache=cache)
        np.testing.assert_array_equal(kept["x"], plain["x"])
    pictures.save_clip(clip(230), zoo / "run" / "new.webp")
    (train, test), _ = both(zoo, cache=cache)
    assert len(train["x"]) + len(test["x"]) == 11


# --- attributes -----------------------------------------------------------------------


def table(root, text, encoding="utf-8"):
    (root / "attributes.csv").write_bytes(text.encode(encoding))


@pytest.fixture
def flat(tmp_path):
    for number in range(4):
        pictures.save_clip(clip(40 * number), tmp_path / f"{number}.gif")
    return tmp_path


def test_a_table_gives_attributes(flat):
    rows = ["file,colour,speed", "0.gif,red,slow", "1.gif,red,fast"]
    table(flat, "\n".join([*rows, "./2.gif,blue,slow", "3.gif,blue,fast"]))
    parts, spec = both(flat)
    known = {a.name: a.classes for a in spec.attributes}
    assert known == {"colour": ("blue", "red"), "speed": ("fast", "slow")}
    for part in parts:
        number = np.rint(part["x"][:, 0, 0, 0, 0] * 255) // 40
        labels = spec.labels(part["condition"])
        np.testing.assert_array_equal(labels["colour"], number < 2)
        np.testing.assert_array_equal(labels["speed"], number % 2 == 0)
    with pytest.raises(ValueError, match="Unknown class 'green' of attribute 'colour'"):
        spec.condition(colour="green", speed="slow")


ROWS = ["file,größe", "0.gif,red", "1.gif,red", "2.gif,größe", "3.gif,größe"]
SPACED = [row.replace(",", " ,  ") + ",  " for row in ROWS]


@pytest.mark.parametrize(
    ("rows", "encoding"),
    [
        (SPACED, "utf-8-sig"),
        ([*ROWS[:3], "", " , ", *ROWS[3:]], "utf-8"),
        ([row.replace(",", "\t") for row in ROWS], "utf-16"),
        (ROWS, "utf-16-le"),
        (ROWS, "utf-16-be"),
        ([row.replace(",", ";") for row in ROWS], "utf-8"),
    ],
)
def test_tables_of_spreadsheets_are_read(flat, rows, encoding):
    table(flat, "\r\n".join(rows), encoding)
    assert [(a.name, a.classes) for a in both(flat)[1].attributes] == [
        ("größe", ("größe", "red"))
    ]


def test_a_table_in_latin_1_is_read_and_named(flat):
    table(flat, "\n".join(ROWS), "latin-1")
    with pytest.warns(UserWarning, match=r"is not UTF-8 and was read as Latin-1"):
        _, spec = both(flat)
    assert spec.attributes[0].classes == ("größe", "red")


def test_a_table_that_is_no_text_is_refused(flat):
    (flat / "attributes.csv").write_bytes(b"\xff\xfef")
    with pytest.raises(ValueError, match="must be text in UTF-8 or UTF-16"):
        both(flat)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"must have a column 'file' and one an attribute. Received: .* \[\]"),
        ("name,colour\n0.gif,red", r"the columns \['name', 'colour'\]"),
        ("file\n0.gif", r"the columns \['file'\]"),
        (
            "file,colour\n0.gif,red",
            r"must name every clip. Missing: 3, such as '1.gif'",
        ),
        ("file,colour,colour\n0.gif,red,blue", "must have another name for every col"),
        ("file,,colour\n0.gif,red,blue", r"every column. .*\['file', '', 'colour'\]"),
        (
            "file,colour\n0.gif,dark, red",
            r"at most a value a column.* 'dark', 'red'\]",
        ),
        ("file,colour\n0.gif,", r"Received: '0.gif' without \['colour'\]"),
        ("file,colour\n9.gif,red", "must name every clip once. .*'9.gif', .* no file"),
        ("file,colour\n0.gif,red\n0.gif,blue", "'0.gif', which is there twice"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(flat, text, message):
    table(flat, text)
    with pytest.raises(ValueError, match=message):
        both(flat)


# --- what is refused ------------------------------------------------------------------


def test_frames_of_mixed_size_are_refused(zoo, tmp_path):
    pictures.save_clip(clip(9, size=(8, 12)), zoo / "run" / "wide.webp")
    message = (
        r"Frames must have one size: give `image_size`. Received: "
        r"\(8, \d+\) in '[\w/.]+' and \(8, \d+\) in '[\w/.]+'"
    )
    with pytest.raises(ValueError, match=message):
        both(zoo)
    assert both(zoo, image_size=8)[1].x_shape == (6, 8, 8, 3)
    for number in range(2):
        stills(tmp_path / "mixed" / str(number), 0)
        Image.new("RGB", (5, 5)).save(tmp_path / "mixed" / str(number) / "last.png")
    with pytest.raises(ValueError, match=r"\(8, 10\) in '(\d)' and \(5, 5\) in '\1'"):
        both(tmp_path / "mixed")
    assert both(tmp_path / "mixed", image_size=4, num_frames=7)[1].x_shape[1:3] == (
        4,
        4,
    )


def test_clips_that_are_too_short_are_refused(zoo):
    with pytest.raises(
        ValueError,
        match=r"`num_frames` must be <= 6, the frames of the shortest clip, '\w+/\d\.?"
        r"\w*'; 8 of 8 are too short. Received: num_frames=7",
    ):
        both(zoo, num_frames=7)


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_clips_are_refused(tmp_path, count):
    for number in range(count):
        pictures.save_clip(clip(0), tmp_path / f"{number}.webp")
    (tmp_path / "notes.txt").touch()
    message = f"must hold at least two clips. Received: {count}, and 1 other files"
    with pytest.raises(ValueError, match=message):
        both(tmp_path)


def test_a_split_without_a_clip_that_can_be_read_is_refused(tmp_path):
    pytest.importorskip("imageio_ffmpeg", reason="films need FFmpeg")
    for number in range(2):
        (tmp_path / f"{number}.avi").write_bytes(b"no film")
    with (
        pytest.warns(UserWarning, match="Skipped 1 of 2 files"),
        pytest.raises(ValueError, match=r"Split 'train' must hold pictures\. .*none"),
    ):
        both(tmp_path)


@pytest.mark.parametrize("path", ["", "no/such/folder"])
def test_a_path_that_is_no_folder_is_refused(path):
    with pytest.raises(ValueError, match=f"folder that exists.*'videos:{path}'"):
        data.load(f"videos:{path}")


def test_numbers_in_names_are_numbers(tmp_path):
    names = ["b2.png", "b10.png", "a.png", "b1.png", "10.png", "9.png"]
    for name in names:
        Image.new("RGB", (2, 2)).save(tmp_path / name)
    found = [file.name for file in video_files.stills(tmp_path)]
    assert found == ["9.png", "10.png", "a.png", "b1.png", "b2.png", "b10.png"]
