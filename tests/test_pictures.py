"""Pictures are laid out row by row, padded with white, and survive a PNG file."""

import numpy as np
import pytest
from PIL import Image, ImageSequence

from keras_genmodels import pictures


def test_grid_lays_images_out_row_by_row():
    images = np.arange(6).reshape(6, 1, 1, 1) / 10
    picture = pictures.grid(images, columns=3, padding=0)
    np.testing.assert_allclose(
        picture[..., 0], [[0.0, 0.1, 0.2], [0.3, 0.4, 0.5]], rtol=1e-6
    )
    assert picture.dtype == np.float32


def test_grid_pads_with_white_and_fills_the_last_row():
    picture = pictures.grid(np.zeros((3, 4, 5, 3)), padding=2)
    assert picture.shape == (2 * 4 + 3 * 2, 2 * 5 + 3 * 2, 3)
    assert picture[:2].min() == picture[:, -2:].min() == 1.0
    assert picture[8:, 9:].min() == 1.0  # the fourth cell is empty
    assert picture.sum() == picture.size - 3 * 4 * 5 * 3


@pytest.mark.parametrize("channels", [1, 3])
def test_png_keeps_every_level(tmp_path, channels):
    image = np.arange(16 * 16 * channels).reshape(16, 16, channels) % 256 / 255
    path = tmp_path / "new" / "image.png"
    pictures.save_png(path, image)
    read = np.asarray(Image.open(path)).reshape(image.shape)
    np.testing.assert_array_equal(read, np.rint(image * 255))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.zeros((3, 4, 5)),), r"\(n, height, width, channels\).*\(3, 4, 5\)"),
        ((np.zeros((0, 4, 4, 1)),), "n >= 1"),
        ((np.zeros((2, 4, 4, 1)), 0), "columns=0"),
        ((np.zeros((2, 4, 4, 1)), 1, -1), "padding=-1"),
    ],
)
def test_bad_grids_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        pictures.grid(*arguments)


def test_a_picture_of_the_wrong_rank_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"Received: shape \(4, 4\)"):
        pictures.save_png(tmp_path / "a.png", np.zeros((4, 4)))


def noise(*shape):
    return np.random.default_rng(0).integers(0, 256, shape) / 255


def frames(path):
    """Every frame of a moving picture, 0..255, and what its header says."""
    with Image.open(path) as opened:
        read = [np.asarray(f.convert("RGB")) for f in ImageSequence.Iterator(opened)]
        return np.stack(read), opened.info


@pytest.mark.parametrize("channels", [1, 3])
def test_webp_keeps_every_level_of_a_clip(tmp_path, channels):
    clip = noise(5, 8, 10, channels)
    pictures.save_clip(clip, tmp_path / "new" / "a.webp", fps=8)
    read, info = frames(tmp_path / "new" / "a.webp")
    wanted = np.broadcast_to(np.rint(clip * 255), (5, 8, 10, 3))
    np.testing.assert_array_equal(read, wanted)
    assert info["loop"] == 0
    assert info["duration"] == 125
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["a.webp"]


def test_gif_shows_clips_side_by_side(tmp_path):
    clips = np.zeros((3, 4, 6, 6, 3))
    clips[1, 2:] = (1.0, 0.0, 0.0)
    clips[2, 1::2] = (0.0, 0.0, 1.0)
    pictures.save_clip(clips, tmp_path / "a.GIF", fps=10, columns=3)
    read, info = frames(tmp_path / "a.GIF")
    assert read.shape == (4, 8, 22, 3)  # a white pixel between them and around
    for time, frame in enumerate(read):
        expected = np.rint(pictures.grid(clips[:, time], columns=3) * 255)
        np.testing.assert_array_equal(frame, expected)
    assert (info["duration"], info["loop"]) == (100, 0)


@pytest.mark.parametrize("suffix", ["gif", "webp"])
@pytest.mark.parametrize(("fps", "shown"), [(10, 2000), (60, 400)])
def test_a_clip_that_holds_still_lasts_as_long(tmp_path, suffix, fps, shown):
    pictures.save_clip(np.full((20, 5, 4, 3), 0.4), tmp_path / f"a.{suffix}", fps)
    read, info = frames(tmp_path / f"a.{suffix}")
    np.testing.assert_array_equal(read, np.full((1, 5, 4, 3), 102))
    wanted = shown if suffix == "gif" else 20 * round(1000 / fps)
    assert (info["duration"], info["loop"]) == (wanted, 0)


def test_a_film_strip_is_a_clip_a_row():
    clips = np.arange(6).reshape(2, 3, 1, 1, 1) / 10
    strip = pictures.film_strip(clips, padding=0)[..., 0]
    np.testing.assert_allclose(strip, [[0.0, 0.1, 0.2], [0.3, 0.4, 0.5]], rtol=1e-6)
    one = pictures.film_strip(clips[0], padding=0)[..., 0]
    np.testing.assert_allclose(one, [[0.0, 0.1, 0.2]], rtol=1e-6)


def test_what_was_there_stays_if_a_clip_cannot_be_written(tmp_path, monkeypatch):
    path = tmp_path / "a.webp"
    pictures.save_clip(noise(2, 4, 4, 3), path)
    before = path.read_bytes()

    def full(self, file, **options):
        file.write_bytes(b"half")
        raise OSError("No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(OSError, match="No space left"):
        pictures.save_clip(noise(3, 4, 4, 3), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("shape", "name", "fps", "message"),
    [
        ((4, 4, 3), "a.webp", 10, r"\(n, time, height, width, channels\).*\(4, 4, 3\)"),
        ((0, 4, 4, 3), "a.webp", 10, "n and time >= 1"),
        ((2, 4, 4, 2), "a.webp", 10, "1 or 3 channels"),
        ((2, 4, 4, 3), "a.png", 10, r"must end in \.webp or \.gif\. .*a\.png"),
        ((2, 4, 4, 3), "a.gif", 0, "`fps` must be > 0 and <= 100. Received: fps=0"),
        ((2, 4, 4, 3), "a.gif", 101, "fps=101"),
    ],
)
def test_bad_clips_are_refused(tmp_path, shape, name, fps, message):
    with pytest.raises(ValueError, match=message):
        pictures.save_clip(np.zeros(shape), tmp_path / name, fps)


def test_points_are_dots_where_they_belong():
    points = np.array([[0.0, 0.0], [0.5, 1.0], [1.5, 0.5]])  # the third is outside
    picture = pictures.scatter(points, size=11)[..., 0]
    expected = np.ones((11, 11))
    expected[9:, :2] = 0.0  # bottom left, cut by the edges
    expected[:2, 4:7] = 0.0  # top middle
    np.testing.assert_array_equal(picture, expected)


@pytest.mark.parametrize(("shape", "size"), [((4, 3), 9), ((4,), 9), ((4, 2), 0)])
def test_bad_points_are_refused(shape, size):
    with pytest.raises(ValueError, match=r"`points` must have shape \(n, 2\)"):
        pictures.scatter(np.zeros(shape), size)
