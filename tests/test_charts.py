"""Charts put their points in the right places, over axes with round numbers."""

import numpy as np

from keras_genmodels import charts

BLUE, ORANGE = [0x00, 0x72, 0xB2], [0xD5, 0x5E, 0x00]


def places(picture, colour):
    """The rows and columns of the pixels of a colour below the legend."""
    found = ((picture * 255).round() == colour).all(axis=-1)
    return (found * (np.arange(len(found)) > 34)[:, None]).nonzero()


def test_a_logarithmic_chart_puts_points_in_their_places():
    line = {"one": ([0.0, 1.0], [1e-3, 1.0])}
    rows, columns = places(charts.curves(line, "x", "y", logarithmic=True), BLUE)
    assert rows[columns < 100].min() > 400  # the small value is below, on the left
    assert rows[columns > 730].max() < 40


def test_lines_have_colours_of_their_own():
    epochs = np.arange(1, 11)
    lines = {"train": (epochs, 10.0 - epochs), "validation": (epochs, 11.0 - epochs)}
    picture = charts.curves(lines, "epoch", "loss", size=(480, 320), scale=2)
    assert picture.shape == (640, 960, 3)
    (train, columns), (validation, _) = places(picture, BLUE), places(picture, ORANGE)
    assert train.mean() > validation.mean() + 20  # one nat lower
    assert columns.min() < 190 < 900 < columns.max()
    dark = charts.curves(lines, "epoch", "loss", size=(480, 320), dark=True)
    assert dark.shape == (320, 480, 3)
    assert dark.mean() < 0.3


def test_what_is_not_finite_is_left_out():
    whole = {"one": ([1, 3], [2.0, 4.0])}
    holes = {"one": ([1, 2, 3, 4], [2.0, np.nan, 4.0, np.inf])}
    pictures = [charts.curves(lines, "x", "y") for lines in (whole, holes)]
    np.testing.assert_array_equal(*pictures)


def test_one_point_can_be_seen():
    rows, _ = places(charts.curves({"one": ([1], [5.0])}, "epoch", "loss"), BLUE)
    assert len(rows) > 20
