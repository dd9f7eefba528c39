"""Pictures are laid out row by row, padded with white, and survive a PNG file."""

import numpy as np
import pytest
from PIL import Image

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
