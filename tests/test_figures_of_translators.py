"""Figures of translators: which row holds what, on models whose answers are known."""

import numpy as np
import pytest
import tensorflow as tf

from keras_genmodels import evaluation, registry, training
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.data.tensors import Tensor
from keras_genmodels.evaluation.figures.translations import translations

SIDE, COUNT = 48, 3  # so large that nothing is enlarged
COLOUR = (SIDE, SIDE, 3)
NOISE = np.random.default_rng(0)
X = NOISE.random((COUNT, *COLOUR)).astype("float32")
Y = NOISE.random((COUNT, *COLOUR)).astype("float32")


class Negative:
    """A model whose samples are the negatives of their grey sources."""

    spec = DatasetSpec("n", COLOUR, tensors=(Tensor("source", (SIDE, SIDE, 1)),))
    batch_tensors = ("x", "source")

    def sample(self, n=None, condition=None, seed=0):
        return tf.repeat(1 - condition["source"], 3, axis=-1)


class ThereAndBack:
    spec = DatasetSpec("n", COLOUR, tensors=(Tensor("y", COLOUR),))
    batch_tensors = ("x", "y")

    def translate(self, source, condition=None, seed=0):
        return 1 - source

    def translate_back(self, source, condition=None, seed=0):
        return source / 2


def cells(picture, columns):
    """The pictures of a grid, row by row, each with a border on all sides."""
    step = (picture.shape[1] - columns * SIDE) // (columns + 1) + SIDE
    border, rows = step - SIDE, picture.shape[0] // step
    picture = picture[border:, border:]
    return [
        [
            picture[r * step : r * step + SIDE, c * step : c * step + SIDE]
            for c in range(columns)
        ]
        for r in range(rows)
    ]


def test_a_source_stands_above_what_is_made_of_it_and_what_is_right():
    source = X[..., :1]
    found = cells(translations(Negative(), {"x": X, "source": source}, 5, 3), 3)
    assert len(found) == 6
    for block in (0, 3):
        for column in range(3):
            place = block + column
            parts = [row[column] for row in found[block : block + 3]]
            if place >= 5:  # the last row is not full
                assert all((part == 1).all() for part in parts)
                continue
            grey = np.repeat(source[place % COUNT], 3, axis=-1)  # examples come again
            for part, right in zip(
                parts, (grey, 1 - grey, X[place % COUNT]), strict=True
            ):
                np.testing.assert_allclose(part, right, atol=1e-6)


@pytest.mark.parametrize("known", [True, False])
def test_there_and_back_have_rows_of_their_own(known):
    truth = {"truth": Y / 3} if known else {}
    found = cells(translations(ThereAndBack(), {"x": X, "y": Y, **truth}, 2), 2)
    rows = [X, 1 - X, *truth.values(), Y, Y / 2]
    for ours, right in zip(found, rows, strict=True):
        np.testing.assert_allclose(ours, right[:2], atol=1e-6)


class ToX(ThereAndBack):
    """A model that makes pictures of x of those of y, and does not go back."""

    translates = ("truth", "x")
    translate_back = property()  # there is none

    def sample(self, n=None, condition=None, seed=0):
        return 1 - condition["y"]


@pytest.mark.parametrize("known", [True, False])
def test_what_is_made_of_y_stands_beside_what_is_right_of_it(known):
    """x and y of a row do not belong together; the truth of x and x do."""
    truth = {"truth": Y / 3} if known else {}
    found = cells(translations(ToX(), {"x": X, "y": Y, **truth}, 2), 2)
    rows = [Y / 3, 1 - Y / 3, X] if known else [Y, 1 - Y]
    assert len(found) == len(rows)
    for ours, right in zip(found, rows, strict=True):
        np.testing.assert_allclose(ours, right[:2], atol=1e-6)


class Enlarging:
    """A model that makes pictures six times as high and wide."""

    spec = DatasetSpec("n", COLOUR, tensors=(Tensor("source", (8, 8, 3)),))
    batch_tensors = ("x", "source")

    def sample(self, n=None, condition=None, seed=0):
        return 1 - np.kron(condition["source"], np.ones((1, 6, 6, 1)))


def test_small_sources_are_drawn_as_large_as_the_pictures():
    small = X[:, :8, :8]
    found = cells(translations(Enlarging(), {"x": X, "source": small}, 2), 2)
    large = np.kron(small, np.ones((1, 6, 6, 1)))
    for ours, right in zip(found, (large, 1 - large, X), strict=True):
        np.testing.assert_allclose(ours, right[:2], atol=1e-6)


def test_a_model_that_is_given_no_such_pictures_is_refused():
    class Odd(Enlarging):
        spec = DatasetSpec("n", COLOUR, tensors=(Tensor("source", (7, 7, 3)),))

    figure = registry.lookup("translations", "figure")
    with pytest.raises(ValueError, match=r"needs a model that is given pictures.* Odd"):
        figure(Odd(), {"x": X, "source": X[:, :7, :7]})


def test_samples_of_a_run_stand_below_their_sources(tmp_path):
    small = {"filters": (2, 3), "critic_filters": (2, 3)}
    settings = {"epochs": 1, "batch_size": 8, "arguments": small, "verbose": 0}
    data = {"source": "negative", "num_examples": 16}
    run = training.train("pix2pix", "digits", out=tmp_path, data=data, **settings)
    from PIL import Image

    path = training.draw(run, num_samples=9, seed=3)
    assert path.name == "seed-3.png"
    with Image.open(path) as drawn:
        drawn = np.asarray(drawn.convert("L"), np.float32) / 255
    x = next(iter(training.load_data(run.config, "test")[0]))["x"][0]
    large = x.numpy()[..., 0].repeat(3, axis=0).repeat(3, axis=1)
    rows = cells(drawn, 8)
    assert len(rows) == 6
    np.testing.assert_allclose(rows[0][0], 1 - large, atol=0.01)
    np.testing.assert_allclose(rows[2][0], large, atol=0.01)


@pytest.mark.parametrize(
    ("recipe", "small"),
    [
        ("cycle_gan", {"filters": (2, 3), "blocks": 1, "critic_filters": (2, 3)}),
        ("gene_gan", {"filters": (2, 3), "critic_filters": (2, 3)}),
    ],
)
def test_a_run_between_domains_without_right_answers_ends(tmp_path, recipe, small):
    settings = {"epochs": 1, "batch_size": 8, "arguments": small, "verbose": 0}
    data = {"domains": {"label": ["0", "1"]}}
    run = training.train(recipe, "digits", out=tmp_path, data=data, **settings)
    assert not {"psnr", "ssim", "translation_error"} & {*run.report["metrics"]}
    assert (tmp_path / "report.html").is_file()
    test, _ = training.load_data(run.config, "test")
    with pytest.raises(ValueError, match=r"must have .*'truth'"):
        evaluation.evaluate(training.restore(run), test, ["psnr"])
